import type { Tx } from '#core/context';
import { rows, statement } from '#db/rows';
import type { HolderChange } from '../box/store.ts';

/** 写评语 — what one voter sends; who he is lives until the statement has run and is written down nowhere. */
export interface Comment {
  readonly roundId: string;
  /** who votes by card */
  readonly personId: string | null;
  /** fingerprint of the slip that was shown; null: by card */
  readonly tokenHash: string | null;
  /** random, and so is the place in the table */
  readonly commentId: string;
  readonly body: string;
  readonly now: Date;
}

/** 评语的结果 — kept 收下了 · closed 没有开放、已关闭，或这一场不收 · unvoted 还没有投票，或不在名册 */
export type CommentOutcome = 'kept' | 'closed' | 'unvoted';

/**
 * 收评语 — from those who have voted, and one of each: a later one takes the place of his former. The handle by which it is found
 * again is made with a key of the round that goes when the box is sealed; it is another than the ballot's.
 */
export const putComment: (tx: Tx, given: Comment) => Promise<CommentOutcome> = statement('ballots.putComment', async (db, comments) => {
  const given = comments.map((one, n) => ({ n, ...one, now: one.now.toISOString() }));
  const roundIds = [...new Set(comments.map(({ roundId }) => roundId))];
  const found = await db.$queryRaw<{ n: number; outcome: CommentOutcome }[]>`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS x(n int, "roundId" text, "personId" text, "tokenHash" text, "commentId" text, body text, now timestamptz)
    ), round AS MATERIALIZED (
      SELECT id, "sessionId", "closesAt", "commentKey" FROM "BallotRound"
      WHERE id = ANY(${roundIds}::text[]) AND state = 'open' AND "commentKey" IS NOT NULL ORDER BY id FOR SHARE
    ), told AS (
      SELECT g.n, g."roundId", g."commentId", g.body, m.holder, r."commentKey",
             CASE WHEN r.id IS NULL OR g.now >= r."closesAt" THEN 'closed' WHEN m.holder IS NULL THEN 'unvoted' ELSE 'kept' END AS outcome
      FROM given g LEFT JOIN round r ON r.id = g."roundId"
      LEFT JOIN "ReviewVoter" v ON v."sessionId" = r."sessionId" AND v."personId" = g."personId" AND v.channel = 'card' AND g."tokenHash" IS NULL
      LEFT JOIN "BallotSlip" p ON p."sessionId" = r."sessionId" AND p."tokenHash" = g."tokenHash" AND p.state = 'valid'
      LEFT JOIN "BallotMark" m ON m."roundId" = r.id AND m.holder = COALESCE(v.id, p.id)
    ), last AS (
      SELECT DISTINCT ON ("roundId", holder) * FROM told WHERE outcome = 'kept' ORDER BY "roundId", holder, n DESC
    ), boxed AS (
      INSERT INTO "BallotComment" (id, "roundId", body, state, handle)
      SELECT "commentId", "roundId", body, 'kept', encode(sha256(convert_to("commentKey" || ':' || holder, 'UTF8')), 'hex') FROM last ORDER BY "commentId"
      ON CONFLICT ("roundId", handle) DO UPDATE SET body = EXCLUDED.body
      RETURNING 1
    )
    SELECT t.n, t.outcome FROM told t, (SELECT count(*) FROM boxed) counted`;
  const byNumber = new Map(found.map(({ n, outcome }) => [n, outcome]));
  return comments.map((_one, n) => byNumber.get(n) ?? 'closed');
});

/** 收匿名票的评语 — in the same breath as its ballots, which the ticket has just paid for. @param handle the ticket's; it is not kept as it is */
export async function putBlindComments(
  tx: Tx,
  { openingId, handle, comments }: { openingId: string; handle: string; comments: readonly { roundId: string; commentId: string; body: string }[] },
): Promise<void> {
  await rows(tx).$executeRaw`
    INSERT INTO "BallotComment" (id, "roundId", body, state, handle)
    SELECT g."commentId", r.id, g.body, 'kept', encode(sha256(convert_to(r."commentKey" || ':' || ${handle}::text, 'UTF8')), 'hex')
    FROM jsonb_to_recordset(${JSON.stringify(comments)}::jsonb) AS g("roundId" text, "commentId" text, body text)
    JOIN "BallotRound" r ON r.id = g."roundId" AND r."openingId" = ${openingId} AND r.state = 'open' AND r."commentKey" IS NOT NULL
    ORDER BY g."commentId"
    ON CONFLICT ("roundId", handle) DO UPDATE SET body = EXCLUDED.body`;
}

/** 评语接过来 — the new slip may write the old one's comment anew, and not a second one. */
export async function passComments(tx: Tx, { sessionId, from, to }: HolderChange): Promise<void> {
  await rows(tx).$executeRaw`
    UPDATE "BallotComment" c SET handle = encode(sha256(convert_to(r."commentKey" || ':' || ${to}::text, 'UTF8')), 'hex') FROM "BallotRound" r
    WHERE r.id = c."roundId" AND r."sessionId" = ${sessionId} AND r.state = 'open'
      AND c.handle = encode(sha256(convert_to(r."commentKey" || ':' || ${from}::text, 'UTF8')), 'hex')`;
}

/** 封评语 — taken out and put back shuffled under new numbers, like the ballots; key and handles are gone. */
export async function sealComments(tx: Tx, roundId: string): Promise<void> {
  const db = rows(tx);
  await db.$executeRaw`
    WITH gone AS (DELETE FROM "BallotComment" WHERE "roundId" = ${roundId} RETURNING "roundId", body, state)
    INSERT INTO "BallotComment" (id, "roundId", body, state) SELECT gen_random_uuid()::text, "roundId", body, state FROM gone ORDER BY random()`;
  await db.$executeRaw`UPDATE "BallotRound" SET "commentKey" = NULL WHERE id = ${roundId}`;
}

/** 等审看的评语 — the first so many, in the order of their random numbers; and how many there are in all. */
export async function findKept(tx: Tx, { roundId, limit }: { roundId: string; limit: number }): Promise<{ id: string; body: string }[]> {
  return rows(tx).ballotComment.findMany({
    where: { roundId, state: 'kept' },
    orderBy: { id: 'asc' },
    take: limit,
    select: { id: true, body: true },
  });
}

/** 等审看的条数，各轮 */
export async function countKept(tx: Tx, roundIds: readonly string[]): Promise<Map<string, number>> {
  const where = { roundId: { in: [...roundIds] }, state: 'kept' };
  const found = await rows(tx).ballotComment.groupBy({ by: ['roundId'], where, _count: true });
  return new Map(found.map(({ roundId, _count }) => [roundId, _count]));
}

/** 已放行的评语 */
export async function findReleased(tx: Tx, roundId: string): Promise<string[]> {
  const found = await rows(tx).ballotComment.findMany({ where: { roundId, state: 'released' }, orderBy: { id: 'asc' }, select: { body: true } });
  return found.map(({ body }) => body);
}

/** 审看过了 — how many changed: those that somebody else has judged meanwhile stay as they are. */
export async function judge(
  tx: Tx,
  { roundId, ids, state }: { roundId: string; ids: readonly string[]; state: 'released' | 'held' },
): Promise<number> {
  const { count } = await rows(tx).ballotComment.updateMany({ where: { roundId, id: { in: [...ids] }, state: 'kept' }, data: { state } });
  return count;
}
