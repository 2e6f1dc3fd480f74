// 读一份表格：先查压缩包（inspect-zip.mjs），再交给读表的库，逐格查过上限。不认识进程，也不认识主进程。
import { parseCsv, rangeRef, readOds, readXls, readXlsx } from 'hucre';
import { storableText } from '#core/storable-text';
import { uncomputed } from '#core/workbook';
import { inspectXls } from './inspect-xls.mjs';
import { inspectZip } from './inspect-zip.mjs';
import { Refused, reasons } from './refused.mjs';

const sheetNameMax = 100;

const byteOrderMarks = [
  { encoding: 'utf-8', mark: Buffer.from('efbbbf', 'hex') },
  { encoding: 'utf-16le', mark: Buffer.from('fffe', 'hex') },
  { encoding: 'gb18030', mark: Buffer.from('84319533', 'hex') },
];

/**
 * 读文件 — all sheets with their values, within the limits. It takes the memory and the time that the file wants: so it runs in a process of its own.
 * @throws Refused, whatever is wrong with the file, in words for its sender
 */
export async function readFile(bytes, fileName, limits) {
  try {
    return await read(bytes, fileName, limits);
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(explain(error));
  }
}

async function read(bytes, fileName, limits) {
  if (bytes.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 3, 4]))) {
    const names = inspectZip(bytes, limits);
    if (names.has('xl/workbook.bin')) throw new Refused('二进制的表格（.xlsb）不能读取，请另存为 .xlsx 后再发');
    if (names.has('word/document.xml')) throw new Refused('这是文字文档，不是表格。请把表格另存为 .xlsx 后再发');
    // 只读上限之内（多一行一列，好知道超了）：远处的一格不会撑出一张大表。
    const workbook = names.has('content.xml')
      ? await readOds(bytes)
      : await readXlsx(bytes, { range: rangeRef(0, 0, limits.rowsMax, limits.columnsMax) });
    return toSheets(workbook, limits);
  }
  if (bytes.subarray(0, 8).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]))) {
    const { hidden } = inspectXls(bytes, limits);
    const { sheets } = await readXls(bytes);
    return toSheets({ sheets: sheets.map((sheet) => ({ ...sheet, hidden: hidden.has(sheet.name) })) }, limits);
  }
  if (/\.(csv|txt)$/i.test(fileName)) {
    // 文件名多长都可以：截到工作表名称的长度。
    const name = storableText(fileName.replace(/\.[^.]*$/, '').slice(0, sheetNameMax));
    return toSheets({ sheets: [{ name, rows: parseCsv(decodeText(bytes)) }] }, limits);
  }
  throw new Refused(whatInstead(bytes, fileName));
}

/** 名字是表格，里面是别的：说出是什么、怎么办。 */
function whatInstead(bytes, fileName) {
  const ending = /\.[^.]{1,5}$/.exec(fileName)?.[0] ?? '';
  if (!/^\.(xlsx?|xlsm|et|ods)$/i.test(ending)) return reasons.notTable;
  const start = bytes.subarray(0, 4_096);
  const text = (decodeAs(bytes.subarray(0, 65_536), 'utf-8', true) ?? decodeAs(bytes.subarray(0, 65_536), 'gb18030', true) ?? '').trimStart();
  const inside = [
    [/^<(?:!doctype html|html|table|head|meta|body|style)|^MIME-Version:/i, '网页（有的办公系统这样导出）'],
    [/^<\?xml/i, 'XML 表格'],
  ].find(([pattern]) => pattern.test(text))?.[1];
  if (inside) return `文件名是 ${ending}，里面其实是${inside}。请用 Excel 或 WPS 打开，另存为 .xlsx 后再发`;
  if (start.includes(0) || !/[,;\t]/.test(text.split('\n', 1)[0])) return reasons.notTable;
  return `文件名是 ${ending}，里面其实是 .csv 文字。请把文件名的结尾改成 .csv 再发，或用 Excel、WPS 打开，另存为 .xlsx 后再发`;
}

/** WPS 导出的 CSV 多是 GB18030，表格软件的“Unicode 文本”是 UTF-16；没有字节序标记时，按 UTF-8 读不通就换 GB18030。 */
function decodeText(bytes) {
  const marked = byteOrderMarks.find(({ mark }) => bytes.subarray(0, mark.length).equals(mark));
  for (const encoding of marked ? [marked.encoding] : ['utf-8', 'gb18030']) {
    const text = decodeAs(bytes, encoding);
    if (text === undefined) continue;
    if (text.includes('\0') || /^\s*<(?:!doctype|html|table|\?xml)/i.test(text)) throw new Refused(reasons.notTable);
    return text;
  }
  throw new Refused('文件里有认不出的文字，可能没有传完整。请重新发送，或另存为 .xlsx 后再发');
}

/** @param part 只是开头的一段：末尾半个字不算错 */
function decodeAs(bytes, encoding, part = false) {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: part });
  } catch {
    return undefined;
  }
}

/** 逐格查过 — the text of all sheets together has a limit too. */
function toSheets(workbook, limits) {
  const counted = { textLength: 0 };
  return workbook.sheets.map(({ name, rows, cells, merges = [], hidden = false, veryHidden = false }) => ({
    ...checkSheet({ name: checkName(name), rows: fillMerges(markFormulas(rows, cells), merges) }, limits, counted),
    ...(hidden || veryHidden ? { hidden: true } : {}),
  }));
}

/** 没有结果的公式不是空格：程序写的、没有在表格软件里存过的表，公式只有算法。 */
function markFormulas(rows, cells = new Map()) {
  for (const [at, { formula, value }] of cells) {
    if (formula === undefined || value !== null) continue;
    const [row, column] = at.split(',').map(Number);
    if (rows[row]) rows[row][column] ??= uncomputed;
  }
  return rows;
}

/** 表格软件里至多31字；批注按名称找回这张表，所以不改它，不成样子的不收。 */
function checkName(name) {
  if (name.length > sheetNameMax || storableText(name) !== name) throw new Refused('工作表的名称太长或有认不出的字，请改短后再发');
  return name;
}

function checkSheet({ name, rows }, limits, counted) {
  // 老式表格里整行空着的，读表的库留的是洞。
  const used = Array.from(rows, (row) => trimEnd(Array.from(row ?? [], (cell) => toValue(cell, limits, counted))));
  while (used.length > 0 && used.at(-1).length === 0) used.pop();
  if (used.length > limits.rowsMax) throw new Refused(`工作表“${name}”有${used.length}行，超过${limits.rowsMax}行的上限`);
  for (const row of used) if (row.length > limits.columnsMax) throw new Refused(`工作表“${name}”有${row.length}列，超过${limits.columnsMax}列的上限`);
  return { name, rows: used };
}

function toValue(cell, limits, counted) {
  if (cell === undefined || cell === null || cell === '') return null;
  if (cell instanceof Date) return { date: cell.toISOString().slice(0, 10) };
  if (typeof cell === 'number' || typeof cell === 'boolean') return cell;
  // 表里写得出 NUL 和半个字（&#0;、_xD800_），库里存不下：在读进来的这一处去掉。
  const text = storableText(typeof cell === 'string' ? cell : String(cell.text ?? cell.result ?? cell.value ?? ''));
  if (text === '') return null;
  if (text.length > limits.cellLengthMax) throw new Refused(`有一格超过${limits.cellLengthMax}字，请缩短后再发`);
  counted.textLength += text.length;
  if (counted.textLength > limits.textLengthMax) throw new Refused(`全表文字超过${limits.textLengthMax / 10_000}万字，请拆分后再发`);
  return text;
}

function trimEnd(row) {
  let length = row.length;
  while (length > 0 && row[length - 1] === null) length -= 1;
  return row.slice(0, length);
}

/** 合并单元格：左上角的值填到每一格；只填在用的范围内，整张表的合并不会撑爆内存。 */
function fillMerges(rows, merges) {
  const width = rows.reduce((widest, row) => Math.max(widest, row?.length ?? 0), 0);
  for (const { startRow, startCol, endRow, endCol } of merges) {
    const value = rows[startRow]?.[startCol] ?? null;
    for (let row = startRow; row <= Math.min(endRow, rows.length - 1); row += 1) {
      if (!rows[row]) continue;
      for (let column = startCol; column <= Math.min(endCol, width - 1); column += 1) rows[row][column] ??= value;
    }
  }
  return rows;
}

function explain(error) {
  if (error?.name === 'EncryptedFileError' || error?.name === 'DecryptionError') return reasons.password;
  return '文件已损坏或格式不对，请用表格软件打开、另存为 .xlsx 后再发';
}
