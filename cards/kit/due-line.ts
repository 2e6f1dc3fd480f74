import { formatDay } from './format.ts';

/** 离时限还有几天：由 `domain/calendar` 的 `dueSpan` 数出来 */
export interface DueSpan {
  readonly when: 'ahead' | 'today' | 'overdue';
  /** 工作日：还剩的，或已过的 */
  readonly days: number;
  /** `含国庆假期`, or empty */
  readonly remark: string;
}

/** 短日期 — `10月9日(周五)`; with the year when it differs from that of `base`. */
export function shortDay(day: string, base?: string): string {
  return formatDay(day, base).replace('（', '(').replace('）', ')');
}

/** 加注 — `1月5日(周二)18:00(2027年放假安排未公布，暂定)`; without a remark the text as it is. */
export function withRemark(text: string, remark: string): string {
  return remark === '' ? text : `${text}(${remark})`;
}

/** 还剩几天 — `剩余3个工作日(含国庆假期)` */
export function spanWords({ when, days, remark }: DueSpan): string {
  if (when === 'today') return '今天到期';
  const words = when === 'ahead' ? `剩余${days}个工作日` : days === 0 ? '已逾期' : `已逾期${days}个工作日`;
  return withRemark(words, remark);
}

/**
 * 时限一行 — the one way in which every card speaks of a limit: weekday, days left, what lies between, and the original limit beside
 * a changed one. `时限10月9日(周五)｜剩余3个工作日(含国庆假期)`, `时限12月18日(周五)(原定11月30日(周一))｜剩余9个工作日`.
 */
export function dueWords(
  { dueOn, originalDueOn, span }: { readonly dueOn: string; readonly originalDueOn: string; readonly span: DueSpan },
  today: string,
): string {
  return `时限${daysWords(dueOn, originalDueOn, today)}｜${spanWords(span)}`;
}

/** 现时限和原定时限 — `12月18日(周五)(原定11月30日(周一))`; the original one only where it differs. */
export function daysWords(dueOn: string, originalDueOn: string, today: string): string {
  return dueOn === originalDueOn ? shortDay(dueOn, today) : `${shortDay(dueOn, today)}(原定${shortDay(originalDueOn, today)})`;
}
