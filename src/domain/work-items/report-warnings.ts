import type { LocalDate } from '#core/dates';
import type { ProgressReport, WorkItem } from './records.ts';

/** 警示 */
export interface ReportWarning {
  readonly kind: 'lowered' | 'overTarget' | 'notDone' | 'difficulties' | 'pastDue';
  readonly words: string;
}

/** 警示 — what the signer and the inspector must look at before they decide; a report with any of them is never decided together with others. */
export function warningsOf(item: Pick<WorkItem, 'metrics' | 'dueOn'>, report: ProgressReport, today: LocalDate): ReportWarning[] {
  const { percent, previousPercent, reason, metrics, difficulties } = report;
  const targets = new Map(item.metrics.map((metric) => [metric.name, metric]));
  const found: ReportWarning[] = [];
  const warn = (kind: ReportWarning['kind'], words: string): unknown => found.push({ kind, words });
  const why = (words: string | null | undefined): string => (words ? `，原因：${words}` : '');
  for (const { name, value, previous, reason: given } of metrics) {
    const { target = 0, unit = '' } = targets.get(name) ?? {};
    if (value < previous) warn('lowered', `数据下调：${name}由${previous}${unit}降为${value}${unit}${why(given)}`);
    if (target > 0 && value > target) warn('overTarget', `超过目标：${name}${value}/${target}${unit}`);
    if (percent === 100 && value < target) warn('notDone', `填报完成100%，但${name}只有${value}/${target}${unit}`);
  }
  if (previousPercent !== null && percent < previousPercent) {
    warn('lowered', `数据下调：完成百分比由${previousPercent}%降为${percent}%${why(reason)}`);
  }
  if (difficulties) warn('difficulties', `存在困难：${difficulties}`);
  if (today > item.dueOn) warn('pastDue', `时限${item.dueOn}已过`);
  return found;
}
