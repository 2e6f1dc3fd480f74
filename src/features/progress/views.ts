import { formatInstant } from '#cards/kit/format';
import type { ReportProps } from '#cards/progress/report.card';
import type { Context } from '#core/context';
import type { ProgressReport, ReportedMetric, WorkItem } from '#domain/work-items/records';
import { warningsOf } from '#domain/work-items/report-warnings';
import { writtenCode } from '#domain/work-items/written-code';

/** 反馈与它的事项 */
export interface ReportView {
  readonly item: WorkItem;
  readonly unitName: string;
  readonly report: ProgressReport;
  /** none where it has only just been submitted */
  readonly attachments?: readonly { readonly fileName: string }[] | undefined;
  /** 改派之后，原单位的这一次为什么到此为止 */
  readonly lapsed?: string | null;
  /** 轮到的人都收不到的缘由 */
  readonly unheard?: string | null;
}

/** 反馈 → 卡片 @param page the page of the list from which it was opened */
export async function reportProps(
  ctx: Pick<Context, 'tx' | 'now' | 'today'>,
  audience: ReportProps['audience'],
  { item, unitName, report, attachments = [], lapsed = null, unheard = null }: ReportView,
  page = 0,
): Promise<ReportProps> {
  const { id: reportId, status, percent, content, difficulties, reporterName } = report;
  const by = status === 'returned' ? report.returnedBy : status === 'adopted' ? report.adoptedBy : report.signedOffBy;
  // 困难另有一栏，不说两遍。
  const warnings = warningsOf(item, report, ctx.today).filter(({ kind }) => kind !== 'difficulties');
  return {
    audience,
    reportId,
    itemId: item.id,
    code: await writtenCode(ctx, item),
    title: item.title,
    unitName,
    status,
    percent,
    previousPercent: report.previousPercent ?? item.percent,
    content,
    difficulties,
    metrics: report.metrics.map((reported) => withTarget(item, reported)),
    warnings: warnings.map(({ words }) => words),
    reporterName,
    submittedAt: formatInstant(new Date(report.submittedAt), ctx.today),
    lastStep: by ? { by, reason: status === 'returned' ? report.returnReason : null } : null,
    attachments: attachments.map(({ fileName }) => fileName),
    page,
    lapsed,
    unheard,
  };
}

/** 指标值 → 卡片 */
export function withTarget(item: WorkItem, { name, value, previous }: ReportedMetric): ReportProps['metrics'][number] {
  const metric = item.metrics.find((known) => known.name === name);
  return { name, value, previous, target: metric?.target ?? 0, unit: metric?.unit ?? '' };
}
