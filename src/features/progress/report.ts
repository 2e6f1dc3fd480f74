import { reportNoChange as noChangeAction, openForm, submitReport as submitAction } from '#cards/progress/actions';
import { progressFormCard } from '#cards/progress/progress-form.card';
import { reportCard } from '#cards/progress/report.card';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { type ActionReply, on } from '#core/feature';
import { loadCalendar } from '#domain/calendar/store';
import { dueSpan } from '#domain/calendar/working-days';
import { latestMetrics, nextRound, openSituation, reportNoChange, submitReport } from '#domain/work-items/progress';
import type { ProgressReport } from '#domain/work-items/records';
import type { ReportingSituation } from '#domain/work-items/store';
import { reportProps, signOffKey } from './views.ts';

/** 填报 — the form replaces the card under the finger, with the last values in it. */
export const onOpenForm = on(openForm, async (ctx, { itemId }) => {
  const { item, last } = await openSituation(ctx, itemId);
  const values = latestMetrics(item, last);
  const returned = last?.status === 'returned';
  const card = progressFormCard({
    itemId,
    code: item.code,
    title: item.title,
    dueOn: item.dueOn,
    originalDueOn: item.originalDueOn,
    today: ctx.today,
    span: dueSpan(await loadCalendar(ctx.tx), ctx.today, item.dueOn),
    round: nextRound(last),
    percent: returned ? last.percent : item.percent,
    content: last && !last.noChange ? last.content : '',
    difficulties: last?.difficulties ?? '',
    metrics: item.metrics.map(({ name, target, unit }) => ({ name, target, unit, value: values.get(name) ?? 0 })),
    returned: returned ? { by: last.returnedBy ?? '', reason: last.returnReason ?? '' } : null,
  });
  return { card };
});

/** 提交反馈 — many people at one instant share one commit. */
export const onSubmitReport = on(submitAction, async (ctx, target, form): Promise<ActionReply> => {
  const typed = [form.metric1, form.metric2, form.metric3];
  const read = (item: ReportingSituation['item']): Map<string, number> =>
    new Map(item.metrics.flatMap(({ name }, index) => (typed[index] === undefined ? [] : [[name, readNumber(name, typed[index])] as const])));
  const { situation, report } = await submitReport(ctx, target, {
    percent: form.percent,
    content: form.content,
    difficulties: form.difficulties ?? null,
    metrics: read,
    reason: form.reason ?? null,
  });
  return afterSubmit(ctx, situation, report);
});

/** 本期无变化 — one tap. */
export const onReportNoChange = on(noChangeAction, async (ctx, target): Promise<ActionReply> => {
  const { situation, report } = await reportNoChange(ctx, target);
  return afterSubmit(ctx, situation, report);
});

/** 提交之后 — the head (and delegates) get it for sign-off; the reporter sees where it stands. */
function afterSubmit(ctx: Context, { item, unitName, heads }: ReportingSituation, report: ProgressReport): ActionReply {
  const view = { item, unitName, report };
  const card = reportCard(reportProps(ctx, 'head', view));
  for (const openId of heads) {
    ctx.outbox.sendCard({
      to: { person: openId },
      cardKey: signOffKey(report.id),
      card,
      dedupeKey: `sign-off:${report.id}:${openId}`,
      priority: 'task',
    });
  }
  return { toast: '已提交，待单位审签', card: reportCard(reportProps(ctx, 'reporter', view)) };
}

function readNumber(name: string, text: string): number {
  const value = Number(text.normalize('NFKC').replace(/[\s,，]/g, ''));
  if (!Number.isFinite(value)) throw new InvalidError(`${name}填的“${text}”不是数，请只填数字`);
  return value;
}
