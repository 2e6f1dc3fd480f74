import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import exceljs from 'exceljs';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { type CliRun, runCli } from './run-cli.ts';

const fileName = '2026年重点工作任务-修订.xlsx';
const original = fileURLToPath(new URL(`../fixtures/${fileName}`, import.meta.url));
const bytes = readFileSync(original);

/** 表格程序会当成公式的开头，全角的、前面有空格和零宽字符的也在内（quality S11） */
const dangerous = ['=1+1', '+1', '-1', '@A1', '\t=1', '\r=1', '＝1+1', '＋1', '－1', '＠A1', ' =1', '\ufeff=1', `=cmd|'/C calc'!A0`, 'DDE("x")'];

let it: TestApp;
let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  it = await startTestApp({ databaseUrl: database.url });
  dataDir = mkdtempSync(join(tmpdir(), 'shuling-cli-test-'));
  const lin = it.person('林晓');
  await lin.sendsFile(fileName, bytes);
  await lin.clicks('确认导入');
  await it.app.database.pool.query(`UPDATE "WorkItem" SET title = '=HYPERLINK("http://x","点我")', goal = '@SUM(1)' WHERE code = '管-063'`);
  for (const [index, words] of dangerous.entries()) {
    await it.app.database.pool.query('UPDATE "WorkItem" SET measures = $1 WHERE number = $2 AND series = $3', [words, index + 1, '管']);
  }
});
afterAll(async () => {
  await it.close();
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const run = (...argv: string[]): Promise<CliRun> => runCli(argv, { DATABASE_URL: database.url, DATA_DIR: dataDir });

async function readWith(reader: exceljs.Workbook, path: string): Promise<exceljs.Worksheet> {
  await reader.xlsx.readFile(path);
  const sheet = reader.worksheets[0];
  if (!sheet) throw new Error('没有工作表');
  return sheet;
}

/** 列名 → 该列的值 */
function rowsOf(sheet: exceljs.Worksheet): Map<string, exceljs.CellValue>[] {
  const headings = (sheet.getRow(1).values as string[]).slice(1);
  const rows: Map<string, exceljs.CellValue>[] = [];
  for (let row = 2; row <= sheet.rowCount; row += 1) {
    rows.push(new Map(headings.map((heading, column) => [heading, sheet.getRow(row).getCell(column + 1).value])));
  }
  return rows;
}

describe('导出台账', () => {
  test('另一个读表的程序打开：254行，列的次序是办公室自己的', async () => {
    const path = join(dataDir, '台账.xlsx');
    expect(await run('export', path)).toMatchObject({ code: 0, out: `已导出2026年254项：${path}` });
    const sheet = await readWith(new exceljs.Workbook(), path);
    const office = await readWith(new exceljs.Workbook(), original);
    const leftOut = ['联络员电话', '内部备注'];
    const officeColumns = (office.getRow(1).values as string[]).slice(1).filter((heading) => !leftOut.includes(heading));
    expect(rowsOf(sheet)).toHaveLength(254);
    expect((sheet.getRow(1).values as string[]).slice(1, officeColumns.length + 1)).toEqual(officeColumns);
  });

  test('内容与原表一致：编号、名称、单位、日期、指标', async () => {
    const rows = rowsOf(await readWith(new exceljs.Workbook(), join(dataDir, '台账.xlsx')));
    const row = rows.find((candidate) => candidate.get('序号') === '管-002');
    expect(Object.fromEntries(row ?? [])).toMatchObject({
      任务名称: '固定资产投资进度调度',
      牵头单位: '发展和财政局',
      责任人: '潘柏林',
      联络员: '许蓉',
      完成时限: new Date('2026-12-04T00:00:00Z'),
      下达日期: new Date('2026-05-29T00:00:00Z'),
      反馈周期: '每月',
      量化指标: '固投完成额',
      目标值: 126,
      计量单位: '亿元',
      现状值: 41.7,
      状态: '待下达',
      '完成比例（%）': 0,
    });
  });

  test('用户写的文字不会变成公式', async () => {
    const sheet = await readWith(new exceljs.Workbook(), join(dataDir, '台账.xlsx'));
    const formulas: string[] = [];
    sheet.eachRow((row) => row.eachCell((cell) => cell.type === exceljs.ValueType.Formula && formulas.push(cell.address)));
    expect(formulas).toEqual([]);
    expect(
      rowsOf(sheet)
        .find((row) => row.get('序号') === '管-063')
        ?.get('任务名称'),
    ).toBe('=HYPERLINK("http://x","点我")');
  });

  test('换一个读法，逐格看文件里的记号：没有一格是公式，危险的开头都按文字写着', async () => {
    const parts = unzipSync(readFileSync(join(dataDir, '台账.xlsx')));
    const sheets = Object.keys(parts).filter((name) => name.startsWith('xl/worksheets/'));
    expect(sheets.length).toBeGreaterThan(0);
    for (const name of sheets) expect(strFromU8(parts[name] ?? new Uint8Array())).not.toMatch(/<f[\s>]|t="str"/);
    const written = rowsOf(await readWith(new exceljs.Workbook(), join(dataDir, '台账.xlsx')));
    for (const [index, words] of dangerous.entries()) {
      const cell = written.find((row) => row.get('序号') === `管-${String(index + 1).padStart(3, '0')}`)?.get('主要措施');
      expect([words, typeof cell]).toEqual([words, 'string']);
      expect(String(cell).trim().replace('\ufeff', '')).toContain(words.trim().replace('\ufeff', ''));
    }
  });

  test('内部备注一个字也不导出', async () => {
    const { rows } = await it.app.database.pool.query<{ note: string }>(
      `SELECT "internalNote" AS note FROM "WorkItem" WHERE "internalNote" IS NOT NULL`,
    );
    expect(rows.length).toBeGreaterThan(0);
    const sheet = await readWith(new exceljs.Workbook(), join(dataDir, '台账.xlsx'));
    const all = JSON.stringify(sheet.getSheetValues());
    for (const { note } of rows) expect(all).not.toContain(note);
  });

  test('不覆盖已有的文件；没有事项的年份导出只有表头的表', async () => {
    expect(await run('export', join(dataDir, '台账.xlsx'))).toMatchObject({ code: 1, err: expect.stringContaining('已经存在') });
    expect(await run('export', join(dataDir, '空.xlsx'), '--year', '2031')).toMatchObject({ code: 0, out: expect.stringContaining('2031年0项') });
    expect(await run('export', join(dataDir, '台账.csv'))).toMatchObject({ code: 1, err: '文件名须以 .xlsx 结尾' });
    expect(await run('export', join(dataDir, '又.xlsx'), '--year', '去年')).toMatchObject({ code: 2 });
  });
});
