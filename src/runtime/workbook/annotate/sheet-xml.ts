import type { SheetMarks } from '#core/workbook';
import { editRows, lettersOf, parseArea, parseCell, type RowText, readCells, styleOf, writeArea } from './cells.ts';
import type { Styles } from './styles-xml.ts';
import { appendInside, attributes, escapeXml, findElement, NotEditable, readAttribute, setAttribute, splice } from './xml.ts';

/** 批注落在哪一列、哪些格 — cells of merged areas are moved to the cell that is seen. */
export interface Placement {
  /** of the result column, from 0 */
  readonly column: number;
  readonly cells: ReadonlyMap<string, { readonly tone: 'error' | 'warning'; readonly comment: string }>;
}

const resultWidth = 48;

/** 改一张表 — colours the cells, adds the result column, and leaves everything else as it was. @throws NotEditable */
export function markSheet(xml: string, marks: SheetMarks, { column, styles, cells }: Placement & { styles: Styles }): string {
  const data = findElement(xml, 'sheetData');
  if (!data) throw new NotEditable('no sheetData');
  const p = data.prefix;
  const byRow = new Map<number, [number, 'error' | 'warning'][]>();
  for (const [ref, { tone }] of cells) {
    const { row, column: at } = parseCell(ref);
    byRow.set(row, [...(byRow.get(row) ?? []), [at, tone]]);
  }
  const results = new Map(marks.results.map(({ row, text }) => [row, text]));
  const body = editRows(data.inner, p, (row) => {
    const tones = byRow.get(row.number) ?? [];
    if (row.number < marks.headerRow && tones.length === 0) return undefined;
    const isHeader = row.number === marks.headerRow;
    return markRow(row, p, { column, styles, tones: new Map(tones), text: isHeader ? marks.heading : results.get(row.number), isHeader });
  });
  const marked = splice(xml, data, `${data.open}${body}</${p}sheetData>`);
  return widen(marked, { column, marks });
}

interface RowMarks {
  readonly column: number;
  readonly styles: Styles;
  readonly tones: ReadonlyMap<number, 'error' | 'warning'>;
  readonly text: string | undefined;
  readonly isHeader: boolean;
}

function markRow(row: RowText, p: string, marks: RowMarks): string {
  return appendTo(row, p, marks) ?? rebuild(row, p, marks);
}

/**
 * 只添不拆 — of a row as spreadsheet programs write it, where no colour of an earlier result is to be taken off, only the coloured cells
 * are touched and the result is put behind the last one. In a long table nearly every row is such a row. undefined: it is not.
 */
function appendTo({ number, open, inner }: RowText, p: string, { column, styles, tones, text, isHeader }: RowMarks): string | undefined {
  const last = inner.lastIndexOf(`<${p}c `);
  if (styles.hasMarked || text === undefined || last < 0 || inner.includes('<!')) return undefined;
  const tag = inner.slice(last, inner.indexOf('>', last) + 1);
  const ref = readAttribute(tag, 'r');
  if (ref === undefined || parseCell(ref).column >= column) return undefined;
  let cells = inner;
  for (const [at, tone] of tones) {
    const place = cells.indexOf(` r="${lettersOf(at)}${number}"`);
    const start = cells.lastIndexOf('<', place);
    if (place < 0 || !cells.startsWith(`<${p}c `, start)) return undefined;
    const end = cells.indexOf('>', start) + 1;
    const opening = cells.slice(start, end);
    cells = cells.slice(0, start) + restyled(opening, styles.like(styleOf(opening), tone)) + cells.slice(end);
  }
  const base = styleOf(tag);
  const result = textCell(`${lettersOf(column)}${number}`, p, { text, style: isHeader ? base : styles.like(base, 'result') });
  return `${withoutSpans(open)}${cells}${result}</${p}row>`;
}

/** 拆开重排 — any row, however it is written. */
function rebuild({ number, open, inner }: RowText, p: string, { column, styles, tones, text, isHeader }: RowMarks): string {
  const cells = new Map(readCells(inner, p).map((cell) => [cell.column, cell.xml]));
  const neighbour = [...cells].filter(([at]) => at < column).at(-1);
  // 行里一个格也没有时，用行自己的样式。
  const base = neighbour ? styleOf(neighbour[1]) : Number(readAttribute(open, 's') ?? 0);
  for (const [at, xml] of cells) {
    // 上一次校验留下的颜色先去掉：改好的格不该还红着。
    if (at !== column && !tones.has(at) && styles.isMarked(styleOf(xml))) cells.set(at, restyled(xml, styles.like(styleOf(xml), 'plain')));
  }
  for (const [at, tone] of tones) {
    const former = cells.get(at);
    const xml = former ?? `<${p}c r="${lettersOf(at)}${number}" s="${base}"/>`;
    cells.set(at, restyled(xml, styles.like(styleOf(xml), tone)));
  }
  if (text !== undefined)
    cells.set(column, textCell(`${lettersOf(column)}${number}`, p, { text, style: isHeader ? base : styles.like(base, 'result') }));
  const written = [...cells].sort(([left], [right]) => left - right).map(([at, xml]) => placed(xml, `${lettersOf(at)}${number}`));
  return `${withoutSpans(open)}${written.join('')}</${p}row>`;
}

/** spans 只是给表格软件的提示，多了一列就不对了。 */
const withoutSpans = (open: string): string => open.replace(/\sspans="[^"]*"/, '').replace(/\s*\/>$/, '>');

/** 文字一律存成文字，以等号开头也不会成为公式。 */
function textCell(ref: string, p: string, { text, style }: { text: string; style: number }): string {
  return `<${p}c r="${ref}" s="${style}" t="inlineStr"><${p}is><${p}t xml:space="preserve">${escapeXml(text)}</${p}t></${p}is></${p}c>`;
}

const restyled = (xml: string, style: number): string => setAttribute(xml, 's', String(style));
const placed = (xml: string, ref: string): string =>
  readAttribute(xml.slice(0, xml.indexOf('>') + 1), 'r') === undefined ? setAttribute(xml, 'r', ref) : xml;

/** 表的其余部分跟着宽一列：范围、列宽、筛选。 */
function widen(xml: string, { column, marks }: { column: number; marks: SheetMarks }): string {
  const dimension = findElement(xml, 'dimension');
  const area = dimension && parseArea(readAttribute(dimension.open, 'ref') ?? 'A1');
  const sized =
    dimension && area && area.right < column
      ? splice(xml, dimension, setAttribute(dimension.open, 'ref', writeArea({ ...area, right: column })))
      : xml;
  return widenFilter(setWidth(sized, column), { column, headerRow: marks.headerRow });
}

function widenFilter(xml: string, { column, headerRow }: { column: number; headerRow: number }): string {
  const filter = filterOf(xml, { column, headerRow });
  return filter
    ? xml.slice(0, filter.start) +
        setAttribute(filter.open, 'ref', writeArea({ ...filter.area, right: column })) +
        xml.slice(filter.start + filter.open.length)
    : xml;
}

/** 能连上结果列的筛选 — the sheet's own filter, if it stands on the header row and ends right before the result column. */
export function filterOf(xml: string, { column, headerRow }: { column: number; headerRow: number }) {
  const data = findElement(xml, 'sheetData');
  const filter = data && findElement(xml, 'autoFilter', data.end);
  if (!filter) return undefined;
  const area = parseArea(readAttribute(filter.open, 'ref') ?? 'A1');
  return area.top === headerRow && area.right === column - 1 ? { ...filter, area } : undefined;
}

function setWidth(xml: string, column: number): string {
  const number = column + 1;
  const data = findElement(xml, 'sheetData');
  const cols = findElement(xml, 'cols');
  if (!data) throw new NotEditable('no sheetData');
  const p = data.prefix;
  const own = `<${p}col min="${number}" max="${number}" width="${resultWidth}" customWidth="1"/>`;
  if (!cols) return `${xml.slice(0, data.start)}<${p}cols>${own}</${p}cols>${xml.slice(data.start)}`;
  const pieces: { min: number; xml: string }[] = [{ min: number, xml: own }];
  for (const tag of cols.inner.match(new RegExp(`<${p}col${attributes}/>`, 'g')) ?? []) {
    const [min, max] = [Number(readAttribute(tag, 'min')), Number(readAttribute(tag, 'max'))];
    const range = (from: number, to: number): void => {
      if (from <= to) pieces.push({ min: from, xml: setAttribute(setAttribute(tag, 'min', String(from)), 'max', String(to)) });
    };
    if (min > number || max < number) pieces.push({ min, xml: tag });
    else {
      range(min, number - 1);
      range(number + 1, max);
    }
  }
  const sorted = pieces.sort((left, right) => left.min - right.min).map((piece) => piece.xml);
  return appendInside(xml, { ...cols, inner: '' }, 'cols', { added: sorted.join('') });
}
