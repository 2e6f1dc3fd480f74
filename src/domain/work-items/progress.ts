import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError, RepeatedError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, type Right, signatureOf } from '../roster/policy.ts';
import { advanceReport, openReport, settleReport } from './advance-reports.ts';
import { matterOf } from './item-view.ts';
import { decidableStatuses, progressReportMachine, type WorkItemStatus } from './model.ts';
import type { ProgressReport, ReportedMetric, WorkItem } from './records.ts';
import { warningsOf } from './report-warnings.ts';
import { standingWords } from './standing.ts';
import { findItem, findLastReports, findReport, findReportingSituation, type ReportingSituation } from './store.ts';
import { findWaitingReports } from './waiting/store.ts';
import { asWritten, writtenCode } from './written-code.ts';

/** 填报内容 — as the form gave it, already of the right shape. */
export interface ReportInput {
  readonly percent: number;
  readonly content: string;
  readonly difficulties: string | null;
  /** 指标名 → 数值；表单只认次序，要等事项读出来才知道名字 */
  readonly metrics: (item: WorkItem) => ReadonlyMap<string, number>;
  /** 下调原因 */
  readonly reason: string | null;
}

/** 已报过 — whoever did not hear the answer pressed again: it carries what he reported. Nothing was written. */
export class AlreadyReported extends RepeatedError {
  readonly situation: ReportingSituation;
  readonly report: ProgressReport;

  constructor(situation: ReportingSituation, report: ProgressReport) {
    super('已提交，无需重复提交');
    this.situation = situation;
    this.report = report;
  }
}

/** 下一次反馈的序号 */
export const nextRound = (last: ProgressReport | null): number => (last?.round ?? 0) + 1;

/** 某项指标最近的数值 — as reported last, adopted or not. */
export function latestMetrics(item: WorkItem, last: ProgressReport | null): ReadonlyMap<string, number> {
  const returned = last?.status === 'returned';
  return new Map(
    item.metrics.map(({ name, current }) => [
      name,
      (returned ? undefined : last?.metrics.find((reported) => reported.name === name)?.value) ?? current,
    ]),
  );
}

/**
 * 反馈的处境 — everything that the form needs. @throws NotFoundError, ForbiddenError, ConflictError when nothing may be reported now
 * @param round the form's, when it is being submitted: what the same person has just submitted was a second tap
 */
export async function openSituation(ctx: Context, itemId: string, round?: number): Promise<ReportingSituation> {
  const situation = await findReportingSituation(ctx.tx, { itemId, today: ctx.today });
  if (!situation) throw new NotFoundError('没有这个事项，请以最新卡片为准', `no item ${itemId}`);
  const { item, last, children } = situation;
  assertMay(ctx.actor, 'reportProgress', matterOf(item));
  if (children > 0) throw new ConflictError(`${await writtenCode(ctx, item)}已分解为${children}个子任务，请由各子任务的责任人反馈，进度自动汇总`);
  if (item.status !== 'inProgress') throw new ConflictError(standingWords(await asWritten(ctx, item), '反馈'));
  if (last && last.round === round && last.reporterId === ctx.actor.personId) throw new AlreadyReported(situation, last);
  if (last && (last.status === 'submitted' || last.status === 'signedOff')) {
    throw new ConflictError(
      `${await writtenCode(ctx, item)}第${last.round}次反馈已提交，正在等待${last.status === 'submitted' ? '单位审签' : '督查室采纳'}；需要更正请先请对方退回`,
    );
  }
  return situation;
}

/**
 * 提交反馈 — the figures must be whole and may not fall without a reason (B11-7).
 * @param round which report this is, as the form knew it; an older form is refused
 */
export async function submitReport(
  ctx: Context,
  { itemId, round }: { itemId: string; round: number },
  input: ReportInput,
): Promise<{ situation: ReportingSituation; report: ProgressReport }> {
  const situation = await openSituation(ctx, itemId, round);
  assertRound(situation, round);
  const metrics = readMetrics(situation, input);
  const before = situation.item.percent;
  const lowered = input.percent < before;
  if (lowered && !input.reason) throw new InvalidError(`完成百分比由${before}%降为${input.percent}%，请填写“下调原因”后再提交`);
  return record(ctx, situation, { ...input, reason: lowered ? input.reason : null, metrics, noChange: false });
}

/** 本期无变化 — one tap: the last figures stand. */
export async function reportNoChange(
  ctx: Context,
  { itemId, round }: { itemId: string; round: number },
): Promise<{ situation: ReportingSituation; report: ProgressReport }> {
  const situation = await openSituation(ctx, itemId, round);
  assertRound(situation, round);
  const { item, last } = situation;
  const metrics = [...latestMetrics(item, last)].map(([name, value]) => ({ name, value, previous: value }));
  return record(ctx, situation, { percent: item.percent, content: '本期无变化', difficulties: null, reason: null, metrics, noChange: true });
}

/** 办定的一件 */
export interface DecidedReport {
  readonly item: WorkItem;
  readonly report: ProgressReport;
}

/** 单位审签 @throws ConflictError when it has been dealt with, or the item stands still */
export async function signOffReport(ctx: Context, reportId: string): Promise<DecidedReport> {
  const { item, report } = await findReportOf(ctx, reportId);
  const right = assertMay(ctx.actor, 'signOffReport', { unitCode: item.leadUnit });
  assertWaiting({ item, report }, 'submitted');
  const signedOffBy = signatureOf(ctx.actor, right);
  await advanceReport(ctx, report, { event: 'signOff', patch: { signedOffAt: ctx.now, signedOffBy }, right });
  return { item, report: { ...report, status: 'signedOff', signedOffBy, signedOffAt: ctx.now } };
}

/** 采纳 — the ledger takes the figures over. @throws ConflictError as signing off does */
export async function adoptReport(ctx: Context, reportId: string): Promise<DecidedReport> {
  const { item, report } = await findReportOf(ctx, reportId);
  const right = assertMay(ctx.actor, 'adoptReport');
  assertWaiting({ item, report }, 'signedOff');
  const adoptedBy = signatureOf(ctx.actor, right);
  await advanceReport(ctx, report, { event: 'adopt', patch: { adoptedAt: ctx.now, adoptedBy }, right });
  await settleReport(ctx, { report, item, right });
  return { item, report: { ...report, status: 'adopted', adoptedBy } };
}

/** 退回补充 — by the head before signing off, or by the inspectors before adoption. @throws InvalidError without a reason */
export async function returnReport(ctx: Context, reportId: string, reason: string | null): Promise<DecidedReport> {
  const { item, report } = await findReportOf(ctx, reportId);
  const right =
    report.status === 'submitted' ? assertMay(ctx.actor, 'signOffReport', { unitCode: item.leadUnit }) : assertMay(ctx.actor, 'adoptReport');
  assertWaiting({ item, report }, report.status === 'submitted' ? 'submitted' : 'signedOff');
  if (!reason) throw new InvalidError('请写明退回原因，再点退回');
  const returnedBy = signatureOf(ctx.actor, right);
  await advanceReport(ctx, report, { event: 'return', patch: { returnedAt: ctx.now, returnedBy, returnReason: reason }, right });
  return { item, report: { ...report, status: 'returned', returnedBy, returnReason: reason } };
}

/** 退回原单位的反馈 — the item goes to another unit: its head does not sign for what another unit reported. */
export async function returnFormerUnits(ctx: Context, itemId: string, { reason, right }: { reason: string; right: Right }): Promise<void> {
  const report = (await findLastReports(ctx.tx, [itemId])).get(itemId);
  if (report?.status !== 'submitted' && report?.status !== 'signedOff') return;
  const patch = { returnedAt: ctx.now, returnedBy: signatureOf(ctx.actor, right), returnReason: reason };
  await advanceReport(ctx, report, { event: 'return', patch, right });
}

/** 原单位的反馈 — it was made before the item went to the unit that has it now. */
export function isFormerUnits({ issuedAt }: Pick<WorkItem, 'issuedAt'>, { submittedAt }: Pick<ProgressReport, 'submittedAt'>): boolean {
  return issuedAt !== null && new Date(submittedAt) < new Date(issuedAt);
}

/** 一次点击至多办这么多件：点击要在三秒内答复。 */
const togetherMax = 50;

/** 一并审签 — the ones that were before the signer's eyes; what has been dealt with meanwhile or has a warning is left. */
export async function signOffTogether(ctx: Context, reportIds: readonly string[]): Promise<DecidedReport[]> {
  const decided: DecidedReport[] = [];
  for (const reportId of reportIds.slice(0, togetherMax)) {
    const { item, report } = await findReportOf(ctx, reportId);
    if (report.status !== 'submitted' || !decidableStatuses.includes(item.status) || warningsOf(item, report, ctx.today).length > 0) continue;
    decided.push(await signOffReport(ctx, reportId));
  }
  return decided;
}

/**
 * 一并采纳 — what has no warning and had come by `until`, the moment for which the list was drawn; the oldest fifty at most.
 * @returns `left`: how many more could have been adopted
 */
export async function adoptTogether(ctx: Context, until: Date): Promise<{ readonly decided: DecidedReport[]; readonly left: number }> {
  assertMay(ctx.actor, 'adoptReport');
  const waiting = await findWaitingReports(ctx.tx, { status: 'signedOff', leadUnits: null });
  const plain = waiting.filter(({ item, report }) => arrivalOf(report) <= until && warningsOf(item, report, ctx.today).length === 0);
  const decided: DecidedReport[] = [];
  for (const { report } of plain.slice(0, togetherMax)) decided.push(await adoptReport(ctx, report.id));
  return { decided, left: plain.length - decided.length };
}

/** 送到的时刻 — when the report came to whoever is next. */
export function arrivalOf({ submittedAt, signedOffAt }: ProgressReport): Date {
  return new Date(signedOffAt ?? submittedAt);
}

const whyNot: Partial<Record<WorkItemStatus, string>> = {
  issued: '还没有签收',
  declinePending: '正在裁定退件',
  underVerification: '已申请办结、正在核查',
  onSiteVerification: '已申请办结、正在核查',
  suspended: '已中止',
  completed: '已办结',
  archived: '已归档',
  cancelled: '已撤销',
};

/** 为什么现在办不了 — null: it waits for exactly this. */
export function whyNotWaiting({ item, report }: DecidedReport, wanted: 'submitted' | 'signedOff'): string | null {
  if (report.status !== wanted) return `${item.code}的这次反馈${nowIs(report)}，无需再办`;
  return decidableStatuses.includes(item.status) ? null : `${item.code}${whyNot[item.status] ?? '现在不在办理中'}，这次反馈暂不审签、不采纳`;
}

function assertWaiting(decided: DecidedReport, wanted: 'submitted' | 'signedOff'): void {
  const why = whyNotWaiting(decided, wanted);
  if (why !== null) throw new ConflictError(why);
}

function nowIs({ status, signedOffBy, adoptedBy, returnedBy }: ProgressReport): string {
  if (status === 'submitted') return '还没有经单位审签';
  if (status === 'signedOff') return `已由${signedOffBy ?? ''}审签`;
  return status === 'adopted' ? `已由${adoptedBy ?? ''}采纳` : `已由${returnedBy ?? ''}退回，等重新填报`;
}

function assertRound({ last }: ReportingSituation, round: number): void {
  if (round !== nextRound(last)) throw new ConflictError('这张表单已经用过，请从“我的任务”打开最新的表单');
}

function readMetrics({ item, last }: ReportingSituation, { metrics, reason }: ReportInput): ReportedMetric[] {
  const previous = latestMetrics(item, last);
  const given = metrics(item);
  return item.metrics.map(({ name, unit, target }) => {
    const before = previous.get(name) ?? 0;
    const value = given.get(name) ?? before;
    if (value < before && !reason) throw new InvalidError(`${name}由${before}${unit}降为${value}${unit}，请填写“下调原因”后再提交`);
    if (value < 0 || value > target * 10) throw new InvalidError(`${name}填的是${value}${unit}，目标值是${target}${unit}，请核对`);
    return { name, value, previous: before, ...(value < before && reason ? { reason } : {}) };
  });
}

async function record(
  ctx: Context,
  situation: ReportingSituation,
  content: Pick<ProgressReport, 'percent' | 'content' | 'difficulties' | 'reason' | 'metrics' | 'noChange'>,
): Promise<{ situation: ReportingSituation; report: ProgressReport }> {
  const { percent, content: words, difficulties, reason, metrics, noChange } = content;
  const right = assertMay(ctx.actor, 'reportProgress', matterOf(situation.item));
  const opened = {
    id: newId(),
    itemId: situation.item.id,
    round: nextRound(situation.last),
    percent,
    previousPercent: situation.item.percent,
    content: words,
    difficulties,
    reason,
    metrics,
    noChange,
    reporterId: ctx.actor.personId ?? '',
    reporterName: signatureOf(ctx.actor, right),
    submittedAt: ctx.now,
  };
  if (!(await openReport(ctx, opened, right))) {
    // 同时按的两下：头一下刚占了这一次，照它现在的样子答。
    await openSituation(ctx, opened.itemId, opened.round);
    throw new RepeatedError('已提交，无需重复提交', `round ${opened.round} of ${opened.itemId} is taken`);
  }
  const report: ProgressReport = {
    ...opened,
    status: progressReportMachine.initial,
    signedOffAt: null,
    signedOffBy: null,
    adoptedBy: null,
    returnedBy: null,
    returnReason: null,
  };
  return { situation, report };
}

/** 反馈与它的事项 @throws NotFoundError when there is none */
export async function findReportOf(ctx: Pick<Context, 'tx'>, reportId: string): Promise<DecidedReport> {
  const report = await findReport(ctx.tx, reportId);
  const item = report && (await findItem(ctx.tx, report.itemId));
  if (!report || !item) throw new NotFoundError('没有这次反馈，请以最新卡片为准', `no report ${reportId}`);
  return { item, report };
}
