import type { Context } from '#core/context';
import { instantAt, localDateOf, localTimeOf } from '#core/dates';
import { auditOf } from '../audit/store.ts';
import { loadCalendar } from '../calendar/store.ts';
import { addWorkingDays, type Calendar, workingDaysBetween } from '../calendar/working-days.ts';
import { haltedStatuses } from '../work-items/model.ts';
import type { WorkItem } from '../work-items/records.ts';
import { findItem, lockItem } from '../work-items/store.ts';
import { findHaltsEndedAfter, type Halt } from '../work-items/suspensions/store.ts';
import { noteOnOrder } from './advance.ts';
import type { OrderOfItem } from './draft.ts';
import { owedStatuses } from './model.ts';
import { findPendingOrder } from './store.ts';

/** 停表 — the item is halted: nobody is to sign or answer its order meanwhile, nothing of it is late. */
export function isHalted({ status }: Pick<WorkItem, 'status'>): boolean {
  return haltedStatuses.includes(status);
}

/**
 * 恢复计时 — the item goes on: a limit that was still ahead when it stopped moves by the working days of the halt, and leaves at least
 * one more; one that had passed before stays passed. The trail of the order keeps the former limits.
 * @returns null: no halt has ended since the order went out or was last resumed
 */
export async function resumeOrder(ctx: Context, itemId: string): Promise<OrderOfItem | null> {
  if ((await findPendingOrder(ctx.tx, itemId)) === null) return null;
  await lockItem(ctx.tx, itemId);
  const [order, item] = [await findPendingOrder(ctx.tx, itemId), await findItem(ctx.tx, itemId)];
  if (!order?.issuedAt || !item || isHalted(item) || !owedStatuses.includes(order.status)) return null;
  const resumed = (await auditOf(ctx.tx, { type: 'supervisionOrder', id: order.id })).findLast(({ event }) => event === 'resume');
  const halts = await findHaltsEndedAfter(ctx.tx, itemId, resumed ? new Date(resumed.at) : order.issuedAt);
  if (halts.length === 0) return null;
  const calendar = await loadCalendar(ctx.tx);
  const { acknowledgeBy, replyBy, issuedAt } = order;
  const moved = (limit: Date | null): Date | null => limit && movedBy(ctx, limit, { halts, calendar, issuedAt });
  const patch = { acknowledgeBy: order.status === 'issued' ? moved(acknowledgeBy) : acknowledgeBy, replyBy: moved(replyBy) };
  const former = { acknowledgeBy: acknowledgeBy?.toISOString(), replyBy: replyBy?.toISOString() };
  return { order: await noteOnOrder(ctx, order, { event: 'resume', patch, right: {}, detail: { former } }), item };
}

function movedBy(
  ctx: Pick<Context, 'now' | 'today'>,
  limit: Date,
  { halts, calendar, issuedAt }: { halts: readonly Halt[]; calendar: Calendar; issuedAt: Date },
): Date {
  let moved = limit;
  for (const { from, until } of halts) {
    if (moved <= from) continue;
    const began = localDateOf(from < issuedAt ? issuedAt : from);
    const days = workingDaysBetween(calendar, began, localDateOf(until));
    moved = instantAt(addWorkingDays(calendar, localDateOf(moved), days), localTimeOf(moved));
  }
  const wasAhead = halts.some(({ from }) => limit > from);
  return wasAhead && moved <= ctx.now ? instantAt(addWorkingDays(calendar, ctx.today, 1), localTimeOf(moved)) : moved;
}
