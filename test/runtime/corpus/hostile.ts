import { randomBytes } from 'node:crypto';
import { writeXlsx } from 'hucre';
import { type Entry, entriesWith, ooxml, sheetXml, text, twoDirectories, zip } from '../odd-workbooks.ts';
import type { Make } from './office.ts';

const oneRow = `<row r="1">${text('A1', '序号')}${text('B1', '任务名称')}</row>`;
/** 老实的一张表 */
export const honest = { data: sheetXml(oneRow) };
/** 它的内容 */
export const honestRows = [['序号', '任务名称']];

const around = (sheet: Omit<Entry, 'name'>, extra: readonly Entry[] = []): Buffer => zip(entriesWith(sheet, extra));
const beside = (...extra: readonly Entry[]): Buffer => around(honest, extra);
const farAway = (ref: string): Make => {
  return () => around({ data: sheetXml(`${oneRow}<row r="${ref.replace(/\D/g, '')}">${text(ref, '角')}</row>`) });
};
const megabytes = (count: number, fill = 0): Buffer => Buffer.alloc(count * 1024 * 1024, fill);
const whole = around(honest);
/** 展开很大、压缩比却平常：每五千个零之间夹一百个随机字节 */
function bulky(count: number): Buffer {
  const [bytes, noise] = [megabytes(count), randomBytes(100 * 1024)];
  for (let at = 0, from = 0; at + 5_100 < bytes.length; at += 5_100, from = (from + 7_919) % (noise.length - 100))
    noise.copy(bytes, at, from, from + 100);
  return bytes;
}
/** 一行里写满这么多列 */
const wide = (count: number): string => Array.from({ length: count }, (_, column) => `第${column + 1}列`).join(',');

/** 共享字符串炸弹 — a file of some 50 KB; a reader that copies the text into every cell needs gigabytes. */
function sharedStringBomb(): Buffer {
  const cells = Array.from(
    { length: 2_000 },
    (_, row) => `<row r="${row + 1}">${'ABCDEFGHIJ'.replace(/./g, (column) => `<c r="${column}${row + 1}" t="s"><v>0</v></c>`)}</row>`,
  );
  const strings = `<sst xmlns="${ooxml}/spreadsheetml/2006/main"><si><t>${'督'.repeat(30_000)}</t></si></sst>`;
  return around({ data: sheetXml(cells.join('')) }, [{ name: 'xl/sharedStrings.xml', data: strings }]);
}

/** 大小留空 — the reader would have to find the end of the part by itself. */
function withoutSize(): Buffer {
  const bytes = around({ ...honest, flags: 0x0808 });
  const directory = bytes.readUInt32LE(bytes.length - 6);
  bytes.writeUInt32LE(0, bytes.indexOf('xl/worksheets/sheet1.xml', directory) - 46 + 20);
  return bytes;
}

/** .ods 里一格或一行重复到表的尽头 */
function repeatedOds(rowsRepeated: number, columnsRepeated: number): Buffer {
  const names = ['office', 'table', 'text'].map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`).join(' ');
  const cell = `<table:table-cell table:number-columns-repeated="${columnsRepeated}" office:value-type="string"><text:p>督</text:p></table:table-cell>`;
  const row = `<table:table-row table:number-rows-repeated="${rowsRepeated}">${cell}</table:table-row>`;
  const data = `<office:document-content ${names}><office:body><office:spreadsheet><table:table table:name="A">${row}</table:table></office:spreadsheet></office:body></office:document-content>`;
  return zip([
    { name: 'mimetype', data: 'application/vnd.oasis.opendocument.spreadsheet' },
    { name: 'content.xml', data },
  ]);
}

const entities = '<!DOCTYPE w [<!ENTITY a "督督督督督督督督督督"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>';
const longComment = `<!-- ${Array.from({ length: 2_000 }, (_, index) => index * 7919).join(' ')} -->`;
const utf16 = (): Buffer =>
  Buffer.from(`\ufeff${sheetXml(oneRow, '', '<!DOCTYPE w SYSTEM "file:///etc/passwd">').replace('UTF-8', 'UTF-16')}`, 'utf16le');
const noise = Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7919 + 13) % 256));

/** 须拒的：名称、文件名、字节，要紧时还有该说的话。 */
export const hostile: readonly [string, string, Make, RegExp?][] = [
  ['压缩炸弹（展开 150 MB）', '任务.xlsx', () => around({ data: megabytes(150, 0x20) })],
  ['炸弹藏在与表无关的部件里', '任务.xlsx', () => beside({ name: 'xl/media/image1.bin', data: bulky(66) }), /展开后太大/],
  ['展开只有 2 MB、压缩比却超过 100 倍', '任务.xlsx', () => beside({ name: 'xl/media/image1.bin', data: megabytes(2) }), /压缩比/],
  ['一格 32,768 字', '任务.xlsx', () => around({ data: sheetXml(`<row r="1">${text('A1', '督'.repeat(32_768))}</row>`) }), /超过32767字/],
  ...['名'.repeat(101), '表&#0;', '表&#xD800;'].map((name): (typeof hostile)[number] => [
    `工作表的名称是“${name.slice(0, 9)}”`,
    '任务.xlsx',
    () => zip(entriesWith(honest).map((entry) => ({ ...entry, data: String(entry.data).replace('name="党工委"', `name="${name}"`) }))),
    /名称/,
  ]),
  ['只有一行、写到第 101 列', '任务.xlsx', farAway('CW1'), /CW1/],
  ['.ods 里一行有 101 列', '任务.ods', () => repeatedOds(1, 101), /101列/],
  ['.csv 里一行有 101 列', '任务.csv', () => Buffer.from(wide(101)), /101列/],
  ['谎报很小、展开却有 150 MB 的部件', '任务.xlsx', () => around({ data: megabytes(150, 0x20), claimedSize: 2_048 })],
  ['共享字符串炸弹（两万格引用同一条长文字）', '任务.xlsx', sharedStringBomb],
  ['只在 XFD1048576 写了一格', '任务.xlsx', farAway('XFD1048576')],
  ['只在 S1000000 写了一格', '任务.xlsx', farAway('S1000000'), /S1000000/],
  ['只在 A1048576 写了一格', '任务.xlsx', farAway('A1048576'), /A1048576/],
  ['只在 CV200000 写了一格', '任务.xlsx', farAway('CV200000'), /CV200000/],
  [
    '超过 5 万行',
    '任务.xlsx',
    () =>
      around({
        data: sheetXml(Array.from({ length: 50_001 }, (_, index) => `<row r="${index + 1}"><c r="A${index + 1}"><v>1</v></c></row>`).join('')),
      }),
  ],
  ['超过 200 个部件', '任务.xlsx', () => beside(...Array.from({ length: 201 }, (_, index) => ({ name: `xl/media/${index}.xml`, data: '<a/>' })))],
  ['带 DTD 和实体炸弹', '任务.xlsx', () => around({ data: sheetXml(`<row r="1">${text('A1', '&c;')}</row>`, '', entities) })],
  ['藏在长注释后面的 DTD', '任务.xlsx', () => around({ data: sheetXml(oneRow, '', `${longComment}<!DOCTYPE w>`) })],
  ['换了扩展名的 DTD', '任务.xlsx', () => beside({ name: 'xl/worksheets/sheet2.dat', data: '<!DOCTYPE w><w/>' })],
  ['UTF-16 写的 DTD', '任务.xlsx', () => around({ data: utf16() })],
  ...['xl/vbaProject.bin', 'XL/VBAPROJECT.BIN', 'xl/macrosheets/sheet2.xml'].map((name): (typeof hostile)[number] => [
    `带宏（${name}）`,
    '任务.xlsm',
    () => beside({ name, data: '<a/>' }),
  ]),
  [
    '两份目录：给检查看一份、给读表的库看另一份',
    '任务.xlsx',
    () => twoDirectories(whole, around(honest, [{ name: 'xl/vbaProject.bin', data: 'x' }])),
  ],
  ['大小留空、要读表的库自己去找的部件', '任务.xlsx', withoutSize],
  [
    '带宏的 .ods',
    '任务.ods',
    () =>
      zip([
        { name: 'content.xml', data: '<a/>' },
        { name: 'Basic/Standard/Module1.xml', data: '<a/>' },
      ]),
  ],
  ['.ods 里每格都重复到表的尽头', '任务.ods', () => repeatedOds(1_048_576, 16_384)],
  ['.ods 里一行重复到表的尽头', '任务.ods', () => repeatedOds(1_048_576, 1)],
  ['引用外部工作簿', '任务.xlsx', () => beside({ name: 'xl/externalLinks/externalLink1.xml', data: '<externalLink/>' })],
  [
    '加了打开密码',
    '任务.xlsx',
    () => writeXlsx({ sheets: [{ name: '党工委', rows: [['序号']] }], encryption: { password: 'secret', spinCount: 1_000 } }),
    /密码|加密/,
  ],
  ['部件标着“已加密”', '任务.xlsx', () => around({ ...honest, flags: 0x0801 })],
  ...[0.1, 0.5, 0.9, 0.99].map((share): (typeof hostile)[number] => [
    `只传了 ${share * 100}%`,
    '任务.xlsx',
    () => whole.subarray(0, Math.floor(whole.length * share)),
  ]),
  ['部件校验和不对', '任务.xlsx', () => around({ ...honest, crc: 0x1234_5678 })],
  ['路径往上爬的部件', '任务.xlsx', () => beside({ name: '../../etc/cron.d/x', data: 'x' })],
  ['同名的部件', '任务.xlsx', () => beside({ name: 'xl/worksheets/sheet1.xml', ...honest })],
  ['空文件改名 .xlsx', '任务.xlsx', () => Buffer.alloc(0)],
  ['网页改名 .xlsx', '任务.xlsx', () => Buffer.from('<html><body><table><tr><td>序号</td></tr></table></body></html>')],
  ['图片改名 .xlsx', '任务.xlsx', () => Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ['随机字节改名 .xlsx', '任务.xlsx', () => noise],
  ['别的压缩包改名 .xlsx', '任务.xlsx', () => zip([{ name: 'readme.txt', data: '不是表' }])],
  ['随机字节改名 .csv', '任务.csv', () => noise],
  ['网页改名 .csv', '任务.csv', () => Buffer.from('<html><table><tr><td>序号</td></tr></table></html>')],
  ['只传了一半的 UTF-8 文字改名 .csv', '任务.csv', () => Buffer.from('\ufeff序号,任务').subarray(0, -1)],
  // 别处都没有毛病，只是附着的照片太大。
  ['超过 10 MB', '任务.xlsx', () => beside({ name: 'xl/media/image1.bin', data: randomBytes(10 * 1024 * 1024) }), /10MB的上限/],
];

/** 拒也可、读也可，读就须读对：名称、字节、该读出的。 */
export const odd: readonly [string, Make, readonly (readonly string[])[]][] = [
  ...[10, 0, 0xffff_fffe].map((claimedSize): (typeof odd)[number] => [
    `部件大小谎报为 ${claimedSize} 字节`,
    () => around({ ...honest, claimedSize }),
    honestRows,
  ]),
  [
    '整张表合并成一格',
    () => around({ data: sheetXml(oneRow, '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>') }),
    // 用的区域里，左上角的值填满空格；这里没有空格。
    honestRows,
  ],
  [
    '永不闭合的标签（几 MB 长）',
    () => around({ data: sheetXml(`<row r="1">${Array.from({ length: 300_000 }, (_, index) => `<c r="A${index * 7919}" r="${index}" `).join('')}`) }),
    [],
  ],
];

/** 样子吓人、其实老实的：须读出这些。 */
export const harmless: readonly [string, Make, readonly (readonly string[])[]][] = [
  [
    '声明尺寸为 A1:XFD1048576 而内容只有一行',
    () => around({ data: honest.data.replace('<sheetData>', '<dimension ref="A1:XFD1048576"/><sheetData>') }),
    honestRows,
  ],
  [
    '格式一直设到表的尽头、内容只有一行',
    () => around({ data: sheetXml(`${oneRow}<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>`) }),
    honestRows,
  ],
  [
    'NUL 和半个字，库里存不下的，写成各种样子',
    () => {
      const cells = ['甲&#0;乙', '甲_x0000_乙', '甲&#xD800;乙', '甲_xD800_乙', '&#0;'].map((words, index) => text(`${'ABCDE'[index]}1`, words));
      return around({ data: sheetXml(`<row r="1">${cells.join('')}</row>`) });
    },
    [['甲乙', '甲乙', '甲\ufffd乙', '甲\ufffd乙']],
  ],
  [
    '正文以等号开头的文字，和存着结果的公式',
    () => around({ data: sheetXml(`<row r="1">${text('A1', '=cmd|calc')}<c r="B1" t="str"><f>1+1</f><v>2项</v></c></row>`) }),
    [['=cmd|calc', '2项']],
  ],
];
