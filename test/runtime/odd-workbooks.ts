import { crc32, deflateRawSync } from 'node:zlib';

/** 部件 — what the headers say of it may be a lie. */
export interface Entry {
  readonly name: string;
  readonly data: Uint8Array | string;
  /** bytes, as the headers claim them; the truth if absent */
  readonly claimedSize?: number;
  readonly crc?: number;
  /** general purpose flags; bit 0 is “encrypted” */
  readonly flags?: number;
}

/** 打包 — a zip written byte by byte, because an honest writer can't lie. */
export function zip(entries: readonly Entry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, claimedSize, crc: claimedCrc, flags = 0x0800 } of entries) {
    const raw = Buffer.from(data as Uint8Array);
    const packed = deflateRawSync(raw, { level: 9 });
    const path = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(flags, 2);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(claimedCrc ?? crc32(raw), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(claimedSize ?? raw.length, 18);
    shared.writeUInt16LE(path.length, 22);
    bodies.push(Buffer.from('PK\x03\x04', 'latin1'), shared, path, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, tail, path);
    offset += 30 + path.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}

/** OOXML 命名空间的开头 */
export const ooxml = 'http://schemas.openxmlformats.org';

/** 表的正文 */
export function sheetXml(rows: string, after = '', before = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${before}<worksheet xmlns="${ooxml}/spreadsheetml/2006/main"><sheetData>${rows}</sheetData>${after}</worksheet>`;
}

/** 文字格 */
export function text(ref: string, value: string): string {
  return `<c r="${ref}" t="inlineStr"><is><t>${value}</t></is></c>`;
}

/** 造表 — the smallest workbook that every reader opens, around one sheet. */
export function entriesWith(sheet: Omit<Entry, 'name'>, extra: readonly Entry[] = []): Entry[] {
  const types = `${ooxml}/package/2006/content-types`;
  const relations = `${ooxml}/package/2006/relationships`;
  const document = `${ooxml}/officeDocument/2006/relationships`;
  const media = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  return [
    {
      name: '[Content_Types].xml',
      data: `<Types xmlns="${types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${media}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${media}.worksheet+xml"/></Types>`,
    },
    {
      name: '_rels/.rels',
      data: `<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${document}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      data: `<workbook xmlns="${ooxml}/spreadsheetml/2006/main" xmlns:r="${document}"><sheets><sheet name="党工委" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      data: `<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${document}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${document}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    },
    { name: 'xl/worksheets/sheet1.xml', ...sheet },
    ...extra,
  ];
}

/** 双目录 — the plain end record names the directory of `shown`, the zip64 record that of `hidden`. */
export function twoDirectories(shown: Buffer, hidden: Buffer): Buffer {
  const [first, second] = [apart(shown), apart(hidden)];
  const moved = Buffer.from(second.body);
  for (let index = 0, at = second.directory; index < second.count; index += 1) {
    moved.writeUInt32LE(moved.readUInt32LE(at + 42) + first.body.length, at + 42);
    at += 46 + moved.readUInt16LE(at + 28);
  }
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(second.count), 32);
  record.writeBigUInt64LE(BigInt(first.body.length + second.directory), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(first.body.length + moved.length), 8);
  const end = Buffer.from(first.end);
  end.writeUInt32LE(0xffff_ffff, 12);
  return Buffer.concat([first.body, moved, record, locator, end]);
}

function apart(archive: Buffer): { body: Buffer; end: Buffer; count: number; directory: number } {
  const at = archive.length - 22;
  return { body: archive.subarray(0, at), end: archive.subarray(at), count: archive.readUInt16LE(at + 10), directory: archive.readUInt32LE(at + 16) };
}
