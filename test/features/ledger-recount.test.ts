import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantAt } from '#core/dates';
import { withTransaction } from '#db/transaction';
import { type LedgerEntry, readEntries } from '#domain/ledger/entries';
import { findSections } from '#domain/ledger/store';
import { totalsOf } from '#domain/ledger/totals';
import { extendItem } from '#domain/work-items/advance-items';
import { findItem } from '#domain/work-items/store';
import { asSystem } from '../../src/app.ts';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks } from './given-books.ts';
import { headline, type Recounted, recount } from './recount-ledger.ts';
import { startInSeptember } from './september-ledger.ts';

// 台账不信自己的数：从表里的行另数一遍（recount-ledger.ts），处处一样。往日的台账，是把今天的行一条条退回去：后来办的事，改不了那一天的数。
let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
}, 120_000);
afterAll(() => it.close());

const person = (name: string) => it.person(name);
const entriesAt = (at: Date): Promise<LedgerEntry[]> =>
  withTransaction(it.app.database, (tx) => readEntries({ tx, now: it.clock.now() }, { year: 2026, at }));
const entryAt = async (code: string, at: Date) => (await entriesAt(at)).find((entry) => entry.code === code);
const night = (day: string): Date => instantAt(day, '23:59');

describe('督办令回复过、被退回的', () => {
  const unanswered = async (at: Date) => (await entryAt('党-031', at))?.reasons.some(({ kind }) => kind === 'orderUnanswered');

  test('6月2日签发、5日18:00前回复：8日没有回复是红灯，9日回复了不再是；退回重办之后，8日的仍是红灯，过了新的时限又是红灯', async () => {
    await it.moveTo('2026-06-02 09:30');
    await person('罗志远').clicks('签收');
    await person('林晓').says('起草督办令 党-031');
    await person('林晓').clicks('报签发', { card: '党-031', form: { basis: '李文博批示', requirement: '立即整改', evidence: '整改报告' } });
    await person('周启明').clicks('签发', { card: '党-031' });
    await person('罗志远').clicks('签收', { card: '湾督' });
    await it.skipTo('2026-06-09 10:00');
    expect([await unanswered(night('2026-06-04')), await unanswered(night('2026-06-08'))]).toEqual([false, true]);
    const form = { cause: '管线迁改未批', measure: '增加两个班组', promisedOn: '2026-10-15' };
    expect(await person('罗志远').clicks('提交回复', { form })).toMatchObject({ toast: { content: '已回复，待督查室审核' } });
    await it.moveTo('2026-06-09 11:00');
    expect(await unanswered(it.clock.now())).toBe(false);
    await person('林晓').clicks('退回重办', { card: '管线迁改未批', form: { reason: '请写明每栋楼的时间' } });
    await it.moveTo('2026-06-09 11:30');
    // 新的时限是10日18:00，还没有到。
    expect(await unanswered(it.clock.now())).toBe(false);
    expect([await unanswered(night('2026-06-04')), await unanswered(night('2026-06-08'))]).toEqual([false, true]);
    expect(await unanswered(instantAt('2026-06-09', '10:30'))).toBe(false);
    await it.skipTo('2026-06-11 10:00');
    expect(await unanswered(it.clock.now())).toBe(true);
    await person('林晓').says('党-031');
    expect(textOfCard(person('林晓').lastCard())).toContain('红灯');
  });
});

describe('分解了又改派的', () => {
  test('子任务随上级改派之后，“截至”改派之前看，仍是由子任务反馈', async () => {
    for (const name of ['曾宏斌']) await person(name).clicks('签收');
    await person('梁天佑').says('管-040');
    await person('梁天佑').clicks('分解');
    const { dueOn } = await itemOf(it, '管-040');
    await person('梁天佑').clicks('提交分解', { form: { title1: '权属调查', due1: dueOn, title2: '入库', due2: dueOn } });
    await it.skipTo('2026-07-10 10:00');
    const before = await entryAt('管-040', night('2026-07-09'));
    expect(before).toMatchObject({ hasParts: true });
    await person('周启明').says('管-040');
    await person('周启明').clicks('改派', { card: '管-040' });
    await person('周启明').clicks('改派', { form: { unit: '规划和自然资源管理局', former: '转为配合单位', reason: '机构改革方案' } });
    await it.moveTo('2026-07-10 11:00');
    expect((await itemOf(it, '管-040-1')).leadUnit).toBe('U15');
    expect(await entryAt('管-040', night('2026-07-09'))).toMatchObject({
      hasParts: true,
      leadUnit: 'U22',
      light: before?.light,
      reasons: before?.reasons,
    });
  });
});

describe('另数一遍', () => {
  let september: TestApp;
  let before: Recounted[];
  const evening = instantAt('2026-09-22', '23:30');
  beforeAll(async () => {
    september = (await startInSeptember()).it;
    await september.skipTo('2026-09-22 23:30');
    before = await now();
  }, 240_000);
  afterAll(() => september.close());

  const now = (): Promise<Recounted[]> => inDatabase(september, (db) => recount(db, september.clock.now()));
  const ledgerAt = (at: Date) => withTransaction(september.app.database, (tx) => readEntries({ tx, now: september.clock.now() }, { year: 2026, at }));
  const plain = ({ code, leadUnit, leaderInCharge, status, light }: LedgerEntry) => ({ code, leadUnit, leader: leaderInCharge, status, light });
  const bare = ({ code, leadUnit, leader, status, light }: Recounted) => ({ code, leadUnit, leader, status, light });
  const asked = async (words: string): Promise<string> => {
    await september.person('林晓').says(words);
    return textOfCard(september.person('林晓').lastCard());
  };
  /** 各单位、各分管领导、全区，数数相同 */
  const expectSameTotals = async (counted: readonly Recounted[], at: Date, today: string): Promise<void> => {
    const entries = (await ledgerAt(at)).filter(({ status }) => status !== 'cancelled');
    expect(entries.map(plain)).toEqual(counted.map(bare));
    const units = [...new Set(counted.map(({ leadUnit }) => leadUnit))];
    const leaders = [...new Set(counted.map(({ leader }) => leader))];
    expect([units.length, leaders.length > 2]).toEqual([31, true]);
    for (const holds of [
      ...units.map((unit) => (one: { leadUnit: string }) => one.leadUnit === unit),
      ...leaders.map(
        (leader) => (one: { leader?: string | null; leaderInCharge?: string | null }) => (one.leader ?? one.leaderInCharge ?? null) === leader,
      ),
    ] as ((one: object) => boolean)[]) {
      const totals = totalsOf(entries.filter(holds), today);
      const own = counted.filter(holds);
      const done = own.filter(({ status }) => status === 'completed' || status === 'archived');
      const late = done.filter(({ completedOn, dueOn }) => completedOn === null || completedOn > dueOn).length;
      const dueDone = done.filter(({ dueOn }) => dueOn <= today);
      const originally = own.filter(({ originalDueOn, status }) => originalDueOn <= today && status !== 'suspended');
      expect(totals).toMatchObject({
        total: own.length,
        completed: done.length,
        red: own.filter(({ light }) => light === 'red').length,
        yellow: own.filter(({ light }) => light === 'yellow').length,
        green: own.filter(({ light }) => light === 'green').length,
        overdue: own.filter(({ overdue }) => overdue).length,
        dueCompleted: dueDone.length,
        onTime: dueDone.length - late,
        dueOriginally: originally.length,
      });
    }
  };

  test('9月22日：全区254项，31个单位、各分管领导、台账卡片和简报，与从表里另数的一样', async () => {
    await expectSameTotals(before, evening, '2026-09-22');
    const [totals, rates] = headline(before, '2026-09-22');
    const card = await asked('台账');
    expect(card).toContain(totals);
    expect(card).toContain(rates);
    expect(await asked('简报')).toContain(totals);
    for (const [unit, name] of [
      ['U09', '住建局'],
      ['U22', '土整'],
    ]) {
      const own = before.filter(({ leadUnit }) => leadUnit === unit);
      expect(await asked(`台账 ${name}`)).toContain(headline(own, '2026-09-22')[0]);
    }
  });

  test('又中止、改派、分解、更正分管领导、延期、定灯，另有往年的一项：此刻另数的仍一样', async () => {
    await september.moveTo('2026-09-23 09:30');
    const [zhou, lin] = [september.person('周启明'), september.person('林晓')];
    const open = before.filter(({ status, light }) => status === 'inProgress' && light !== 'grey');
    const pick = (unit: string, light: string): string => {
      const found = open.find((item) => item.leadUnit === unit && item.light === light);
      if (!found) throw new Error(`${unit}没有${light}的`);
      return found.code;
    };
    const [halted, moved, extended, set] = [pick('U09', 'red'), pick('U09', 'green'), pick('U12', 'red'), pick('U06', 'green')];
    await zhou.says(halted);
    await zhou.clicks('中止', { card: halted });
    await zhou.clicks('中止事项', { form: { basis: '规划调整' } });
    await zhou.says(moved);
    await zhou.clicks('改派', { card: moved });
    await zhou.clicks('改派', { form: { unit: '规划和自然资源管理局', former: '转为配合单位', reason: '机构改革方案' } });
    const { id } = await itemOf(september, extended);
    const { dueOn } = await itemOf(september, extended);
    await asSystem(september.app, september.clock.now(), async (ctx) => {
      const item = await findItem(ctx.tx, id);
      if (item) await extendItem(ctx, item, { dueOn: '2026-12-30', right: {}, detail: {} });
    });
    await lin.says(set);
    await lin.clicks('调整亮灯');
    await lin.clicks('定为此灯', { form: { light: 'red', reason: '现场没有动工', untilOn: '2026-09-28' } });
    const parent = pick('U22', 'green');
    const liang = september.person('梁天佑');
    await liang.says(parent);
    await liang.clicks('分解', { card: parent });
    const partsDue = (await itemOf(september, parent)).dueOn;
    await liang.clicks('提交分解', { form: { title1: '权属调查', due1: partsDue, title2: '入库', due2: partsDue } });
    expect((await itemOf(september, `${parent}-1`)).leadUnit).toBe('U22');
    const { leaders } = await withTransaction(september.app.database, (tx) => findSections(tx, 2026));
    const corrected = pick('U05', 'green');
    const leader = leaders.find((name) => name !== before.find(({ code }) => code === corrected)?.leader) ?? '';
    await lin.says(`更正 ${corrected}`);
    expect(await lin.clicks('提交更正', { form: { leader, reason: '分工调整' } })).toMatchObject({ toast: { type: 'success' } });
    await zhou.clicks('批准更正');
    expect((await itemOf(september, corrected)).leaderInCharge).toBe(leader);
    await inDatabase(
      september,
      (
        db,
      ) => db.$executeRaw`INSERT INTO "WorkItem" SELECT (jsonb_populate_record(i, jsonb_build_object('id', '2025-' || i.id, 'year', 2025, 'dueOn', '2025-11-28'))).*
        FROM "WorkItem" i WHERE i.code = ${set} AND i.year = 2026`,
    );
    await september.skipTo('2026-09-24 10:00');
    const counted = await now();
    const of = (code: string) => counted.find((item) => item.code === code);
    expect([of(halted)?.light, of(moved)?.leadUnit, of(set)?.light, of(extended)?.dueOn]).toEqual(['grey', 'U15', 'red', '2026-12-30']);
    expect(dueOn).not.toBe('2026-12-30');
    await expectSameTotals(counted, september.clock.now(), '2026-09-24');
    const [totals, rates] = headline(counted, '2026-09-24');
    const card = await asked('台账');
    expect(card).toContain(totals);
    expect(card).toContain(rates);
    expect(card).toContain('2025年的还有1项没有办结');
    expect(await asked('简报')).toContain(totals);
  });

  test('“截至9月22日”：与那天晚上另数的分毫不差，后来办的都退回去了', async () => {
    await expectSameTotals(before, evening, '2026-09-22');
    expect(await asked('截至9月22日')).toContain(headline(before, '2026-09-22')[0]);
  });
});
