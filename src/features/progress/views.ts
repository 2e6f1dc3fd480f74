import { formatInstant } from '#cards/kit/format';
import type { ReportProps } from '#cards/progress/report.card';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import type { ProgressReport, WorkItem } from '#domain/work-items/records';

/** 卡片键 */
export const signOffKey = (reportId: string): string => `report-sign-off:${reportId}`;
export const adoptionKey = (reportId: string): string => `report-adoption:${reportId}`;

/** 反馈 → 卡片 */
export function reportProps(
  ctx: Pick<Context, 'now'>,
  audience: ReportProps['audience'],
  { item, unitName, report }: { item: WorkItem; unitName: string; report: ProgressReport },
): ReportProps {
  const { id: reportId, status, percent, content, difficulties, reporterName } = report;
  const base = localDateOf(ctx.now);
  const by = status === 'returned' ? report.returnedBy : status === 'adopted' ? report.adoptedBy : report.signedOffBy;
  return {
    audience,
    reportId,
    itemId: item.id,
    code: item.code,
    title: item.title,
    unitName,
    status,
    percent,
    previousPercent: item.percent,
    content,
    difficulties,
    metrics: report.metrics.map(({ name, value, previous, reason }) => {
      const metric = item.metrics.find((known) => known.name === name);
      return { name, value, previous, target: metric?.target ?? 0, unit: metric?.unit ?? '', ...(reason ? { reason } : {}) };
    }),
    reporterName,
    submittedAt: formatInstant(new Date(report.submittedAt), base),
    lastStep: by ? { by, reason: status === 'returned' ? report.returnReason : null } : null,
  };
}
