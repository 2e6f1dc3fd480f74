import { type Context, systemActor } from '#core/context';
import { monthDay } from '#core/dates';
import type { WorkItem } from '../work-items/records.ts';
import { findItem, lockItem } from '../work-items/store.ts';
import { advanceOrder } from './advance.ts';
import { orderMachine, type SupervisionOrder } from './model.ts';
import { noLongerLate } from './no-longer-late.ts';
import { findOrdersOfItems, findPendingOrder } from './store.ts';

const ended: ReadonlySet<string> = new Set(['completed', 'cancelled', 'archived']);
const endedWords: Readonly<Record<string, string>> = { completed: '事项已办结', cancelled: '事项已撤销', archived: '事项已归档' };

/** 销号 — the item is done with, so its orders are closed; a draft that is still unsigned lapses without a number. */
export async function closeOrders(ctx: Context, itemId: string): Promise<{ item: WorkItem; closed: readonly SupervisionOrder[] } | null> {
  const item = await findItem(ctx.tx, itemId);
  if (!item || !ended.has(item.status)) return null;
  await lockItem(ctx.tx, itemId);
  const closed: SupervisionOrder[] = [];
  for (const order of await findOrdersOfItems(ctx.tx, [itemId])) {
    const reason = endedWords[item.status] ?? '';
    if (orderMachine.can(order.status, 'close'))
      closed.push(
        await advanceOrder(ctx, order, { event: 'close', patch: { closedBy: ctx.actor.name, closedAt: ctx.now }, right: {}, detail: { reason } }),
      );
    else if (orderMachine.can(order.status, 'drop'))
      closed.push(
        // 没有谁不予印发：事由没有了，机器撤回。
        await advanceOrder(ctx, order, { event: 'drop', patch: { droppedBy: systemActor.name, dropReason: reason }, right: {}, detail: { reason } }),
      );
  }
  return { item, closed };
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
  // 人写了依据的，不由机器撤；办结、撤销的，另有销号。
  if (!pending || !item || ended.has(item.status) || !orderMachine.can(pending.status, 'drop')) return null;
  const now = await noLongerLate(ctx, pending);
  if (!now) return null;
  const dropReason = now.promisedOn === null ? `时限已改为${now.dueOn.slice(0, 4)}年${monthDay(now.dueOn)}，不再逾期` : '催办回复已采纳，已停表';
  // 点按钮的人只是采纳了回复、批了延期；撤的是机器自己拟的。
  const patch = { dropReason, droppedBy: systemActor.name };
  const order = await advanceOrder(ctx, pending, { event: 'drop', patch, right: {}, detail: { reason: dropReason } });
  return { order, item, wasChecked: pending.status === 'checked' };
}
