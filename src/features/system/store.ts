import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 快满14天的卡片 */
export interface FadingCard {
  readonly cardKey: string;
  /** `person:…` | `chat:…` */
  readonly recipient: string;
}

/** 快满14天的卡片 — the newest message of each key to each recipient, by the index of those still live; a younger one of the same key needs no renewal. */
export async function findFading(
  tx: Tx,
  { prefixes, until, after }: { prefixes: readonly string[]; until: Date; after: Date },
): Promise<FadingCard[]> {
  return rows(tx).$queryRaw<FadingCard[]>`
    SELECT DISTINCT m."cardKey", m.recipient FROM "CardMessage" m
    WHERE m.state = 'live' AND m."sentAt" > ${after} AND m."sentAt" <= ${until}
      AND EXISTS (SELECT 1 FROM unnest(${[...prefixes]}::text[]) AS p WHERE starts_with(m."cardKey", p))
      AND NOT EXISTS (SELECT 1 FROM "CardMessage" newer
        WHERE newer."cardKey" = m."cardKey" AND newer.recipient = m.recipient AND newer.state = 'live' AND newer."sentAt" > ${until})
    ORDER BY m.recipient, m."cardKey"`;
}
