import { createHash } from 'node:crypto';
import { defineMachine } from '#core/machine';
import { type ImportedItem, isUnderWay } from '../work-items/model.ts';

/** 一次导入的一生 */
export const workbookImportMachine = defineMachine({
  states: ['checked', 'confirmed', 'cancelled', 'returned'],
  initial: 'checked',
  transitions: {
    confirm: { from: ['checked'], to: 'confirmed' }, //  确认导入
    cancel: { from: ['confirmed'], to: 'cancelled' }, // 撤销导入
    return: { from: ['confirmed'], to: 'returned' }, //  主任退回，下达之前
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
  /** 没有读的工作表：隐藏的，和认不出表头的 */
  readonly unread: readonly UnreadSheet[];
  readonly total: number;
  /** rows with at least one error */
  readonly faultyRows: number;
  /** what was assumed, cell by cell: “6月底前 → 2026-06-30”, “住建局、城管局 → 住建牵头，城管配合” */
  readonly assumed: readonly Finding[];
  /** the same, each once, after the columns and rows that were not read: for the card */
  readonly assumptions: readonly string[];
}

/** 时限在今天之前 — an office that begins in the middle of a year sends the whole year's table. */
export const pastLimit = '时限已过';

/** 没有读的工作表 — with how many rows, and why. @property looksLike a task table, as far as one can tell: it should not be lost unnoticed */
export interface UnreadSheet {
  readonly name: string;
  readonly rows: number;
  readonly why: string;
  readonly looksLike: boolean;
}

/** 预检摘要 — what the card shows and the table keeps; the whole of it is in the file that goes back. */
export interface CheckSummary {
  readonly sheets: TaskCheck['sheets'];
  /** 早先存下的没有 */
  readonly unread?: TaskCheck['unread'];
  readonly total: number;
  readonly importable: number;
  readonly faultyRows: number;
  /** the first of them */
  readonly errors: readonly Finding[];
  readonly errorCount: number;
  /** the first of them */
  readonly warnings: readonly Finding[];
  readonly warningCount: number;
  /** rows whose limit is over already; an older record does not say */
  readonly pastLimits?: number;
  /** 启用前已办结的、带进度的各几项；没有的不写 */
  readonly carried?: CarriedOver;
  /** the first of them */
  readonly assumptions: readonly string[];
  readonly assumptionCount: number;
  /** how many task books the rows make */
  readonly books: number;
  /** the same file, checked against the same roster, gives the same digest */
  readonly digest: string;
}

/** 带入的 — of an office that begins in the middle of the year: how many are finished, how many are half done. */
export interface CarriedOver {
  readonly closed: number;
  readonly underWay: number;
}

/** 数带入的 — undefined: the table brings nothing along. */
function carriedBy(rows: readonly ImportedItem[]): CarriedOver | undefined {
  const closed = rows.filter(({ completedAt }) => completedAt !== undefined).length;
  const underWay = rows.filter(isUnderWay).length;
  return closed + underWay > 0 ? { closed, underWay } : undefined;
}

const keptMax = 20;

/** 摘要 */
export function summarise(check: TaskCheck): CheckSummary {
  const { sheets, unread, total, faultyRows, rows, errors, warnings, assumptions } = check;
  const carried = carriedBy(rows);
  return {
    sheets,
    unread: unread.slice(0, keptMax),
    total,
    importable: total - faultyRows,
    faultyRows,
    errors: errors.slice(0, keptMax),
    errorCount: errors.length,
    warnings: warnings.slice(0, keptMax),
    warningCount: warnings.length,
    pastLimits: warnings.filter(({ rule }) => rule === pastLimit).length,
    ...(carried ? { carried } : {}),
    assumptions: assumptions.slice(0, keptMax),
    assumptionCount: assumptions.length,
    books: new Set(rows.map(({ leadUnit }) => leadUnit)).size,
    digest: createHash('sha256').update(JSON.stringify(check)).digest('hex'),
  };
}

/** 撤销的期限 — from this instant on an import can't be withdrawn. @param minutes as set */
export function cancelUntil(confirmedAt: Date, minutes: number): Date {
  return new Date(confirmedAt.getTime() + minutes * 60_000);
}
