import type * as Docx from 'docx';
import type { DocumentBlock, DocumentColumn } from '#core/document';
import { fonts, lineTwips, mm, sizes } from './measures.ts';
import { type Library, paragraph } from './text.ts';

const cellLineTwips = 320;
const cellMargins = { top: 40, bottom: 40, left: 70, right: 70 };
const slipColumnsMm = [42, 114];

/** 清单 — the heading row comes again on every page; a row stays whole unless it is longer than a page. */
export function tableOf(docx: Library, { columns, rows }: Extract<DocumentBlock, { kind: 'table' }>): Docx.Table {
  const { AlignmentType, TableRow, VerticalAlign } = docx;
  const cell = (text: string, { widthMm, align }: DocumentColumn, font: string = fonts.body): Docx.TableCell =>
    new docx.TableCell({
      width: { size: mm(widthMm), type: docx.WidthType.DXA },
      verticalAlign: VerticalAlign.CENTER,
      children: [
        paragraph(docx, text, {
          font,
          size: sizes.table,
          line: cellLineTwips,
          alignment: align === 'center' ? AlignmentType.CENTER : AlignmentType.LEFT,
        }),
      ],
    });
  const heading = new TableRow({
    tableHeader: true,
    cantSplit: true,
    children: columns.map((column) => cell(column.heading, { ...column, align: 'center' }, fonts.level1)),
  });
  const body = rows.map((row) =>
    'band' in row
      ? new TableRow({
          cantSplit: true,
          children: [
            new docx.TableCell({
              columnSpan: columns.length,
              // 不与下面的第一项分在两页
              children: [paragraph(docx, row.band, { font: fonts.level2, size: sizes.table, line: cellLineTwips, keepNext: true })],
            }),
          ],
        })
      : new TableRow({ cantSplit: true, children: columns.map((column, index) => cell(row.cells[index] ?? '', column)) }),
  );
  return gridOf(
    docx,
    columns.map(({ widthMm }) => widthMm),
    [heading, ...body],
  );
}

/** 回执 — names on the left, room to write on the right. */
export function slipOf(docx: Library, rows: Extract<DocumentBlock, { kind: 'slip' }>['rows']): Docx.Table {
  const { AlignmentType, TableRow, TableCell, VerticalAlign, HeightRule } = docx;
  const cell = (text: string, widthMm: number, font: string, centred: boolean): Docx.TableCell =>
    new TableCell({
      width: { size: mm(widthMm), type: docx.WidthType.DXA },
      verticalAlign: VerticalAlign.CENTER,
      children: [paragraph(docx, text, { font, ...(centred ? { alignment: AlignmentType.CENTER } : {}) })],
    });
  const [labelMm = 0, valueMm = 0] = slipColumnsMm;
  return gridOf(
    docx,
    slipColumnsMm,
    rows.map(
      ({ label, value, lines }) =>
        new TableRow({
          cantSplit: true,
          height: { value: lineTwips * lines + 80, rule: HeightRule.ATLEAST },
          children: [cell(label, labelMm, fonts.level1, true), cell(value, valueMm, fonts.body, false)],
        }),
    ),
  );
}

function gridOf(docx: Library, widthsMm: readonly number[], rows: readonly Docx.TableRow[]): Docx.Table {
  return new docx.Table({
    layout: docx.TableLayoutType.FIXED,
    alignment: docx.AlignmentType.CENTER,
    width: { size: widthsMm.reduce((sum, width) => sum + mm(width), 0), type: docx.WidthType.DXA },
    columnWidths: widthsMm.map(mm),
    margins: cellMargins,
    rows: [...rows],
  });
}
