import { readFileSync } from 'node:fs';
import { type Cadre, Company } from './actors.ts';
import { plusDays } from './calendar.ts';
import { type Seeded, seeded } from './chance.ts';
import { checkChain, checkDay, checkReminders } from './checks.ts';
import { checkDigest, type DueDigest, dayBefore, dueDigest } from './digest.ts';
import { type Item, instant, Model } from './model.ts';
import { type Counts, openWorld, type World } from './world.ts';

/** 任务书下达的日子：节后第一个工作日 */
const firstDay = '2026-01-04';

/** 一次模拟 */
export interface Simulation {
  readonly seed: number;
  readonly databaseUrl: string;
  /** days that are lived through, the first included */
  readonly days: number;
  /** where the story of the issued books was left, instead of playing it again */
  readonly journal?: string;
  readonly from?: string;
  /** how much of what people would do they do; 1 by default */
  readonly zeal?: number;
  readonly onTrace?: (line: string) => void;
  /** told after each day */
  readonly progress?: (day: string, done: number, problems: readonly string[]) => void;
}

/** 结果 — the same seed gives the same hashes. */
export interface Outcome {
  readonly seed: number;
  readonly days: number;
  /** the trace up to the end of each day */
  readonly hashes: readonly string[];
  readonly problems: readonly string[];
  readonly counts: Counts;
  readonly acknowledged: number;
  readonly actions: ReadonlyMap<string, number>;
  readonly refused: ReadonlyMap<string, number>;
  readonly missing: ReadonlyMap<string, number>;
  readonly states: ReadonlyMap<string, number>;
  readonly reminders: number;
  readonly slowestMs: number;
  readonly logLines: readonly string[];
}

const apiFaults = [
  'rate-limited',
  'rate-limited-400',
  'server-error',
  'error-in-200',
  'bad-json',
  'timeout',
  'lost-answer',
  'token-expired',
] as const;
/** 简报的那一格 */
const digestMinute = 17 * 60 + 40;
/** 找到这么多不对就停：后面的多半是它们的后果。 */
const problemsMax = 20;

/** 模拟 — lives through the days with everything that can happen in them, and checks after each. */
export async function simulate({ seed, databaseUrl, days, journal, from = firstDay, zeal = 1, progress, onTrace }: Simulation): Promise<Outcome> {
  const strayed: string[] = [];
  const stray = (error: unknown): unknown =>
    strayed.push(`I10 nobody caught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.on('unhandledRejection', stray);
  process.on('uncaughtException', stray);
  const world = await openWorld({
    seed,
    databaseUrl,
    at: instant(from, '08:00'),
    ...(journal === undefined ? {} : { journal }),
    ...(onTrace ? { onTrace } : {}),
  });
  try {
    const [{ issued } = { issued: 0 }] = await world.sql<{ issued: number }>(
      `SELECT count(*)::int AS issued FROM "TaskBook" WHERE status = 'issued'`,
    );
    if (issued === 0) await issueBooks(world);
    return await live({ world, seed, days, from, zeal, strayed, ...(progress ? { progress } : {}) });
  } finally {
    await world.close();
    process.off('unhandledRejection', stray);
    process.off('uncaughtException', stray);
  }
}

/** 下达 — import, check, approval and issue through the chat, as an office does it. */
export async function issueBooks(world: World): Promise<void> {
  const bytes = readFileSync(new URL('../fixtures/2026年重点工作任务-修订.xlsx', import.meta.url));
  const openIdOf = (name: string): string => world.emulator.store.people().find((person) => person.name === name)?.openId ?? '';
  await world.acts.sendsFile(openIdOf('林晓'), 'bot', { name: '2026年重点工作任务-修订.xlsx', bytes });
  await world.settle();
  for (const [name, action] of [
    ['林晓', 'task-books.confirm-import'],
    ['周启明', 'task-books.approve'],
    ['周启明', 'task-books.issue'],
  ] as const) {
    const found = world.find(openIdOf(name), action);
    if (!found) throw new Error(`${name} has no ${action}`);
    const { kind, words } = await world.click(openIdOf(name), found);
    if (kind !== 'done') throw new Error(`${action}: ${words}`);
  }
}

interface Life {
  readonly world: World;
  readonly seed: number;
  readonly days: number;
  readonly from: string;
  readonly zeal: number;
  readonly strayed: readonly string[];
  readonly progress?: Simulation['progress'];
}

async function live({ world, seed, days, from, zeal, strayed, progress }: Life): Promise<Outcome> {
  const model = await modelOf(world);
  const company = new Company({ world, model, people: await peopleOf(world, seeded(seed, 'people')), chance: seeded(seed, 'actors'), zeal });
  const weather = seeded(seed, 'weather');
  const [district] = await world.sql<{ chatId: string }>(`SELECT "chatId" FROM "ChatBinding" WHERE purpose = 'district'`);
  const problems: string[] = [];
  const slots = world.slots();
  const hashes: string[] = [];
  let reminders = 0;
  for (let done = 0; done < days && problems.length < problemsMax; done += 1) {
    const day = plusDays(from, done);
    const found = [
      ...(await liveDay({ world, model, company, weather, day, slots, districtChatId: district?.chatId ?? '' }, (count) => (reminders += count))),
    ];
    found.push(...(await checkDay(world, model, day)));
    if (done % 30 === 29 || done === days - 1) found.push(...(await checkChain(world)));
    found.push(...company.problems.splice(0), ...strayed.slice(0, 3));
    problems.push(...found.map((problem) => `${day} ${problem}`));
    await traceDay(world, day);
    // 这里的数据库没有自动清理（何时来，不由种子定）：一天一次，照它会做的做。
    await world.sql('VACUUM ANALYZE');
    hashes.push(world.hash());
    progress?.(day, done + 1, found);
  }
  const states = new Map<string, number>();
  for (const { status } of model.items.values()) states.set(status, (states.get(status) ?? 0) + 1);
  return {
    ...{ seed, days, problems, states, reminders },
    hashes,
    counts: world.counts,
    acknowledged: model.acknowledged,
    ...{ actions: company.done, refused: company.refused, missing: company.missing },
    slowestMs: world.slowestMs(),
    logLines: world.logLines,
  };
}

interface Day {
  readonly world: World;
  readonly model: Model;
  readonly company: Company;
  readonly weather: Seeded;
  readonly day: string;
  readonly slots: readonly number[];
  readonly districtChatId: string;
}

async function liveDay({ world, model, company, weather, day, slots, districtChatId }: Day, reminded: (count: number) => void): Promise<string[]> {
  const problems: string[] = [];
  const downAt = weather.happens(0.06) ? weather.int(0, 22 * 60) : null;
  const upAt = downAt === null ? null : Math.min(23 * 60 + 50, downAt + weather.int(2, 300));
  const before = dayBefore(model, day);
  let digest: DueDigest | null = null;
  const moments = [
    { minute: digestMinute + 10, order: 3, run: () => lookForDigest() },
    ...slots.map((minute) => ({ minute, order: 0, run: () => slot(minute) })),
    ...company.planDay(day).map(({ minute, what, run }) => ({ minute, order: 1, run: () => act(what, run) })),
    ...(downAt === null || upAt === null
      ? []
      : [
          { minute: downAt, order: 2, run: () => world.goDown() },
          { minute: upAt, order: 2, run: () => up() },
        ]),
  ].sort((left, right) => left.minute - right.minute || left.order - right.order);

  const storm = (): void => {
    if (weather.happens(0.03)) world.crashAt(weather.int(1, 30), weather.pick(['before', 'after'] as const));
    if (weather.happens(0.05)) world.fault(weather.pick(apiFaults));
  };
  const remind = async (run: () => Promise<void>): Promise<void> => {
    const since = world.now();
    const owed = model.owed(since);
    await run();
    reminded(owed.length);
    problems.push(...(await checkReminders(world, model, { since, owed })));
    await learnOrders(world, model);
  };
  const slot = async (minute: number): Promise<void> => {
    if (!world.isUp()) return;
    storm();
    const at = world.now();
    await remind(() => world.tick());
    if (minute === digestMinute) digest ??= dueDigest(model, { at, before });
  };
  // 起来的时候，错过的一格由程序自己补。
  const up = async (): Promise<void> => {
    const at = world.now();
    await remind(() => world.comeUp());
    if (downAt !== null && downAt < digestMinute) digest ??= dueDigest(model, { at, before });
  };
  // 各份简报错开几分钟，到这时都该出门了；那时停着机的，看一天过完。
  const lookForDigest = async (): Promise<void> => {
    if (!world.isUp()) return;
    await world.settle();
    problems.push(...checkDigest(world, { day, due: digest, districtChatId }).filter((problem) => !problems.includes(problem)));
  };
  const act = async (what: string, run: () => Promise<void>): Promise<void> => {
    if (!world.isUp()) return;
    storm();
    world.trace(what);
    await run();
  };
  for (const { minute, run } of moments) {
    await world.setClock(new Date(instant(day).getTime() + minute * 60_000));
    await run();
  }
  world.crashAt(Number.POSITIVE_INFINITY, 'before');
  await world.setClock(instant(day, '23:59'));
  await lookForDigest();
  return problems;
}

/** 拟了稿的令 — a draft takes no decision from anybody yet; from here on the model follows it. */
async function learnOrders(world: World, model: Model): Promise<void> {
  const drafts = await world.sql<{ id: string; itemId: string }>(`SELECT id, "itemId" FROM "SupervisionOrder" WHERE status = 'draft'`);
  for (const { id, itemId } of drafts) {
    if (!model.orders.has(id)) model.orders.set(id, { id, itemId, status: 'draft', issuedAt: null, replies: 0, promisedOn: '', replyBy: null });
  }
}

async function traceDay(world: World, day: string): Promise<void> {
  const from = Date.parse(`${day}T00:00:00+08:00`);
  for (const { chatId } of world.emulator.store.chats()) {
    for (const { sender, createdAt, messageId, content } of world.emulator.store.messagesOf(chatId).reverse()) {
      if (createdAt < from) break;
      if (sender.kind === 'bot') world.trace(`${messageId} ${createdAt} ${content}`);
    }
  }
  const [row] = await world.sql<{ head: string }>(`SELECT hash AS head FROM "AuditHead"`);
  world.trace(`${day} ${row?.head}`);
}

/** 模型之初 — the books as they were issued; nothing has been done about them. */
export async function modelOf(world: World): Promise<Model> {
  const model = new Model();
  const books = await world.sql<{ id: string; unitCode: string; issuedAt: Date }>(`SELECT * FROM "TaskBook" ORDER BY "unitCode"`);
  for (const { id, unitCode: unit, issuedAt } of books) model.books.set(id, { id, unit, status: 'issued', issuedAt, remindedOn: null });
  const items = await world.sql<Row>(`SELECT * FROM "WorkItem" ORDER BY code`);
  for (const { id, code, leadUnit: unit, leaderInCharge: leader, feedbackPeriod: period, metrics, bookId, dueOn, issuedAt } of items) {
    const fresh: Pick<Item, 'status' | 'former' | 'percent' | 'completion' | 'replied'> = {
      ...{ status: 'issued', former: 'issued', percent: 0, completion: 'none', replied: 'none' },
    };
    model.items.set(id, {
      ...{
        id,
        code,
        unit,
        leader,
        period,
        metrics,
        bookId,
        dueOn,
        issuedAt,
        ...fresh,
        originalDueOn: dueOn,
        completedAt: null,
        report: null,
        wish: '',
      },
      ...{ completionRound: 0, sentBackAt: null, extension: null, extensionRound: 0, extended: null, promise: null, withdrawnOn: null, moved: null },
      ...{ sent: new Map(), remindedOn: null, heldUntil: null },
    });
  }
  return model;
}

interface Row {
  readonly id: string;
  readonly code: string;
  readonly leadUnit: string;
  readonly leaderInCharge: string | null;
  readonly feedbackPeriod: string;
  readonly metrics: Item['metrics'];
  readonly bookId: string;
  readonly dueOn: string;
  readonly issuedAt: Date;
}

async function peopleOf(world: World, chance: Seeded): Promise<Cadre[]> {
  const rows = await world.sql<Omit<Cadre, 'diligence'>>(`
    SELECT h."personId", p."openId", p.name, o.role, o."unitCode" AS unit, o.id AS "postId" FROM "PostHolding" h
    JOIN "Person" p ON p.id = h."personId" JOIN "Post" o ON o.id = h."postId"
    WHERE p."openId" IS NOT NULL AND NOT o.backup ORDER BY p.mobile, o.role, o.id`);
  return rows.map((row) => ({ ...row, diligence: 0.4 + chance.fraction() * 0.6 }));
}

/** 报告 — for people. */
export function reportOf(outcome: Outcome): string {
  const { seed, days, hashes, problems, counts, acknowledged, actions, refused, missing, states, reminders, slowestMs } = outcome;
  const list = (map: ReadonlyMap<string, number>): string =>
    [...map]
      .sort((left, right) => right[1] - left[1])
      .map(([name, count]) => `${name} ${count}`)
      .join('，') || '无';
  return [
    `种子 ${seed}，${days}天，痕迹 ${hashes.at(-1)?.slice(0, 16)}`,
    `点击${counts.clicks}次，口令${counts.said}句，平台上的消息${counts.messages}条，提醒${reminders}条，应答最慢${Math.round(slowestMs)}毫秒`,
    `崩溃${counts.crashes}次，停机${counts.outages}次，丢失的应答${counts.lostAnswers}次，平台故障${counts.faults}次，双击${counts.doubleTaps}次，事件重复或乱序${counts.repeatedEvents}次，冒领${counts.intruders}次`,
    `办成${acknowledged}件：${list(actions)}`,
    `没办成：${list(refused)}`,
    `卡片上没有：${list(missing)}`,
    `事项：${list(states)}`,
    problems.length === 0 ? '逐日核对：I1–I10、B11 无一不符' : `不符${problems.length}处：\n  ${problems.join('\n  ')}`,
    ...(problems.length === 0 ? [] : [`重放：npm run simulate -- --seed ${seed} --days ${days}`]),
  ].join('\n');
}
