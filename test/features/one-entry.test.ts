import exceljs from 'exceljs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { instantAt } from '#core/dates';
import { withTransaction } from '#db/transaction';
import { loadCalendar } from '#domain/calendar/store';
import { bulletinFigures } from '#domain/digests/bulletin';
import { findBulletin } from '#domain/digests/bulletins/store';
import { readEntries } from '#domain/ledger/entries';
import { findReportTimes } from '#domain/ledger/store';
import { cardOf } from '#platform/emulator/model';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf } from './given-books.ts';
import { startInSeptember } from './september-ledger.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

/** 方伟说的一句话，此后处处都是它 */
const words = '已签约215户，余3户在外地';
let it: TestApp;
beforeAll(async () => {
  ({ it } = await startInSeptember());
});
afterAll(() => it.close());

const last = (name: string): string => textOfCard(it.person(name).lastCard());
const says = async (name: string, text: string): Promise<string> => {
  await it.person(name).says(text);
  return last(name);
};
const groupText = async (purpose: string): Promise<string> => {
  const { rows } = await it.app.database.pool.query<{ chatName: string }>('SELECT "chatName" FROM "ChatBinding" WHERE purpose = $1', [purpose]);
  const messages = it.group(rows[0]?.chatName ?? '').messages();
  return textOfCard(messages.map((message) => cardOf(message, '')).filter((card) => textOfCard(card).includes('每日简报')));
};
const reportsOf = async (code: string) => {
  const { id } = await itemOf(it, code);
  return inDatabase(it, (db) => db.progressReport.findMany({ where: { itemId: id, submittedAt: { gte: instantAt('2026-09-22') } } }));
};
/** 简报里“今日……反馈几” */
const reportedToday = (text: string): number => Number(/今日 办结\d+ 反馈(\d+)/.exec(text)?.[1] ?? Number.NaN);

test('方伟填一次，梁海生审签、林晓采纳各一按：此外没有人再填一个字', async () => {
  const before = await reportsOf('管-063');
  const fang = it.person('方伟');
  await fang.says('管-063 215户');
  expect(await fang.clicks('提交反馈', { form: { metric1: '215', percent: '98', content: words } })).toMatchObject({
    toast: { content: '已提交，待单位审签' },
  });
  await it.person('梁海生').clicks('审签', { card: '管-063' });
  await it.person('林晓').clicks('采纳', { card: '管-063' });
  const after = await reportsOf('管-063');
  expect(after.length - before.length).toBe(1);
  expect(after.at(-1)).toMatchObject({ reporterName: '方伟', content: words, percent: 98, status: 'adopted' });
});

test('台账、责任人的任务、分管领导和配合单位看的事项、导出的表：都是这一次的', async () => {
  expect(await says('林晓', '台账 南屿 办理中')).toContain(words);
  expect(await says('方伟', '我的任务')).toContain('98%');
  for (const name of ['吴岚', '方伟', '林晓']) {
    const card = await says(name, '管-063');
    expect([name, card]).toEqual([name, expect.stringContaining(words)]);
    expect([name, card]).toEqual([name, expect.stringContaining('215')]);
  }
  await it.person('林晓').says('导出 南屿');
  const file = it.world.store
    .messagesOf(it.world.store.directChat(it.person('林晓').person.openId).chatId)
    .findLast(({ msgType }) => msgType === 'file');
  const book = new exceljs.Workbook();
  const { file_key: key } = JSON.parse(file?.content ?? '{}') as { file_key: string };
  await book.xlsx.load(Uint8Array.from(it.world.store.fileBytes(key) ?? []).buffer);
  const row = book.worksheets[0]?.getRows(2, 40)?.find((candidate) => candidate.getCell(1).value === '管-063');
  expect(JSON.stringify(row?.values)).toContain(words);
});

test('17:40的简报：单位、分管领导、全区三份都多了这一次', async () => {
  const before = reportedToday(await says('林晓', '简报 截至9月22日'));
  await it.moveTo('2026-09-22 17:50');
  const district = reportedToday(await groupText('district'));
  expect(district).toBe(before);
  expect(district).toBe(22);
  expect(reportedToday(await groupText('unit:U31'))).toBeGreaterThan(0);
  const personal = it
    .person('吴岚')
    .cards()
    .map((card) => textOfCard(card))
    .find((text) => text.includes('每日简报'));
  expect(reportedToday(personal ?? '')).toBeGreaterThan(0);
});

test('9月的通报：反馈及时的分子里有它，去掉它就少一个', async () => {
  await it.skipTo('2026-09-28 09:40');
  const { id } = await itemOf(it, '管-063');
  await withTransaction(it.app.database, async (tx) => {
    const bulletin = await findBulletin(tx, { month: '2026-09' });
    if (!bulletin) throw new Error('九月的通报没有起草');
    const { at, previousAt, figures } = bulletin;
    const ctx = { tx, now: it.clock.now() };
    const [entries, previous] = [await readEntries(ctx, { year: 2026, at }), await readEntries(ctx, { year: 2026, at: previousAt })];
    const all = await findReportTimes(tx, { from: instantAt('2026-08-01'), to: at });
    const calendar = await loadCalendar(tx);
    const inTime = (reports: ReadonlyMap<string, readonly Date[]>): number =>
      bulletinFigures(calendar, {
        ...{ month: '2026-09', at, previousAt, entries, previous, reports, approvedExtensions: 0 },
        unitCodes: figures.rows.map(({ unitCode }) => unitCode),
      }).feedbackInTime;
    expect(figures.feedbackInTime).toBe(inTime(all));
    const others = new Map([...all].map(([itemId, times]) => [itemId, itemId === id ? [] : times] as const));
    expect(inTime(others)).toBe(figures.feedbackInTime - 1);
  });
});
