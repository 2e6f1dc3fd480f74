import { type LocalDate, localDateOf } from '#core/dates';
import type { LedgerEntry } from './entries.ts';

/** 台账的总数 — domain B8; every rate is a pair of these, numerator and denominator. */
export interface LedgerTotals {
  /** 总项数：草稿和撤销的不在内 */
  readonly total: number;
  readonly completed: number;
  /** 办理中：绿、黄、红之和 */
  readonly inProgress: number;
  readonly green: number;
  readonly yellow: number;
  readonly red: number;
  readonly suspended: number;
  readonly declinePending: number;
  readonly notStarted: number;
  /** 应办结：现行时限已到的，中止的不在内 */
  readonly due: number;
  /** 应办结里已办结的 */
  readonly dueCompleted: number;
  /** 应办结里在现行时限之内办结的 */
  readonly onTime: number;
  /** 按原定时限应办结的，和在原定时限之内办结的 */
  readonly dueOriginally: number;
  readonly onTimeOriginally: number;
  readonly overdue: number;
}

/** 已办结 — closed, filed or not. */
export function isCompleted({ status }: Pick<LedgerEntry, 'status'>): boolean {
  return status === 'completed' || status === 'archived';
}

/** 逾期 — still open after its limit, counted in working days like the light. */
export function isOverdue({ reasons, light, status }: Pick<LedgerEntry, 'reasons' | 'light' | 'status'>): boolean {
  return light !== 'blue' && status !== 'suspended' && reasons.some(({ kind }) => kind === 'overdue');
}

/** 尚未到计划开始日 */
export function isNotStarted({ reasons }: Pick<LedgerEntry, 'reasons'>): boolean {
  return reasons.some(({ kind }) => kind === 'notStarted');
}

/** 合计 @param today the day of the instant at which the entries were read */
export function totalsOf(entries: readonly LedgerEntry[], today: LocalDate): LedgerTotals {
  const live = entries.filter(({ status }) => status !== 'cancelled' && status !== 'draft');
  const count = (test: (entry: LedgerEntry) => boolean): number => live.filter(test).length;
  const inTime = (entry: LedgerEntry, limit: LocalDate): boolean =>
    isCompleted(entry) && entry.completedAt !== null && localDateOf(entry.completedAt) <= limit;
  const isDue = (entry: LedgerEntry, limit: LocalDate): boolean => limit <= today && entry.status !== 'suspended';
  const [green, yellow, red] = (['green', 'yellow', 'red'] as const).map((light) => count((entry) => entry.light === light));
  return {
    total: live.length,
    completed: count(isCompleted),
    inProgress: (green ?? 0) + (yellow ?? 0) + (red ?? 0),
    green: green ?? 0,
    yellow: yellow ?? 0,
    red: red ?? 0,
    suspended: count(({ status }) => status === 'suspended'),
    declinePending: count(({ status }) => status === 'declinePending'),
    notStarted: count(isNotStarted),
    due: count((entry) => isDue(entry, entry.dueOn)),
    dueCompleted: count((entry) => isDue(entry, entry.dueOn) && isCompleted(entry)),
    onTime: count((entry) => isDue(entry, entry.dueOn) && inTime(entry, entry.dueOn)),
    dueOriginally: count((entry) => isDue(entry, entry.originalDueOn)),
    onTimeOriginally: count((entry) => isDue(entry, entry.originalDueOn) && inTime(entry, entry.originalDueOn)),
    overdue: count(isOverdue),
  };
}
