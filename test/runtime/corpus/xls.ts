/** 老式表格的一格 */
export type XlsCell = string | number | boolean | { readonly serial: number; readonly format: 'date' } | null;

export interface XlsOptions {
  readonly is1904?: boolean;
  readonly password?: boolean;
  readonly version?: number;
  readonly hidden?: boolean;
  readonly macroSheet?: boolean;
  readonly stream?: string;
  readonly alsoNamed?: string;
  readonly merges?: readonly (readonly [number, number, number, number])[];
  /** row and column of a single far cell */
  readonly far?: readonly [number, number];
}

const record = (id: number, ...parts: Uint8Array[]): Buffer => {
  const data = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
};
const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
};
const wide = (text: string): Buffer => Buffer.concat([u16(text.length), Buffer.from([1]), Buffer.from(text, 'utf16le')]);
const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};

/** 写老式表格 — BIFF8 in an OLE2 container, byte by byte: no library at hand writes it, and an honest one couldn't lie. */
export function writeXls(rows: readonly (readonly XlsCell[])[], options: XlsOptions = {}): Buffer {
  const bof = (kind: number): Buffer => record(0x809, u16(options.version ?? 0x600, kind, 0, 0), Buffer.alloc(8));
  const sheet: Buffer[] = [bof(0x10)];
  const put = (row: number, column: number, cell: XlsCell): void => {
    if (typeof cell === 'string') sheet.push(record(0x204, u16(row, column, 0), wide(cell)));
    else if (typeof cell === 'number') sheet.push(record(0x203, u16(row, column, 0), double(cell)));
    else if (typeof cell === 'boolean') sheet.push(record(0x205, u16(row, column, 0), Buffer.from([Number(cell), 0])));
    else if (cell !== null) sheet.push(record(0x203, u16(row, column, 1), double(cell.serial)));
  };
  for (const [row, cells] of rows.entries()) for (const [column, cell] of cells.entries()) put(row, column, cell);
  if (options.far) put(options.far[0], options.far[1], '角');
  const merges = options.merges ?? [];
  if (merges.length > 0) sheet.push(record(0xe5, u16(merges.length, ...merges.flat())));
  sheet.push(record(10));
  const globals = (at: number): Buffer =>
    Buffer.concat([
      bof(5),
      ...(options.password ? [record(0x2f, u16(1, 1, 1), Buffer.alloc(48))] : []),
      record(0x22, u16(options.is1904 ? 1 : 0)),
      record(0xe0, u16(0, 0), Buffer.alloc(16)),
      record(0xe0, u16(0, 14), Buffer.alloc(16)),
      record(
        0x85,
        u16(at % 65_536, Math.floor(at / 65_536)),
        Buffer.from([options.hidden ? 1 : 0, options.macroSheet ? 1 : 0, 3, 1]),
        Buffer.from('管委会', 'utf16le'),
      ),
      record(10),
    ]);
  const book = Buffer.concat([globals(globals(0).length), ...sheet]);
  return container(options.stream ?? 'Workbook', Buffer.concat([book, Buffer.alloc(Math.max(0, 4096 - book.length))]), options.alsoNamed);
}

/** 容器 — sector 0 the directory, then the stream, then the allocation table. */
function container(name: string, stream: Buffer, alsoNamed?: string): Buffer {
  const count = Math.ceil(stream.length / 512);
  const tables = Math.ceil((count + 1) / 127);
  const table = Buffer.alloc(tables * 512, 0xff);
  table.writeUInt32LE(0xffff_fffe, 0);
  for (let index = 1; index <= count; index += 1) table.writeUInt32LE(index === count ? 0xffff_fffe : index + 1, index * 4);
  for (let index = 0; index < tables; index += 1) table.writeUInt32LE(0xffff_fffd, (count + 1 + index) * 4);
  const header = Buffer.alloc(512, 0xff);
  header.fill(0, 0, 76);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  for (const [at, value] of [
    [24, 0x3e],
    [26, 3],
    [28, 0xfffe],
    [30, 9],
    [32, 6],
  ] as const)
    header.writeUInt16LE(value, at);
  for (const [at, value] of [
    [44, tables],
    [48, 0],
    [56, 4096],
    [60, 0xffff_fffe],
    [68, 0xffff_fffe],
  ] as const)
    header.writeUInt32LE(value, at);
  for (let index = 0; index < tables; index += 1) header.writeUInt32LE(count + 1 + index, 76 + index * 4);
  const directory = Buffer.alloc(512);
  const entry = (at: number, called: string, [type, first, size]: readonly [number, number, number]): void => {
    directory.write(called, at, 'utf16le');
    directory.writeUInt16LE(called.length * 2 + 2, at + 64);
    directory[at + 66] = type;
    directory.fill(0xff, at + 68, at + 80);
    directory.writeUInt32LE(first, at + 116);
    directory.writeUInt32LE(size, at + 120);
  };
  entry(0, 'Root Entry', [5, 0xffff_fffe, 0]);
  entry(128, name, [2, 1, stream.length]);
  if (alsoNamed) entry(256, alsoNamed, [1, 0, 0]);
  return Buffer.concat([header, directory, stream, Buffer.alloc(count * 512 - stream.length), table]);
}
