import { type Context, systemActor } from '#core/context';
import { monthDay } from '#core/dates';
import type { WorkItem } from '../work-items/records.ts';
import { findItem, lockItem } from '../work-items/store.ts';
import { advanceOrder } from './advance.ts';
import { orderMachine, type SupervisionOrder } from './model.ts';
import { noLongerLate } from './no-longer-late.ts';
import { findFormerUnits, findOrdersOfItems, findPendingOrder } from './store.ts';

const endedWords: Readonly<Record<string, string>> = { completed: '事项已办结', cancelled: '事项已撤销', archived: '事项已归档' };

/**
 * 销号 — the item is done with, or another unit's by now: what was drafted, signed and answered was about the unit that had it. Its orders
 * are closed; a draft that is still unsigned lapses without a number.
 * @returns null: they all stand; `withdrawn` are the unsigned ones
 */
export async function closeOrders(
  ctx: Context,
  itemId: string,
): Promise<{
  item: WorkItem;
  closed: readonly SupervisionOrder[];
  withdrawn: readonly (SupervisionOrder & { readonly wasChecked: boolean })[];
} | null> {
  const [item, orders] = [await findItem(ctx.tx, itemId), await findOrdersOfItems(ctx.tx, [itemId])];
  if (!item || orders.length === 0) return null;
  const moved = await findFormerUnits(ctx.tx, orders);
  const reasonOf = ({ id, status }: SupervisionOrder): string | undefined =>
    orderMachine.can(status, 'close') || orderMachine.can(status, 'drop')
      ? (endedWords[item.status] ?? (moved.has(id) ? '事项已改派' : undefined))
      : undefined;
  if (!orders.some((order) => reasonOf(order) !== undefined)) return null;
  await lockItem(ctx.tx, itemId);
  const closed: SupervisionOrder[] = [];
  const withdrawn: (SupervisionOrder & { wasChecked: boolean })[] = [];
  for (const order of await findOrdersOfItems(ctx.tx, [itemId])) {
    const reason = reasonOf(order);
    if (reason === undefined) continue;
    if (orderMachine.can(order.status, 'close'))
      closed.push(
        await advanceOrder(ctx, order, { event: 'close', patch: { closedBy: ctx.actor.name, closedAt: ctx.now }, right: {}, detail: { reason } }),
      );
    else {
      // 没有谁不予印发：事由没有了，机器撤回。
      const patch = { droppedBy: systemActor.name, dropReason: reason };
      const dropped = await advanceOrder(ctx, order, { event: 'drop', patch, right: {}, detail: { reason } });
      withdrawn.push({ ...dropped, wasChecked: order.status === 'checked' });
    }
  }
  return { item, closed, withdrawn };
}

/** 撤回拟稿 — a reply has been accepted or the limit has moved: what the machine drafted is withdrawn before anybody signs it. */
export async function withdrawNeedlessDraft(
  ctx: Context,
  itemId: string,
): Promise<{ order: SupervisionOrder; item: WorkItem; wasChecked: boolean } | null> {
  if (!(await findPendingOrder(ctx.tx, itemId))) return null;
  await lockItem(ctx.tx, itemId);
  const pending = await findPendingOrder(ctx.tx, itemId);
  const item = await findItem(ctx.tx, itemId);
  // 人写了依据的，不由机器撤；办结、撤销、改派的，另有销号。
  if (!pending || !item || endedWords[item.status] !== undefined || !orderMachine.can(pending.status, 'drop')) return null;
  const now = await noLongerLate(ctx, pending);
  if (!now) return null;
  const dropReason = now.promisedOn === null ? `时限已改为${now.dueOn.slice(0, 4)}年${monthDay(now.dueOn)}，不再逾期` : '催办回复已采纳，已停表';
  // 点按钮的人只是采纳了回复、批了延期；撤的是机器自己拟的。
  const patch = { dropReason, droppedBy: systemActor.name };
  const order = await advanceOrder(ctx, pending, { event: 'drop', patch, right: {}, detail: { reason: dropReason } });
  return { order, item, wasChecked: pending.status === 'checked' };
}
