import { reportNoChange as noChangeAction, openForm, submitReport as submitAction } from '#cards/progress/actions';
import { progressFormCard } from '#cards/progress/progress-form.card';
import { reportCard } from '#cards/progress/report.card';
import { type ActionReply, doneToast, on } from '#core/click';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { findDesk, headDesk } from '#domain/roster/desk';
import { AlreadyReported, openSituation, reportNoChange, submitReport } from '#domain/work-items/progress';
import type { ProgressReport } from '#domain/work-items/records';
import type { ReportingSituation } from '#domain/work-items/store';
import { formProps } from './form.ts';
import { reportProps } from './views.ts';
import { refreshWaiting } from './waiting-lists.ts';

/** 填报 — the form replaces the card under the finger, with the last values in it. */
export const onOpenForm = on(openForm, async (ctx, { itemId }) => ({
  card: progressFormCard(await formProps(ctx, await openSituation(ctx, itemId))),
}));

/** 提交反馈 — many people at one instant share one commit. */
export const onSubmitReport = on(submitAction, async (ctx, target, form): Promise<ActionReply> => {
  const typed = [form.metric1, form.metric2, form.metric3];
  const read = (item: ReportingSituation['item']): Map<string, number> =>
    new Map(item.metrics.flatMap(({ name }, index) => (typed[index] === undefined ? [] : [[name, readNumber(name, typed[index])] as const])));
  const input = {
    percent: form.percent,
    content: form.content,
    difficulties: form.difficulties ?? null,
    metrics: read,
    reason: form.reason ?? null,
  };
  return submitted(ctx, () => submitReport(ctx, target, input));
});

/** 本期无变化 — one tap. */
export const onReportNoChange = on(noChangeAction, (ctx, target): Promise<ActionReply> => submitted(ctx, () => reportNoChange(ctx, target)));

/** 提交 — the list of the head (and of delegates) takes it up; the reporter sees where it stands. */
async function submitted(ctx: Context, submit: () => ReturnType<typeof submitReport>): Promise<ActionReply> {
  try {
    const { situation, report } = await submit();
    refreshWaiting(ctx, 'signOff', { unitCode: situation.item.leadUnit, occasion: `${report.id}:${report.status}` });
    const { unheard, card } = await standing(ctx, situation, report);
    return { toast: doneToast('已提交', unheard, '，待单位审签'), card };
  } catch (error) {
    if (!(error instanceof AlreadyReported)) throw error;
    // 答复丢了的人再按一次：手上的表单也要换成报上去的样子，不然他只看得到一张按不动的表。
    const { card } = await standing(ctx, error.situation, error.report);
    return { toast: { type: 'info', text: error.publicMessage }, card };
  }
}

async function standing(ctx: Context, { item, unitName, heads }: ReportingSituation, report: ProgressReport) {
  // 有没有人收得到，处境里已经读出；没有的才去问是谁。
  const unheard = heads.length > 0 ? null : (await findDesk(ctx, headDesk(item.leadUnit))).unheard;
  return { unheard, card: reportCard(await reportProps(ctx, 'reporter', { item, unitName, report, unheard })) };
}

function readNumber(name: string, text: string): number {
  const value = Number(text.normalize('NFKC').replace(/[\s,，]/g, ''));
  if (!Number.isFinite(value)) throw new InvalidError(`${name}填的“${text}”不是数，请只填数字`);
  return value;
}
