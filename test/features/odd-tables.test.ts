import { readFileSync } from 'node:fs';
import { writeXlsx } from 'hucre';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CellValue, SheetData } from '#core/workbook';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { withExcelJs } from '../runtime/corpus/office.ts';
import { writeXls } from '../runtime/corpus/xls.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-09-24 10:00' });
});
afterAll(() => it.close());

const header = ['序号', '任务名称', '主要措施', '牵头单位', '完成时限'];
const task = (code: string, measures = '措施一'): string[] => [code, `${code}的事`, measures, '住建局', '2026-12-18'];
interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly CellValue[])[];
  readonly hidden?: boolean;
}
const bookOf = (sheets: readonly Sheet[]): Promise<Uint8Array> =>
  writeXlsx({
    sheets: sheets.map(({ rows, ...sheet }) => ({
      ...sheet,
      rows: rows.map((cells) => cells.map((cell) => (typeof cell === 'object' && cell ? cell.date : cell))),
    })),
  });
/** 发一份表，回答的卡片上的字 */
const answerTo = async (name: string, fileName: string, bytes: Uint8Array): Promise<string> => {
  // 一分钟至多三份文件，按机器走过的时间：各人发各人的。
  await it.person(name).sendsFile(fileName, bytes);
  return textOfCard(it.person(name).lastCard());
};
const fixture = async (name: string): Promise<readonly SheetData[]> =>
  readWorkbook(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)), name);
/** 一张表拆成几张：表头各抄一遍，行按某一列分 */
const splitBy = (sheet: SheetData | undefined, headerRows: number, column: number): Sheet[] => {
  const groups = new Map<string, (readonly CellValue[])[]>();
  for (const cells of sheet?.rows.slice(headerRows) ?? []) groups.set(String(cells[column]), [...(groups.get(String(cells[column])) ?? []), cells]);
  return [...groups].map(([name, rows], nth) => ({ name: `${nth + 1}${name}`, rows: [...(sheet?.rows.slice(0, headerRows) ?? []), ...rows] }));
};

describe('任务表有几张工作表', () => {
  test('认不出表头的一张没有读：卡片上醒目地说出是哪张、几行、缺哪几列，确认时再说一遍；填表说明一句带过', async () => {
    const bytes = await bookOf([
      { name: '党工委', rows: [header, task('党-901')] },
      {
        name: '管委会',
        rows: [
          ['序号', '任务名称', '责任处室', '办结要求'],
          ['管-901', '甲', '住建局', '2026-12-18'],
          ['管-902', '乙', '住建局', '2026-12-18'],
        ],
      },
      { name: '填表说明', rows: [['请按编号填写']] },
    ]);
    const text = await answerTo('林晓', '2026年增补.xlsx', bytes);
    expect(text).toContain('共1行(党工委1)｜可导入1');
    expect(text).toContain('工作表“管委会”没有读（3行）：表头里没有认出“牵头单位”、“完成时限”');
    expect(text).toContain('没有读的工作表，不是任务表：“填表说明”1行');
    expect(text).toContain('将写入1项任务，生成1份任务书，确认后由督查室主任审定。工作表“管委会”没有读，不在内。');
  });

  test('隐藏的旧表不读，也不悄悄丢下；下拉清单那样的隐藏表不必说；.xls 的也一样', async () => {
    const bytes = await bookOf([
      { name: '党工委', rows: [header, task('党-902')] },
      { name: '去年的', hidden: true, rows: [header, task('党-903'), task('党-904')] },
      { name: '单位清单', hidden: true, rows: [['住建局'], ['城管局']] },
    ]);
    const text = await answerTo('何俊', '2026年增补二.xlsx', bytes);
    expect(text).toContain('共1行(党工委1)｜可导入1');
    expect(text).toContain('工作表“去年的”没有读（3行）：是隐藏的，要导入请取消隐藏');
    expect(text).not.toContain('单位清单');
    const old = writeXls([header, task('管-903')], { hidden: true });
    expect(await answerTo('何俊', '2026年增补三.xls', old)).toContain('任务表在隐藏的工作表“管委会”里，请取消隐藏后再发，没有写入任何数据');
  });

  test('工作表名以数字结尾的，名字和行数分得开', async () => {
    const text = await answerTo('周启明', '2026年增补四.xlsx', await bookOf([{ name: 'Sheet1', rows: [header, task('党-905'), task('党-906')] }]));
    expect(text).toContain('共2行(Sheet1：2)');
  });
});

describe('一项任务写成几行', () => {
  test('序号、名称合并成一格，措施分几行：说是同一项任务，请并成一行，不劝人改序号', async () => {
    const bytes = await withExcelJs((_, sheet) => {
      sheet.addRows([header, task('管-905'), [null, null, '措施二'], [null, null, '措施三']]);
      for (const column of ['A', 'B', 'D', 'E']) sheet.mergeCells(`${column}2:${column}4`);
    });
    const text = await answerTo('周启明', '2026年增补五.xlsx', bytes);
    expect(text).toContain('可导入1｜需修改2');
    expect(text).toContain('管委会 A3（管-905）：与第2行是同一项任务。请把几行的内容并成一行');
    expect(text).not.toContain('请改成未用过的序号');
  });

  test('没有合并的续行：一行只报一处，说像是上一行的下半截', async () => {
    const bytes = await bookOf([{ name: '管委会', rows: [header, task('管-906'), [null, null, '措施二', null, null]] }]);
    const text = await answerTo('林晓', '2026年增补六.xlsx', bytes);
    expect(text).toContain('需修改1处');
    expect(text).toContain('没有序号、任务名称、牵头单位和完成时限，像是上一行的下半截。请把内容并到上一行，再删去这一行');
  });
});

describe('程序写的表，没有在表格软件里存过', () => {
  const formula = (text: string) => ({ formula: text }) as { formula: string; result?: string };

  test('用到的一格是没有结果的公式：指到那一格，说是公式、怎么办，不说它是空的；整行都是的也不悄悄丢下；没有用到的列不管', async () => {
    const bytes = await withExcelJs((_, sheet) => {
      sheet.addRows([[...header, '核对'], [...task('管-951'), formula('LEN(B2)')], task('管-952'), []]);
      sheet.getCell('E3').value = formula('E2+30');
      for (const column of ['A', 'B', 'C', 'D', 'E']) sheet.getCell(`${column}4`).value = formula(`${column}3`);
    });
    const text = await answerTo('周启明', '2026年增补七.xlsx', bytes);
    expect(text).toContain('共3行(管委会3)｜可导入1｜需修改2');
    expect(text).toContain('管委会 E3（管-952）：这一格是公式，没有算出的结果。请用 Excel 或 WPS 打开、保存一次再发');
    expect(text).toContain('管委会 A4（第4行）：这一格是公式，没有算出的结果');
    expect(text).not.toMatch(/没有完成时限|任务名称是空的|没有牵头单位/);
  });

  test('公式出了错的一格，不当作文字导入：措施写着#REF!，指到那一格', async () => {
    const bytes = await bookOf([{ name: '管委会', rows: [header, task('管-955', '#REF!'), task('管-956', '#1楼改造')] }]);
    const seen = await answerTo('周启明', '2026年增补十.xlsx', bytes);
    expect(seen).toContain('管委会 C2（管-955）：这一格的公式出了错（#REF!）。请改好公式，或直接写上内容');
    expect(seen).toContain('可导入1｜需修改1');
  });

  test('名单里有一格是这样的公式：不读，指到那一格，什么都没写', async () => {
    const [sheet] = await fixture('一带五-69组-修订.xlsx');
    const bytes = await withExcelJs((_, out) => {
      out.addRows((sheet?.rows ?? []).map((cells) => [...cells] as (string | number | null)[]));
      out.getCell('C9').value = formula('C8');
    });
    expect(await answerTo('李雅雯', '一带五-69组.xlsx', bytes)).toContain(
      '第9行第3列是公式，没有算出的结果，请用 Excel 或 WPS 打开、保存一次再发。没有写入任何数据',
    );
  });

  test('名字是 .xlsx，里面是 CSV、是网页：说出是什么、怎么办', async () => {
    expect(await answerTo('何俊', '2026年增补八.xlsx', Buffer.from([header.join(','), task('管-953').join(',')].join('\n')))).toContain(
      '文件名是 .xlsx，里面其实是 .csv 文字。请把文件名的结尾改成 .csv 再发',
    );
    expect(await answerTo('何俊', '2026年增补九.xls', Buffer.from('<html><table><tr><td>序号</td></tr></table></html>'))).toContain(
      '文件名是 .xls，里面其实是网页（有的办公系统这样导出）。请用 Excel 或 WPS 打开，另存为 .xlsx 后再发',
    );
  });
});

describe('名单、项目一类一张工作表', () => {
  const groups = '一带五-69组-修订.xlsx';
  const project = '食堂改造-7-60-178.xlsx';

  test('一带五：七条线各一张工作表，69组414人一个不少', async () => {
    const [sheet] = await fixture(groups);
    const sheets = splitBy(sheet, 2, 1);
    expect(sheets).toHaveLength(7);
    expect(await answerTo('李雅雯', groups, await bookOf(sheets))).toContain('69组｜414人｜尚未写入任何数据');
  });

  test('一带五：漏写组号的一行不会悄悄不见，指到那一格；表底的说明不是一组', async () => {
    const [sheet] = await fixture(groups);
    const rows = (sheet?.rows ?? []).map((cells, index) => (index === 9 ? [null, ...cells.slice(1)] : cells));
    const text = await answerTo('李雅雯', groups, await bookOf([{ name: '名单', rows: [...rows, ['说明：每月一记']] }]));
    expect(text).toContain('69组｜414人｜需修改1处');
    expect(text).toContain('名单 A10（第10行）：没有组号。请补上组号');
  });

  test('项目：七个部分各一张工作表，178个任务一个不少；抄了两遍的说出在哪张表', async () => {
    const sheet = (await fixture(project)).find(({ name }) => name === '任务分解');
    const headerRows = (sheet?.rows ?? []).findIndex((cells) => cells.includes('编号')) + 1;
    const partAt = sheet?.rows[headerRows - 1]?.indexOf('部分') ?? -1;
    const parts = splitBy(sheet, headerRows, partAt);
    expect(parts).toHaveLength(7);
    expect(await answerTo('李雅雯', project, await bookOf(parts))).toContain('7个部分｜60个事项｜178个任务｜24名责任党员');
    const twice = [...parts, { ...(parts[0] ?? { rows: [] }), name: '抄件' }];
    expect(await answerTo('何俊', project, await bookOf(twice))).toContain(`与工作表“${parts[0]?.name}”第`);
  });
});
