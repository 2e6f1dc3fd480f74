import { defineMachine } from '#core/machine';
import type { ImportedItem } from '../work-items/model.ts';

/** 一次导入的一生 */
export const workbookImportMachine = defineMachine({
  states: ['checked', 'confirmed', 'cancelled'],
  initial: 'checked',
  transitions: {
    confirm: { from: ['checked'], to: 'confirmed' }, //  确认导入
    cancel: { from: ['confirmed'], to: 'cancelled' }, // 撤销导入
  },
});
export type WorkbookImportState = (typeof workbookImportMachine.states)[number];

/** 一处问题 — where it stands, which rule it breaks, and what to write instead. */
export interface Finding {
  readonly sheet: string;
  readonly row: number;
  /** F19 */
  readonly cell: string;
  readonly code: string;
  readonly rule: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** 预检结果 */
export interface TaskCheck {
  readonly rows: readonly ImportedItem[];
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** rows read, per sheet */
  readonly sheets: readonly { readonly name: string; readonly rows: number }[];
  readonly total: number;
  /** rows with at least one error */
  readonly faultyRows: number;
  /** what was assumed, cell by cell: “6月底前 → 2026-06-30”, “住建局、城管局 → 住建牵头，城管配合” */
  readonly assumed: readonly Finding[];
  /** the same, each once, after the columns and rows that were not read: for the card */
  readonly assumptions: readonly string[];
}

/** 预检摘要 — what the card shows and the table keeps. */
export interface CheckSummary {
  readonly sheets: TaskCheck['sheets'];
  readonly total: number;
  readonly importable: number;
  readonly faultyRows: number;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly assumptions: readonly string[];
}

/** 摘要 */
export function summarise(check: TaskCheck): CheckSummary {
  const { sheets, total, faultyRows, errors, warnings, assumptions } = check;
  return { sheets, total, importable: total - faultyRows, faultyRows, errors, warnings, assumptions };
}
