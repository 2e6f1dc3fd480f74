import { readFileSync } from 'node:fs';
import exceljs from 'exceljs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { instantAt } from '#core/dates';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { type LedgerEntry, readEntries } from '#domain/ledger/entries';
import { totalsOf } from '#domain/ledger/totals';
import { findLightChanges } from '#domain/lights/store';
import { type TestApp, textOfCard } from '../harness.ts';
import { itemOf, trailOf } from './given-books.ts';
import { type Fate, overdueCodes, startInSeptember } from './september-ledger.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let it: TestApp;
let fates: Fate[];
beforeAll(async () => {
  ({ it, fates } = await startInSeptember());
});
afterAll(() => it.close());

const entriesAt = (at: Date): Promise<LedgerEntry[]> =>
  withTransaction(it.app.database, (tx) => readEntries({ tx, now: it.clock.now() }, { year: 2026, at }));
const lastText = (name: string): string => textOfCard(it.person(name).lastCard());
const codesIn = (text: string): string[] => [...new Set([...text.matchAll(/[党管]-\d{3}/g)].map(([code]) => code))];

describe('S10：9月22日的台账', () => {
  test('总数与各率，一字不差', async () => {
    await it.person('林晓').says('台账');
    const text = lastText('林晓');
    expect(text).toContain('254项｜已办结98｜办理中150(绿128 黄15 红7)｜中止2｜退件待裁1｜未启动3');
    expect(text).toContain('应办结97｜办结92 94.85%｜按时86 88.66%｜逾期5｜总办结率98/254 38.58%');
  });

  test('红灯、黄灯各在哪些单位；逾期的是哪五项', async () => {
    const entries = await entriesAt(it.clock.now());
    const names = new Map(
      (await withTransaction(it.app.database, (tx) => rows(tx).unit.findMany())).map(({ code, shortName }) => [code, shortName] as const),
    );
    const byUnit = (light: string): string => {
      const counts = new Map<string, number>();
      for (const entry of entries) if (entry.light === light) counts.set(entry.leadUnit, (counts.get(entry.leadUnit) ?? 0) + 1);
      return [...counts]
        .toSorted()
        .map(([unit, count]) => `${names.get(unit)}${count}`)
        .join(' ');
    };
    expect(byUnit('red')).toBe('公共事业1 住建2 城管1 工务署2 交通1');
    expect(byUnit('yellow')).toBe('发财2 科创2 教卫1 住建2 工务署3 规资2 生态1 葵岭1 南屿1');
    await it.person('林晓').says('台账 逾期');
    expect(codesIn(lastText('林晓')).toSorted()).toEqual(overdueCodes);
    expect(lastText('林晓')).toContain('逾期5个工作日');
  });

  test('分管领导问“住建 红灯”：两项，有缘由，有最近说的话；不是他分管的只给总数', async () => {
    const wang = it.person('王海峰');
    await wang.says('住建 红灯');
    expect(codesIn(lastText('王海峰'))).toHaveLength(2);
    expect(lastText('王海峰')).toContain('党-031');
    expect(lastText('王海峰')).toContain('反馈：按计划推进');
    await wang.says('南屿');
    expect(lastText('王海峰')).toContain('不在您分管或负责的范围，只列总数');
    expect(lastText('王海峰')).toContain('3项｜已办结');
    expect(codesIn(lastText('王海峰'))).toEqual([]);
  });

  test('单位只看本单位的，问别家的被拒绝并知道找谁', async () => {
    await it.person('丁一凡').says('台账');
    expect(lastText('丁一凡')).toContain('18项｜');
    await it.person('丁一凡').says('台账 南屿');
    expect(lastText('丁一凡')).toContain('您无权查看这个单位的台账，请联系该单位或督查室');
  });

  test('筛选词次序随意、可以连写；听不懂的说出是哪个、能写什么', async () => {
    const lin = it.person('林晓');
    await lin.says('台账 红灯 住建局');
    const first = lastText('林晓');
    await lin.says('台账住建局红灯');
    expect(lastText('林晓')).toBe(first);
    await lin.says('台账 红灯 黄灯');
    expect(lastText('林晓')).toContain('22项｜');
    await lin.says('台账 火星局');
    expect(lastText('林晓')).toContain('没听懂“火星局”。可以写：单位名称');
    await lin.says('本周到期');
    expect(codesIn(lastText('林晓'))).toEqual(['管-060', '管-046', '管-049']);
  });

  test('翻页：每页十项，页上的数与表头一致；“查看”另发事项卡，带亮灯和缘由', async () => {
    const lin = it.person('林晓');
    await lin.says('台账 办理中');
    expect(lastText('林晓')).toContain('150项｜');
    expect(lastText('林晓')).toContain('第1/15页');
    await lin.clicks('下一页');
    expect(lastText('林晓')).toContain('第2/15页');
    await lin.says('台账 住建局 红灯');
    await lin.clicks('查看', { within: '老旧小区改造' });
    expect(lastText('林晓')).toContain('红灯');
    expect(lastText('林晓')).toContain('逾期5个工作日');
  });
});

describe('截至往日', () => {
  const end = (day: string): Date => new Date(instantAt(day, '23:59').getTime() + 59_999);

  test('截至8月31日：已办结、中止、单位都回到当天', async () => {
    const lin = it.person('林晓');
    await lin.says('截至8月31日');
    const closed = fates.filter(({ completedOn }) => completedOn !== null && completedOn <= '2026-08-31').length;
    expect(lastText('林晓')).toContain(`254项｜已办结${closed}｜`);
    expect(lastText('林晓')).toContain('中止0｜退件待裁0｜未启动3');
    expect(lastText('林晓')).toContain('重现的是当天24时');
    await lin.says('台账 土整 截至8月31日 未启动 办理中');
    const decline = (await entriesAt(end('2026-08-31'))).find(({ code }) => code === '党-058');
    expect([decline?.leadUnit, decline?.status]).toEqual(['U22', 'inProgress']);
  });

  test('昨天的红灯：多了管-060，少了今天办结的两项', async () => {
    const red = (entries: LedgerEntry[]): string[] => entries.filter(({ light }) => light === 'red').map(({ code }) => code);
    const [before, now] = [red(await entriesAt(end('2026-09-21'))), red(await entriesAt(it.clock.now()))];
    expect(now.filter((code) => !before.includes(code))).toEqual(['管-060']);
    expect(before.filter((code) => !now.includes(code))).toHaveLength(2);
  });

  test('看不懂的、还没到的日子，当场说明', async () => {
    const lin = it.person('林晓');
    await lin.says('截至12月31日');
    expect(lastText('林晓')).toContain('12月31日还没有到');
    await lin.says('台账 截至上回');
    expect(lastText('林晓')).toContain('没看懂截至哪一天');
  });
});

describe('导出', () => {
  test('与台账同样筛选，七项红灯成一张表；单位的人不能导出', async () => {
    await it.person('林晓').says('导出 红灯');
    const file = it.world.store
      .messagesOf(it.world.store.directChat(it.person('林晓').person.openId).chatId)
      .findLast(({ msgType }) => msgType === 'file');
    const { file_key: key } = JSON.parse(file?.content ?? '{}') as { file_key: string };
    expect(it.world.store.file(key)?.name).toBe('台账-红灯-2026-09-22.xlsx');
    const book = new exceljs.Workbook();
    await book.xlsx.load(Uint8Array.from(it.world.store.fileBytes(key) ?? []).buffer);
    const sheet = book.worksheets[0];
    expect(sheet?.rowCount).toBe(8);
    const office = new exceljs.Workbook();
    await office.xlsx.load(Uint8Array.from(readFileSync(new URL('../fixtures/2026年重点工作任务-修订.xlsx', import.meta.url))).buffer);
    const headingsOf = (of: exceljs.Worksheet | undefined): string[] => ((of?.getRow(1).values ?? []) as string[]).filter(Boolean);
    const own = headingsOf(office.worksheets[0]).filter((heading) => !['联络员电话', '内部备注'].includes(heading));
    expect(own).toHaveLength(18);
    expect(headingsOf(sheet).slice(0, own.length)).toEqual(own);
    expect(sheet?.getColumn(1).values.slice(2)).toContain('管-060');
    await it.person('丁一凡').says('导出');
    expect(lastText('丁一凡')).toContain('您无权导出台账');
  });
});

describe('亮灯', () => {
  test('每日09:01看一次：变了的记下由什么到什么、为什么；没变的不记', async () => {
    await it.skipTo('2026-09-23 11:00');
    const red = await withTransaction(it.app.database, async (tx) => findLightChanges(tx, (await itemOf(it, '管-060')).id));
    expect(red).toMatchObject([{ to: 'red', byName: '系统' }]);
    const count = () => withTransaction(it.app.database, (tx) => rows(tx).lightChange.count());
    const before = await count();
    const first = await withTransaction(it.app.database, (tx) => rows(tx).lightChange.findMany({ where: { from: null } }));
    expect(new Set(first.map(({ itemId }) => itemId)).size).toBe(254);
    expect(first).toHaveLength(254);
    await it.skipTo('2026-09-24 11:00');
    const changed = await withTransaction(it.app.database, (tx) => rows(tx).lightChange.findMany({ where: { from: { not: null } } }));
    expect(changed.length).toBeGreaterThanOrEqual((await count()) - before);
    expect(await count()).toBe(254 + changed.length);
    expect(changed.every(({ from, to }) => from !== to)).toBe(true);
  });

  test('督查员定为黄灯：要有理由和期限；卡片写“人工”，到期恢复，都有留痕', async () => {
    const lin = it.person('林晓');
    await lin.says('党-031');
    await lin.clicks('调整亮灯');
    expect(await lin.clicks('定为此灯', { form: { light: 'yellow', reason: '等待市里批复', untilOn: '2026-09-01' } })).toMatchObject({
      toast: { content: '有效期已经过去，请另选日期' },
    });
    await lin.clicks('定为此灯', { form: { light: 'yellow', reason: '等待市里批复', untilOn: '2026-09-28' } });
    await lin.says('党-031');
    expect(lastText('林晓')).toContain('人工：等待市里批复（林晓，至9月28日（周一））');
    expect(lastText('林晓')).toContain('黄灯');
    const lightOn = async (at: Date) => (await entriesAt(at)).find(({ code }) => code === '党-031')?.light;
    expect(await lightOn(it.clock.now())).toBe('yellow');
    await it.person('丁一凡').says('党-031');
    expect(lastText('丁一凡')).not.toContain('调整亮灯');
    expect((await trailOf(it, '党-031')).slice(-2)).toEqual(['林晓 overrideLight →yellow', '林晓 light red→yellow']);
    await it.skipTo('2026-09-29 11:00');
    expect(await lightOn(it.clock.now())).toBe('red');
    expect(await lightOn(end('2026-09-25'))).toBe('yellow');
    expect((await trailOf(it, '党-031')).at(-1)).toBe('系统 light yellow→red');
  });

  const end = (day: string): Date => instantAt(day, '23:59');

  test('总数各项之和就是总项数（任何一天）；往日一路倒推，今天的不变', async () => {
    for (const day of ['2026-05-30', '2026-06-30', '2026-07-31', '2026-09-17', '2026-09-28']) {
      const totals = totalsOf(await entriesAt(end(day)), day);
      expect([day, totals.total]).toEqual([day, 254]);
      expect(totals.completed + totals.inProgress + totals.suspended + totals.declinePending + totals.notStarted).toBe(254);
      expect(totals.green + totals.yellow + totals.red).toBe(totals.inProgress);
    }
    const now = it.clock.now();
    const current = await entriesAt(now);
    const undone = await withTransaction(it.app.database, (tx) => readEntries({ tx, now: new Date(now.getTime() + 1) }, { year: 2026, at: now }));
    expect(undone).toEqual(current);
  });
});

describe('领导看的：长期未动、承诺本周到期（domain B8）', () => {
  test('进度超过60个工作日没有变化的才算；填了同样的数不算有变化，有了变化就不再列', async () => {
    const { id } = await itemOf(it, '管-088');
    const report = { id: 'idle-1', itemId: id, round: 1, percent: 30, content: '进场', metrics: [], noChange: false, status: 'adopted' };
    const by = { reporterId: 'p', reporterName: '马骁', submittedAt: instantAt('2026-06-20', '10:00') };
    await withTransaction(it.app.database, async (tx) => {
      await rows(tx).progressReport.deleteMany({ where: { itemId: id } });
      await rows(tx).progressReport.create({ data: { ...report, ...by } });
      await rows(tx).progressReport.create({ data: { ...report, ...by, id: 'idle-2', round: 2, submittedAt: instantAt('2026-09-22', '10:00') } });
    });
    const lin = it.person('林晓');
    await lin.says('台账 长期未动');
    expect(codesIn(lastText('林晓'))).toEqual(['管-088']);
    await withTransaction(it.app.database, (tx) => rows(tx).progressReport.update({ where: { id: 'idle-2' }, data: { percent: 31 } }));
    await lin.says('台账 住建局 长期未动');
    expect(codesIn(lastText('林晓'))).toEqual([]);
  });

  test('采纳了的承诺日期在本周的', async () => {
    const { id, dueOn } = await itemOf(it, '党-031');
    const promised = { promisedOn: '2026-09-30', promisedFor: dueOn, promisedAt: instantAt('2026-09-21', '10:00') };
    await withTransaction(it.app.database, (tx) => rows(tx).reminderPlan.update({ where: { itemId: id }, data: promised }));
    await it.person('林晓').says('台账 承诺本周到期');
    expect(codesIn(lastText('林晓'))).toEqual(['党-031']);
  });
});
