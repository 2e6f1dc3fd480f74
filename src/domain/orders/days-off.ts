import type { Context } from '#core/context';
import { instantAt, localDateOf, localTimeOf } from '#core/dates';
import { loadCalendar } from '../calendar/store.ts';
import { type Calendar, workingDayOnOrAfter } from '../calendar/working-days.ts';
import { noteOnOrder } from './advance.ts';
import { getOrder, type OrderOfItem } from './draft.ts';
import { findOrdersLimitedAfter } from './store.ts';

/**
 * 时限遇休息日顺延 — after the calendar has changed: a limit that is still ahead and now lies on a day off moves to the next working day, at
 * the same time. On a day off nobody is reminded, so that the unit would hear of its limit only when an interview is proposed. Never
 * earlier than the paper says. @returns the orders whose limits moved
 */
export async function moveLimitsOffDaysOff(ctx: Context): Promise<OrderOfItem[]> {
  const calendar = await loadCalendar(ctx.tx);
  const moved: OrderOfItem[] = [];
  for (const { id } of await findOrdersLimitedAfter(ctx.tx, ctx.now)) {
    const { order, item } = await getOrder(ctx, id);
    const { acknowledgeBy, replyBy } = order;
    const patch = { acknowledgeBy: offDayOff(ctx, calendar, acknowledgeBy), replyBy: offDayOff(ctx, calendar, replyBy) };
    if (patch.acknowledgeBy?.getTime() === acknowledgeBy?.getTime() && patch.replyBy?.getTime() === replyBy?.getTime()) continue;
    const former = { acknowledgeBy: acknowledgeBy?.toISOString(), replyBy: replyBy?.toISOString() };
    moved.push({ order: await noteOnOrder(ctx, order, { event: 'moveLimits', patch, right: {}, detail: { former } }), item });
  }
  return moved;
}

function offDayOff({ now }: Pick<Context, 'now'>, calendar: Calendar, limit: Date | null): Date | null {
  if (limit === null || limit <= now) return limit;
  return instantAt(workingDayOnOrAfter(calendar, localDateOf(limit)), localTimeOf(limit));
}
