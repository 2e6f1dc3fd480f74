import ExcelJS from 'exceljs';
import { writeOds, writeXlsx } from 'hucre';
import { type CellValue, uncomputed } from '#core/workbook';
import { entriesWith, sheetXml, text, zip } from '../odd-workbooks.ts';
import { writeXls } from './xls.ts';

/** 字节怎么来 — made when they are wanted, for some are large. */
export type Make = () => Uint8Array | Promise<Uint8Array>;

const rows = [
  ['序号', '任务名称', '牵头单位', '完成时限'],
  ['管-001', '老旧小区改造，含“一户一策”', '住建局\n城管局', '６月底前 '],
  ['管-002', '渔排清退', '南屿办', '2026-06-30'],
];
const csv = rows.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\r\n');

/** 用另一个库写 */
export const withExcelJs = async (fill: (book: ExcelJS.Workbook, sheet: ExcelJS.Worksheet) => void): Promise<Buffer> => {
  const book = new ExcelJS.Workbook();
  fill(book, book.addWorksheet('管委会'));
  return Buffer.from(await book.xlsx.writeBuffer());
};
const dated = (workbook: { is1904?: boolean }) =>
  withExcelJs((book, sheet) => {
    book.properties.date1904 = workbook.is1904 ?? false;
    sheet.addRow(['时限', new Date(Date.UTC(2026, 5, 30))]);
    sheet.getCell('B1').numFmt = 'yyyy"年"m"月"d"日"';
  });
const june30 = 46_203;
/** xlsx 里内置的中文日期格式（27–36、50–58）没有文字，只有号码。 */
const chineseFormat = (id: number): Buffer => {
  const styles = `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders><cellXfs><xf numFmtId="0"/><xf numFmtId="${id}"/></cellXfs></styleSheet>`;
  const entries = entriesWith({ data: sheetXml(`<row r="1">${text('A1', '时限')}<c r="B1" s="1"><v>${june30}</v></c></row>`) }, [
    { name: 'xl/styles.xml', data: styles },
  ]);
  return zip(
    entries.map((entry) =>
      entry.name === 'xl/_rels/workbook.xml.rels'
        ? {
            ...entry,
            data: String(entry.data).replace(
              '</Relationships>',
              '<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>',
            ),
          }
        : entry,
    ),
  );
};
const june: CellValue[][] = [['时限', { date: '2026-06-30' }]];

/** 读得出的：文件名、字节、应当读出的第一张表。 */
export const readable: readonly [string, string, Make, readonly (readonly CellValue[])[]][] = [
  ['.xlsx（本库写）', '任务.xlsx', () => writeXlsx({ sheets: [{ name: '管委会', rows }] }), rows],
  ['.xlsx（别的库写）', '任务.xlsx', () => withExcelJs((_, sheet) => void sheet.addRows(rows)), rows],
  ['.xls', '任务.xls', () => writeXls(rows), rows],
  ['WPS 的 .et', '任务.et', () => writeXls(rows, { alsoNamed: 'ETExtData' }), rows],
  ['.ods', '任务.ods', () => writeOds({ sheets: [{ name: '管委会', rows }] }), rows],
  ['.csv，UTF-8', '任务.csv', () => Buffer.from(csv), rows],
  ['.csv，UTF-8 带 BOM', '任务.csv', () => Buffer.from(`\ufeff${csv}`), rows],
  ['.csv，UTF-16', '任务.csv', () => Buffer.from(`\ufeff${csv}`, 'utf16le'), rows],
  [
    '.csv，分号分隔',
    '任务.csv',
    () => Buffer.from('序号;任务\n管-001;甲\n'),
    [
      ['序号', '任务'],
      ['管-001', '甲'],
    ],
  ],
  [
    '.txt，制表符分隔',
    '任务.txt',
    () => Buffer.from('序号\t任务\n管-001\t甲\n'),
    [
      ['序号', '任务'],
      ['管-001', '甲'],
    ],
  ],
  ['.csv，GB18030', '任务.csv', () => Buffer.from('d0f2bac52cc8cecef1c3fbb3c60d0a', 'hex'), [['序号', '任务名称']]],
  ['扩展名错了：其实是 .xlsx 的 .xls', '任务.xls', () => writeXlsx({ sheets: [{ name: '管委会', rows }] }), rows],
  ['扩展名错了：其实是 .xls 的 .xlsx', '任务.xlsx', () => writeXls(rows), rows],
  ['扩展名错了：其实是 .xlsx 的 .csv', '任务.csv', () => writeXlsx({ sheets: [{ name: '管委会', rows }] }), rows],
  ['没有扩展名的 .ods', '任务', () => writeOds({ sheets: [{ name: '管委会', rows }] }), rows],
  ['日期格，1900 年系统', '任务.xlsx', () => dated({}), june],
  ['日期格，1904 年系统', '任务.xlsx', () => dated({ is1904: true }), june],
  ['.xls 的日期格', '任务.xls', () => writeXls([['时限', { serial: june30, format: 'date' }]]), june],
  ['.xls 的日期格，1904 年系统', '任务.xls', () => writeXls([['时限', { serial: june30 - 1462, format: 'date' }]], { is1904: true }), june],
  ['.ods 的日期格', '任务.ods', () => writeOds({ sheets: [{ name: '管委会', rows: [['时限', new Date(Date.UTC(2026, 5, 30))]] }] }), june],
  ...[14, 27, 31, 36, 50, 57, 58].map((id): (typeof readable)[number] => [`内置日期格式${id}号`, '任务.xlsx', () => chineseFormat(id), june]),
  [
    '没有算出结果的公式不是空格；算出了是空的、是数的照读',
    '任务.xlsx',
    () =>
      withExcelJs((_, sheet) => {
        sheet.getCell('A1').value = { formula: 'B1&"x"' } as ExcelJS.CellFormulaValue;
        sheet.getCell('B1').value = { formula: '1+1', result: 2 };
        sheet.getCell('C1').value = { formula: '""', result: '' };
        sheet.getCell('D1').value = '甲';
      }),
    [[uncomputed, 2, null, '甲']],
  ],
  [
    '没有结果的公式，别的程序的写法：空的 v，共用的公式只在头一格',
    '任务.xlsx',
    () =>
      zip(
        entriesWith({
          data: sheetXml(
            '<row r="1"><c r="A1"><f>B1</f><v></v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">A1</f></c></row><row r="2"><c r="B2"><f t="shared" si="0"/></c></row>',
          ),
        }),
      ),
    [
      [uncomputed, uncomputed],
      [null, uncomputed],
    ],
  ],
  ['.xls 中间整行空着', '任务.xls', () => writeXls([['甲'], [], [null, '乙'], [], ['丙']]), [['甲'], [], [null, '乙'], [], ['丙']]],
  [
    '.xlsx 中间整行空着',
    '任务.xlsx',
    () =>
      withExcelJs((_, sheet) => {
        sheet.getCell('A1').value = '甲';
        sheet.getCell('B4').value = '乙';
      }),
    [['甲'], [], [], [null, '乙']],
  ],
  [
    '.xls 的合并格',
    '任务.xls',
    () =>
      writeXls(
        [
          ['类别', '一'],
          [null, '二'],
        ],
        { merges: [[0, 1, 0, 0]] },
      ),
    [
      ['类别', '一'],
      ['类别', '二'],
    ],
  ],
  [
    '.xlsx 的合并格',
    '任务.xlsx',
    () =>
      withExcelJs((_, sheet) => {
        sheet.addRows([
          ['责任单位', null, '时限'],
          ['牵头', '配合', null],
        ]);
        sheet.mergeCells('A1:B1');
        sheet.mergeCells('C1:C2');
      }),
    [
      ['责任单位', '责任单位', '时限'],
      ['牵头', '配合', '时限'],
    ],
  ],
  [
    '公式读它存着的结果',
    '任务.xlsx',
    () =>
      withExcelJs((_, sheet) => {
        sheet.getCell('A1').value = { formula: '1+1', result: 2 };
      }),
    [[2]],
  ],
  [
    '富文本',
    '任务.xlsx',
    () =>
      withExcelJs((_, sheet) => {
        sheet.getCell('A1').value = { richText: [{ text: '老旧' }, { font: { bold: true }, text: '小区' }] };
      }),
    [['老旧小区']],
  ],
  [
    '超链接读它的文字',
    '任务.xlsx',
    () =>
      withExcelJs((_, sheet) => {
        sheet.getCell('A1').value = { text: '附件', hyperlink: 'https://example.com' };
      }),
    [['附件']],
  ],
  [
    '错误值读它的字样',
    '任务.xlsx',
    () =>
      withExcelJs((_, sheet) => {
        sheet.getCell('A1').value = { error: '#N/A' };
      }),
    [['#N/A']],
  ],
  [
    '隐藏的列和行照读',
    '任务.xlsx',
    () =>
      withExcelJs((_, sheet) => {
        sheet.addRows(rows);
        sheet.getColumn(2).hidden = true;
        sheet.getRow(2).hidden = true;
      }),
    rows,
  ],
  [
    '批注、筛选、数据有效性、冻结、条件格式不碍事',
    '任务.xlsx',
    () =>
      withExcelJs((_, sheet) => {
        sheet.addRows(rows);
        sheet.getCell('A1').note = '请按编号填写';
        sheet.autoFilter = 'A1:D1';
        sheet.getCell('C2').dataValidation = { type: 'list', formulae: ['"住建局,城管局"'] };
        sheet.views = [{ state: 'frozen', ySplit: 1 }];
      }),
    rows,
  ],
  ['空表', '任务.xlsx', () => writeXlsx({ sheets: [{ name: '空', rows: [] }] }), []],
  ['是非和小数', '任务.xls', () => writeXls([[true, false, 0.1, -3]]), [[true, false, 0.1, -3]]],
];

/** 不读的：文件名、字节、应当说的话。 */
const word = { name: 'word/document.xml', data: '<w/>' };
const honest = { data: sheetXml(`<row r="1">${text('A1', '序号')}</row>`) };
const loop = (): Buffer => {
  const bytes = writeXls(rows);
  bytes.writeUInt32LE(1, bytes.length - 512 + 8);
  return bytes;
};
export const refused: readonly [string, string, Make, RegExp][] = [
  ['空文件', '任务.xlsx', () => Buffer.alloc(0), /空的/],
  ['太大', '任务.xlsx', () => Buffer.alloc(10 * 1024 * 1024 + 1, 0x50), /10MB的上限/],
  ['加了密码的 .xlsx', '任务.xlsx', () => writeXlsx({ sheets: [{ name: '一', rows }], encryption: { password: 'x', spinCount: 1_000 } }), /密码/],
  ['加了密码的 .xls', '任务.xls', () => writeXls(rows, { password: true }), /密码/],
  [
    '加了密码的 .ods',
    '任务.ods',
    () =>
      zip([
        { name: 'content.xml', data: Buffer.from([1, 2, 3, 4]) },
        { name: 'META-INF/manifest.xml', data: '<manifest:encryption-data/>' },
      ]),
    /密码/,
  ],
  ['带宏的 .xlsm', '任务.xlsm', () => zip(entriesWith(honest, [{ name: 'xl/vbaProject.bin', data: 'x' }])), /宏/],
  ['带宏的 .xls', '任务.xls', () => writeXls(rows, { alsoNamed: '_VBA_PROJECT_CUR' }), /宏/],
  ['带宏表的 .xls', '任务.xls', () => writeXls(rows, { macroSheet: true }), /宏/],
  ['Excel 95', '任务.xls', () => writeXls(rows, { version: 0x500 }), /Excel 95/],
  ['Excel 95（Book 流）', '任务.xls', () => writeXls(rows, { stream: 'Book' }), /Excel 95/],
  ['文字文档改名 .xls', '任务.xls', () => writeXls(rows, { stream: 'WordDocument' }), /文字文档/],
  ['演示文稿改名 .xls', '任务.xls', () => writeXls(rows, { stream: 'PowerPoint Document' }), /演示文稿/],
  ['.docx 改名 .xlsx', '任务.xlsx', () => zip([word]), /文字文档/],
  ['.xlsb', '任务.xlsb', () => zip([{ name: 'xl/workbook.bin', data: 'x' }]), /xlsb/],
  ['网页改名 .xls', '任务.xls', () => Buffer.from('<html><table><tr><td>序号</td></tr></table></html>'), /网页/],
  [
    'XML 表格 2003',
    '任务.xls',
    () => Buffer.from('<?xml version="1.0"?><Workbook/>'),
    /文件名是 \.xls，里面其实是XML 表格。请用 Excel 或 WPS 打开，另存为 \.xlsx 后再发/,
  ],
  ['单个文件网页改名 .xls', '任务.xls', () => Buffer.from('MIME-Version: 1.0\r\nContent-Type: multipart/related'), /文件名是 \.xls，里面其实是网页/],
  ['GB18030 的网页改名 .xlsx', '任务.xlsx', () => Buffer.from('3c7461626c653ed0f2bac53c2f7461626c653e', 'hex'), /文件名是 \.xlsx，里面其实是网页/],
  ['.csv 改名 .xlsx', '任务.xlsx', () => Buffer.from(csv), /文件名是 \.xlsx，里面其实是 \.csv 文字。请把文件名的结尾改成 \.csv 再发/],
  ['GB18030 的 .csv 改名 .xls', '任务.xls', () => Buffer.from('d0f2bac52cc8ceceef0a31', 'hex'), /里面其实是 \.csv 文字/],
  ['制表符分隔的改名 .xls', '任务.xls', () => Buffer.from('序号\t任务\n管-001\t甲\n'), /里面其实是 \.csv 文字/],
  ['网页改名 .csv', '任务.csv', () => Buffer.from('<table><tr><td>序号</td></tr></table>'), /网页/],
  ['PDF', '任务.pdf', () => Buffer.from('%PDF-1.7'), /不是表格文件/],
  ['图片', '任务.xlsx', () => Buffer.from('89504e470d0a1a0a', 'hex'), /不是表格文件/],
  ['.xls 只有头', '任务.xls', () => writeXls(rows).subarray(0, 512), /不完整/],
  [
    '.xls 传了一半',
    '任务.xls',
    () => {
      const bytes = writeXls(rows);
      return bytes.subarray(0, bytes.length / 2);
    },
    /不完整/,
  ],
  ['.xls 的扇区首尾相接', '任务.xls', loop, /不完整/],
  ['.xls 里远处的一格', '任务.xls', () => writeXls(rows, { far: [60_000, 2] }), /C60001格超出/],
  ['.xls 里太靠右的一格', '任务.xls', () => writeXls(rows, { far: [2, 200] }), /GS3格超出/],
  [
    '.xlsx 传了一半',
    '任务.xlsx',
    () => {
      const bytes = zip(entriesWith(honest));
      return bytes.subarray(0, bytes.length / 2);
    },
    /不完整/,
  ],
  ['部件校验和不对', '任务.xlsx', () => zip(entriesWith({ ...honest, crc: 1 })), /损坏/],
  ['路径往上爬', '任务.xlsx', () => zip(entriesWith(honest, [{ name: '../x', data: 'x' }])), /部件名/],
  ['部件重名', '任务.xlsx', () => zip(entriesWith(honest, [{ name: 'xl/worksheets/sheet1.xml', ...honest }])), /重名/],
  ['指向别的文件', '任务.xlsx', () => zip(entriesWith(honest, [{ name: 'xl/externalLinks/externalLink1.xml', data: '<a/>' }])), /链接/],
  ['DTD', '任务.xlsx', () => zip(entriesWith({ data: `<!DOCTYPE w>${honest.data}` })), /DTD/],
  ['只有空白的别的包', '任务.xlsx', () => zip([{ name: 'readme.txt', data: 'x' }]), /损坏|不是表格/],
];
