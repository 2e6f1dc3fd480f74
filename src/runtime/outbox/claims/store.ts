import type { Actor, Tx } from '#core/context';
import { oneByOne, statement } from '#db/rows';
import type { QueuedEffect } from '../buffer.ts';
import { messagesPerUpdate } from '../store.ts';

/** 候选 — a due row and what it would cost. */
export interface Candidate {
  readonly id: string;
  readonly kind: QueuedEffect['kind'];
  readonly priority: number;
  readonly recipient: string | null;
  readonly replyTo: string | null;
  /** messages that an update would change */
  readonly messageIds: readonly string[];
  /** 收的人手上最近的一张卡片：这一行可以改为回复它；试过的不改，防重号才管用 */
  readonly lastMessageId: string | null;
}

/** 认领到的一行 */
export interface ClaimedEntry {
  readonly id: string;
  readonly seq: bigint;
  readonly kind: QueuedEffect['kind'];
  readonly priority: number;
  readonly recipient: string | null;
  readonly cardKey: string | null;
  readonly payload: unknown;
  readonly actor: Actor | null;
  readonly attempts: number;
  readonly fence: number;
  /** milliseconds since the first attempt of this row, by the database's clock */
  readonly tryingMs: number;
}

/** 一次平台调用的额度记录 */
export interface ApiUse {
  readonly api: string;
  readonly target: string;
  readonly interactive: boolean;
}

/** 记在哪一行的账上 */
export interface BookedUse extends ApiUse {
  readonly entryId: string;
}

/** 近一分钟用掉的额度 */
export interface Spent {
  readonly apis: readonly ApiSpent[];
  /** 近 1.1 秒里各对象的次数 */
  readonly targets: readonly { readonly target: string; readonly count: number }[];
}

/** 这一秒已经满了的对象 — `forBulk` holds those of `forAll` too. */
export interface Exhausted {
  readonly forAll: readonly string[];
  readonly forBulk: readonly string[];
}

/** 一个 API 在三个窗口里的次数 */
export interface ApiSpent {
  readonly api: string;
  readonly burst: number;
  readonly second: number;
  readonly minute: number;
  /** 近一分钟里有人等着用过它 */
  readonly waitedFor: boolean;
}

const claimLock = 0x5348_4c01;

/** 认领锁 — one claimer at a time over all processes, so that the shared budget is counted once. Held for a few milliseconds. */
export const lockClaims: (tx: Tx, nothing: null) => Promise<boolean> = statement('outbox.lockClaims', async (db, asked) => {
  const [row] = await db.$queryRaw<{ locked: boolean }[]>`SELECT pg_try_advisory_xact_lock(${claimLock}::bigint) AS locked`;
  return asked.map(() => row?.locked === true);
});

/** 发送的租约，毫秒 — as long as a call counts as under way: whoever may still send holds its place, and when the process is gone nobody settles its calls. */
export const sendLeaseMs = 30_000;

/**
 * 近一分钟用掉的额度 — one row for each API and for each recent target. A call counts from its claim until a window after its end: whenever
 * in between it reaches the platform, and from whichever process, no window there holds more. Only the burst, which spreads what is claimed, counts from the claim.
 * 用 statement_timestamp：clock_timestamp 每行都变，索引用不上，会把整张表翻一遍。
 */
export const findSpent: (tx: Tx, windows: { burstMs: number; secondMs: number; minuteMs: number; targetMs: number }) => Promise<Spent> = statement(
  'outbox.findSpent',
  async (db, asked) => {
    const [windows] = asked;
    const [row] = await db.$queryRaw<Spent[]>`
      WITH recent AS MATERIALIZED (
        SELECT api, target, interactive, extract(epoch FROM statement_timestamp() - at) * 1000 AS begun,
               CASE WHEN "entryId" IS NOT NULL AND "endedAt" IS NULL AND at > statement_timestamp() - ${sendLeaseMs}::int * interval '1 millisecond' THEN 0
                    ELSE extract(epoch FROM statement_timestamp() - COALESCE("endedAt", at)) * 1000 END AS age
        FROM "ApiCall" WHERE at > statement_timestamp() - ${(windows?.minuteMs ?? 0) + sendLeaseMs}::int * interval '1 millisecond'
      )
      SELECT COALESCE((SELECT json_agg(a) FROM (
               SELECT api, count(*) FILTER (WHERE begun < ${windows?.burstMs}::int)::int AS burst, count(*) FILTER (WHERE age < ${windows?.secondMs}::int)::int AS second,
                      count(*)::int AS minute, bool_or(interactive) AS "waitedFor"
               FROM recent WHERE age < ${windows?.minuteMs}::int GROUP BY api) a), '[]') AS apis,
             COALESCE((SELECT json_agg(t) FROM (
               SELECT target, count(*)::int AS count FROM recent WHERE age < ${windows?.targetMs}::int AND target <> '' GROUP BY target) t), '[]') AS targets`;
    return asked.map(() => row ?? { apis: [], targets: [] });
  },
);

/** 清账 — for a clock that is moved over a window and more: to the platform behind it those calls are long past. Nothing may be under way. */
export const forgetCalls: (tx: Tx, nothing: null) => Promise<null> = statement('outbox.forgetCalls', async (db, asked) => {
  await db.$executeRaw`DELETE FROM "ApiCall"`;
  return asked.map(() => null);
});

/**
 * 到期待发 — the rows that may go now, by priority and then by age: not before their time, not while an earlier row of the same
 * lane is unsettled, updates not before the sends of the same card. A row whose lease ran out counts as unsent.
 * 前面有没有同车道的，写成逐行去查的子查询：写成 NOT EXISTS 会变成连接，计划按空表定，积压一多就成了平方。
 * Recipients who have had their share of this second are passed over, so that they hold nobody up: a heap of rows for one of them would
 * else fill the list of candidates, and the others would wait until it is gone.
 */
export const findDue: (tx: Tx, asked: { now: Date; limit: number; exhausted: Exhausted }) => Promise<Candidate[]> = statement(
  'outbox.findDue',
  async (db, asked) =>
    oneByOne(
      asked,
      ({ now, limit, exhausted }) =>
        db.$queryRaw<Candidate[]>`
            SELECT e.id, e.kind, e.priority, e.recipient, e.payload->>'replyTo' AS "replyTo",
                   ARRAY(SELECT m."messageId" FROM "CardMessage" m
                         WHERE e.kind = 'updateCard' AND m."cardKey" = e."cardKey" AND m.state = 'live' AND m.revision < e.seq
                         ORDER BY m."messageId" LIMIT ${messagesPerUpdate}::int) AS "messageIds",
                   (SELECT m."messageId" FROM "CardMessage" m
                    WHERE e.attempts = 0 AND e.kind <> 'updateCard' AND e.recipient LIKE 'person:%' AND e.payload->>'replyTo' IS NULL
                      AND m.recipient = e.recipient AND m.state = 'live'
                    ORDER BY m."sentAt" DESC, m.revision DESC LIMIT 1) AS "lastMessageId"
            FROM "OutboxEntry" e
            WHERE e.state IN ('pending', 'sending') AND e.kind <> 'job'
              AND e."notBefore" <= ${now}::timestamptz
              AND (e."leaseUntil" IS NULL OR e."leaseUntil" < clock_timestamp())
              AND (e.recipient IS NULL
                OR e.recipient <> ALL(CASE WHEN e.priority = 0 THEN ${[...exhausted.forAll]}::text[] ELSE ${[...exhausted.forBulk]}::text[] END))
              AND (SELECT b.seq FROM "OutboxEntry" b
                   WHERE b.lane = e.lane AND b.seq < e.seq AND b.state IN ('pending', 'sending') LIMIT 1) IS NULL
              AND (e.kind <> 'updateCard' OR (
                SELECT b.seq FROM "OutboxEntry" b
                WHERE b."cardKey" = e."cardKey" AND b.seq < e.seq AND b.state IN ('pending', 'sending') LIMIT 1) IS NULL)
            ORDER BY e.priority, e.seq
            LIMIT ${limit}::int`,
    ),
);

/** 到期的后台办理 — one that a click is just joining (`leaveToWaiting`) is left for the next look, so that it sees what the click writes. */
export const findDueJobs: (tx: Tx, asked: { now: Date; limit: number }) => Promise<{ id: string }[]> = statement(
  'outbox.findDueJobs',
  async (db, asked) =>
    oneByOne(
      asked,
      ({ now, limit }) =>
        db.$queryRaw<{ id: string }[]>`
          SELECT e.id FROM "OutboxEntry" e
          WHERE e.state IN ('pending', 'sending') AND e.kind = 'job'
            AND e."notBefore" <= ${now}::timestamptz AND (e."leaseUntil" IS NULL OR e."leaseUntil" < clock_timestamp())
          ORDER BY e.priority, e.seq LIMIT ${limit}::int FOR UPDATE SKIP LOCKED`,
    ),
);

/** 一次认领 */
interface Claim {
  readonly ids: readonly string[];
  readonly owner: string;
  readonly leaseMs: number;
  readonly uses: readonly BookedUse[];
  /** 改为回复的：记在行里，重试也还是回复，防重号才管用 */
  readonly replies?: readonly Reply[];
}

/** 改为回复 */
export interface Reply {
  readonly id: string;
  readonly messageId: string;
}

/** 认领 — moves the rows to sending under a lease, books their calls, and forgets calls that no window sees any more. */
export const claim: (tx: Tx, wanted: Claim) => Promise<ClaimedEntry[]> = statement('outbox.claim', async (db, wanted) =>
  oneByOne(
    wanted,
    ({ ids, owner, leaseMs, uses, replies = [] }) =>
      db.$queryRaw<ClaimedEntry[]>`
          WITH booked AS (
            INSERT INTO "ApiCall" (api, target, interactive, "entryId", at)
            SELECT api, target, interactive, "entryId", clock_timestamp()
            FROM jsonb_to_recordset(${JSON.stringify(uses)}::jsonb) AS x(api text, target text, interactive boolean, "entryId" text)
          ), forgotten AS (
            DELETE FROM "ApiCall" WHERE at < statement_timestamp() - interval '3 minutes'
          )
          UPDATE "OutboxEntry"
          SET state = 'sending', "claimedBy" = ${owner}::text, fence = fence + 1, attempts = attempts + 1,
              "firstTriedAt" = COALESCE("firstTriedAt", clock_timestamp()),
              "leaseUntil" = clock_timestamp() + ${leaseMs}::int * interval '1 millisecond',
              payload = payload || COALESCE((SELECT jsonb_build_object('replyTo', r."messageId")
                FROM jsonb_to_recordset(${JSON.stringify(replies)}::jsonb) AS r(id text, "messageId" text) WHERE r.id = "OutboxEntry".id), '{}')
          WHERE id = ANY(${[...ids]}::text[])
          RETURNING id, seq, kind, priority, recipient, "cardKey", payload, actor, attempts, fence,
                    (extract(epoch FROM clock_timestamp() - "firstTriedAt") * 1000)::float8 AS "tryingMs"`,
  ),
);

/** 一次尝试的结局 */
export interface Settlement {
  readonly id: string;
  readonly fence: number;
  readonly state: 'sent' | 'dead' | 'pending';
  readonly now: Date;
  readonly error?: string;
  readonly messageId?: string;
  readonly retryInMs?: number;
  readonly refundAttempt?: boolean;
  readonly untried?: boolean;
}

/**
 * 了结 — writes the end of an attempt; false: the lease was taken over, and this claimer has written nothing.
 * 没有到过平台的尝试不算数；从来没有到过的，防重号的一小时还没有开始。
 * 认领与否看 claimedBy 而不看 state：条件里写上 state，计划会去翻待发行的部分索引，积压越多越慢。
 */
export const settle: (tx: Tx, end: Settlement) => Promise<boolean> = statement('outbox.settle', async (db, ends) => {
  const given = ends.map(({ now, retryInMs, state, ...end }) => ({
    ...end,
    state,
    settledAt: state === 'pending' ? null : now.toISOString(),
    retryInMs: Math.round(retryInMs ?? 0),
  }));
  const changed = await db.$queryRaw<{ id: string }[]>`
    WITH ended AS (
      UPDATE "ApiCall" SET "endedAt" = clock_timestamp() WHERE "entryId" = ANY(${ends.map(({ id }) => id)}::text[]) AND "endedAt" IS NULL
    )
    UPDATE "OutboxEntry" e
    SET state = x.state, "settledAt" = x."settledAt", "lastError" = COALESCE(x.error, e."lastError"),
        "messageId" = COALESCE(x."messageId", e."messageId"), "claimedBy" = NULL,
        attempts = e.attempts - CASE WHEN x."refundAttempt" THEN 1 ELSE 0 END,
        "firstTriedAt" = CASE WHEN x.untried THEN NULL ELSE e."firstTriedAt" END,
        "leaseUntil" = CASE WHEN x.state = 'pending' THEN clock_timestamp() + x."retryInMs" * interval '1 millisecond' END
    FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS x(
      id text, fence int, state text, "settledAt" timestamptz, error text, "messageId" text, "retryInMs" int, "refundAttempt" boolean, untried boolean)
    WHERE e.id = x.id AND e.fence = x.fence AND e."claimedBy" IS NOT NULL
    RETURNING e.id`;
  const ids = new Set(changed.map(({ id }) => id));
  return ends.map(({ id }) => ids.has(id));
});

/**
 * 看有没有到期未了的 — cheap, however long the queue is.
 * @returns ms until one may be claimed: 0 when some may at once, more when all are under somebody's lease or wait for their next attempt; null: nothing is due
 */
export const lookForDue: (tx: Tx, now: Date) => Promise<number | null> = statement('outbox.lookForDue', async (db, asked) => {
  const [row] = await db.$queryRaw<{ freeInMs: number | null }[]>`
    SELECT CASE
      WHEN EXISTS (SELECT 1 FROM "OutboxEntry" WHERE state IN ('pending', 'sending') AND "notBefore" <= ${asked[0]}::timestamptz
                     AND ("leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp())) THEN 0
      ELSE (SELECT ceil(extract(epoch FROM min("leaseUntil") - clock_timestamp()) * 1000)::float8 FROM "OutboxEntry"
            WHERE state IN ('pending', 'sending') AND "notBefore" <= ${asked[0]}::timestamptz)
      END AS "freeInMs"`;
  const freeInMs = row?.freeInMs ?? null;
  // 两眼之间恰好放开的，算零。
  return asked.map(() => (freeInMs === null ? null : Math.max(0, freeInMs)));
});

/**
 * 接手 — frees the rows that a process took and did not settle before it ended, and those of our own that nobody here is holding any
 * more, because the end could not be written: nobody has to wait for their lease to run out.
 * 进程还在不在，看数据库里有没有它的连接；在途的发送带着同一个 uuid，平台收到过就不会再发一次。
 */
export const releaseAbandoned: (tx: Tx, own: { owner: string; held: readonly string[] }) => Promise<null> = statement(
  'outbox.releaseAbandoned',
  async (db, asked) =>
    oneByOne(asked, async ({ owner, held }) => {
      await db.$executeRaw`
        UPDATE "OutboxEntry" e SET "leaseUntil" = NULL
        WHERE e.state = 'sending' AND e."leaseUntil" > clock_timestamp() AND (
          (e."claimedBy" = ${owner}::text AND e.id <> ALL(${[...held]}::text[]))
          OR NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datname = current_database() AND a.application_name = e."claimedBy"))`;
      return null;
    }),
);
