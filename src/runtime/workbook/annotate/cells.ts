import { attributes, NotEditable, readAttribute } from './xml.ts';

/** 一行的原文 */
export interface RowText {
  /** from 1 */
  readonly number: number;
  readonly open: string;
  readonly inner: string;
}

/** 一格的原文 */
export interface CellText {
  /** from 0 */
  readonly column: number;
  readonly xml: string;
}

/** 逐行改写 — walks over the rows of a sheet once; `edit` gives the new text of a row, or undefined where it stays as it is. */
export function editRows(body: string, p: string, edit: (row: RowText) => string | undefined): string {
  const opening = new RegExp(`<${p}row${attributes}(/?)>`, 'g');
  const closing = `</${p}row>`;
  const pieces: string[] = [];
  let [kept, number] = [0, 0];
  for (let match = opening.exec(body); match; match = opening.exec(body)) {
    const [open, empty] = match;
    const start = match.index + open.length;
    const end = empty ? start : body.indexOf(closing, start);
    if (end < 0) throw new NotEditable('a row is not closed');
    number = Number(readAttribute(open, 'r') ?? number + 1);
    const written = edit({ number, open, inner: body.slice(start, end) });
    const after = empty ? end : end + closing.length;
    if (written !== undefined) {
      pieces.push(body.slice(kept, match.index), written);
      kept = after;
    }
    opening.lastIndex = after;
  }
  return pieces.join('') + body.slice(kept);
}

/** 拆行成格 — cells that don't say where they stand come after the one before. */
export function readCells(inner: string, p: string): CellText[] {
  const pattern = new RegExp(`<${p}c${attributes}(?:/>|>[\\s\\S]*?</${p}c>)`, 'g');
  let column = -1;
  return (inner.match(pattern) ?? []).map((xml) => {
    const written = readAttribute(xml.slice(0, xml.indexOf('>') + 1), 'r');
    column = written === undefined ? column + 1 : parseCell(written).column;
    return { column, xml };
  });
}

/** 格的样式号 */
export function styleOf(xml: string): number {
  return Number(readAttribute(xml.slice(0, xml.indexOf('>') + 1), 's') ?? 0);
}

/** 读格的位置 — F19 is row 19, column 5. */
export function parseCell(ref: string): { row: number; column: number } {
  const match = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/.exec(ref);
  if (!match) throw new NotEditable(`not a cell: ${ref.slice(0, 20)}`);
  const [, letters = '', row = ''] = match;
  return { row: Number(row), column: [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1 };
}

/** 列的字母 — 0 is A, 26 is AA. */
export function lettersOf(column: number): string {
  return column < 26 ? String.fromCharCode(65 + column) : lettersOf(Math.floor(column / 26) - 1) + lettersOf(column % 26);
}

/** 读区域 — A1:T104; one cell is an area, too. */
export function parseArea(ref: string): { top: number; left: number; bottom: number; right: number } {
  const [from = '', to = from] = ref.split(':');
  const [first, last] = [parseCell(from), parseCell(to)];
  return { top: first.row, left: first.column, bottom: last.row, right: last.column };
}

/** 写区域 */
export function writeArea({ top, left, bottom, right }: ReturnType<typeof parseArea>): string {
  return `${lettersOf(left)}${top}:${lettersOf(right)}${bottom}`;
}
