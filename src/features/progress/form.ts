import type { ProgressFormProps } from '#cards/progress/progress-form.card';
import type { Context } from '#core/context';
import { loadCalendar } from '#domain/calendar/store';
import { dueSpan } from '#domain/calendar/working-days';
import { latestMetrics, nextRound } from '#domain/work-items/progress';
import type { ReportingSituation } from '#domain/work-items/store';
import { writtenCode } from '#domain/work-items/written-code';
import { supportSince } from './support.ts';

/** 填报表单 — with the last values in it. */
export async function formProps(ctx: Context, { item, last }: ReportingSituation): Promise<ProgressFormProps> {
  const returned = last?.status === 'returned';
  // 退回的接着改：填的是退回的那一份，比的仍是台账上的数。
  const values = new Map([...latestMetrics(item, last), ...(returned ? last.metrics.map(({ name, value }) => [name, value] as const) : [])]);
  return {
    itemId: item.id,
    code: await writtenCode(ctx, item),
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
    support: await supportSince(ctx, item.id, last ? new Date(last.submittedAt) : null),
    quick: null,
  };
}
