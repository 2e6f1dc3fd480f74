import { openYear } from '#cards/calendar/actions';
import { yearCard } from '#cards/calendar/year.card';
import type { Card } from '#cards/kit/card';
import { on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { loadCalendar, loadEntries } from '#domain/calendar/store';
import { viewYear } from '#domain/calendar/year-view';
import { assertMay, may } from '#domain/roster/policy';

/** 看日历 — `日历`, `日历 2027` */
export const showCalendar: Command = command({
  words: ['日历', '工作日历', 'calendar'],
  summary: '查看和调整放假、调休的安排',
  example: '日历 2027',
  visibleTo: (actor) => may(actor, 'manageCalendar'),
  handle: async (ctx, argument) => {
    assertMay(ctx.actor, 'manageCalendar');
    const asked = argument.normalize('NFKC').replace(/年$/, '').trim();
    const year = asked === '' ? Number(ctx.today.slice(0, 4)) : Number(asked);
    if (!Number.isInteger(year) || year < 2007 || year > 2100) throw new InvalidError('请写年份，例如“日历 2027”；导入请直接粘贴国务院通知的全文。');
    return { card: await yearView(ctx, year), privately: true };
  },
});

/** 翻到某一年 */
export const onOpenYear = on(openYear, async (ctx, { year }) => {
  assertMay(ctx.actor, 'manageCalendar');
  return { card: await yearView(ctx, year) };
});

/** 某一年 → 卡片 */
export async function yearView(ctx: Context, year: number): Promise<Card> {
  return yearCard(viewYear(await loadCalendar(ctx.tx), await loadEntries(ctx.tx), year));
}
