import { changeDay as changeAction, openDay } from '#cards/calendar/actions';
import { dayFormCard } from '#cards/calendar/day-form.card';
import { on } from '#core/click';
import { announceCalendar, changeDay } from '#domain/calendar/change';
import { assertMay } from '#domain/roster/policy';
import { yearView } from './year.ts';

/** 打开单子 — with the day at hand, or the first of another year. */
export const onOpenDay = on(openDay, (ctx, { year }) => {
  assertMay(ctx.actor, 'manageCalendar');
  const date = ctx.today.startsWith(`${year}-`) ? ctx.today : `${year}-01-01`;
  return Promise.resolve({ card: dayFormCard({ date, occasion: ctx.now.getTime().toString(36) }) });
});

/** 保存 — the year is shown again with the change in it. */
export const onChangeDay = on(changeAction, async (ctx, _payload, { date, kind, reason }) => {
  await changeDay(ctx, { date, kind, reason });
  const effects = await announceCalendar(ctx);
  return { toast: ['已调整', ...effects].join('；'), card: await yearView(ctx, Number(date.slice(0, 4))) };
});
