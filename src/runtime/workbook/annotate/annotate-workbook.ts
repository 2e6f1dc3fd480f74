import { writeXlsx } from 'hucre';
import type { CellValue, SheetData, SheetMarks } from '#core/workbook';
import { lettersOf, parseArea, parseCell } from './cells.ts';
import { mergedAreas, writeComments } from './comments-xml.ts';
import { openPackage, type Package } from './package-parts.ts';
import { filterOf, markSheet, type Placement } from './sheet-xml.ts';
import { openStyles, plainStyles, type Styles } from './styles-xml.ts';
import { attributes, type Found, findElement, NotEditable, readAttribute, splice } from './xml.ts';

/**
 * 批注工作簿 — gives the same .xlsx back with the marked cells coloured and commented and one column more; nothing else in it changes.
 * Of every other format, and of an .xlsx that is written in an unexpected way, the values are copied into a new .xlsx first.
 */
export async function annotateWorkbook(bytes: Uint8Array, sheets: readonly SheetData[], marks: readonly SheetMarks[]): Promise<Uint8Array> {
  const isPackage = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (isPackage) {
    try {
      return annotatePackage(bytes, sheets, marks);
    } catch {
      // 写法出乎意料的文件：改不了原件，就抄一份值，核对的结果总要给出去。
    }
  }
  const copy = plainCopy(sheets, marks);
  return annotatePackage(await writeXlsx({ sheets: copy.sheets }), copy.data, copy.marks);
}

function annotatePackage(bytes: Uint8Array, sheets: readonly SheetData[], marks: readonly SheetMarks[]): Uint8Array {
  const pack = openPackage(bytes);
  const workbookPart = pack.relationsOf('').find(({ type }) => type === 'officeDocument')?.target;
  if (workbookPart === undefined) throw new NotEditable('no workbook');
  const relations = pack.relationsOf(workbookPart);
  const stylesPart = relations.find(({ type }) => type === 'styles')?.target;
  const styles = openStyles(stylesPart === undefined ? plainStyles : pack.text(stylesPart));
  const listed = listSheets(pack.text(workbookPart));
  for (const mark of marks) {
    const position = listed.findIndex(({ name }) => name === mark.sheet);
    const part = relations.find(({ id }) => id === listed[position]?.relation)?.target;
    const data = sheets.find(({ name }) => name === mark.sheet);
    if (part === undefined || !data) throw new NotEditable(`no part for the sheet ${mark.sheet}`);
    annotateSheet(pack, { part, workbookPart, position, mark, data, styles });
  }
  if (stylesPart === undefined) addStyles(pack, workbookPart, styles);
  else pack.write(stylesPart, styles.xml());
  return pack.bytes();
}

interface SheetJob {
  readonly part: string;
  readonly workbookPart: string;
  readonly position: number;
  readonly mark: SheetMarks;
  readonly data: SheetData;
  readonly styles: Styles;
}

function annotateSheet(pack: Package, { part, workbookPart, position, mark, data, styles }: SheetJob): void {
  const xml = pack.text(part);
  const placement = place(xml, mark, data);
  if (filterOf(xml, { column: placement.column, headerRow: mark.headerRow })) {
    pack.write(workbookPart, widenFilterName(pack.text(workbookPart), { position, column: placement.column }));
  }
  const marked = markSheet(xml, mark, { ...placement, styles });
  pack.write(part, writeComments(pack, part, { xml: marked, comments: [...placement.cells].map(([ref, { comment }]) => [ref, comment]) }));
}

/** 结果写在用到的最后一列之后；上次的结果列还在，就写在原处。 */
function place(xml: string, { headerRow, heading, cells }: SheetMarks, { rows }: SheetData): Placement {
  const header = rows[headerRow - 1] ?? [];
  const former = header.indexOf(heading);
  const column = former >= 0 ? former : rows.reduce((widest, row) => Math.max(widest, row.length), 0);
  const merges = mergedAreas(xml).map(parseArea);
  const placed = new Map<string, { tone: 'error' | 'warning'; comment: string }>();
  for (const { cell, tone, comment } of cells) {
    const at = parseCell(cell);
    const merge = merges.find(({ top, left, bottom, right }) => top <= at.row && at.row <= bottom && left <= at.column && at.column <= right);
    const ref = merge ? `${lettersOf(merge.left)}${merge.top}` : cell;
    const other = placed.get(ref);
    placed.set(ref, other ? { tone: other.tone === 'error' ? 'error' : tone, comment: `${other.comment}\n${comment}` } : { tone, comment });
  }
  return { column, cells: placed };
}

function listSheets(xml: string): { name: string; relation: string | undefined }[] {
  const sheets = findElement(xml, 'sheets');
  if (!sheets) throw new NotEditable('no sheets');
  const tags = sheets.inner.match(new RegExp(`<${sheets.prefix}sheet${attributes}/?>`, 'g')) ?? [];
  return tags.map((tag) => ({ name: readAttribute(tag, 'name') ?? '', relation: readAttribute(tag, '*:id') }));
}

/** 筛选的范围在工作簿里还记着一处，两处要一致。 */
function widenFilterName(xml: string, { position, column }: { position: number; column: number }): string {
  for (let found: Found | undefined = findElement(xml, 'definedName'); found; found = findElement(xml, 'definedName', found.end)) {
    if (readAttribute(found.open, 'name') !== '_xlnm._FilterDatabase' || readAttribute(found.open, 'localSheetId') !== String(position)) continue;
    const inner = found.inner.replace(/:\$[A-Z]+\$(\d+)$/, (_, row: string) => `:$${lettersOf(column)}$${row}`);
    return splice(xml, found, `${found.open}${inner}</${found.prefix}definedName>`);
  }
  return xml;
}

function addStyles(pack: Package, workbookPart: string, styles: Styles): void {
  const folder = workbookPart.slice(0, workbookPart.lastIndexOf('/') + 1);
  const part = `${folder}styles.xml`;
  if (pack.has(part)) throw new NotEditable('styles without a relation');
  pack.write(part, styles.xml());
  pack.relate(workbookPart, 'styles', part);
  pack.declare({ part, contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml' });
}

/** 只抄值 — names of sheets are made such as Excel takes them. */
function plainCopy(sheets: readonly SheetData[], marks: readonly SheetMarks[]) {
  const names = new Map<string, string>();
  for (const { name } of sheets) {
    const base =
      name
        .replace(/[[\]:*?/\\']/g, ' ')
        .trim()
        .slice(0, 28) || '表';
    let [written, nth] = [base, 1];
    while ([...names.values()].some((other) => other.toLowerCase() === written.toLowerCase())) {
      nth += 1;
      written = `${base}${nth}`;
    }
    names.set(name, written);
  }
  const renamed = (name: string): string => names.get(name) ?? name;
  const data = sheets.map(({ name, rows }) => ({ name: renamed(name), rows }));
  return {
    data,
    marks: marks.map((mark) => ({ ...mark, sheet: renamed(mark.sheet) })),
    sheets: data.map(({ name, rows }) => ({ name, rows: rows.map((row) => row.map(toWritten)), columns: widthsOf(rows) })),
  };
}

function toWritten(cell: CellValue): string | number | boolean | Date | null {
  return typeof cell === 'object' && cell !== null ? new Date(`${cell.date}T00:00:00Z`) : cell;
}

/** 没有原来的列宽可抄，按内容定。 */
function widthsOf(rows: SheetData['rows']): { width: number }[] {
  const widest: number[] = [];
  for (const row of rows.slice(0, 500)) {
    for (const [at, cell] of row.entries()) {
      const length = typeof cell === 'string' ? cell.length * 2 : 11;
      widest[at] = Math.min(50, Math.max(widest[at] ?? 10, cell === null ? 0 : length + 2));
    }
  }
  return Array.from(widest, (width = 10) => ({ width }));
}
