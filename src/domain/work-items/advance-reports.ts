import type { Context } from '#core/context';
import { ConflictError } from '#core/errors';
import type { Right } from '../roster/policy.ts';
import { rollUp } from './advance-items.ts';
import { progressReportMachine } from './model.ts';
import { applyReport, insertReport, moveReport, type NewReport } from './moves/store.ts';
import type { ProgressReport, WorkItem } from './records.ts';

type ReportEvent = (typeof progressReportMachine.events)[number];

// 反馈的状态只在这个文件里改变：问过状态表、比对着改、同一口气记下留痕（见 advance-items.ts）。

/** 提交反馈 — the round is the business key. False: the second of two taps finds it taken. */
export async function openReport(ctx: Context, report: NewReport, right: Right): Promise<boolean> {
  if (!(await insertReport(ctx.tx, report))) return false;
  const { itemId, round, percent, noChange } = report;
  ctx.audit.record({
    subject: { type: 'workItem', id: itemId },
    event: 'report',
    after: progressReportMachine.initial,
    detail: { reportId: report.id, round, percent, noChange },
    ...right,
  });
  return true;
}

/** 推进反馈 */
export async function advanceReport(
  ctx: Context,
  report: ProgressReport,
  { event, patch, right }: { event: ReportEvent; patch: object; right: Right },
): Promise<void> {
  const status = progressReportMachine.next(report.status, event);
  if (!(await moveReport(ctx.tx, { id: report.id, from: report.status, to: status, patch }))) throw new ConflictError();
  ctx.audit.record({
    subject: { type: 'progressReport', id: report.id },
    event,
    before: report.status,
    after: status,
    detail: { itemId: report.itemId, round: report.round },
    ...right,
  });
}

/** 记入台账 — an adopted report becomes what the ledger shows. */
export async function settleReport(ctx: Context, { report, item, right }: { report: ProgressReport; item: WorkItem; right: Right }): Promise<void> {
  const metrics = item.metrics.map((metric) => {
    const reported = report.metrics.find(({ name }) => name === metric.name);
    return reported ? { ...metric, current: reported.value } : { ...metric };
  });
  await applyReport(ctx.tx, report, metrics);
  ctx.audit.record({
    subject: { type: 'workItem', id: item.id },
    event: 'adopt',
    before: String(item.percent),
    after: String(report.percent),
    detail: { reportId: report.id },
    ...right,
  });
  if (item.parentId) await rollUp(ctx, item.parentId, right);
}
