import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, instantAt, type LocalDate, localDateOf, localTimeOf } from '#core/dates';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { isQuiet, isSendingTime, nextSendingInstant } from '#domain/calendar/sending-hours';
import { loadCalendar } from '#domain/calendar/store';
import type { Calendar } from '#domain/calendar/working-days';
import { findOmissions } from '#domain/deadlines/audit-sends';
import { digestOf, readDay } from '#domain/digests/daily';
import { lastApplicationDay } from '#domain/extensions/request';
import { totalsOf } from '#domain/ledger/totals';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { fc } from '../fast-check.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { trailGaps } from '../trail.ts';
import { issuedStage } from './given-books.ts';

/** 夜里多走几段：`npm run nightly -- 事项` */
const runs = Number(process.env.ITEM_RUNS ?? 2);
/** 一个库里走这么几段，日子就到年底了 */
const runsPerWorld = 5;

/** 一项的模型 — what the ledger must say, whatever the order of the acts. */
interface Model {
  status: string;
  report: string | null;
  reports: number;
  completion: string | null;
  completions: number;
  extension: string | null;
  extensions: number;
  approved: number;
  dueOn: LocalDate;
}

/** 真的程序 — with a database and a platform that outlive its restarts. */
interface World {
  it: TestApp;
  readonly database: TestDatabase;
  readonly platformDir: string;
  readonly calendar: Calendar;
  readonly subjects: { readonly id: string; readonly code: string; readonly leader: string }[];
  used: number;
}

let world: World | undefined;
const people = { asker: '丁一凡', head: '罗志远', inspector: '林晓', chief: '周启明' };

async function open(): Promise<World> {
  const stage = await issuedStage();
  const database = await createTestDatabase(stage.template);
  const platformDir = mkdtempSync(join(tmpdir(), 'shuling-model-'));
  cpSync(stage.platform, platformDir, { recursive: true });
  const it = await startTestApp({ databaseUrl: database.url, platformDir, roster: false, at: '2026-05-29 10:00' });
  await it.person(people.asker).clicks('签收');
  const made = await withTransaction(it.app.database, async (tx) => {
    const db = rows(tx);
    const found = await db.workItem.findMany({ where: { leadUnit: 'U09', kind: 'keyTask', metrics: { equals: [] } }, orderBy: { code: 'asc' } });
    // 只有当下的一项在办：平台每秒只收几十张卡，全区的要发很久。
    await db.workItem.updateMany({ data: { status: 'suspended' } });
    return { subjects: found.map(({ id, code, leaderInCharge }) => ({ id, code, leader: leaderInCharge ?? '' })), calendar: await loadCalendar(tx) };
  });
  return { it, database, platformDir, used: 0, ...made };
}

async function shut(): Promise<void> {
  if (!world) return;
  await world.it.close();
  await world.database.close();
  rmSync(world.platformDir, { recursive: true, force: true });
  world = undefined;
}

beforeAll(async () => {
  world = await open();
}, 300_000);
afterAll(shut);

/** 真的一段 */
class Life {
  readonly world: World;
  readonly item: World['subjects'][number];
  /** 该谁办了：预测时定下，照办 */
  turn: string | null = null;
  /** 停机过了发送的时刻，恢复时又在免打扰：欠着的到这一刻才发，之前核对说漏了是真话 */
  owedUntil = new Date(0);

  constructor(world: World, item: World['subjects'][number]) {
    this.world = world;
    this.item = item;
  }

  get it(): TestApp {
    return this.world.it;
  }
  get today(): LocalDate {
    return localDateOf(this.it.clock.now());
  }

  /** 打开事项卡，再按；没有这个按钮就什么也不发生。`twice`：说的话送两遍，按钮双击 */
  async presses(
    name: string,
    { say, button, card, form, twice }: { say?: string; button: string; card?: string; form?: object; twice: boolean },
  ): Promise<void> {
    const { it } = this;
    if (twice) it.world.faults.arm('duplicate');
    const person = it.person(name);
    if (say !== undefined) await person.says(say);
    const press = () =>
      person
        .clicks(button, { ...(card === undefined ? {} : { card }), ...(form === undefined ? {} : { form: form as never }) })
        .catch((error: unknown) => {
          if (!String(error).includes('的卡片上没有')) throw error;
        });
    await (twice ? Promise.all([press(), press()]) : press());
    it.world.faults.clear();
  }

  async restarts(): Promise<void> {
    const { database, platformDir, it } = this.world;
    const at = it.clock.now();
    await it.close();
    this.world.it = await startTestApp({ databaseUrl: database.url, platformDir, roster: false, at: `${localDateOf(at)} ${localTimeOf(at)}` });
  }

  /** 台账上的样子 */
  async seen(): Promise<Omit<Model, 'approved'>> {
    return withTransaction(this.it.app.database, async (tx) => {
      const db = rows(tx);
      const item = await db.workItem.findUniqueOrThrow({ where: { id: this.item.id } });
      const last = { where: { itemId: item.id }, orderBy: { round: 'desc' } } as const;
      const [report, completion, extension] = [
        await db.progressReport.findFirst(last),
        await db.completionRequest.findFirst(last),
        await db.extensionRequest.findFirst(last),
      ];
      return {
        ...{ status: item.status, dueOn: item.dueOn },
        ...{
          report: report?.status ?? null,
          reports: report?.round ?? 0,
          completion: completion?.status ?? null,
          completions: completion?.round ?? 0,
        },
        ...{ extension: extension?.status ?? null, extensions: extension?.round ?? 0 },
      };
    });
  }
}

const underWay = (status: string): boolean => status === 'inProgress';
const verifying = (status: string): boolean => status === 'underVerification';
const extensionPending = (status: string | null): boolean => ['submitted', 'signedOff', 'checked', 'agreed'].includes(status ?? '');
const reportPending = (status: string | null): boolean => status === 'submitted' || status === 'signedOff';

/** 办成过的 */
const moved = new Set<string>();

/** 一步：模型说该不该办成，真的去办，再比 */
class Step implements fc.AsyncCommand<Model, Life> {
  readonly name: string;
  readonly twice: boolean;
  readonly predict: (model: Model, life: Life) => void;
  readonly act: (life: Life, twice: boolean) => Promise<void>;

  constructor(name: string, twice: boolean, { predict, act }: Pick<Step, 'predict' | 'act'>) {
    this.name = name;
    this.twice = twice;
    this.predict = predict;
    this.act = act;
  }

  check = (): boolean => true;
  async run(model: Model, life: Life): Promise<void> {
    const before = JSON.stringify(model);
    this.predict(model, life);
    if (JSON.stringify(model) !== before) moved.add(this.name);
    await this.act(life, this.twice);
    const { approved: _approved, ...expected } = model;
    expect({ step: this.name, ...(await life.seen()) }).toEqual({ step: this.name, ...expected });
    await assertInvariants(life);
  }
  toString = (): string => `${this.name}${this.twice ? '（两遍）' : ''}`;
}

/** 轮到的一步：报上来的、申请办结的、申请延期的，各往前走一步 */
function turnOf({ status, report, completion, extension, approved }: Model): string | null {
  if (extension === 'submitted') return '审签延期';
  if (extension === 'signedOff') return '初审延期';
  if (extension === 'checked') return approved > 0 ? '主任同意延期' : '批准延期';
  if (extension === 'agreed') return '批准延期';
  if (report === 'submitted') return '审签反馈';
  if (report === 'signedOff') return '采纳反馈';
  if (completion === 'submitted' && underWay(status)) return '审签办结';
  return completion === 'signedOff' ? '退回重办' : null;
}

const steps: Readonly<Record<string, (number: number) => Pick<Step, 'predict' | 'act'>>> = {
  反馈: (number) => ({
    predict: (model) => {
      if (!underWay(model.status) || reportPending(model.report)) return;
      model.report = 'submitted';
      model.reports += 1;
    },
    act: async (life, twice) => {
      await life.presses(people.asker, { say: life.item.code, button: '反馈', card: life.item.code, twice: false });
      const form = { percent: String(number), content: '按计划推进', reason: '核减' };
      await life.presses(people.asker, { button: '提交反馈', card: life.item.code, form, twice });
    },
  }),
  审签反馈: () => ({
    predict: (model) => {
      if (model.report === 'submitted' && (underWay(model.status) || verifying(model.status))) model.report = 'signedOff';
    },
    act: (life, twice) => life.presses(people.head, { say: '待审签', button: '审签', card: '待审签', twice }),
  }),
  采纳反馈: () => ({
    predict: (model) => {
      if (model.report === 'signedOff' && (underWay(model.status) || verifying(model.status))) model.report = 'adopted';
    },
    act: (life, twice) => life.presses(people.inspector, { say: '待采纳', button: '采纳', card: '待采纳', twice }),
  }),
  申请办结: () => ({
    predict: (model) => {
      if (!underWay(model.status) || reportPending(model.completion)) return;
      model.completion = 'submitted';
      model.completions += 1;
    },
    act: async (life, twice) => {
      await life.presses(people.asker, { say: life.item.code, button: '申请办结', card: life.item.code, twice: false });
      await life.presses(people.asker, { button: '提交申请', card: `申请办结 ${life.item.code}`, form: { result: '办完' }, twice });
    },
  }),
  审签办结: () => ({
    predict: (model) => {
      if (model.completion !== 'submitted' || !underWay(model.status)) return;
      model.completion = 'signedOff';
      model.status = 'underVerification';
      if (extensionPending(model.extension)) model.extension = 'lapsed';
    },
    act: (life, twice) => life.presses(people.head, { button: '审签', card: '申请办结｜', twice }),
  }),
  办结: () => ({
    predict: (model) => {
      if (model.completion !== 'signedOff' || !verifying(model.status)) return;
      model.completion = 'accepted';
      model.status = 'completed';
    },
    act: (life, twice) => {
      const form = { c1: true, c2: true, c3: true, c4: true, c5: true, c6: true, findings: '核对无误' };
      return life.presses(people.inspector, { button: '办结', card: '申请办结｜', form, twice });
    },
  }),
  退回重办: () => ({
    predict: (model) => {
      if (model.completion !== 'signedOff' || !verifying(model.status)) return;
      model.completion = 'sentBack';
      model.status = 'inProgress';
    },
    act: (life, twice) => life.presses(people.inspector, { button: '退回重办', card: '申请办结｜', form: { reason: '材料不全' }, twice }),
  }),
  申请延期: (number) => ({
    predict: (model, life) => {
      const late = life.today > lastApplicationDay(life.world.calendar, model.dueOn);
      if (!underWay(model.status) || extensionPending(model.extension) || late) return;
      model.extension = 'submitted';
      model.extensions += 1;
    },
    act: async (life, twice) => {
      await life.presses(people.asker, { say: life.item.code, button: '申请延期', card: life.item.code, twice: false });
      const { dueOn } = await life.seen();
      const form = { requestedOn: addDays(dueOn, 5 + (number % 10)), reason: '雨季停工', progress: '过半' };
      await life.presses(people.asker, { button: '提交申请', card: `申请延期 ${life.item.code}`, form, twice });
    },
  }),
  审签延期: () => ({
    predict: (model) => {
      if (model.extension === 'submitted') model.extension = 'signedOff';
    },
    act: (life, twice) => life.presses(people.head, { button: '审签', card: `延期申请 ${life.item.code}`, twice }),
  }),
  初审延期: () => ({
    predict: (model) => {
      if (model.extension === 'signedOff') model.extension = 'checked';
    },
    act: (life, twice) => life.presses(people.inspector, { button: '初审通过', card: `延期申请 ${life.item.code}`, twice }),
  }),
  主任同意延期: () => ({
    predict: (model) => {
      if (model.extension === 'checked' && model.approved > 0) model.extension = 'agreed';
    },
    act: (life, twice) => life.presses(people.chief, { button: '同意', card: `延期申请 ${life.item.code}`, twice }),
  }),
  撤回延期: () => ({
    predict: (model) => {
      if (extensionPending(model.extension)) model.extension = 'withdrawn';
    },
    act: async (life, twice) => {
      await life.presses(people.asker, { say: life.item.code, button: '查看延期申请', card: life.item.code, twice: false });
      await life.presses(people.asker, { button: '撤回', card: `延期申请 ${life.item.code}`, twice });
    },
  }),
  退回延期: () => ({
    predict: (model) => {
      if (model.extension === 'signedOff') model.extension = 'rejected';
    },
    act: (life, twice) => life.presses(people.inspector, { button: '退回', card: `延期申请 ${life.item.code}`, form: { note: '理由不足' }, twice }),
  }),
  批准延期: () => ({
    predict: (model, life) => {
      const ripe = model.extension === 'agreed' || (model.extension === 'checked' && model.approved === 0);
      if (!ripe || addDays(model.dueOn, 4) < life.today) return;
      model.extension = 'approved';
      model.approved += 1;
      model.dueOn = addDays(model.dueOn, 4);
    },
    act: async (life, twice) => {
      const { dueOn } = await life.seen();
      await life.presses(life.item.leader, { button: '批准', card: `延期申请 ${life.item.code}`, form: { approvedOn: addDays(dueOn, 4) }, twice });
    },
  }),
  中止: () => ({
    predict: (model) => {
      if (underWay(model.status) || verifying(model.status)) model.status = 'suspended';
    },
    act: async (life, twice) => {
      await life.presses(people.chief, { say: life.item.code, button: '中止', card: life.item.code, twice: false });
      await life.presses(people.chief, { button: '中止事项', card: life.item.code, form: { basis: '会议纪要' }, twice });
    },
  }),
  恢复: () => ({
    predict: (model, life) => {
      if (model.status !== 'suspended') return;
      model.status = model.completion === 'signedOff' ? 'underVerification' : 'inProgress';
      model.dueOn = addDays(life.today, 12);
    },
    act: async (life, twice) => {
      await life.presses(people.chief, { say: life.item.code, button: '恢复', card: life.item.code, twice: false });
      const form = { dueOn: addDays(life.today, 12), basis: '批示' };
      await life.presses(people.chief, { button: '恢复办理', card: life.item.code, form, twice });
    },
  }),
  轮到谁谁办: (number) => ({
    predict: (model, life) => {
      life.turn = turnOf(model);
      if (life.turn !== null) steps[life.turn]?.(number).predict(model, life);
    },
    act: async (life, twice) => {
      if (life.turn !== null) await steps[life.turn]?.(number).act(life, twice);
    },
  }),
  到下一个上午: () => ({ predict: () => undefined, act: (life) => life.it.moveTo(`${addDays(life.today, 1)} 09:12`) }),
  停机几天: (number) => ({
    predict: () => undefined,
    act: async (life) => {
      await life.it.skipTo(`${addDays(life.today, 2 + (number % 5))} ${number % 2 === 0 ? '09:12' : '22:30'}`);
      const { calendar } = life.world;
      const now = life.it.clock.now();
      if (!isSendingTime(calendar, now)) life.owedUntil = nextSendingInstant(calendar, now);
    },
  }),
  断电重启: () => ({ predict: () => undefined, act: (life) => life.restarts() }),
};

/** B11 里适用的各条 */
async function assertInvariants({ it, item, owedUntil, world: { calendar } }: Life): Promise<void> {
  const now = it.clock.now();
  // I7：每一次改状态恰有一行留痕，接得上
  expect(await trailGaps(async (sql, values = []) => (await it.app.database.pool.query(sql, [...values])).rows, [item.id])).toEqual([]);
  await withTransaction(it.app.database, async (tx) => {
    const db = rows(tx);
    const stored = await db.workItem.findUniqueOrThrow({ where: { id: item.id } });
    // 2：牵头单位一个，办理中必有责任人
    expect(stored.leadUnit).toBe('U09');
    if (stored.status === 'inProgress') expect(stored.responsiblePostId).not.toBeNull();
    // 3：时限与原定的不同，必有批准的延期或恢复时的批示
    const approved = await db.extensionRequest.count({ where: { itemId: item.id, status: 'approved' } });
    const resumed = await db.suspension.count({ where: { itemId: item.id, dueAfter: { not: null } } });
    if (stored.dueOn !== stored.originalDueOn) expect(approved + resumed).toBeGreaterThan(0);
    // 4：一个时限的一级至多一次（预告按步），都不在免打扰时段
    const sends = await db.reminderSend.findMany({ where: { subjectId: item.id, kind: { not: 'manual' } } });
    const levels = sends.map(({ kind, level, step, baseOn }) => `${baseOn} ${kind} ${level === 'L0' ? step : (level ?? step)}`);
    expect(levels).toEqual([...new Set(levels)]);
    expect(sends.filter(({ at }) => isQuiet(calendar, at))).toEqual([]);
    // 14：每人每天的自动消息至多两张
    const cards = await db.reminderCard.groupBy({ by: ['personId', 'on'], where: { auto: true }, _count: { _all: true } });
    expect(cards.filter(({ _count }) => _count._all > 2)).toEqual([]);
    // 该发的都发了
    if (now >= owedUntil) expect(await findOmissions(tx, calendar, now)).toEqual([]);
    // 12、13：简报与台账同一刻的数相等，各灯之和就是总数
    const day = await readDay({ tx, now }, now);
    const { totals } = digestOf(day, () => true);
    expect(totals).toEqual(totalsOf(day.now, day.day));
    const { green, yellow, red, completed, suspended, declinePending, notStarted, total } = totals;
    expect(green + yellow + red + completed + suspended + declinePending + notStarted).toBe(total);
  });
}

/** 办事的多抽几次 */
const often = ['反馈', '申请延期', '申请办结', '轮到谁谁办', '轮到谁谁办', '轮到谁谁办', '恢复'];
const drawn = [...Object.entries(steps), ...often.flatMap((name) => (steps[name] ? [[name, steps[name]] as const] : []))];
const commands = drawn.map(([name, make]) =>
  fc.record({ number: fc.integer({ min: 0, max: 100 }), twice: fc.boolean() }).map(({ number, twice }) => new Step(name, twice, make(number))),
);

test(
  `B11：一项的一生，任意次序的举动，夹着拨钟、停机、断电、双击和重复的事件：台账与模型处处相同（${runs}段）`,
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 30, size: 'max' }), async (sequence) => {
        if (world && world.used >= runsPerWorld) await shut();
        world ??= await open();
        const life = await begin(world);
        const { dueOn } = await life.seen();
        const model: Model = {
          status: 'inProgress',
          report: null,
          reports: 0,
          completion: null,
          completions: 0,
          extension: null,
          extensions: 0,
          approved: 0,
          dueOn,
        };
        await fc.asyncModelRun(() => ({ model, real: life }), sequence);
        await end(life);
      }),
      { numRuns: runs, endOnFailure: true },
    );
    // 不是什么都没办成才处处相同。
    expect(moved.size).toBeGreaterThan(5);
  },
  Math.max(300_000, runs * 60_000),
);

/** 换一项从头开始：今天下达，十二天之后到期 */
async function begin(where: World): Promise<Life> {
  const item = where.subjects[where.used];
  if (!item) throw new Error('事项用完了');
  where.used += 1;
  await where.it.moveTo(`${addDays(localDateOf(where.it.clock.now()), 1)} 10:00`);
  const now = where.it.clock.now();
  const dueOn = addDays(localDateOf(now), 12);
  await withTransaction(where.it.app.database, (tx) =>
    rows(tx).workItem.update({
      where: { id: item.id },
      data: { status: 'inProgress', dueOn, originalDueOn: dueOn, issuedAt: now, issueOn: localDateOf(now) },
    }),
  );
  return new Life(where, item);
}

async function end({ it, item }: Life): Promise<void> {
  await withTransaction(it.app.database, (tx) => rows(tx).workItem.update({ where: { id: item.id }, data: { status: 'cancelled' } }));
  expect(instantAt(localDateOf(it.clock.now())) < instantAt('2026-12-25')).toBe(true);
}
