// 查老式表格（OLE2 里的 BIFF8）：读表的库不认密码和宏表，遇到会读出乱码，所以先看一遍。
import { colToLetter } from 'hucre';
import { Refused, reasons } from './refused.mjs';

const record = { bof: 0x809, filePass: 0x2f, boundSheet: 0x85, richText: 0xd6 };
/** 写着内容的格：数、文字、公式、是非。 */
const cells = new Set([0x06, 0xbd, 0xfd, 0x203, 0x204, 0x205, 0x27e]);
const damaged = () => new Refused(reasons.incomplete);

/**
 * 查老式表格 — refuses what the library would misread: passwords, macros, older versions, other documents, cells beyond the limits. Gives
 * the names of the hidden sheets, which the library does not tell.
 */
export function inspectXls(bytes, limits) {
  const { names, streams } = openContainer(bytes);
  if (names.has('EncryptedPackage') || names.has('EncryptionInfo')) throw new Refused(reasons.password);
  if ([...names].some((name) => name.startsWith('_VBA_PROJECT'))) throw new Refused(reasons.macro);
  if (names.has('WordDocument')) throw new Refused('这是文字文档，不是表格。请把表格另存为 .xlsx 后再发');
  if (names.has('PowerPoint Document')) throw new Refused('这是演示文稿，不是表格。请把表格另存为 .xlsx 后再发');
  if (names.has('Book') && !names.has('Workbook')) throw new Refused(reasons.tooOld);
  const book = streams('Workbook');
  if (!book) throw new Refused(reasons.notTable);
  return { hidden: inspectRecords(book, limits) };
}

function inspectRecords(book, { rowsMax, columnsMax }) {
  if (book.length < 8 || book.readUInt16LE(0) !== record.bof) throw new Refused(reasons.tooOld);
  if (book.readUInt16LE(4) !== 0x600) throw new Refused(reasons.tooOld);
  const hidden = new Set();
  for (let at = 0; at + 4 <= book.length; ) {
    const [kind, size] = [book.readUInt16LE(at), book.readUInt16LE(at + 2)];
    if (kind === 0 && size === 0) return hidden;
    if (at + 4 + size > book.length) throw damaged();
    if (kind === record.filePass) throw new Refused(reasons.password);
    // 宏表和模块：类型 1 和 6。
    if (kind === record.boundSheet && size >= 6 && [1, 6].includes(book[at + 9])) throw new Refused(reasons.macro);
    if (kind === record.boundSheet && size >= 8 && (book[at + 8] & 3) !== 0) hidden.add(sheetNameIn(book.subarray(at + 4, at + 4 + size)));
    if (kind === record.richText) throw new Refused('文件里有老式的带格式文字，不能读取，请另存为 .xlsx 后再发');
    if (cells.has(kind) && size >= 4) {
      const [row, column] = [book.readUInt16LE(at + 4), book.readUInt16LE(at + 6)];
      if (row >= rowsMax || column >= columnsMax) {
        throw new Refused(`${colToLetter(column)}${row + 1}格超出了${rowsMax}行、${columnsMax}列的上限，请删去多余的行列后再发`);
      }
    }
    at += 4 + size;
  }
  return hidden;
}

/** 表名：一个字占一个字节或两个字节，看标志。 */
function sheetNameIn(data) {
  const [length, isWide] = [data[6], (data[7] & 1) === 1];
  return isWide ? data.toString('utf16le', 8, 8 + length * 2) : data.toString('latin1', 8, 8 + length);
}

const last = 0xffff_fffa;

/** 打开容器 — the names in it, and a stream by its name. Every chain of sectors is bounded by the length of the file. */
function openContainer(bytes) {
  if (bytes.length < 1536) throw damaged();
  const shift = bytes.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) throw damaged();
  const size = 1 << shift;
  const sector = (index) => {
    const from = (index + 1) * size;
    if (from >= bytes.length) throw damaged();
    return bytes.subarray(from, from + size);
  };
  const table = allocationTable(bytes, sector);
  const read = (first) => {
    const parts = [];
    for (let index = first, left = table.length; index < last; index = table[index] ?? last) {
      if (left-- <= 0) throw damaged();
      parts.push(sector(index));
    }
    return Buffer.concat(parts);
  };
  const directory = read(bytes.readUInt32LE(48));
  const entries = new Map();
  for (let at = 0; at + 128 <= directory.length; at += 128) {
    const length = directory.readUInt16LE(at + 64);
    if (directory[at + 66] === 0 || length < 2 || length > 64) continue;
    const name = directory.toString('utf16le', at, at + length - 2);
    entries.set(name, { type: directory[at + 66], first: directory.readUInt32LE(at + 116), length: directory.readUInt32LE(at + 120) });
  }
  const streams = (name) => {
    const entry = entries.get(name);
    if (entry?.type !== 2) return undefined;
    if (entry.length >= bytes.readUInt32LE(56)) {
      const whole = read(entry.first);
      if (whole.length < entry.length) throw damaged();
      return whole.subarray(0, entry.length);
    }
    return readSmall({ bytes, entry, root: [...entries.values()].find(({ type }) => type === 5), read });
  };
  return { names: new Set(entries.keys()), streams };
}

function allocationTable(bytes, sector) {
  const indexes = [];
  for (let at = 76; at < 512; at += 4) indexes.push(bytes.readUInt32LE(at));
  const perSector = bytes.length / sector(0).length;
  for (let next = bytes.readUInt32LE(68), left = perSector; next < last; ) {
    if (left-- <= 0) throw damaged();
    const part = sector(next);
    for (let at = 0; at + 8 <= part.length; at += 4) indexes.push(part.readUInt32LE(at));
    next = part.readUInt32LE(part.length - 4);
  }
  const table = [];
  for (const index of indexes) {
    if (index >= last) continue;
    const part = sector(index);
    for (let at = 0; at + 4 <= part.length; at += 4) table.push(part.readUInt32LE(at));
  }
  return table;
}

/** 不足 4096 字节的流放在小扇区里。 */
function readSmall({ bytes, entry, root, read }) {
  if (!root) throw damaged();
  const [space, chain] = [read(root.first), read(bytes.readUInt32LE(60))];
  const parts = [];
  for (let index = entry.first, left = chain.length / 4; index < last; index = index * 4 + 4 <= chain.length ? chain.readUInt32LE(index * 4) : last) {
    if (left-- <= 0) throw damaged();
    parts.push(space.subarray(index * 64, index * 64 + 64));
  }
  return Buffer.concat(parts).subarray(0, entry.length);
}
