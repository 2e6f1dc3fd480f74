import { buffer } from 'node:stream/consumers';
import ExcelJS from 'exceljs';
import { parseCsv, writeXlsx } from 'hucre';
import { describe, expect, test } from 'vitest';
import { csvCell } from '#core/csv';
import type { CellValue } from '#core/workbook';
import { ballotsFile } from '#domain/ballots/ballots-file';
import { ledgerColumns } from '#features/ledger/columns';
import { annotateWorkbook } from '#runtime/workbook/annotate/annotate-workbook';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { writeWorkbook } from '#runtime/workbook/write-workbook';
import { fc } from '../fast-check.ts';
import { convertAll, haveOffice } from '../office.ts';
import { filesWith, readSources } from '../sources.ts';

/** 别人填得进来的文字，打开表格时不许变成公式（quality S11）。 */
const dangerous = [
  ...['=HYPERLINK("http://example.com","点我")', '=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\ufeff=1', '＝1+1', '＋1', '－1', '＠x'],
  ...["=cmd|' /C calc'!A0", '"=1"', "'=1", '=1\n=2', '=1,=2'],
];
/** CSV 里还能带的：NUL 开头的；写不进 .xlsx，进门时也已去掉，这里照样不靠它 */
const dangerousInCsv = [...dangerous, '\0=1', '\0', ' \0-1'];
const columns = Array.from({ length: 6 }, (_, index) => ({ heading: dangerous[index] ?? '', width: 10 }));
/** 每一句在每一列都出现过一次。 */
const table: string[][] = dangerous.map((_, row) => columns.map((__, column) => dangerous[(row + column) % dangerous.length] ?? ''));

interface Writer {
  /** where it is written */
  readonly file: string;
  readonly name: string;
  readonly write: () => Promise<Uint8Array>;
}

const marks = (sheet: string) => [
  {
    sheet,
    headerRow: 1,
    heading: '=校验结果',
    results: table.map((_, index) => ({ row: index + 2, text: dangerous[index] ?? '' })),
    cells: table.map((_, index) => ({ cell: `B${index + 2}`, tone: 'error' as const, comment: dangerous[index] ?? '' })),
  },
];
const data = [{ name: '管委会', rows: [columns.map(({ heading }) => heading), ...table] }];
const asCsv = (rows: readonly (readonly string[])[]): Buffer => Buffer.from(rows.map((row) => row.map(csvCell).join(',')).join('\r\n'));

const writers: readonly Writer[] = [
  {
    file: 'src/runtime/workbook/write-workbook.ts',
    name: '写表格（台账、登记簿的导出）',
    write: () => buffer(writeWorkbook({ name: '台账', columns, rows: rowsOf(table) })),
  },
  {
    file: 'src/runtime/workbook/annotate/annotate-workbook.ts',
    name: '批注原表',
    write: async () => annotateWorkbook(Uint8Array.from(await writeXlsx({ sheets: data })), data, marks('管委会')),
  },
  {
    file: 'src/runtime/workbook/annotate/annotate-workbook.ts',
    name: '改不了原件的，抄一份值再批注',
    write: () => annotateWorkbook(asCsv(table), data, marks('管委会')),
  },
];

/** 写出表格或 CSV 的地方：库里的写法、打包、以及叫作 .xlsx、.csv 的文件名。 */
const writing = /\b(?:write(?:Xlsx|Ods|Csv)\w*|stringifyCsv|formatCsv|zipSync)\(|\bcsvCell\b|\.(?:csv|tsv|ods)[`']/;
/** 它们自己不写格：文件名、读的一侧、交给上面几位去写。 */
const known = [
  ...new Set(writers.map(({ file }) => file)),
  'src/core/csv.ts', //                                    下面单独查
  'src/domain/ballots/ballots-file.ts', //                 下面单独查
  'src/features/review/results.ts', //                     票面文件的名字
  'src/runtime/workbook/annotate/package-parts.ts', //     批注原表的打包
];

async function* rowsOf(rows: readonly (readonly CellValue[])[]): AsyncGenerator<readonly CellValue[]> {
  await Promise.resolve();
  yield* rows;
}

/** XML 里的回车：有的读者读作换行，有的照写法原样读出。 */
const kept = (text: string): string => text.replaceAll(/_x000D_|\r/g, '\n');

describe('写出去的表格里没有公式', () => {
  test('写表格的只有这几处；添了新的，要添进这张单子', () => {
    const places = filesWith(readSources(), writing).filter((path) => !path.startsWith('src/platform/emulator/'));
    expect([...places].sort()).toEqual([...known].sort());
  });

  test.each(writers)('$name：每一列、每一种开头都还是文字，一字不差', async ({ write }) => {
    const bytes = await write();
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(Buffer.from(bytes) as unknown as ExcelJS.Buffer);
    const texts: string[][] = [];
    book.worksheets[0]?.eachRow((row) => {
      const cells: string[] = [];
      row.eachCell((cell) => {
        expect(cell.type, String(cell.value)).toBe(ExcelJS.ValueType.String);
        cells.push(kept(String(cell.value)));
      });
      texts.push(cells);
    });
    expect(texts.slice(1).map((row) => row.slice(0, columns.length))).toEqual(table.map((row) => row.map(kept)));
    const [again] = await readWorkbook(bytes, 'a.xlsx');
    expect(again?.rows.slice(1).map((row) => row.slice(0, columns.length).map((cell) => kept(String(cell))))).toEqual(
      table.map((row) => row.map(kept)),
    );
  });

  test.skipIf(!haveOffice())(
    '每一种写法，LibreOffice 里也没有一个公式',
    async () => {
      const files = await Promise.all(writers.map(async ({ write }, index) => ({ name: `${index}.xlsx`, bytes: await write() })));
      const read = await convertAll(files, 'fods');
      for (const [index, fods] of read.entries()) {
        const content = fods.toString('utf8');
        expect(content, writers[index]?.name).toContain('<table:table-cell');
        expect(content, writers[index]?.name).not.toContain('table:formula');
      }
    },
    120_000,
  );

  test('台账的每一个文字列都只交出文字、数和日期', () => {
    const entry = new Proxy({} as Record<string, unknown>, {
      get: (_, key) =>
        ({
          ...{ supportingUnits: ['=1'], metrics: [{ name: '=1', target: 1, unit: '=1', current: 1, baseline: 0 }], reasons: [], override: null },
          ...{ feedbackPeriod: 'weekly', status: 'inProgress', light: 'red', percent: 1, dueOn: '2026-01-01', originalDueOn: '2026-01-01' },
          ...{ issueOn: null, report: { content: '=1', status: 'adopted', at: new Date('2026-01-01T00:00:00Z') } },
        })[String(key)] ?? '=1',
    });
    const around = { unitName: (code: string) => code, holderName: () => '=1' };
    for (const { cell } of ledgerColumns) {
      const value = cell(entry as never, around);
      const isDate = typeof value === 'object' && value !== null && Object.keys(value).join() === 'date';
      expect(value === null || isDate || ['string', 'number', 'boolean'].includes(typeof value)).toBe(true);
    }
  });

  test('票面文件：单位名称像公式的，前面加一撇；照样读得回来', () => {
    const ballots = dangerousInCsv.map((unitName) => ({ unitCode: unitName, unitName, voterClass: unitName, choice: unitName }));
    const rows = parseCsv(ballotsFile('s1', ballots).bytes.toString('utf8').replace('\ufeff', ''));
    expect(rows).toHaveLength(dangerousInCsv.length + 1);
    for (const cell of rows
      .slice(1)
      .flat()
      .filter((text) => text !== 's1'))
      expect(cell).not.toMatch(/^[\s\ufeff\0]*[=+\-@＝＋－＠]|^\0/);
  });

  test('任意的文字：写成 CSV 的一格，读回来是它自己，或多一撇而不是公式', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.constantFrom('', '=', '+', '-', '@', '\t', '\r', '＝', '\0', '\0='),
        (rest, first) => {
          const text = first + rest;
          const [[cell] = []] = parseCsv(`${csvCell(text)},x`);
          expect([text, `'${text}`]).toContain(cell ?? '');
          expect(cell ?? '').not.toMatch(/^[=+\-@\t\r\0＝＋－＠]/);
        },
      ),
    );
  });
});
