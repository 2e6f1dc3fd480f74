import { type CellValue, type SheetData, uncomputed } from '#core/workbook';
import { foldHeading, headingsOf, locateColumns, neededColumns, type TaskColumn, tellingColumns } from './task-columns.ts';

/** 表头找到第几行为止 — a title, a document number and a line of explanation may stand above it. */
const headerRowsMax = 10;

export type { TaskColumn } from './task-columns.ts';

/** 任务表的一行 — cells by meaning, and where each stands. */
export interface TaskRow {
  readonly sheet: string;
  /** as the spreadsheet numbers it, from 1 */
  readonly row: number;
  /** the line above it that heads a group of rows, e.g. 一、经济发展 */
  readonly section: string;
  text(column: TaskColumn): string;
  value(column: TaskColumn): CellValue;
  cell(column: TaskColumn): string;
  /** 公式没有结果、出了错的各列 */
  readonly broken: readonly TaskColumn[];
}

/** 任务表 — its rows, and everything in it that was not read, so that nothing is lost in silence. */
export interface TaskSheet {
  readonly name: string;
  /** the last row of the header, from 1 */
  readonly headerRow: number;
  readonly missing: readonly TaskColumn[];
  readonly ignored: readonly { readonly letter: string; readonly heading: string }[];
  readonly skipped: readonly { readonly row: number; readonly text: string }[];
  readonly hasCategory: boolean;
  readonly rows: readonly TaskRow[];
}

/** 认任务表 — its first rows name code, title, lead unit and limit; with one of them missing it is still a task sheet, to be put right. */
export function isTaskSheet(sheet: SheetData): boolean {
  return findHeader(sheet) !== undefined;
}

/** 读任务表 — empty rows, headings of groups, totals and footnotes are no tasks. A sheet is read once, whoever asks. */
export function readTaskSheet(sheet: SheetData): TaskSheet | undefined {
  const former = known.get(sheet);
  if (former) return former;
  const read = readRows(sheet);
  if (read) known.set(sheet, read);
  return read;
}

const known = new WeakMap<SheetData, TaskSheet>();

function readRows(sheet: SheetData): TaskSheet | undefined {
  const header = findHeader(sheet);
  if (!header) return undefined;
  const rows: TaskRow[] = [];
  const skipped: { row: number; text: string }[] = [];
  const codeAt = header.positions.get('code') ?? -1;
  const filled = new Set<number>();
  let section = '';
  for (const [index, cells] of sheet.rows.entries()) {
    if (index <= header.row || cells.every((cell) => textOf(cell) === '')) continue;
    const aside = isUncomputed(cells, header) ? undefined : asideOf(cells, codeAt);
    if (aside === undefined) {
      rows.push(createRow(sheet, index, { positions: header.positions, section }));
      for (const [at, cell] of cells.entries()) if (cell !== null) filled.add(at);
    } else if (aside !== 'header') {
      skipped.push({ row: index + 1, text: aside.text });
      if (aside.heads) section = aside.text;
    }
  }
  return {
    name: sheet.name,
    headerRow: header.row + 1,
    missing: neededColumns.filter((column) => !header.positions.has(column)),
    ignored: ignoredColumns(header, filled),
    skipped,
    hasCategory: header.positions.has('category'),
    rows,
  };
}

/** 公式出错，表格软件写在格里的 */
const formulaError = /^#(?:REF!|N\/A|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!)$/;

function createRow(sheet: SheetData, index: number, { positions, section }: { positions: Header['positions']; section: string }): TaskRow {
  const cells = sheet.rows[index] ?? [];
  const value = (column: TaskColumn): CellValue => cells[positions.get(column) ?? -1] ?? null;
  return {
    sheet: sheet.name,
    row: index + 1,
    section,
    value,
    text: (column) => textOf(value(column)),
    cell: (column) => `${letters(Math.max(0, positions.get(column) ?? 0))}${index + 1}`,
    broken: [...positions.keys()].filter((column) => value(column) === uncomputed || formulaError.test(String(value(column)))),
  };
}

/** 编号、题目、单位、时限有一格是没有结果的公式：不知道这一行是不是小标题，按任务报。 */
function isUncomputed(cells: readonly CellValue[], { positions }: Header): boolean {
  return neededColumns.some((column) => cells[positions.get(column) ?? -1] === uncomputed);
}

/** 不是任务的行：重复的表头、横贯全表的小标题、合计、表底的说明。编号像编号的都是任务，错也报在格上。 */
function asideOf(cells: readonly CellValue[], codeAt: number): 'header' | { text: string; heads: boolean } | undefined {
  const code = textOf(cells[codeAt]);
  if (headingsOf('code').includes(foldHeading(code))) return 'header';
  const texts = cells.map(textOf);
  const written = texts.filter((text) => text !== '');
  const first = written[0] ?? '';
  const alone = written.every((text) => text === first);
  const merged = alone && written.length > 1;
  const leads = alone && texts.findIndex((text) => text !== '') <= Math.max(0, codeAt) && !/^.{0,6}\d{1,6}号?$/.test(first.normalize('NFKC'));
  if (merged || leads) return { text: first, heads: !closing.test(first) };
  if (closing.test(first) && !/\d/.test(code)) return { text: first, heads: false };
  return undefined;
}
const closing = /^[（(]?(?:合\s*计|小\s*计|总\s*计|备\s*注|注\s*[:：]|说\s*明|填表|制表|填报|审核|联系人)/;

interface Header {
  /** index of its last row */
  readonly row: number;
  readonly positions: ReadonlyMap<TaskColumn, number>;
  readonly titles: readonly string[];
}

function findHeader(sheet: SheetData): Header | undefined {
  return bestHeader(sheet, isTaskHeader);
}

function bestHeader(sheet: SheetData, holds: (header: Header) => boolean): Header | undefined {
  let best: Header | undefined;
  const better = (header: Header): boolean => header.positions.size > (best?.positions.size ?? 0);
  for (let row = 0; row < Math.min(headerRowsMax, sheet.rows.length); row += 1) {
    const single = oneRow(sheet, row);
    const double = twoRows(sheet, row);
    for (const header of [single, double]) if (header && holds(header) && better(header)) best = header;
  }
  return best;
}

/** 像任务表而认不出的，缺哪几列 — of a sheet that is no task sheet; none: nothing like one. */
export function columnsWanted(sheet: SheetData): readonly TaskColumn[] {
  const lacking = ({ positions }: Header): TaskColumn[] => neededColumns.filter((column) => !positions.has(column));
  const header = bestHeader(sheet, (found) => lacking(found).length <= neededColumns.length / 2);
  return header ? lacking(header) : [];
}

function isTaskHeader({ positions }: Header): boolean {
  const found = neededColumns.filter((column) => positions.has(column)).length;
  if (found === neededColumns.length) return true;
  return found === neededColumns.length - 1 && tellingColumns.some((column) => positions.has(column));
}

function oneRow(sheet: SheetData, row: number): Header {
  const titles = titlesIn(sheet, row);
  return { row, positions: locateColumns([], titles), titles };
}

/** 两行的表头：下面一行在“序号”和“任务名称”之下是空的，或与上面同属一个合并格；否则它已是第一项任务。 */
function twoRows(sheet: SheetData, row: number): Header | undefined {
  const [tops, bottoms] = [spread(titlesIn(sheet, row), titlesIn(sheet, row + 1)), titlesIn(sheet, row + 1)];
  if (!bottoms.some((bottom, at) => bottom !== '' && bottom !== (tops[at] ?? ''))) return undefined;
  const positions = locateColumns(tops, bottoms);
  for (const column of ['code', 'title'] as const) {
    const at = positions.get(column);
    if (at === undefined) continue;
    const [top, bottom] = [tops[at] ?? '', bottoms[at] ?? ''];
    if (bottom !== '' && top !== '' && bottom !== top) return undefined;
  }
  const titles = Array.from({ length: Math.max(tops.length, bottoms.length) }, (_, at) => {
    const [top, bottom] = [tops[at] ?? '', bottoms[at] ?? ''];
    return top === bottom || bottom === '' ? top : top === '' ? bottom : `${top}·${bottom}`;
  });
  return { row: row + 1, positions, titles };
}

/** 没有合并格可认的（csv）：上面一行的空格，下面有字的，归左边的那一组。 */
function spread(tops: readonly string[], bottoms: readonly string[]): readonly string[] {
  const filled = Array.from({ length: Math.max(tops.length, bottoms.length) }, (_, at) => tops[at] ?? '');
  for (let at = 1; at < filled.length; at += 1) {
    if (filled[at] === '' && (bottoms[at] ?? '') !== '' && (bottoms[at - 1] ?? '') !== '') filled[at] = filled[at - 1] ?? '';
  }
  return filled;
}

const titlesIn = (sheet: SheetData, row: number): readonly string[] => (sheet.rows[row] ?? []).map((cell) => foldHeading(textOf(cell)));

function ignoredColumns({ positions, titles }: Header, filled: ReadonlySet<number>): { letter: string; heading: string }[] {
  const used = new Set(positions.values());
  const unread = [...filled].filter((at) => !used.has(at)).sort((a, b) => a - b);
  return unread.map((at) => ({ letter: letters(at), heading: titles[at] || '没有表头' }));
}

function textOf(cell: CellValue | undefined): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'object' ? cell.date : String(cell).trim();
}

/** 列号 — 0 is A, 26 is AA. */
function letters(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : letters(Math.floor(index / 26) - 1) + letters(index % 26);
}
