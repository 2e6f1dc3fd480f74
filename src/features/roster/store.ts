import type { Tx } from '#core/context';
import { closedKey } from '#core/outbox';
import { rows } from '#db/rows';

/** 已在他手里的卡片 — of these keys, those of which this account has a live message. */
export async function findHeldCards(tx: Tx, { cardKeys, openId }: { cardKeys: readonly string[]; openId: string }): Promise<ReadonlySet<string>> {
  const found = await rows(tx).cardMessage.findMany({
    where: { cardKey: { in: [...cardKeys] }, recipient: `person:${openId}`, state: 'live' },
    select: { cardKey: true },
  });
  return new Set(found.map(({ cardKey }) => cardKey));
}

/** 手上的卡片 — the live messages to this account under keys that begin so. */
export async function findCardsInHand(
  tx: Tx,
  { prefixes, openId }: { prefixes: readonly string[]; openId: string },
): Promise<{ messageId: string; cardKey: string; title: string }[]> {
  return rows(tx).$queryRaw<{ messageId: string; cardKey: string; title: string }[]>`
    SELECT m."messageId", m."cardKey", COALESCE(m.card->'header'->'title'->>'content', '') AS title FROM "CardMessage" m
    WHERE m.recipient = ${`person:${openId}`} AND m.state = 'live' AND EXISTS (SELECT 1 FROM unnest(${[...prefixes]}::text[]) AS p WHERE starts_with(m."cardKey", p))
    ORDER BY m."sentAt"`;
}

/** 收起卡片 — it gets a key of its own: updates of the old key pass it by. */
export async function closeCard(tx: Tx, messageId: string): Promise<void> {
  await rows(tx).cardMessage.update({ where: { messageId }, data: { cardKey: closedKey(messageId) } });
}
