import type { Finding } from './model.ts';
import { quote } from './quote.ts';
import type { TaskColumn } from './task-columns.ts';
import type { TaskRow } from './task-sheet.ts';

/** 记一处 — in which cell, by which rule, what is wrong and what to write. */
export type Fault = (column: TaskColumn, rule: string, words: readonly [string, (string | undefined)?]) => void;

/** 收集一行的问题 — every finding is told with the cell and the code of its row. */
export function createFault(row: TaskRow, code: string, into: Finding[]): Fault {
  return (column, rule, [message, suggestion]) => {
    into.push({
      sheet: row.sheet,
      row: row.row,
      cell: row.cell(column),
      code: quote(code),
      rule,
      message,
      ...(suggestion ? { suggestion } : {}),
    });
  };
}
