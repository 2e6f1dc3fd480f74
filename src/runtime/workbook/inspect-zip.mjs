// 查压缩包：在读表的库之前，把每个部件的真实字节量一遍、看一遍。
import { inflateRawSync } from 'node:zlib';
import { letterToCol } from 'hucre';
import { Refused, reasons } from './refused.mjs';

/** 查压缩包：逐项解开真实字节来量，不信文件头里自称的大小。 */
export function inspectZip(bytes, limits) {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > bytes.length) throw new Refused(reasons.incomplete);
  // zip64 会另给一份目录：读表的库照那一份读，这里查的却是这一份，所以一概不收（10 MB 的文件用不着它）。
  if (
    bytes.readUInt32LE(end + 12) === 0xffffffff ||
    bytes.readUInt32LE(end + 16) === 0xffffffff ||
    bytes.subarray(0, end).lastIndexOf(Buffer.from([0x50, 0x4b, 6, 7])) === end - 20
  )
    throw new Refused('文件的打包方式（zip64）不能读取，请另存为新的 .xlsx 后再发');
  const count = bytes.readUInt16LE(end + 10);
  if (count > limits.partsMax) throw new Refused(`文件里有${count}个部件，超过${limits.partsMax}个的上限，请另存为新的 .xlsx 后再发`);
  const names = new Set();
  let position = bytes.readUInt32LE(end + 16);
  let unpacked = 0;
  for (let index = 0; index < count; index += 1) {
    const entry = readEntry(bytes, position);
    if (names.has(entry.name)) throw new Refused('文件里有重名的部件，不能读取');
    names.add(entry.name);
    refuseDangerous(entry.name);
    const content = unpack(bytes, entry, limits.unpackedBytesMax - unpacked);
    unpacked += content.length;
    if (content.length > 1024 * 1024 && content.length / Math.max(1, entry.size) > limits.ratioMax) throw new Refused('文件的压缩比异常，不能读取');
    // 加了密码的 .ods：部件本身是密文，只有清单说得出来。
    if (entry.name === 'META-INF/manifest.xml' && content.includes('encryption-data')) throw new Refused(reasons.password);
    inspectMarkup(entry.name, content);
    if (content.includes('<sheetData')) refuseFarCells(content, limits);
    position = entry.next;
  }
  return names;
}

function readEntry(bytes, position) {
  if (position + 46 > bytes.length || bytes.readUInt32LE(position) !== 0x02014b50) throw new Refused(reasons.incomplete);
  const flags = bytes.readUInt16LE(position + 8);
  if (flags & 1) throw new Refused(reasons.password);
  const size = bytes.readUInt32LE(position + 20);
  const nameLength = bytes.readUInt16LE(position + 28);
  const local = bytes.readUInt32LE(position + 42);
  // 大小留到后面再说的部件，读表的库会去别处找它的大小；这里要查的和那里要读的必须是同一段字节。
  if (flags & 8 && size === 0) throw new Refused(reasons.incomplete);
  if (size === 0xffffffff || local === 0xffffffff) throw new Refused('文件的打包方式（zip64）不能读取，请另存为新的 .xlsx 后再发');
  return {
    name: bytes.toString('utf8', position + 46, position + 46 + nameLength),
    method: bytes.readUInt16LE(position + 10),
    size,
    local,
    next: position + 46 + nameLength + bytes.readUInt16LE(position + 30) + bytes.readUInt16LE(position + 32),
  };
}

/** 凭内容而不凭扩展名查：哪个部件是表，由包里的关系说了算。图片（SVG 常带 DTD）不会被当作表读。 */
function inspectMarkup(name, content) {
  if (/(^|\/)(media|pictures)\//i.test(name)) return;
  const start = content.toString('latin1', 0, 2);
  if (['ÿþ', 'þÿ', '<\0', '\0<'].includes(start)) throw new Refused('文件里的编码（UTF-16）不能读取，请另存为新的 .xlsx 后再发');
  if (content.includes('<!DOCTYPE')) throw new Refused('文件里有不允许的内容（DTD），不能读取');
}

// 长度有界，永不闭合的标签也只花一遍的时间。
const cellTag = /<(?:\w{1,9}:)?c\s[^<>]{0,200}?\br=["']([A-Z]{1,3})(\d{1,7})["'][^<>]{0,200}(?<!\/)>/g;

/** 上限之外写着字的格要说出来：读表的库只读上限之内，不能悄悄丢掉。只设了格式的空格（表格软件常一直设到末行）不算。 */
function refuseFarCells(content, { rowsMax, columnsMax }) {
  for (const [, letters, row] of content.toString('latin1').matchAll(cellTag)) {
    if (Number(row) > rowsMax || letterToCol(letters) >= columnsMax) {
      throw new Refused(`${letters}${row}格超出了${rowsMax}行、${columnsMax}列的上限，请删去多余的行列后再发`);
    }
  }
}

function refuseDangerous(name) {
  // ODS 的宏在 Basic/ 和 Scripts/ 里；只有空库目录（script-lb、dialog-lb）的不算。
  if (/vbaProject\.bin$|(^|\/)macrosheets\/|^Scripts\/|^Basic\/[^/]+\/(?!script-lb|dialog-lb)[^/]+\.xml$/i.test(name))
    throw new Refused(reasons.macro);
  if (/externalLinks\//i.test(name)) throw new Refused('文件里有指向别的文件的链接，请断开链接后再发');
  if (name.includes('..') || name.startsWith('/')) throw new Refused('文件里有不合规的部件名，不能读取');
}

function unpack(bytes, { method, size, local }, room) {
  if (local + 30 > bytes.length) throw new Refused(reasons.incomplete);
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const packed = bytes.subarray(start, start + size);
  if (packed.length < size) throw new Refused(reasons.incomplete);
  if (method === 0) return packed;
  if (method !== 8) throw new Refused('文件的压缩方式不认识，请另存为新的 .xlsx 后再发');
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, room) });
  } catch (error) {
    throw new Refused(error.code === 'ERR_BUFFER_TOO_LARGE' ? '文件展开后太大，请删去多余的行列后再发' : '文件已损坏，请重新发送');
  }
}
