import { Readable } from 'node:stream';
import { writeXlsxStream } from 'hucre';
import type { SheetToWrite } from '#core/workbook';

/**
 * 写表格 — an .xlsx as a stream of bytes; memory does not grow with the rows. Text is written as text: what people typed never
 * becomes a formula, whatever it begins with. Dates are real dates, the heading row stays in view.
 */
export function writeWorkbook({ name, columns, rows }: SheetToWrite): Readable {
  const stream = writeXlsxStream(toCells(rows), {
    name,
    columns: columns.map(({ heading, width }) => ({ header: heading, width, style: { alignment: { wrapText: true, vertical: 'top' } } })),
    freezePane: { rows: 1 },
  });
  return Readable.from(stream);
}

type WrittenCell = string | number | boolean | Date | null;

async function* toCells(rows: SheetToWrite['rows']): AsyncGenerator<WrittenCell[]> {
  for await (const row of rows) yield row.map((cell) => (typeof cell === 'object' && cell !== null ? new Date(`${cell.date}T00:00:00Z`) : cell));
}
