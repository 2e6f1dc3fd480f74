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

/** 没有送到的 */
export interface Undelivered {
  /** `person:…` | `chat:…` */
  readonly recipient: string;
  /** null: the roster does not know the account */
  readonly name: string | null;
  readonly unitName: string | null;
  readonly reason: string;
  readonly count: number;
}

/**
 * 没有送到的 — what was given up since the last report of it, by whom it was for and why; those of a restore and of another application apart.
 * @param lasting a reason that stays the same from day to day: told when it is new, then only with `since`, and all that was lost since then
 */
export async function findUndelivered(
  tx: Tx,
  {
    reportKey,
    after,
    passed,
    lasting,
  }: { reportKey: string; after: Date; passed: readonly string[]; lasting: { reason: string; since: Date | null } },
): Promise<Undelivered[]> {
  return rows(tx).$queryRaw<Undelivered[]>`
    WITH last AS (SELECT GREATEST(${after}::timestamptz, max("createdAt")) AS at FROM "OutboxEntry" WHERE "cardKey" = ${reportKey}), dead AS (
      SELECT recipient, split_part("lastError", '（feishu', 1) AS reason, seq, "settledAt" FROM "OutboxEntry"
      WHERE state = 'dead' AND kind IN ('sendCard', 'sendText', 'sendFile') AND recipient IS NOT NULL
        AND "settledAt" > ${after} AND "cardKey" IS DISTINCT FROM ${reportKey}
        AND NOT EXISTS (SELECT 1 FROM unnest(${[...passed]}::text[]) AS p WHERE starts_with("lastError", p))
    ), lost AS (
      SELECT recipient, reason, count(*)::int AS count, min(seq) AS first FROM dead, last
      WHERE CASE WHEN reason = ${lasting.reason} AND EXISTS (
          SELECT 1 FROM dead former WHERE former.recipient = dead.recipient AND former.reason = dead.reason AND former."settledAt" <= last.at)
        THEN "settledAt" > ${lasting.since}::timestamptz ELSE "settledAt" > last.at END
      GROUP BY 1, 2
    )
    SELECT lost.recipient, lost.reason, lost.count, COALESCE(p.name, b."chatName") AS name, (
      SELECT u."shortName" FROM "PostHolding" h JOIN "Post" post ON post.id = h."postId" JOIN "Unit" u ON u.code = post."unitCode"
      WHERE h."personId" = p.id AND h."toOn" IS NULL ORDER BY post.position LIMIT 1) AS "unitName"
    FROM lost LEFT JOIN "Person" p ON lost.recipient = 'person:' || p."openId" LEFT JOIN "ChatBinding" b ON lost.recipient = 'chat:' || b."chatId"
    ORDER BY lost.first`;
}
