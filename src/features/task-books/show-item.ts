import { formatInstant } from '#cards/kit/format';
import { signalLight, term } from '#cards/kit/terms';
import { type ItemProps, itemCard } from '#cards/task-books/item.card';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { InvalidError } from '#core/errors';
import { auditOf } from '#domain/audit/store';
import { loadCalendar } from '#domain/calendar/store';
import { dueSpan } from '#domain/calendar/working-days';
import { findCorrectedAt } from '#domain/corrections/store';
import { findPendingExtensions } from '#domain/extensions/store';
import { entryOf, type LedgerEntry } from '#domain/ledger/entries';
import { assertMay, may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { itemCodePattern, readItemCode } from '#domain/work-items/item-code';
import { itemNamed, matterOf, offeredActions, viewOf } from '#domain/work-items/item-view';
import { openStatuses } from '#domain/work-items/model';
import type { ProgressReport, WorkItem } from '#domain/work-items/records';
import { findReportsOf } from '#domain/work-items/waiting/store';
import { writtenCode } from '#domain/work-items/written-code';

/** 查事项 — `任务 管-063`, or the number alone. */
export const showItem: Command = command({
  words: ['任务', '事项', 'item'],
  summary: '查看一个事项的进展和经过',
  example: '任务 管-063',
  match: (text) => (itemCodePattern.test(text) ? text : null),
  handle: async (ctx, argument) => {
    const code = readItemCode(argument);
    // 编号不是重点任务的写法：也许是别的功能认得的（项目任务 食-2.8.3、项目名）。
    for (const { topic } of code ? [] : ctx.contributions.features) {
      const answer = await topic?.(ctx, argument.normalize('NFKC').trim());
      if (answer) return answer;
    }
    if (!code) throw new InvalidError('请写明事项编号，例如“任务 管-063”');
    const item = await itemNamed(ctx, code);
    assertMay(ctx.actor, 'readItem', matterOf(item));
    return { card: itemCard(await itemProps(ctx, item)), privately: true };
  },
});

async function itemProps(ctx: Context, item: WorkItem): Promise<ItemProps> {
  const units = new Map((await listUnits(ctx.tx)).map(({ code, name, shortName }) => [code, { name, shortName }]));
  const posts = [item.responsiblePostId, item.liaisonPostId].flatMap((postId) => (postId ? [postId] : []));
  const holders = await findHolders(ctx.tx, { postIds: posts }, ctx.today);
  const nameOf = (postId: string | null): string | null =>
    holders.find((holder) => holder.postId === postId && holder.delegateFor === null)?.name ?? null;
  const view = await viewOf(ctx, item);
  const { children, last } = view;
  const pending = last?.status === 'submitted' || last?.status === 'signedOff';
  const correctedAt = (await findCorrectedAt(ctx.tx, [item.id])).get(item.id) ?? null;
  return {
    itemId: item.id,
    code: await writtenCode(ctx, item),
    title: item.title,
    status: item.status,
    light: lightOf(await entryOf(ctx, item)),
    today: ctx.today,
    unitName: units.get(item.leadUnit)?.name ?? item.leadUnit,
    supportingUnits: item.supportingUnits.map((code) => units.get(code)?.shortName ?? code),
    responsible: nameOf(item.responsiblePostId),
    liaison: nameOf(item.liaisonPostId),
    dueOn: item.dueOn,
    originalDueOn: item.originalDueOn,
    span: openStatuses.includes(item.status) ? dueSpan(await loadCalendar(ctx.tx), ctx.today, item.dueOn) : null,
    feedbackPeriod: item.feedbackPeriod,
    theme: item.theme,
    goal: item.goal,
    measures: item.measures,
    percent: item.percent,
    metrics: item.metrics,
    correctedAt: correctedAt && formatInstant(correctedAt, ctx.today),
    children: children.map(({ code, title, percent, dueOn, originalDueOn, status }) => ({ code, title, percent, dueOn, originalDueOn, status })),
    lastReport: last
      ? {
          status: last.status,
          percent: last.percent,
          content: last.content,
          by: last.reporterName,
          at: formatInstant(new Date(last.submittedAt), ctx.today),
        }
      : null,
    trend: trendOf(item, await findReportsOf(ctx.tx, item.id, trendReports)),
    timeline: (await auditOf(ctx.tx, { type: 'workItem', id: item.id })).map(({ at, actorName, onBehalfOf, event, before, after, detail }) => ({
      at: formatInstant(new Date(at), ctx.today),
      words:
        event === 'light'
          ? `${term(signalLight, before ?? '')}转${term(signalLight, after ?? '')}`
          : `${actorName}${onBehalfOf ? `（代${onBehalfOf}）` : ''}${eventWords[event] ?? event}${detailOf(detail)}`,
    })),
    extensionPending: (await findPendingExtensions(ctx.tx, [item.id])).has(item.id),
    reportable:
      item.status === 'inProgress' &&
      !pending &&
      children.every(({ status }) => status === 'cancelled') &&
      may(ctx.actor, 'reportProgress', matterOf(item)),
    actions: await offeredActions(ctx, view),
  };
}

function lightOf(entry: LedgerEntry | null): ItemProps['light'] {
  if (!entry) return null;
  const { light, reasons, override } = entry;
  return {
    light,
    reasons: reasons.map((reason) => ({ ...reason })),
    override: override && { reason: override.reason, by: override.setBy, until: override.untilOn },
  };
}

/** 走势图上至多画这么多次反馈 */
const trendReports = 12;
const trendFrom = 3;

/** 走势 — the last value of each day; what was returned does not count. */
function trendOf(item: WorkItem, reports: readonly ProgressReport[]): ItemProps['trend'] {
  return item.metrics.flatMap(({ name }) => {
    const byDay = new Map<string, number>();
    for (const { status, metrics, submittedAt } of reports) {
      const value = metrics.find((metric) => metric.name === name)?.value;
      if (status !== 'returned' && value !== undefined) byDay.set(localDateOf(submittedAt), value);
    }
    if (byDay.size < trendFrom) return [];
    return [...byDay].map(([day, value]) => ({ name, on: day.slice(5).replace(/^0/, '').replace('-0', '-'), value }));
  });
}

const eventWords: Readonly<Record<string, string>> = {
  register: '立项',
  carryOver: '随任务表带入',
  issue: '下达',
  issueClosed: '下达',
  acknowledge: '签收',
  report: '提交反馈',
  adopt: '采纳反馈',
  decline: '退件',
  uphold: '裁定维持原单位',
  upholdUnsigned: '裁定维持原单位',
  reassign: '改派',
  passOn: '：随上级事项改派',
  changeSupport: '换配合单位',
  proposeCorrection: '提出更正',
  correct: '批准更正',
  endSupportAsk: '：不再请配合单位反馈',
  breakDown: '分解',
  revise: '按新表调整',
  rollUp: '：子任务进度汇总',
  assign: '调整责任人',
  applyForCompletion: '申请办结',
  requestCompletion: '审签办结申请',
  returnCompletion: '退回办结申请',
  requireOnSite: '要求现场核查',
  complete: '核查通过，办结',
  sendBack: '退回重办',
  suspend: '中止',
  resume: '恢复办理',
  resumeUnsigned: '恢复办理',
  resumeVerification: '恢复办理',
  cancel: '撤销',
  archive: '归档',
  requestExtension: '申请延期',
  explainDelay: '说明情况',
  extend: '延期获批准',
  supportNote: '分工反馈',
  askSupport: '请配合单位反馈',
  attach: '附材料',
  reapplyPolicy: '重新套用提醒规则',
  urge: '催办',
  replyToUrge: '回复催办',
  acceptReply: '采纳催办回复',
  returnReply: '退回催办回复',
  dropPromise: '原单位承诺的完成日期不再作数',
  overrideLight: '人工定灯',
  restoreLight: '恢复按规则亮灯',
  changeDue: '采纳督办令的回复，改时限',
  changeLeader: '分管领导换了人',
  progress: '记进度',
  finish: '完成',
  reopen: '更正为未完成',
};

/** 经过里的细节：比例和事由，别的留在留痕里。 */
function detailOf(detail: unknown): string {
  const { percent, reason, dueAfter } = (detail ?? {}) as { percent?: number; reason?: string; dueAfter?: string };
  return `${percent === undefined ? '' : `（完成${percent}%）`}${dueAfter === undefined ? '' : `（时限${dueAfter}）`}${reason ? `：${reason}` : ''}`;
}
