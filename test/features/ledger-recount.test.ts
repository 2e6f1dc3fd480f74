import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantAt } from '#core/dates';
import { withTransaction } from '#db/transaction';
import { type LedgerEntry, readEntries } from '#domain/ledger/entries';
import { type TestApp, textOfCard } from '../harness.ts';
import { itemOf, startWithBooks } from './given-books.ts';

// 往日的台账，是把今天的行一条条退回去：后来办的事，改不了那一天的数。
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
