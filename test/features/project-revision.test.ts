import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantAt } from '#core/dates';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { inDatabase } from './given-books.ts';

const name = '食堂改造-7-60-178.xlsx';
const original = readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
/** 第几行是哪一项，照样表 */
const line = { '1.1.1': 3, '2.8.3': 40, '7.6.1': 179, '7.6.2': 180 } as const;

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-09-22 15:10' });
  await it.person('李雅雯').sendsFile(name, original);
  await it.person('李雅雯').clicks('确认导入');
}, 120_000);
afterAll(() => it.close());

const said = (who: string): string => textOfCard(it.person(who).lastCard());
const node = (code: string) => inDatabase(it, (db) => db.workItem.findUnique({ where: { year_code: { year: 2026, code } } }));
const count = () => inDatabase(it, (db) => db.workItem.count());

async function changed(change: (sheet: ExcelJS.Worksheet, snapshot: ExcelJS.Worksheet) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(original as unknown as ExcelJS.Buffer);
  const [sheet, , snapshot] = book.worksheets;
  if (!sheet || !snapshot) throw new Error('样表变了');
  change(sheet, snapshot);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** 2.8.3 换人并提前、7.6.2 改名、7.6.1 不要了、加一项 7.6.3；已完成的 1.1.1 也改了名 */
const revised = () =>
  changed((sheet, snapshot) => {
    const owner = sheet.getRow(line['1.1.1']);
    sheet.getRow(line['2.8.3']).getCell(5).value = owner.getCell(5).value;
    sheet.getRow(line['2.8.3']).getCell(6).value = owner.getCell(6).value;
    sheet.getRow(line['2.8.3']).getCell(8).value = '2026-09-23';
    owner.getCell(4).value = '发放就餐需求问卷并回收500份';
    const last = sheet.getRow(line['7.6.2']);
    last.getCell(4).value = '编写经验小结';
    sheet.addRow([
      '7.6.3',
      last.getCell(2).value,
      last.getCell(3).value,
      '移交运营单位',
      last.getCell(5).value,
      last.getCell(6).value,
      '2026-12-24',
      '2026-12-31',
      '否',
      '移交单',
      '',
    ]);
    sheet.spliceRows(line['7.6.1'], 1);
    snapshot.eachRow((row, at) => {
      if (row.getCell(1).value === '7.6.1') snapshot.spliceRows(at, 1);
    });
  });

test('改过的表再发：先说清新增什么、改了什么、什么保留，没有写入', async () => {
  await it.person('李雅雯').sendsFile('食堂改造-改.xlsx', await revised());
  const text = said('李雅雯');
  for (const words of [
    '新增1个任务｜调整2处｜尚未写入任何数据',
    '7.6.3 移交运营单位',
    '2.8.3 逐条回复意见采纳情况：责任党员朱浩然改为邓云舒；完成时限2026-09-24改为2026-09-23',
    '7.6.2 编写经验小结并移交运营：名称编写经验小结并移交运营改为编写经验小结',
    '表里没有了的1个任务，仍保留',
    '7.6.1 整理项目档案并归档',
    '已完成的1个任务，表里的改动不采用',
    '各任务已填的进度一概不动',
  ])
    expect(text).toContain(words);
  expect(await count()).toBe(246);
  expect((await node('食-2.8.3'))?.dueOn).toBe('2026-09-24');
});

test('确认之后照单改好：进度不动，没有的仍在，换下和接手的都收到新的任务卡，留痕记着原来的值', async () => {
  it.clock.set(instantAt('2026-09-22', '16:00'));
  const before = await node('食-2.8.3');
  const { openId } = it.person('李雅雯').person;
  const message = it.world.store.messagesOf(it.world.store.directChat(openId).chatId).findLast(({ content }) => content.includes('确认改动'));
  const press = () => it.acts.clicks(openId, message?.messageId ?? '', { button: '确认改动' });
  const both = await Promise.all([press(), press()]);
  await it.settled();
  expect(both.map(({ seen }) => (seen.kind === 'answered' ? seen.toast?.content : '')).sort()).toEqual([
    '与已导入的项目一致，没有要改的',
    expect.stringMatching(/^已按新表改好：新增1个、调整2处，已告知\d+名责任党员$/),
  ]);
  const after = await node('食-2.8.3');
  expect(after).toMatchObject({ dueOn: '2026-09-23', originalDueOn: '2026-09-24', percent: before?.percent, status: 'inProgress' });
  expect(after?.responsiblePostId).not.toBe(before?.responsiblePostId);
  expect(await node('食-7.6.1')).toMatchObject({ status: 'inProgress', title: '整理项目档案并归档' });
  expect(await node('食-7.6.2')).toMatchObject({ title: '编写经验小结' });
  expect(await node('食-7.6.3')).toMatchObject({ title: '移交运营单位', mandatory: false, percent: 0, parentId: (await node('食-7.6.2'))?.parentId });
  expect(await node('食-1.1.1')).toMatchObject({ title: '发放就餐需求问卷并回收420份', status: 'completed' });
  expect(await count()).toBe(247);
  const trail = await inDatabase(it, (db) => db.auditEntry.findMany({ where: { subjectId: after?.id ?? '', event: 'revise' } }));
  expect(trail).toHaveLength(1);
  expect(trail[0]?.detail).toMatchObject({ former: { dueOn: '2026-09-24' } });
  expect(said('邓云舒')).toContain('逐条回复意见采纳情况');
  expect(said('朱浩然')).not.toContain('逐条回复意见采纳情况');
  const total = await inDatabase(it, (db) => db.workItem.findFirst({ where: { kind: 'project' } }));
  expect(total).toMatchObject({ percent: 48 });
});

test('再点一次、再发同一份：什么也不发生', async () => {
  await it.person('李雅雯').sendsFile('食堂改造-改.xlsx', await revised());
  expect(said('李雅雯')).toMatch(/项目已导入|没有要改的/);
  expect(await count()).toBe(247);
});

test('承担单位自己把时限推后：不能确认，由督查室发来才行；发旧表是要改回来，也照样先核对', async () => {
  const later = await changed((sheet) => {
    sheet.getRow(line['7.6.2']).getCell(8).value = '2027-01-15';
  });
  await it.person('李雅雯').sendsFile('食堂改造-推后.xlsx', later);
  expect(said('李雅雯')).toContain('项时限推后，须由督查室发来这份表并确认');
  expect(JSON.stringify(it.person('李雅雯').lastCard())).not.toContain('确认改动');
  await it.person('林晓').sendsFile('食堂改造-推后.xlsx', Buffer.concat([later]));
  expect((await node('食-7.6.2'))?.dueOn).toBe('2026-12-31');
  await it.person('李雅雯').sendsFile(name, original);
  expect(said('李雅雯')).toContain('尚未写入任何数据');
  expect(await it.person('林晓').clicks('确认改动')).toMatchObject({ toast: { content: expect.stringContaining('已按新表改好') } });
  expect(await node('食-7.6.2')).toMatchObject({ dueOn: '2027-01-15', originalDueOn: '2026-12-31' });
  expect((await node('食-7'))?.dueOn).toBe('2027-01-15');
});

test('核对之后、确认之前有人完成了其中一项：那一项不动，别的照改', async () => {
  const renamed = await changed((sheet) => {
    sheet.getRow(line['2.8.3']).getCell(4).value = '逐条回复并公示';
    sheet.getRow(line['7.6.2']).getCell(4).value = '编写经验小结并移交';
  });
  await it.person('林晓').sendsFile('食堂改造-又改.xlsx', renamed);
  expect(said('林晓')).toContain('2.8.3 逐条回复意见采纳情况：名称逐条回复意见采纳情况改为逐条回复并公示');
  const { responsiblePostId } = (await node('食-2.8.3')) ?? {};
  const owner = await inDatabase(it, (db) =>
    db.postHolding.findFirst({ where: { postId: responsiblePostId ?? '', toOn: null }, include: { person: true } }),
  );
  expect(await it.person(owner?.person.name ?? '').clicks('完成', { within: '逐条回复意见采纳情况' })).toMatchObject({
    toast: { content: '2.8.3已完成' },
  });
  expect(await it.person('林晓').clicks('确认改动')).toMatchObject({ toast: { content: expect.stringContaining('已按新表改好') } });
  expect(await node('食-2.8.3')).toMatchObject({ title: '逐条回复意见采纳情况', status: 'completed', percent: 100 });
  expect(await node('食-7.6.2')).toMatchObject({ title: '编写经验小结并移交' });
});

test('同名的项目换了单位的责任党员：不收，说明由谁承担', async () => {
  const other = await changed((sheet) => {
    sheet.eachRow((row, at) => {
      if (at < 3) return;
      row.getCell(5).value = '方伟';
      row.getCell(6).value = null;
    });
  });
  await it.person('林晓').sendsFile('食堂改造-别家.xlsx', other);
  expect(said('林晓')).toMatch(/2026年的食堂改造由机关事务管理局承担，这份表里的责任党员是南屿办事处的/);
});
