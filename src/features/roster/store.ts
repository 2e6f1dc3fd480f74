import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 已在他手里的卡片 — of these keys, those of which this account has a live message. */
export async function findHeldCards(tx: Tx, { cardKeys, openId }: { cardKeys: readonly string[]; openId: string }): Promise<ReadonlySet<string>> {
  const found = await rows(tx).cardMessage.findMany({
    where: { cardKey: { in: [...cardKeys] }, recipient: `person:${openId}`, state: 'live' },
    select: { cardKey: true },
  });
  return new Set(found.map(({ cardKey }) => cardKey));
}
