// 读表格的工作线程：普通脚本，不经编译，主线程只收结果。先查压缩包，再交给读表的库。
import { parentPort, workerData } from 'node:worker_threads';
import { inflateRawSync } from 'node:zlib';
import { parseCsv, readOds, readXls, readXlsx } from 'hucre';

/** 不收的文件；message 是给发件人看的话。 */
class Refused extends Error {}

const { fileName, limits } = workerData;
const bytes = Buffer.from(workerData.bytes.buffer, workerData.bytes.byteOffset, workerData.bytes.byteLength);

try {
  parentPort.postMessage({ sheets: await read() });
} catch (error) {
  parentPort.postMessage({ refused: error instanceof Refused ? error.message : explain(error) });
}

async function read() {
  if (bytes.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 3, 4]))) {
    const names = inspectZip();
    const workbook = names.has('content.xml') ? await readOds(bytes) : await readXlsx(bytes);
    return toSheets(workbook);
  }
  if (bytes.subarray(0, 8).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]))) {
    if (bytes.includes(Buffer.from('EncryptedPackage', 'utf16le'))) throw new Refused('文件加了密码，请去掉密码后再发');
    return toSheets(await readXls(bytes));
  }
  if (/\.(csv|txt)$/i.test(fileName)) return [checkSheet({ name: fileName.replace(/\.[^.]*$/, ''), rows: parseCsv(decodeText()) })];
  throw new Refused('不是表格文件。可以收 .xlsx、.xls、.ods 和 .csv；网页另存的表请先用表格软件另存为 .xlsx');
}

/** WPS 导出的 CSV 多是 GB18030；按 UTF-8 读不通就换它。 */
function decodeText() {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

/** 查压缩包：逐项解开真实字节来量，不信文件头里自称的大小。 */
function inspectZip() {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > bytes.length) throw new Refused('文件不完整，请重新发送');
  const count = bytes.readUInt16LE(end + 10);
  if (count > limits.partsMax) throw new Refused(`文件里有${count}个部件，超过${limits.partsMax}个的上限，请另存为新的 .xlsx 后再发`);
  const names = new Set();
  let position = bytes.readUInt32LE(end + 16);
  let unpacked = 0;
  for (let index = 0; index < count; index += 1) {
    const entry = readEntry(position);
    if (names.has(entry.name)) throw new Refused('文件里有重名的部件，不能读取');
    names.add(entry.name);
    refuseDangerous(entry.name);
    const content = unpack(entry, limits.unpackedBytesMax - unpacked);
    unpacked += content.length;
    if (content.length > 1024 * 1024 && content.length / Math.max(1, entry.size) > limits.ratioMax) throw new Refused('文件的压缩比异常，不能读取');
    if (/\.(xml|rels)$/i.test(entry.name) && content.subarray(0, 4096).includes('<!DOCTYPE')) throw new Refused('文件里有不允许的内容（DTD），不能读取');
    position = entry.next;
  }
  return names;
}

function readEntry(position) {
  if (position + 46 > bytes.length || bytes.readUInt32LE(position) !== 0x02014b50) throw new Refused('文件不完整，请重新发送');
  const flags = bytes.readUInt16LE(position + 8);
  if (flags & 1) throw new Refused('文件加了密码，请去掉密码后再发');
  const size = bytes.readUInt32LE(position + 20);
  const nameLength = bytes.readUInt16LE(position + 28);
  const local = bytes.readUInt32LE(position + 42);
  if (size === 0xffffffff || local === 0xffffffff) throw new Refused('文件太大（zip64），请拆分后再发');
  return {
    name: bytes.toString('utf8', position + 46, position + 46 + nameLength),
    method: bytes.readUInt16LE(position + 10),
    size,
    local,
    next: position + 46 + nameLength + bytes.readUInt16LE(position + 30) + bytes.readUInt16LE(position + 32),
  };
}

function refuseDangerous(name) {
  if (/vbaProject\.bin$/i.test(name)) throw new Refused('文件里有宏，请另存为不含宏的 .xlsx 后再发');
  if (/externalLinks\//i.test(name)) throw new Refused('文件里有指向别的文件的链接，请断开链接后再发');
  if (name.includes('..') || name.startsWith('/')) throw new Refused('文件里有不合规的部件名，不能读取');
}

function unpack({ method, size, local }, room) {
  if (local + 30 > bytes.length) throw new Refused('文件不完整，请重新发送');
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const packed = bytes.subarray(start, start + size);
  if (packed.length < size) throw new Refused('文件不完整，请重新发送');
  if (method === 0) return packed;
  if (method !== 8) throw new Refused('文件的压缩方式不认识，请另存为新的 .xlsx 后再发');
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, room) });
  } catch (error) {
    throw new Refused(error.code === 'ERR_BUFFER_TOO_LARGE' ? '文件展开后太大，请删去多余的行列后再发' : '文件已损坏，请重新发送');
  }
}

function toSheets(workbook) {
  return workbook.sheets.map((sheet) => checkSheet({ name: sheet.name, rows: fillMerges(sheet.rows, sheet.merges ?? []) }));
}

function checkSheet({ name, rows }) {
  const used = rows.map((row) => trimEnd((row ?? []).map(toValue)));
  while (used.length > 0 && used.at(-1).length === 0) used.pop();
  if (used.length > limits.rowsMax) throw new Refused(`工作表“${name}”有${used.length}行，超过${limits.rowsMax}行的上限`);
  for (const row of used) if (row.length > limits.columnsMax) throw new Refused(`工作表“${name}”有${row.length}列，超过${limits.columnsMax}列的上限`);
  return { name, rows: used };
}

function toValue(cell) {
  if (cell === undefined || cell === null || cell === '') return null;
  if (cell instanceof Date) return { date: cell.toISOString().slice(0, 10) };
  if (typeof cell === 'number' || typeof cell === 'boolean') return cell;
  const text = typeof cell === 'string' ? cell : String(cell.text ?? cell.result ?? cell.value ?? '');
  if (text.length > limits.cellLengthMax) throw new Refused(`有一格超过${limits.cellLengthMax}字，请缩短后再发`);
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
  if (error?.name === 'EncryptedFileError' || error?.name === 'DecryptionError') return '文件加了密码，请去掉密码后再发';
  return '文件已损坏或格式不对，请用表格软件打开、另存为 .xlsx 后再发';
}
