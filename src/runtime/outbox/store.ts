import type { CardJson } from '#cards/kit/card';
import type { Tx } from '#core/context';
import { closedKey, heldMark, replacedKey } from '#core/outbox';
import { oneByOne, rows, statement } from '#db/rows';

/** 一次更新至多改几条消息；多的下一轮接着改 */
export const messagesPerUpdate = 8;

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
  readonly sentAt: Date;
  readonly card: CardJson;
}

/** 找已发的卡片 */
export async function findCardMessage(tx: Tx, messageId: string): Promise<CardMessageRow | null> {
  return (await rows(tx).cardMessage.findUnique({ where: { messageId } })) as unknown as CardMessageRow | null;
}

/** 某键下仍有效、还没更新到这一次的卡片，至多 `messagesPerUpdate` 张另加一张 @param before the outbox order of the update */
export const findLiveCards: (tx: Tx, asked: { cardKey: string; before: bigint }) => Promise<{ messageId: string; recipient: string }[]> = statement(
  'outbox.findLiveCards',
  async (db, asked) =>
    oneByOne(
      asked,
      ({ cardKey, before }) =>
        db.$queryRaw<{ messageId: string; recipient: string }[]>`
            SELECT "messageId", recipient FROM "CardMessage"
            WHERE "cardKey" = ${cardKey} AND state = 'live' AND revision < ${before}::bigint
            ORDER BY "messageId" LIMIT ${messagesPerUpdate + 1}::int`,
    ),
);

/** 某键发给某人的最新一条消息 — null: none went out as a card. */
export const findLastMessageTo: (tx: Tx, asked: { cardKey: string; recipient: string }) => Promise<string | null> = statement(
  'outbox.findLastMessageTo',
  async (db, asked) =>
    oneByOne(asked, async ({ cardKey, recipient }) => {
      const [found] = await db.$queryRaw<{ messageId: string }[]>`
        SELECT "messageId" FROM "CardMessage" WHERE "cardKey" = ${cardKey} AND recipient = ${recipient} AND state = 'live'
        ORDER BY revision DESC LIMIT 1`;
      return found?.messageId ?? null;
    }),
);

/** 发给某人的随便一张卡片 — tells in which chat he is spoken to; null: none went out. */
export const findAnyMessageTo: (tx: Tx, recipient: string) => Promise<string | null> = statement(
  'outbox.findAnyMessageTo',
  async (db, recipients) => {
    const found = await db.$queryRaw<{ recipient: string; messageId: string }[]>`
    SELECT DISTINCT ON (recipient) recipient, "messageId" FROM "CardMessage"
    WHERE recipient = ANY(${[...recipients]}::text[]) AND state <> 'recalled' ORDER BY recipient, "sentAt" DESC`;
    return recipients.map((wanted) => found.find(({ recipient }) => recipient === wanted)?.messageId ?? null);
  },
);

const adoptLock = 0x5348_4c02;

/**
 * 认下一条 — the first of these messages that no other row accounts for is this row's from now on; null: all have theirs. One at a time over
 * all processes: two rows that say the same to the same person would both see the same message free, and one of them would never arrive.
 */
export const adoptMessage: (tx: Tx, found: { entryId: string; messageIds: readonly string[] }) => Promise<string | null> = statement(
  'outbox.adoptMessage',
  async (db, asked) => {
    await db.$executeRaw`SELECT pg_advisory_xact_lock(${adoptLock}::bigint)`;
    return oneByOne(asked, async ({ entryId, messageIds }) => {
      const [adopted] = await db.$queryRaw<{ messageId: string | null }[]>`
        UPDATE "OutboxEntry" SET "messageId" = (
          SELECT x.id FROM unnest(${[...messageIds]}::text[]) WITH ORDINALITY AS x(id, n)
          WHERE NOT EXISTS (SELECT 1 FROM "CardMessage" m WHERE m."messageId" = x.id)
            AND NOT EXISTS (SELECT 1 FROM "OutboxEntry" e WHERE e."messageId" = x.id AND e.id <> ${entryId}::text)
          ORDER BY x.n LIMIT 1)
        WHERE id = ${entryId}::text RETURNING "messageId"`;
      return adopted?.messageId ?? null;
    });
  },
);

/** 记下更新过的卡片 — an older update that arrives late is not written over a newer one. */
export const saveCardUpdate: (tx: Tx, update: { messageId: string; card: CardJson; revision: bigint }) => Promise<null> = statement(
  'outbox.saveCardUpdate',
  async (db, updates) => {
    const given = updates.map(({ revision, ...update }) => ({ ...update, revision: String(revision) }));
    await db.$executeRaw`
      UPDATE "CardMessage" m SET card = x.card, revision = x.revision
      FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS x("messageId" text, card jsonb, revision bigint)
      WHERE m."messageId" = x."messageId" AND m.revision < x.revision`;
    return updates.map(() => null);
  },
);

/** 换下旧的 — the earlier live messages of some keys to the same recipient get a key of their own. Returns them with their titles. */
export const replaceCards: (
  tx: Tx,
  newest: { messageId: string; cardKeys: readonly string[]; recipient: string; revision: bigint },
) => Promise<{ messageId: string; title: string }[]> = statement('outbox.replaceCards', async (db, asked) =>
  oneByOne(
    asked,
    ({ messageId, cardKeys, recipient, revision }) =>
      db.$queryRaw<{ messageId: string; title: string }[]>`
        UPDATE "CardMessage" SET "cardKey" = 'replaced:' || "messageId"
        WHERE "cardKey" = ANY(${[...cardKeys]}::text[]) AND recipient = ${recipient}::text AND state = 'live'
          AND "messageId" <> ${messageId}::text AND revision < ${revision}::bigint
        RETURNING "messageId", COALESCE(card->'header'->'title'->>'content', '') AS title`,
  ),
);

/** 换键 — this live message to this recipient belongs to another key from now on: it follows the updates of that one. */
export const rekeyCard: (tx: Tx, asked: { messageId: string; recipient: string; cardKey: string }) => Promise<null> = statement(
  'outbox.rekeyCard',
  async (db, asked) => {
    await db.$executeRaw`
      UPDATE "CardMessage" m SET "cardKey" = x."cardKey"
      FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS x("messageId" text, recipient text, "cardKey" text)
      WHERE m."messageId" = x."messageId" AND m.recipient = x.recipient AND m.state = 'live'`;
    return asked.map(() => null);
  },
);

/** 卡片不在了 */
export const retireCardMessage: (tx: Tx, retired: { messageId: string; state: 'expired' | 'recalled' }) => Promise<null> = statement(
  'outbox.retireCardMessage',
  async (db, retired) => {
    await db.$executeRaw`
      UPDATE "CardMessage" m SET state = x.state FROM jsonb_to_recordset(${JSON.stringify(retired)}::jsonb) AS x("messageId" text, state text)
      WHERE m."messageId" = x."messageId"`;
    return retired.map(() => null);
  },
);

/** 发件箱现状 @property held of the dead ones, those that a restore did not send again */
export interface OutboxState {
  readonly due: number;
  readonly waiting: number;
  readonly dead: number;
  readonly held: number;
  readonly oldestDueMs: number;
}

/** 发件箱现状 — for metrics, 诊断 and “at rest”. @param now due rows are those whose time has come */
export async function outboxState(tx: Tx, now: Date): Promise<OutboxState> {
  const [row] = await rows(tx).$queryRaw<OutboxState[]>`
    SELECT count(*) FILTER (WHERE state IN ('pending', 'sending') AND "notBefore" <= ${now})::int AS due,
           count(*) FILTER (WHERE state IN ('pending', 'sending') AND "notBefore" > ${now})::int AS waiting,
           count(*) FILTER (WHERE state = 'dead')::int AS dead,
           count(*) FILTER (WHERE state = 'dead' AND starts_with("lastError", ${heldMark}))::int AS held,
           COALESCE(max(extract(epoch FROM ${now}::timestamptz - GREATEST("createdAt", "notBefore")) * 1000)
                    FILTER (WHERE state IN ('pending', 'sending') AND "notBefore" <= ${now}), 0)::float8 AS "oldestDueMs"
    FROM "OutboxEntry" WHERE state IN ('pending', 'sending', 'dead')`;
  return row ?? { due: 0, waiting: 0, dead: 0, held: 0, oldestDueMs: 0 };
}

/** 最近的发件 — newest first. */
export async function recentEntries(tx: Tx, limit: number) {
  return rows(tx).outboxEntry.findMany({
    orderBy: { seq: 'desc' },
    take: limit,
    select: { id: true, kind: true, state: true, recipient: true, cardKey: true, attempts: true, lastError: true, createdAt: true },
  });
}

const dayMs = 24 * 60 * 60 * 1000;
/** 网络日志法定留存不少于六个月 */
export const logDays = 200;
/** 平台的最后一次重送在六小时之后 */
const inboxDays = 7;

/**
 * 清旧 — settled rows, cards that nothing can reach any more, keys of uploads, and old claims of events, which outlive every retry of
 * the platform. What waits stays, however old it is.
 */
export async function pruneOld(tx: Tx, now: Date): Promise<void> {
  const before = (days: number): Date => new Date(now.getTime() - days * dayMs);
  const db = rows(tx);
  await db.outboxEntry.deleteMany({ where: { state: { in: ['sent', 'replaced', 'dead'] }, settledAt: { lt: before(logDays) } } });
  await db.cardMessage.deleteMany({
    where: {
      sentAt: { lt: before(logDays) },
      OR: [{ state: { not: 'live' } }, ...[replacedKey(''), closedKey('')].map((prefix) => ({ cardKey: { startsWith: prefix } }))],
    },
  });
  await db.uploadedFile.deleteMany({ where: { uploadedAt: { lt: before(logDays) } } });
  await db.inboundEvent.deleteMany({ where: { receivedAt: { lt: before(inboxDays) } } });
}
