// 一个读表的库读一份文件：读到的第一张表或错误写到标准输出。各库在自己的进程里，挂住、倒下、吃内存都只害自己。
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** 有的库的日期差几十秒：取最近的一天 */
const dayMs = 86_400_000;
const dayOf = (date) => ({ date: new Date(Math.round(date.getTime() / dayMs) * dayMs).toISOString().slice(0, 10) });

const readers = {
  ours: async (bytes, path) => {
    const { readWorkbook } = await import('../../../src/runtime/workbook/read-workbook.ts');
    return (await readWorkbook(bytes, basename(path)))[0]?.rows ?? [];
  },
  exceljs: async (bytes) => {
    const { default: ExcelJS } = await import('exceljs');
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(bytes);
    const rows = [];
    book.worksheets[0]?.eachRow({ includeEmpty: true }, (row, number) => {
      rows[number - 1] = row.values.slice(1).map(plain);
    });
    return Array.from(rows, (row) => row ?? []);
  },
  xlsx: async (bytes) => {
    const { default: XLSX } = await import('xlsx');
    const book = XLSX.read(bytes, { cellDates: true });
    return XLSX.utils
      .sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1, raw: true, defval: null, blankrows: true })
      .map((row) => row.map(plain));
  },
  'read-excel-file': async (_, path) => {
    const { readSheet } = await import('read-excel-file/node');
    return (await readSheet(path)).map((row) => row.map(plain));
  },
};

/** 各库的值 → 文字、数、是非、日期 */
function plain(cell) {
  if (cell === undefined || cell === null || cell === '') return null;
  if (cell instanceof Date) return dayOf(cell);
  if (typeof cell !== 'object') return cell;
  if (cell.richText) return cell.richText.map(({ text }) => text).join('');
  return cell.text ?? cell.result ?? cell.error ?? JSON.stringify(cell);
}

const [name, path] = process.argv.slice(2);
const answer = await readers[name](readFileSync(path), path).then(
  (rows) => ({ rows: rows.slice(0, 200), total: rows.length }),
  (error) => ({ refused: String(error?.publicMessage ?? error?.message ?? error).slice(0, 200) }),
);
process.stdout.write(JSON.stringify(answer));
