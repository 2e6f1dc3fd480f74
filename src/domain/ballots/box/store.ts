import type { Tx } from '#core/context';
import { rows, statement } from '#db/rows';
import type { Ballot } from '../model.ts';

/** 投一票 — what one press brings. It lives until the statement has run and is written down nowhere else. */
export interface Cast {
  readonly roundId: string;
  /** who votes by card */
  readonly personId: string | null;
  /** fingerprint of the slip that was shown; null: by card */
  readonly tokenHash: string | null;
  /** random, and so are the places in the table */
  readonly ballotId: string;
  /** null: 弃权 */
  readonly choice: string | null;
  readonly now: Date;
}

/**
 * 投票的结果 — cast 投上了 · changed 改成了这一票 · already 投过了 · closed 没有开放或已关闭 · absent 没有到会 · stranger 不在名册 ·
 * unknown 没有这个选择 · elsewhere 这一轮只收匿名票 · own 述职的就是他自己
 */
export type CastOutcome = 'cast' | 'changed' | 'already' | 'closed' | 'absent' | 'stranger' | 'unknown' | 'elsewhere' | 'own';

/**
 * 投票 — a whole hall in one statement. The round is held open (FOR SHARE) until the commit, so that closing waits for the ballots
 * that were under way and none comes after it; the mark's key admits one ballot for a voter. Marks are written in the order of
 * their key, so that two batches never wait for each other; ballots in that of their random numbers, so that their places tell
 * nothing. Of several presses of one voter in a batch the earliest is answered as the vote; where the last press counts, the others
 * as changes of it, and the latest is in the box.
 */
export const cast: (tx: Tx, given: Cast) => Promise<CastOutcome> = statement('ballots.cast', async (db, casts) => {
  const given = casts.map((one, n) => ({ n, ...one, now: one.now.toISOString() }));
  const roundIds = [...new Set(casts.map(({ roundId }) => roundId))];
  const found = await db.$queryRaw<{ n: number; outcome: CastOutcome }[]>`
    WITH given AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS x(n int, "roundId" text, "personId" text, "tokenHash" text, "ballotId" text, choice text, now timestamptz)
    ), round AS MATERIALIZED (
      SELECT id, "sessionId", choices, "closesAt", "roundKey", "openingId", (SELECT "voterId" FROM "ReviewSlot" s WHERE s.id = "slotId") AS presenter
      FROM "BallotRound" WHERE id = ANY(${roundIds}::text[]) AND state = 'open' ORDER BY id FOR SHARE
    ), told AS (
      SELECT g.n, g."roundId", g."ballotId", g.choice, COALESCE(v.id, p.id) AS holder, COALESCE(v."voterClass", p."voterClass") AS "voterClass",
             r."roundKey",
             CASE WHEN r.id IS NULL OR g.now >= r."closesAt" THEN 'closed' WHEN v.id IS NULL AND p.id IS NULL THEN 'stranger'
                  WHEN v.present IS FALSE THEN 'absent' WHEN r."openingId" IS NOT NULL THEN 'elsewhere'
                  WHEN v.id = r.presenter THEN 'own'
                  WHEN g.choice IS NOT NULL AND g.choice <> ALL(r.choices) THEN 'unknown' ELSE 'good' END AS verdict
      FROM given g LEFT JOIN round r ON r.id = g."roundId"
      LEFT JOIN "ReviewVoter" v ON v."sessionId" = r."sessionId" AND v."personId" = g."personId" AND v.channel = 'card' AND g."tokenHash" IS NULL
      LEFT JOIN "BallotSlip" p ON p."sessionId" = r."sessionId" AND p."tokenHash" = g."tokenHash" AND p.state = 'valid'
    ), marked AS (
      INSERT INTO "BallotMark" ("roundId", holder) SELECT DISTINCT "roundId", holder FROM told WHERE verdict = 'good' ORDER BY 1, 2
      ON CONFLICT DO NOTHING RETURNING "roundId", holder
    ), fit AS (
      SELECT t.*, row_number() OVER (PARTITION BY t."roundId", t.holder ORDER BY CASE WHEN t."roundKey" IS NULL THEN t.n ELSE -t.n END) AS place,
             min(t.n) OVER (PARTITION BY t."roundId", t.holder) AS earliest
      FROM (SELECT *, ("roundId", holder) IN (SELECT "roundId", holder FROM marked) AS fresh FROM told WHERE verdict = 'good' OFFSET 0) t
      WHERE t.fresh OR t."roundKey" IS NOT NULL
    ), boxed AS (
      INSERT INTO "Ballot" (id, "roundId", "voterClass", choice, handle)
      SELECT "ballotId", "roundId", "voterClass", choice, encode(sha256(convert_to("roundKey" || ':' || holder, 'UTF8')), 'hex')
      FROM fit WHERE place = 1 ORDER BY "ballotId"
      ON CONFLICT ("roundId", handle) DO UPDATE SET choice = EXCLUDED.choice
      RETURNING 1
    )
    SELECT t.n, CASE WHEN t.verdict <> 'good' THEN t.verdict WHEN f.n IS NULL THEN 'already' WHEN f.fresh AND f.n = f.earliest THEN 'cast'
                     WHEN t."roundKey" IS NULL THEN 'already' ELSE 'changed' END AS outcome
    FROM told t LEFT JOIN fit f ON f.n = t.n, (SELECT count(*) FROM boxed) counted`;
  const byNumber = new Map(found.map(({ n, outcome }) => [n, outcome]));
  return casts.map((_one, n) => byNumber.get(n) ?? 'closed');
});

/**
 * 投匿名票 — a token has been verified, and that is all that is known: no voter, no mark. Its fingerprint admits one ballot in each of
 * the rounds that were opened together; it is there until the box is sealed.
 */
export async function castBlind(
  tx: Tx,
  given: {
    readonly openingId: string;
    readonly voterClass: string;
    readonly handle: string;
    readonly ballots: readonly { readonly roundId: string; readonly ballotId: string; readonly choice: string | null }[];
    readonly now: Date;
  },
): Promise<CastOutcome[]> {
  const { openingId, voterClass, handle, ballots, now } = given;
  const found = await rows(tx).$queryRaw<{ roundId: string; outcome: CastOutcome }[]>`
    WITH round AS MATERIALIZED (
      SELECT id, choices, "closesAt", "roundKey" FROM "BallotRound" WHERE "openingId" = ${openingId} AND state = 'open' ORDER BY id FOR SHARE
    ), told AS (
      SELECT g."roundId", g."ballotId", g.choice,
             CASE WHEN r.id IS NULL OR ${now} >= r."closesAt" THEN 'closed'
                  WHEN g.choice IS NOT NULL AND g.choice <> ALL(r.choices) THEN 'unknown' ELSE 'good' END AS verdict
      FROM jsonb_to_recordset(${JSON.stringify(ballots)}::jsonb) AS g("roundId" text, "ballotId" text, choice text) LEFT JOIN round r ON r.id = g."roundId"
    ), boxed AS (
      INSERT INTO "Ballot" (id, "roundId", "voterClass", choice, handle)
      SELECT "ballotId", "roundId", ${voterClass}, choice, ${handle} FROM told
      WHERE verdict = 'good' AND NOT EXISTS (SELECT 1 FROM told WHERE verdict = 'unknown') ORDER BY "ballotId"
      ON CONFLICT ("roundId", handle) DO UPDATE SET choice = EXCLUDED.choice
        WHERE EXISTS (SELECT 1 FROM round r WHERE r.id = "Ballot"."roundId" AND r."roundKey" IS NOT NULL)
      RETURNING "roundId", (xmax = 0) AS fresh
    )
    SELECT t."roundId", CASE WHEN t.verdict <> 'good' THEN t.verdict WHEN b."roundId" IS NULL THEN 'already' WHEN b.fresh THEN 'cast' ELSE 'changed' END AS outcome
    FROM told t LEFT JOIN boxed b ON b."roundId" = t."roundId"`;
  return ballots.map(({ roundId }) => found.find((one) => one.roundId === roundId)?.outcome ?? 'closed');
}

/** 占住开放的轮次 — so that closing waits for a ticket that is being handed out. Empty: they are closed. */
export async function holdOpen(tx: Tx, openingId: string): Promise<{ id: string; sessionId: string; closesAt: Date }[]> {
  return rows(tx)
    .$queryRaw`SELECT id, "sessionId", "closesAt" FROM "BallotRound" WHERE "openingId" = ${openingId} AND state = 'open' ORDER BY id FOR SHARE`;
}

/** 这一轮的样子 — what the voter's card says about it; read with the votes, once for a whole batch. */
export interface RoundView {
  readonly roundId: string;
  readonly round: number;
  readonly closesAt: Date;
  readonly unitName: string;
  readonly presenter: string;
  readonly position: number;
  readonly total: number;
  readonly number: string;
  readonly title: string;
  readonly choices: readonly string[];
  readonly method: 'grades' | 'scores';
  readonly press: 'first' | 'last';
  /** 收评语 */
  readonly comments: boolean;
}

/** 看一轮 — null: there is none. */
export const viewRound: (tx: Tx, roundId: string) => Promise<RoundView | null> = statement('ballots.viewRound', async (db, roundIds) => {
  const found = await db.$queryRaw<RoundView[]>`
    SELECT r.id AS "roundId", r.number AS round, r."closesAt", r.choices, s."unitName", s.presenter, s.position, e.number, e.title,
           jsonb_array_length(e.plan->'onStage') AS total, e.plan->'rules'->>'method' AS method, e.plan->>'press' AS press,
           r."commentKey" IS NOT NULL AS comments
    FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" JOIN "ReviewSession" e ON e.id = r."sessionId"
    WHERE r.id = ANY(${[...new Set(roundIds)]}::text[])`;
  const byId = new Map(found.map((view) => [view.roundId, view]));
  return roundIds.map((id) => byId.get(id) ?? null);
});

/** 投过没有 — the number of the given rounds in which the holder has voted. */
export async function countMarksOf(tx: Tx, { roundIds, holder }: { roundIds: readonly string[]; holder: string }): Promise<number> {
  return rows(tx).ballotMark.count({ where: { roundId: { in: [...roundIds] }, holder } });
}

/** 换了票的人 — `from` is void, `to` takes its place in the open rounds of the session. */
export interface HolderChange {
  readonly sessionId: string;
  readonly from: string;
  readonly to: string;
}

/**
 * 记号接过来 — where the old slip has voted, the new one has: no round holds more than was issued. Where the last press counts, the
 * ballot is found again under the new slip. Ballots that are on their way come in first; closing waits.
 */
export async function passMarks(tx: Tx, { sessionId, from, to }: HolderChange): Promise<void> {
  const db = rows(tx);
  await db.$queryRaw`SELECT id FROM "BallotRound" WHERE "sessionId" = ${sessionId} AND state = 'open' ORDER BY id FOR UPDATE`;
  await db.$executeRaw`
    UPDATE "BallotMark" m SET holder = ${to} FROM "BallotRound" r
    WHERE r.id = m."roundId" AND r."sessionId" = ${sessionId} AND r.state = 'open' AND m.holder = ${from}`;
  await db.$executeRaw`
    UPDATE "Ballot" b SET handle = encode(sha256(convert_to(r."roundKey" || ':' || ${to}::text, 'UTF8')), 'hex') FROM "BallotRound" r
    WHERE r.id = b."roundId" AND r."sessionId" = ${sessionId} AND r.state = 'open'
      AND b.handle = encode(sha256(convert_to(r."roundKey" || ':' || ${from}::text, 'UTF8')), 'hex')`;
}

/** 已投几票 — from the roll's side: who has voted, never what. Anonymous ballots leave no mark; there the pieces are counted. */
export async function countCast(tx: Tx, { id, openingId }: { readonly id: string; readonly openingId: string | null }): Promise<number> {
  const where = { roundId: id };
  return openingId === null ? rows(tx).ballotMark.count({ where }) : rows(tx).ballot.count({ where });
}

/**
 * 箱里各类几票、几张弃权，记着投过的几票 — before the box is sealed. A mark stands for a ballot; anonymous ballots leave none, there a
 * ballot stands for itself by the fingerprint of its token: one without came in some other way. That one is missing can't be seen there.
 */
export async function countBallots(
  tx: Tx,
  { id, openingId }: { readonly id: string; readonly openingId: string | null },
): Promise<{ voterClass: string; used: number; abstained: number; marked: number }[]> {
  return rows(tx).$queryRaw`
    WITH box AS (
      SELECT "voterClass", count(*)::int AS used, count(*) FILTER (WHERE choice IS NULL)::int AS abstained, count(handle)::int AS handles
      FROM "Ballot" WHERE "roundId" = ${id} GROUP BY 1
    ), roll AS (
      SELECT COALESCE(v."voterClass", p."voterClass", '') AS "voterClass", count(*)::int AS marks
      FROM "BallotMark" m LEFT JOIN "ReviewVoter" v ON v.id = m.holder LEFT JOIN "BallotSlip" p ON p.id = m.holder WHERE m."roundId" = ${id} GROUP BY 1
    )
    SELECT COALESCE(b."voterClass", r."voterClass") AS "voterClass", COALESCE(used, 0) AS used, COALESCE(abstained, 0) AS abstained,
           CASE WHEN ${openingId === null} THEN COALESCE(marks, 0) ELSE COALESCE(handles, 0) END AS marked
    FROM box b FULL JOIN roll r ON r."voterClass" = b."voterClass"`;
}

/** 没投的人 — from the roll alone. */
export async function findUnmarked(
  tx: Tx,
  { sessionId, roundId }: { sessionId: string; roundId: string },
): Promise<{ id: string; name: string; voterClass: string }[]> {
  return rows(tx).$queryRaw`
    SELECT v.id, v.name, v."voterClass" FROM "ReviewVoter" v
    WHERE v."sessionId" = ${sessionId} AND v.present AND v.channel = 'card'
      AND NOT EXISTS (SELECT 1 FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" WHERE r.id = ${roundId} AND s."voterId" = v.id)
      AND NOT EXISTS (SELECT 1 FROM "BallotMark" m WHERE m."roundId" = ${roundId} AND m.holder = v.id)
    ORDER BY v.position`;
}

/**
 * 封箱 — the ballots are taken out and put back shuffled, under new random numbers and by one writer; the marks are written anew
 * too. What stood beside what, and which transaction wrote both, is gone; so are the handles.
 * @returns how many were put back
 */
export async function sealBox(tx: Tx, roundId: string): Promise<number> {
  const db = rows(tx);
  const pieces = await db.$executeRaw`
    WITH gone AS (DELETE FROM "Ballot" WHERE "roundId" = ${roundId} RETURNING "roundId", "voterClass", choice)
    INSERT INTO "Ballot" (id, "roundId", "voterClass", choice) SELECT gen_random_uuid()::text, "roundId", "voterClass", choice FROM gone ORDER BY random()`;
  await db.$executeRaw`UPDATE "BallotMark" SET holder = holder WHERE "roundId" = ${roundId}`;
  await db.$executeRaw`UPDATE "BallotRound" SET "roundKey" = NULL WHERE id = ${roundId}`;
  return pieces;
}

/** 开箱 — the ballots of a round, for the tally. */
export async function openBox(tx: Tx, roundId: string): Promise<Ballot[]> {
  return rows(tx).ballot.findMany({ where: { roundId }, select: { voterClass: true, choice: true } });
}
