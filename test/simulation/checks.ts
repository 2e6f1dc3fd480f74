import { withTransaction } from '#db/transaction';
import { verifyAudit } from '#domain/audit/verify';
import { trailGaps } from '../trail.ts';
import { works } from './calendar.ts';
import { dayOf, type Item, type Model, type Owed, timeOf } from './model.ts';
import type { World } from './world.ts';

/** 该发的与发了的 — after each run of the reminders: every due step once, nothing else, one card a person and day (I2, I3, I5, B9, B11-4). */
export async function checkReminders(world: World, model: Model, { since, owed }: { since: Date; owed: readonly Owed[] }): Promise<string[]> {
  const sent = await world.sql<Sent>(
    `SELECT s."subjectId", s.kind, s.step, s.level, s."baseOn", s.at, s.recipients, i.code FROM "ReminderSend" s LEFT JOIN "WorkItem" i ON i.id = s."subjectId"
     WHERE s.at >= $1 AND s.kind <> 'manual' ORDER BY 1, 2`,
    [since],
  );
  const problems: string[] = [];
  const keyOf = ({ subjectId, kind, step, baseOn }: Pick<Owed, 'subjectId' | 'kind' | 'step' | 'baseOn'>): string =>
    `${subjectId} ${kind} ${step} ${baseOn}`;
  const [due, done] = [new Map(owed.map((one) => [keyOf(one), one])), new Map(sent.map((one) => [keyOf(one), one]))];
  for (const [key, one] of done)
    if (!due.has(key)) problems.push(`I2 sent, but not due: ${one.code ?? one.subjectId} ${one.kind} ${one.step} (${one.baseOn})`);
  // 当天已有一张提醒卡的，整项留到下一个工作日。
  const today = dayOf(since);
  const waiting = new Set([...due].flatMap(([key, one]) => (!done.has(key) && model.mayWait(one, today) ? [key] : [])));
  for (const [key, one] of due)
    if (!done.has(key) && !waiting.has(key)) problems.push(`I3 due, but not sent: ${one.code} ${one.kind} ${one.step} (${one.baseOn})`);
  for (const { at, code, kind } of sent) {
    const [day, time] = [dayOf(at), timeOf(at)];
    if (!works(day) || time < '08:00' || time >= '21:00') problems.push(`B11-4 ${code} ${kind} was sent in quiet hours, ${day} ${time}`);
  }
  for (const [key, one] of due) if (!waiting.has(key)) model.sent(one);
  const told = sent.map(({ subjectId, code, recipients }) => ({
    ...{ subjectId, code },
    told: recipients.flatMap(({ openId, name }) => (openId === null ? [] : [{ openId, name }])),
  }));
  problems.push(...model.reached(told, today));
  return [...problems, ...(await checkRecipients(world, model, sent))];
}

interface Sent extends Pick<Owed, 'subjectId' | 'step' | 'level' | 'baseOn'> {
  readonly kind: Owed['kind'];
  readonly at: Date;
  readonly code: string | null;
  readonly recipients: readonly { readonly personId: string; readonly openId: string | null; readonly part: string; readonly name: string }[];
}

/** 该收的人各收到一张 — at the platform, not in our books. */
async function checkRecipients(world: World, model: Model, sent: readonly Sent[]): Promise<string[]> {
  const problems: string[] = [];
  const { store } = world.emulator;
  const cards = await world.sql<{ id: string; openId: string }>(
    `SELECT e.id, substr(e.recipient, 8) AS "openId" FROM "OutboxEntry" e JOIN "ReminderCard" c ON e."dedupeKey" = 'reminder:' || c.id WHERE c.at >= $1`,
    [sent[0]?.at ?? world.now()],
  );
  const holders = await world.sql<{ unit: string; personId: string }>(
    `SELECT o."unitCode" AS unit, h."personId" FROM "Post" o JOIN "PostHolding" h ON h."postId" = o.id WHERE o.role = 'unitHead' AND NOT o.backup AND h."toOn" IS NULL`,
  );
  const heads = new Map(holders.map(({ unit, personId }) => [unit, personId]));
  const reached = new Map<string, number>();
  for (const { id, openId } of cards) if (store.messageByUuid(id)) reached.set(openId, (reached.get(openId) ?? 0) + 1);
  const wanted = new Set(sent.flatMap(({ recipients }) => recipients.flatMap(({ openId }) => (openId === null ? [] : [openId]))));
  for (const openId of wanted)
    if (reached.get(openId) !== 1) problems.push(`I2 ${openId} got ${reached.get(openId) ?? 0} merged cards instead of one`);
  for (const openId of reached.keys()) if (!wanted.has(openId)) problems.push(`I2 ${openId} got a card about nothing`);
  for (const { level, recipients, code, subjectId } of sent) {
    const parts = new Set(recipients.map(({ part }) => part));
    const told = new Set(recipients.flatMap(({ personId, name }) => [personId, name]));
    const item = model.items.get(subjectId);
    const late = level === 'L2' || level === 'L3';
    if (level === 'L4' && recipients.length > 0) problems.push(`B5 ${code}: the draft of an order was sent to ${recipients.length} people`);
    const missed = level === 'L3' && item && [heads.get(item.unit), item.leader].find((who) => who && !told.has(who));
    if (missed)
      problems.push(
        `B5 ${code}: L3 without the head or the leader (${missed}), but to ${recipients.map(({ name, part }) => `${name} ${part}`).join(', ')}`,
      );
    if (!late && (parts.has('head') || parts.has('deputy')) && level !== null) problems.push(`B5 ${code}: ${level} went too high`);
  }
  return problems;
}

/** 一天过完 — the state, the trail, the numbers of documents, the outbox and the platform against the model. */
export async function checkDay(world: World, model: Model, day: string): Promise<string[]> {
  return [
    ...(await checkItems(world, model)),
    ...(await checkOrders(world, model, day)),
    ...(await checkLedgerOfSends(world, day)),
    ...(await trailGaps(world.sql)),
    ...(await checkNumbers(world)),
    ...(await checkBurden(world, day)),
    ...checkPlatform(world),
  ];
}

interface ItemRow {
  readonly id: string;
  readonly code: string;
  readonly status: string;
  readonly dueOn: string;
  readonly originalDueOn: string;
  readonly percent: number;
  readonly leadUnit: string;
  readonly completedAt: Date | null;
  readonly responsiblePostId: string | null;
  readonly round: number | null;
  readonly reports: number;
  readonly reportStatus: string | null;
  readonly reportPercent: number | null;
  readonly content: string | null;
  readonly completion: string | null;
  readonly completionRound: number | null;
  readonly extension: string | null;
  readonly metrics: readonly { readonly name: string; readonly current: number }[];
  readonly lowered: number;
}

/** I1、B11-2、3、7：每一项与模型逐字相同 */
async function checkItems(world: World, model: Model): Promise<string[]> {
  const rows = await world.sql<ItemRow>(`
    SELECT i.*, r.round, r.status AS "reportStatus", r.percent AS "reportPercent", r.content, c.status AS completion, c.round AS "completionRound", e.status AS extension,
      (SELECT count(*)::int FROM "ProgressReport" x WHERE x."itemId" = i.id) AS reports,
      (SELECT count(*)::int FROM "ProgressReport" x WHERE x."itemId" = i.id AND x.percent < x."previousPercent" AND COALESCE(x.reason, '') = '') AS lowered
    FROM "WorkItem" i
    LEFT JOIN LATERAL (SELECT * FROM "ProgressReport" r WHERE r."itemId" = i.id ORDER BY round DESC LIMIT 1) r ON true
    LEFT JOIN LATERAL (SELECT * FROM "CompletionRequest" c WHERE c."itemId" = i.id ORDER BY round DESC LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT * FROM "ExtensionRequest" e WHERE e."itemId" = i.id ORDER BY round DESC LIMIT 1) e ON true ORDER BY i.code`);
  const problems: string[] = [];
  if (rows.length !== model.items.size) problems.push(`I1 ${rows.length} items instead of ${model.items.size}`);
  for (const row of rows) {
    const item = model.items.get(row.id);
    if (!item) continue;
    const told = (what: string, is: unknown, expected: unknown): void => {
      if (String(is) !== String(expected)) problems.push(`I1 ${item.code} ${what}: ${String(is)}, the model ${String(expected)}`);
    };
    told('status', row.status, item.status);
    told('dueOn', row.dueOn, item.dueOn);
    told('percent', row.percent, item.percent);
    told('leadUnit', row.leadUnit, item.unit);
    told('completedAt', row.completedAt?.toISOString(), item.completedAt?.toISOString());
    told('reports', row.reports, item.report?.round ?? 0);
    told('report', row.reportStatus, item.report?.status ?? null);
    if (item.report) {
      told('report percent', row.reportPercent, item.report.percent);
      told('report content', row.content, item.report.content);
    }
    told('completion', row.completion ?? 'none', item.completion);
    told('completion round', row.completionRound ?? 0, item.completionRound);
    told('extension', row.extension, item.extension);
    if (row.status === 'inProgress' && row.responsiblePostId === null) problems.push(`B11-2 ${item.code} is under way and nobody is responsible`);
    if (row.dueOn !== row.originalDueOn && item.moved === null) problems.push(`B11-3 ${item.code} has another limit and nobody approved it`);
    if (row.lowered > 0) problems.push(`B11-7 ${item.code} fell without a reason`);
  }
  return problems;
}

async function checkOrders(world: World, model: Model, today: string): Promise<string[]> {
  const rows = await world.sql<{ id: string; itemId: string; status: string; code: string; number: string | null }>(
    `SELECT o.id, o."itemId", o.status, o.number, i.code FROM "SupervisionOrder" o JOIN "WorkItem" i ON i.id = o."itemId"`,
  );
  const problems: string[] = [];
  for (const { id, itemId, status, code, number } of rows) {
    const known = model.orders.get(id);
    const item = model.items.get(itemId);
    // 机器只拟稿：模型没见过的，只能是今天才拟的；当天就办结了，或者当天停了表、改了时限的，拟稿也就撤了。
    if (!known) {
      const withdrawn = status === 'dropped' && (!isChased(item) || item?.withdrawnOn === today);
      if ((status !== 'draft' && !withdrawn) || number !== null) problems.push(`B5 ${code}: an order that nobody drafted is ${status}`);
      model.orders.set(id, { id, itemId, status, issuedAt: null, replies: 0, promisedOn: '', replyBy: null });
      continue;
    }
    // 下达在后台；拟稿随事项办结而了结。
    const settled = known.status === 'signed' && status === 'issued' ? 'issued' : known.status;
    const lapsed = ['draft', 'checked'].includes(known.status) && status === 'dropped' && !isChased(item);
    if (status !== settled && !lapsed) problems.push(`I1 order of ${code}: ${status}, the model ${known.status}`);
    known.status = status;
  }
  return problems;
}

const isChased = (item: Item | undefined): boolean => item?.status === 'issued' || item?.status === 'inProgress';

/** I2：发件箱的一行与平台上的一条消息，一一对应 */
async function checkLedgerOfSends(world: World, day: string): Promise<string[]> {
  const rows = await world.sql<{ id: string; kind: string; state: string; dedupeKey: string; lastError: string | null; due: boolean }>(
    `SELECT id, kind, state, "dedupeKey", "lastError", "notBefore" <= $2 AS due FROM "OutboxEntry" WHERE "createdAt" >= $1 OR state IN ('pending', 'sending', 'dead')`,
    [new Date(`${day}T00:00:00+08:00`), world.now()],
  );
  const problems: string[] = [];
  const entries = new Set(rows.map(({ id }) => id));
  for (const { id, kind, state, dedupeKey, lastError, due } of rows) {
    if (state === 'dead') problems.push(`I2 given up: ${kind} ${dedupeKey} (${lastError ?? ''})`);
    if ((state === 'pending' || state === 'sending') && due) problems.push(`I3 still waiting: ${kind} ${dedupeKey}`);
    if (state === 'sent' && ['sendCard', 'sendText', 'sendFile'].includes(kind) && !world.emulator.store.messageByUuid(id))
      problems.push(`I2 said to be sent, but the platform has no message: ${dedupeKey}`);
  }
  const from = Date.parse(`${day}T00:00:00+08:00`);
  const seen = new Set<string>();
  for (const { chatId } of world.emulator.store.chats()) {
    for (const { sender, uuid, createdAt } of world.emulator.store.messagesOf(chatId).reverse()) {
      if (createdAt < from) break;
      if (sender.kind !== 'bot' || uuid === null) continue;
      world.counts.messages += 1;
      if (!entries.has(uuid) || seen.has(uuid)) problems.push(`I2 a message ${seen.has(uuid) ? 'twice' : 'without a row'}: ${uuid}`);
      seen.add(uuid);
    }
  }
  return problems;
}

/** I7：整条链重算一遍 */
export async function checkChain(world: World): Promise<string[]> {
  const { fault } = await verifyAudit((work) => withTransaction(world.app().database, work));
  return fault ? [`I7 the chain is broken at ${fault.seq}: ${fault.finding}`] : [];
}

/** B11-1：文号不断不重 */
async function checkNumbers(world: World): Promise<string[]> {
  const rows = await world.sql<{ series: string; year: number; count: number; max: number; last: number }>(`
    SELECT d.series, d.year, count(*)::int AS count, max(d.number)::int AS max, s.last FROM "DocumentNumber" d
    JOIN "NumberSeries" s ON s.series = d.series AND s.year = d.year GROUP BY d.series, d.year, s.last`);
  return rows.filter(({ count, max, last }) => count !== max || max !== last).map((row) => `B11-1 numbers with gaps: ${JSON.stringify(row)}`);
}

/** B9-4、B11-14：一人一天至多一张提醒卡、一张简报 */
async function checkBurden(world: World, day: string): Promise<string[]> {
  const rows = await world.sql<{ recipient: string; what: string; count: number }>(
    `SELECT recipient, split_part("dedupeKey", ':', 1) AS what, count(*)::int AS count FROM "OutboxEntry" WHERE "createdAt" >= $1 AND kind = 'sendCard' AND recipient LIKE 'person:%'
     AND ("dedupeKey" LIKE 'digest:%' OR "dedupeKey" IN (SELECT 'reminder:' || id FROM "ReminderCard" WHERE auto AND "on" = $2)) GROUP BY 1, 2 HAVING count(*) > 1`,
    [new Date(`${day}T00:00:00+08:00`), day],
  );
  return rows.map(({ recipient, what, count }) => `B11-14 ${recipient} got ${count} of ${what}`);
}

/** I9：除了设的故障，没有一次超限 */
const checkPlatform = (world: World): string[] => world.breaches.map((breach) => `I9 ${breach}`);
