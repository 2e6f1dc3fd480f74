import type { Priority } from '#core/outbox';
import { cardOf, type Message } from '#platform/emulator/model';
import { textOfCard } from '../harness.ts';
import type { OutboxWorld } from './outbox-world.ts';

/** 模型 — what was asked for; whatever happens on the way, the platform must end up with exactly this. */
export interface Model {
  /** dedupe key → who gets it */
  readonly sends: Map<string, { readonly to: string; readonly lane: string; readonly nth: number; readonly says: string }>;
  /** card key → its newest draft */
  readonly drafts: Map<string, number>;
  serial: number;
  /** since when nothing stands in the way: a program runs, and the platform does as it is told */
  smoothSince: number | null;
}

export const newModel = (): Model => ({ sends: new Map(), drafts: new Map(), serial: 0, smoothSince: null });

/** 有人等着的之外，最不急的两档 */
export const bulk: readonly Priority[] = ['reminder', 'digest'];

/** 成批的总能用的一份：余下四分之一可以留给有人等着的 */
const bulkShare = 750;
const starvedMs = 60_000;

/** 走一步之后 — I2 and I9 in so far as they can be seen while things are still under way. */
export async function checkStep(model: Model, world: OutboxWorld): Promise<string[]> {
  return [
    ...world.breaches,
    ...crowdedWindows(world),
    ...(await checkMessages(model, world)),
    ...(await checkImportance(world)),
    ...(await checkStarvation(model, world)),
  ];
}

/** 都静下来之后 — every send arrived once, every card shows its last draft, nothing is left. */
export async function checkEnd(model: Model, world: OutboxWorld): Promise<string[]> {
  const rows = await world.sql<{ id: string; kind: string; dedupeKey: string; state: string; lastError: string | null }>(
    `SELECT id, kind, "dedupeKey", state, "lastError" FROM "OutboxEntry"`,
  );
  const problems: string[] = [];
  const ids = new Map(rows.map(({ id, dedupeKey }) => [dedupeKey, id]));
  const arrived = new Map(world.messages().map((message) => [message.uuid, message]));
  for (const { kind, state, dedupeKey, lastError } of rows)
    if (state !== 'sent' && !(kind === 'updateCard' && state === 'replaced')) problems.push(`${dedupeKey}没有发完：${state} ${lastError ?? ''}`);
  for (const key of model.sends.keys()) if (!arrived.has(ids.get(key) ?? '')) problems.push(`${key}没有到`);
  const cards = await world.sql<{ messageId: string; cardKey: string }>(`SELECT "messageId", "cardKey" FROM "CardMessage"`);
  for (const { messageId, cardKey } of cards) {
    const message = world.emulator.store.message(messageId);
    const wanted = model.drafts.get(cardKey);
    if (wanted !== undefined && (!message || draftOn(message) !== wanted))
      problems.push(`${cardKey}停在第${message ? draftOn(message) : '？'}稿，该是第${wanted}稿`);
  }
  return problems;
}

/** 卡片上写着第几稿 */
export const draftOn = (message: Message): number => Number(/第(\d+)稿/.exec(textOfCard(cardOf(message)))?.[1] ?? 0);

/** I9：平台自己数的之外，再独立数一遍 */
function crowdedWindows({ arrivals, now }: OutboxWorld): string[] {
  const recent = arrivals.filter(({ at }) => at > now() - 130_000);
  const full = (name: string, times: readonly number[], ms: number, max: number): string[] => {
    const first = times.findIndex((at, index) => index >= max && at - (times[index - max] ?? Number.NEGATIVE_INFINITY) < ms);
    return first < 0 ? [] : [`I9 ${name}：${ms}毫秒里超过${max}次`];
  };
  const timesBy = (keyOf: (arrival: (typeof recent)[number]) => string): Map<string, number[]> => {
    const times = new Map<string, number[]>();
    for (const arrival of recent) times.set(keyOf(arrival), [...(times.get(keyOf(arrival)) ?? []), arrival.at]);
    return times;
  };
  return [
    ...[...timesBy(({ api }) => api)].flatMap(([api, times]) => [...full(api, times, 1_000, 50), ...full(api, times, 60_000, 1_000)]),
    ...[...timesBy(({ target }) => target)].flatMap(([target, times]) => (target === '' ? [] : full(target, times, 1_000, 5))),
  ];
}

/** I2：一把钥匙一条；同一车道按先后；说的是它该说的，给的是它该给的人 */
async function checkMessages(model: Model, world: OutboxWorld): Promise<string[]> {
  const rows = await world.sql<{ id: string; dedupeKey: string }>(`SELECT id, "dedupeKey" FROM "OutboxEntry" WHERE kind LIKE 'send%'`);
  const keys = new Map(rows.map(({ id, dedupeKey }) => [id, dedupeKey]));
  const problems: string[] = [];
  const seen = new Set<string>();
  const lanes = new Map<string, number>();
  for (const message of world.messages()) {
    const key = keys.get(message.uuid ?? '');
    const send = key === undefined ? undefined : model.sends.get(key);
    if (key === undefined || send === undefined) {
      problems.push(`I2 没有人要发的一条：${message.content.slice(0, 80)}`);
      continue;
    }
    if (seen.has(key)) problems.push(`I2 ${key}发了两次`);
    seen.add(key);
    if (!message.content.includes(send.says)) problems.push(`I2 ${key}的一条说的是别的`);
    if (!world.emulator.store.chat(message.chatId)?.members.includes(send.to)) problems.push(`I2 ${key}发给了别人`);
    if (send.nth < (lanes.get(send.lane) ?? 0)) problems.push(`I2 ${send.lane}乱了先后：${key}`);
    lanes.set(send.lane, send.nth);
  }
  return problems;
}

/** 急的先走：认领一件不急的时候，没有更急的、走得了的还在等 */
async function checkImportance(world: OutboxWorld): Promise<string[]> {
  const rows = await world.sql<{ urgent: string; other: string }>(
    // 先圈出这两分钟里的：跑得久了，早先发完的不必一对一对地比。
    `WITH recent AS MATERIALIZED (
       SELECT * FROM "OutboxEntry" WHERE kind = 'sendText' AND attempts <= 1 AND "lastError" IS NULL
         AND ("firstTriedAt" IS NULL OR "firstTriedAt" > $1::timestamptz - interval '2 minutes'))
     SELECT a."dedupeKey" AS urgent, b."dedupeKey" AS other FROM recent a JOIN recent b
       ON a.priority < b.priority AND a."createdAt" < b."firstTriedAt" AND (a."firstTriedAt" IS NULL OR a."firstTriedAt" > b."firstTriedAt")
       -- 收的人这一秒满了的，让别人先走，是对的
     WHERE (SELECT count(*) FROM "ApiCall" c WHERE c.target = a.recipient AND c.at > b."firstTriedAt" - interval '1.2 seconds' AND c.at <= b."firstTriedAt") < 4
     LIMIT 3`,
    [new Date(world.now())],
  );
  return rows.map(({ urgent, other }) => `先发了${other}，更急的${urgent}还在等`);
}

/** 不饿着：额度还有余，最早的一件成批的不会等过一分钟 */
async function checkStarvation(model: Model, world: OutboxWorld): Promise<string[]> {
  const now = world.now();
  if (model.smoothSince === null || now - model.smoothSince < starvedMs) return [];
  const [oldest] = await world.sql<{ dedupeKey: string; at: Date; spent: number }>(
    `SELECT "dedupeKey", "createdAt" AS at,
       (SELECT count(*)::int FROM "ApiCall" WHERE api = 'create' AND at > $1::timestamptz - interval '60 seconds') AS spent
     FROM "OutboxEntry" e WHERE kind = 'sendText' AND priority >= 3 AND state = 'pending' AND attempts = 0
       -- 一个人的一堆，本来就要排着发；只问每人最早的一件
       AND NOT EXISTS (SELECT 1 FROM "ApiCall" c WHERE c.target = e.recipient AND c.at > $1::timestamptz - interval '60 seconds')
     ORDER BY seq LIMIT 1`,
    [new Date(now)],
  );
  if (!oldest || oldest.spent >= bulkShare || now - oldest.at.getTime() <= starvedMs) return [];
  return [`${oldest.dedupeKey}等了${Math.round((now - oldest.at.getTime()) / 1000)}秒，而这一分钟只用了${oldest.spent}次`];
}
