import { writeXlsx } from 'hucre';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, trailOf } from './given-books.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-09-10 10:00' });
});
afterAll(() => it.close());

const header = [
  ...['序号', '任务名称', '责任单位', '完成时限', '指标', '目标值', '计量单位', '现状值', '已完成值', '完成率', '完成情况', '办结日期'],
] as const;
const sheet = [
  ['党-901', '甲', '南屿办事处', '2026-06-30', '', '', '', '', '', '', '已办结', '2026-06-26'],
  ['党-902', '乙', '南屿办事处', '2026-12-18', '签约', '216', '户', '0', '120', 0.6, '正在推进', ''],
  ['党-903', '丙', '南屿办事处', '2026-08-31', '', '', '', '', '', '70%', '滞后', ''],
  ['管-901', '丁', '住建局', '2026-07-31', '', '', '', '', '', 1, '已完成', ''],
  ['管-902', '戊', '住建局', '2026-06-30', '', '', '', '', '', '', '已销号', '2026-07-08'],
];
const send = async (who: string, fileName: string, rows: readonly (readonly (string | number)[])[]): Promise<string> => {
  const bytes = await writeXlsx({ sheets: [{ name: '重点任务', rows: [[...header], ...rows.map((cells) => [...cells])] }] });
  await it.person(who).sendsFile(fileName, bytes);
  return textOfCard(it.person(who).lastCard());
};
const heard = (name: string): string => it.person(name).cards().map(textOfCard).join('\n');

describe('年中启用，全年的表带着办到哪里', () => {
  test('预检：说出已办结几项、带进度几项；已办结的不算时限已过，没有写办结日期的怎样记也说出来；还没有写入', async () => {
    const text = await send('林晓', '2026年重点工作任务.xlsx', sheet);
    expect(text).toContain('可导入5');
    expect(text).toContain('其中启用前已办结3项、带进度2项');
    expect(text).toContain('1项的时限已过');
    expect(text).toContain('已办结而没有写办结日期的，按时限当天办结；时限还没到的，按今天');
    expect(text).toContain('将写入5项任务（其中启用前已办结3项、带进度2项，1项时限已过）');
    expect(await inDatabase(it, (db) => db.workItem.count())).toBe(0);
  });

  test('审定卡写明随表带入多少、谁带入的；下达之后已办结的就在台账里，没有谁要签收它', async () => {
    await it.person('林晓').clicks('确认导入');
    expect(textOfCard(it.person('周启明').lastCard())).toContain('其中启用前已办结3项、带进度2项，由林晓随表带入，请一并审定');
    await it.person('周启明').clicks('审定');
    await it.person('周启明').clicks('下达');
    await it.settled();
    expect(await itemOf(it, '党-901')).toMatchObject({ status: 'completed', percent: 100, completedAt: new Date('2026-06-26T00:00:00+08:00') });
    expect(await itemOf(it, '管-901')).toMatchObject({ status: 'completed', completedAt: new Date('2026-07-31T00:00:00+08:00') });
    expect(await itemOf(it, '党-902')).toMatchObject({ status: 'issued', percent: 60, metrics: [{ baseline: 0, current: 120, target: 216 }] });
    expect(await itemOf(it, '党-903')).toMatchObject({ status: 'issued', percent: 70 });
    expect(await trailOf(it, '党-901')).toEqual(['林晓 carryOver →100', '周启明 issueClosed draft→completed']);
    await it.person('林晓').says('党-901');
    expect(textOfCard(it.person('林晓').lastCard())).toMatch(/已办结[\s\S]*林晓随任务表带入（完成100%）：启用前已办结，2026-06-26[\s\S]*周启明下达/);
  });

  test('台账、简报的数一样：共5项、已办结3，办理中2；启用前办结的不是今天办结的，按时的照办结日期算，也不亮红灯', async () => {
    await it.person('林晓').says('台账');
    const ledger = textOfCard(it.person('林晓').lastCard());
    expect(ledger).toMatch(/5项｜已办结3｜办理中2/);
    // 党-901按时，管-901没有写办结日期、按时限当天，管-902迟了；党-903还没有办结。
    expect(ledger).toMatch(/应办结4｜办结3 75\.00%｜按时2 50\.00%｜逾期1/);
    await it.person('林晓').says('简报');
    const digest = textOfCard(it.person('林晓').lastCard());
    expect(digest).toContain('5项｜已办结3｜办理中2');
    expect(digest).toContain('今天办结0');
    await it.person('林晓').says('台账 截至9月9日');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('0项｜已办结0');
    const lights = await inDatabase(it, (db) => db.lightChange.findMany({ where: { to: { not: 'blue' } } }));
    const closed = await inDatabase(it, (db) => db.workItem.findMany({ where: { status: 'completed' }, select: { id: true } }));
    expect(closed).toHaveLength(3);
    expect(lights.filter(({ itemId }) => closed.some(({ id }) => id === itemId))).toEqual([]);
  });

  test('全是已办结的一本，不用签收，也不催签收；另一本签收的是还在办的', async () => {
    const [done, open] = await inDatabase(it, (db) => db.taskBook.findMany({ orderBy: { itemCount: 'asc' } }));
    expect([done?.itemCount, open?.itemCount]).toEqual([2, 3]);
    const card = textOfCard(it.person('黄志强').lastCard());
    expect(card).toContain('不用签收');
    await it.moveTo('2026-09-15 09:05');
  });
});
