import type { CardJson } from '#cards/kit/card';
import type { Actor, Tx } from '#core/context';
import { rows, statement } from '#db/rows';
import type { QueuedEffect } from './buffer.ts';

/** 候选 — a due row and what it would cost. */
export interface Candidate {
  readonly id: string;
  readonly kind: QueuedEffect['kind'];
  readonly priority: number;
  readonly recipient: string | null;
  readonly replyTo: string | null;
  /** messages that an update would change */
  readonly messageIds: readonly string[];
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

/** 窗口内已用的额度，按 API 与对象 */
export interface Usage {
  readonly api: string;
  readonly target: string;
  readonly interactive: boolean;
  /** milliseconds ago, by the database's clock */
  readonly ageMs: number;
}

const claimLock = 0x5348_4c01;

/**
 * 认领锁 — one claimer at a time over all processes, so that the shared budget is counted once. Held for a few milliseconds.
 * 同时在这个事务里禁掉顺扫：积压一多，统计信息还没跟上，顺扫会把整张表翻一遍。
 */
export async function lockClaims(tx: Tx): Promise<boolean> {
  const [row] = await rows(tx).$queryRaw<{ locked: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${claimLock}::bigint) AS locked, set_config('enable_seqscan', 'off', true)`;
  return row?.locked === true;
}

/**
 * 到期待发 — the rows that may go now, by priority and then by age: not before their time, not while an earlier row of the same
 * lane is unsettled, updates not before the sends of the same card. A row whose lease ran out counts as unsent.
 */
export async function findDue(tx: Tx, { now, limit, jobs }: { now: Date; limit: number; jobs: boolean }): Promise<Candidate[]> {
  const db = rows(tx);
  // 两种写法只差一个条件：写成常量，各自的部分索引才用得上；合成一个参数就要翻遍全部待发的行。
  if (jobs) {
    return db.$queryRaw<Candidate[]>`
      SELECT e.id, e.kind, e.priority, e.recipient, NULL AS "replyTo", '{}'::text[] AS "messageIds"
      FROM "OutboxEntry" e
      WHERE e.state IN ('pending', 'sending') AND e.kind = 'job'
        AND e."notBefore" <= ${now} AND (e."leaseUntil" IS NULL OR e."leaseUntil" < clock_timestamp())
      ORDER BY e.priority, e.seq LIMIT ${limit}`;
  }
  return db.$queryRaw<Candidate[]>`
    SELECT e.id, e.kind, e.priority, e.recipient, e.payload->>'replyTo' AS "replyTo",
           ARRAY(SELECT m."messageId" FROM "CardMessage" m WHERE e.kind = 'updateCard' AND m."cardKey" = e."cardKey" AND m.state = 'live' AND m.revision < e.seq) AS "messageIds"
    FROM "OutboxEntry" e
    WHERE e.state IN ('pending', 'sending') AND e.kind <> 'job'
      AND e."notBefore" <= ${now}
      AND (e."leaseUntil" IS NULL OR e."leaseUntil" < clock_timestamp())
      AND NOT EXISTS (
        SELECT 1 FROM "OutboxEntry" b
        WHERE b.lane = e.lane AND b.seq < e.seq AND b.state IN ('pending', 'sending'))
      AND (e.kind <> 'updateCard' OR NOT EXISTS (
        SELECT 1 FROM "OutboxEntry" b
        WHERE b."cardKey" = e."cardKey" AND b.seq < e.seq AND b.state IN ('pending', 'sending')))
    ORDER BY e.priority, e.seq
    LIMIT ${limit}`;
}

/** 近一分钟用掉的额度 */
export async function findUsage(tx: Tx): Promise<Usage[]> {
  return rows(tx).$queryRaw<Usage[]>`
    SELECT api, target, interactive, (extract(epoch FROM clock_timestamp() - at) * 1000)::float8 AS "ageMs"
    FROM "ApiCall" WHERE at > clock_timestamp() - interval '61 seconds'`;
}

/** 认领 — moves the rows to sending under a lease and books their calls. @param leaseMs milliseconds */
export async function claim(
  tx: Tx,
  ids: readonly string[],
  { owner, leaseMs, uses }: { owner: string; leaseMs: number; uses: readonly ApiUse[] },
): Promise<ClaimedEntry[]> {
  return rows(tx).$queryRaw<ClaimedEntry[]>`
    WITH booked AS (
      INSERT INTO "ApiCall" (api, target, interactive, at)
      SELECT api, target, interactive, clock_timestamp() FROM jsonb_to_recordset(${JSON.stringify(uses)}::jsonb) AS x(api text, target text, interactive boolean)
    )
    UPDATE "OutboxEntry"
    SET state = 'sending', "claimedBy" = ${owner}, fence = fence + 1, attempts = attempts + 1,
        "firstTriedAt" = COALESCE("firstTriedAt", clock_timestamp()),
        "leaseUntil" = clock_timestamp() + ${leaseMs}::int * interval '1 millisecond'
    WHERE id = ANY(${[...ids]}::text[])
    RETURNING id, seq, kind, priority, recipient, "cardKey", payload, actor, attempts, fence,
              (extract(epoch FROM clock_timestamp() - "firstTriedAt") * 1000)::float8 AS "tryingMs"`;
}

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
}

/**
 * 了结 — writes the end of an attempt; false: the lease was taken over, and this claimer has written nothing.
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
    UPDATE "OutboxEntry" e
    SET state = x.state, "settledAt" = x."settledAt", "lastError" = COALESCE(x.error, e."lastError"),
        "messageId" = COALESCE(x."messageId", e."messageId"), "claimedBy" = NULL,
        attempts = e.attempts - CASE WHEN x."refundAttempt" THEN 1 ELSE 0 END,
        "leaseUntil" = CASE WHEN x.state = 'pending' THEN clock_timestamp() + x."retryInMs" * interval '1 millisecond' END
    FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS x(
      id text, fence int, state text, "settledAt" timestamptz, error text, "messageId" text, "retryInMs" int, "refundAttempt" boolean)
    WHERE e.id = x.id AND e.fence = x.fence AND e."claimedBy" IS NOT NULL
    RETURNING e.id`;
  const ids = new Set(changed.map(({ id }) => id));
  return ends.map(({ id }) => ids.has(id));
});

/** 记下已发卡片 */
export const saveCardMessage: (
  tx: Tx,
  message: { messageId: string; cardKey: string; recipient: string; sentAt: Date; card: CardJson; revision: bigint },
) => Promise<null> = statement('outbox.saveCardMessage', async (db, messages) => {
  const given = messages.map(({ sentAt, revision, ...message }) => ({ ...message, sentAt: sentAt.toISOString(), revision: String(revision) }));
  await db.$executeRaw`
    INSERT INTO "CardMessage" ("messageId", "cardKey", recipient, "sentAt", card, revision)
    SELECT "messageId", "cardKey", recipient, "sentAt", card, revision FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS x(
      "messageId" text, "cardKey" text, recipient text, "sentAt" timestamptz, card jsonb, revision bigint)
    ON CONFLICT ("messageId") DO UPDATE SET card = EXCLUDED.card, revision = EXCLUDED.revision`;
  return messages.map(() => null);
});

/** 已发的卡片 */
export interface CardMessageRow {
  readonly messageId: string;
  readonly cardKey: string;
  readonly recipient: string;
  readonly card: CardJson;
}

/** 找已发的卡片 */
export async function findCardMessage(tx: Tx, messageId: string): Promise<CardMessageRow | null> {
  return (await rows(tx).cardMessage.findUnique({ where: { messageId } })) as unknown as CardMessageRow | null;
}

/** 某键下仍有效、还没更新到这一次的卡片 @param before the outbox order of the update */
export async function findLiveCards(tx: Tx, { cardKey, before }: { cardKey: string; before: bigint }): Promise<CardMessageRow[]> {
  return (await rows(tx).cardMessage.findMany({ where: { cardKey, state: 'live', revision: { lt: before } } })) as unknown as CardMessageRow[];
}

/** 记下更新过的卡片 — an older update that arrives late is not written over a newer one. */
export async function saveCardUpdate(tx: Tx, { messageId, card, revision }: { messageId: string; card: CardJson; revision: bigint }): Promise<void> {
  await rows(tx).cardMessage.updateMany({ where: { messageId, revision: { lt: revision } }, data: { card: card as unknown as object, revision } });
}

/** 卡片不在了 */
export async function retireCardMessage(tx: Tx, messageId: string, state: 'expired' | 'recalled'): Promise<void> {
  await rows(tx).cardMessage.updateMany({ where: { messageId }, data: { state } });
}

/** 有没有到期未了的 — cheap, however long the queue is. */
export async function hasDue(tx: Tx, now: Date): Promise<boolean> {
  const [row] = await rows(tx).$queryRaw<{ due: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM "OutboxEntry" WHERE state IN ('pending', 'sending') AND "notBefore" <= ${now}) AS due`;
  return row?.due === true;
}

/** 发件箱现状 — for metrics, 诊断 and “at rest”. @param now due rows are those whose time has come */
export async function outboxState(tx: Tx, now: Date): Promise<{ due: number; waiting: number; dead: number; oldestDueMs: number }> {
  const [row] = await rows(tx).$queryRaw<{ due: number; waiting: number; dead: number; oldestDueMs: number }[]>`
    SELECT count(*) FILTER (WHERE state IN ('pending', 'sending') AND "notBefore" <= ${now})::int AS due,
           count(*) FILTER (WHERE state IN ('pending', 'sending') AND "notBefore" > ${now})::int AS waiting,
           count(*) FILTER (WHERE state = 'dead')::int AS dead,
           COALESCE(max(extract(epoch FROM ${now}::timestamptz - GREATEST("createdAt", "notBefore")) * 1000)
                    FILTER (WHERE state IN ('pending', 'sending') AND "notBefore" <= ${now}), 0)::float8 AS "oldestDueMs"
    FROM "OutboxEntry" WHERE state IN ('pending', 'sending', 'dead')`;
  return row ?? { due: 0, waiting: 0, dead: 0, oldestDueMs: 0 };
}

/** 最近的发件 — newest first. */
export async function recentEntries(tx: Tx, limit: number) {
  return rows(tx).outboxEntry.findMany({
    orderBy: { seq: 'desc' },
    take: limit,
    select: { id: true, kind: true, state: true, recipient: true, cardKey: true, attempts: true, lastError: true, createdAt: true },
  });
}

/** 清旧 — settled rows, old claims of events and spent calls. Ages in milliseconds, by the database's clock; event claims outlive every retry of the platform. */
export async function pruneOld(tx: Tx, now: Date): Promise<void> {
  const dayMs = 24 * 60 * 60 * 1000;
  const before = (days: number): Date => new Date(now.getTime() - days * dayMs);
  await rows(tx).$executeRaw`DELETE FROM "ApiCall" WHERE at < clock_timestamp() - interval '10 minutes'`;
  await rows(tx).outboxEntry.deleteMany({ where: { state: { in: ['sent', 'replaced'] }, settledAt: { lt: before(200) } } });
  await rows(tx).inboundEvent.deleteMany({ where: { receivedAt: { lt: before(7) } } });
}
