import type { Context } from '#core/context';
import { findLastReply } from '../deadlines/replies/store.ts';
import type { WorkItem } from '../work-items/records.ts';
import { findItem, lockItem } from '../work-items/store.ts';
import { advanceOrder } from './advance.ts';
import { orderMachine, type SupervisionOrder } from './model.ts';
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
        await advanceOrder(ctx, order, { event: 'drop', patch: { droppedBy: ctx.actor.name, dropReason: reason }, right: {}, detail: { reason } }),
      );
  }
  return { item, closed };
}

/** 撤回拟稿 — a reply has been accepted meanwhile and the clock has stopped: what the machine drafted is withdrawn before anybody signs it. */
export async function withdrawAnsweredDraft(
  ctx: Context,
  itemId: string,
): Promise<{ order: SupervisionOrder; item: WorkItem; wasChecked: boolean } | null> {
  const item = await findItem(ctx.tx, itemId);
  const reply = await findLastReply(ctx.tx, itemId);
  if (!item || reply?.status !== 'accepted' || reply.dueOn !== item.dueOn) return null;
  await lockItem(ctx.tx, itemId);
  const pending = await findPendingOrder(ctx.tx, itemId);
  // 人起草的有人的依据，不由机器撤。
  if (!pending || pending.origin !== 'ladder' || !orderMachine.can(pending.status, 'drop')) return null;
  const patch = { dropReason: '催办回复已采纳，已停表', droppedBy: ctx.actor.name };
  const order = await advanceOrder(ctx, pending, { event: 'drop', patch, right: {}, detail: { reason: patch.dropReason } });
  return { order, item, wasChecked: pending.status === 'checked' };
}
