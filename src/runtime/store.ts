import { inParts } from '#core/breathe';
import type { Tx } from '#core/context';
import { type RawDb, statement } from '#db/rows';
import type { QueuedEffect } from './outbox/buffer.ts';

/** 收件登记 — `reply` is what was answered then; null for sealed actions and for events that get no answer. */
export interface InboxRow {
  readonly key: string;
  readonly receivedAt: Date;
  readonly reply: unknown;
}

/** 收件是否登记过 — undefined: never seen. */
export const findInboxRow: (tx: Tx, key: string) => Promise<{ readonly reply: unknown } | undefined> = statement(
  'runtime.findInboxRow',
  async (db, keys) => {
    const found = await db.$queryRaw<{ key: string; reply: unknown }[]>`SELECT key, reply FROM "InboundEvent" WHERE key = ANY(${[...keys]}::text[])`;
    const byKey = new Map(found.map((row) => [row.key, { reply: row.reply }]));
    return keys.map((key) => byKey.get(key));
  },
);

/** 收尾的写入 — what one unit of work leaves beside its own tables. */
export interface Closing {
  readonly inbox: InboxRow | null;
  readonly effects: readonly QueuedEffect[];
  readonly now: Date;
}

/**
 * 收尾 — the effects become outbox rows and the event is claimed, in one statement for a whole batch.
 * A second claim of the same event breaks the unique key and undoes everything that came with it.
 */
export const writeClosing: (tx: Tx, closing: Closing) => Promise<null> = statement('runtime.writeClosing', async (db, closings) => {
  const inbox = closings.flatMap(({ inbox: row }) => (row ? [{ key: row.key, at: row.receivedAt.toISOString(), reply: row.reply ?? null }] : []));
  const queued = newestOfEachCard(closings.flatMap((closing) => closing.effects.map((effect) => outboxRow(effect, closing.now))));
  const effects = await leaveToWaiting(db, queued);
  await replacePending(db, effects);
  let claimed = effects.length === 0 && inbox.length > 0 ? await writeInbox(db, inbox) : 0;
  let unwritten = inbox;
  await inParts(effects, writtenAtOnce, async (part) => {
    claimed += await writeBoth(db, unwritten, part);
    unwritten = [];
  });
  if (claimed < inbox.length) throw new SeenMeanwhile('an event was claimed by somebody else');
  return closings.map(() => null);
});

/** 一条语句里的发件行：全区的催办有几千行，一次写完别人要等。 */
const writtenAtOnce = 100;

/** 事件已被认领 — with PostgreSQL's code for a taken unique key, so that the work is undone and looked at again. */
class SeenMeanwhile extends Error {
  readonly code = '23505';
}

type InboxJson = { key: string; at: string; reply: unknown };
type OutboxJson = ReturnType<typeof outboxRow>;

function outboxRow(effect: QueuedEffect, now: Date) {
  return {
    id: effect.id,
    kind: effect.kind,
    priority: effect.priority,
    lane: effect.lane,
    recipient: effect.recipient,
    cardKey: effect.cardKey,
    dedupeKey: effect.dedupeKey,
    collapseKey: effect.collapseKey,
    payload: effect.payload,
    actor: effect.actor,
    notBefore: effect.notBefore.toISOString(),
    createdAt: now.toISOString(),
  };
}

/** 一批里对同一张卡片的多次更新只留最后一次。 */
function newestOfEachCard(effects: readonly OutboxJson[]): OutboxJson[] {
  const last = new Map(effects.map((effect) => [effect.collapseKey, effect.id]));
  return effects.filter((effect) => effect.collapseKey === null || last.get(effect.collapseKey) === effect.id);
}

async function writeInbox(db: RawDb, inbox: readonly InboxJson[]): Promise<number> {
  return db.$executeRaw`
    INSERT INTO "InboundEvent" (key, "receivedAt", reply)
    SELECT key, at, reply FROM jsonb_to_recordset(${JSON.stringify(inbox)}::jsonb) AS x(key text, at timestamptz, reply jsonb)
    ON CONFLICT (key) DO NOTHING`;
}

/** 等了这么久还没有开始的，不再搭它的车：不断有人占着，它就总轮不到 */
const joinedWithinMs = 1_000;

/**
 * 搭车 — a job of the same key that waits and has not begun does for this one too: a row for every click of a busy morning would be written
 * only to be replaced by the next.
 * 占到提交为止（FOR SHARE），认领的便绕过它，不会抢在这一次的写入之前开始；正被认领的不搭，另起一行。
 */
async function leaveToWaiting(db: RawDb, effects: readonly OutboxJson[]): Promise<readonly OutboxJson[]> {
  const jobs = effects.filter(({ kind, collapseKey }) => kind === 'job' && collapseKey !== null);
  const [first] = jobs;
  if (first === undefined) return effects;
  const since = new Date(Date.parse(first.createdAt) - joinedWithinMs);
  const waiting = await db.$queryRaw<{ collapseKey: string }[]>`
    SELECT "collapseKey" FROM "OutboxEntry"
    WHERE "collapseKey" = ANY(${jobs.map(({ collapseKey }) => collapseKey)}::text[]) AND state = 'pending' AND kind = 'job' AND attempts = 0
      AND "createdAt" > ${since}::timestamptz AND "notBefore" <= ${first.createdAt}::timestamptz
    FOR SHARE SKIP LOCKED`;
  const keys = new Set<string | null>(waiting.map(({ collapseKey }) => collapseKey));
  return effects.filter((effect) => !jobs.includes(effect) || !keys.has(effect.collapseKey));
}

/**
 * 还没发出的同键更新作废，由这一次取代。别人正占着的放过：那一行不是正被认领，就是正被同时的另一批取代；等它，两批就要排队，甚至互等成死锁。
 * 放过的至多多办一次，先后仍按次序。
 */
async function replacePending(db: RawDb, effects: readonly OutboxJson[]): Promise<void> {
  const keys = effects.flatMap(({ collapseKey }) => (collapseKey === null ? [] : [collapseKey]));
  if (keys.length === 0) return;
  await db.$executeRaw`UPDATE "OutboxEntry" SET state = 'replaced', "settledAt" = ${effects[0]?.createdAt}::timestamptz
    WHERE id IN (SELECT id FROM "OutboxEntry" WHERE "collapseKey" = ANY(${keys}::text[]) AND state = 'pending' FOR UPDATE SKIP LOCKED)`;
}

// 更新缓 0.2 秒再发：平台要求更新晚于对点击的答复，早到会被答复盖掉（contract 2.4）。
async function writeBoth(db: RawDb, inbox: readonly InboxJson[], effects: readonly OutboxJson[]): Promise<number> {
  const [row] = await db.$queryRaw<{ claimed: number }[]>`
    WITH claimed AS (
      INSERT INTO "InboundEvent" (key, "receivedAt", reply)
      SELECT key, at, reply FROM jsonb_to_recordset(${JSON.stringify(inbox)}::jsonb) AS x(key text, at timestamptz, reply jsonb)
      ON CONFLICT (key) DO NOTHING RETURNING 1
    ), given AS (
      SELECT x.*, x.ordinality AS nth
      FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(effects)}::jsonb) AS (
        id text, kind text, priority int, lane text, recipient text, "cardKey" text, "dedupeKey" text, "collapseKey" text,
        payload jsonb, actor jsonb, "notBefore" timestamptz, "createdAt" timestamptz)) WITH ORDINALITY AS x
    ), queued AS (
    INSERT INTO "OutboxEntry" (id, kind, priority, lane, recipient, "cardKey", "dedupeKey", "collapseKey", payload, actor, "notBefore", "createdAt", "leaseUntil")
    SELECT id, kind, priority, lane, recipient, "cardKey", "dedupeKey", "collapseKey", payload, actor, "notBefore", "createdAt",
           CASE WHEN kind = 'updateCard' THEN clock_timestamp() + interval '200 milliseconds' END
    FROM given ORDER BY nth
    ON CONFLICT ("dedupeKey") DO NOTHING
    )
    SELECT count(*)::int AS claimed FROM claimed`;
  return row?.claimed ?? 0;
}
