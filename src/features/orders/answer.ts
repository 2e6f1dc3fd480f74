import { acknowledgeOrder as acknowledgeAction, adoptReply, replyToOrder as replyAction, sendBackReply } from '#cards/orders/actions';
import { type ActionReply, doneToast, on } from '#core/click';
import type { Context } from '#core/context';
import { acknowledgeOrder, adoptOrderReply, replyToOrder, sendBackOrderReply } from '#domain/orders/answer';
import { closeOrders, withdrawNeedlessDraft } from '#domain/orders/close';
import { getOrder, type OrderOfItem } from '#domain/orders/draft';
import { isHalted, resumeOrder } from '#domain/orders/halted';
import { draftStatuses } from '#domain/orders/model';
import { findPendingOrder } from '#domain/orders/store';
import { findDesk, headDesk, inspectorsDesk } from '#domain/roster/desk';
import { announceItem } from '#domain/work-items/item-view';
import { audienceOf, tellChief, tellInspectors } from './draft.ts';
import { orderRecipients } from './recipients.ts';
import { remindUnit } from './remind.ts';
import { orderKey, orderView, refreshOrder } from './views.ts';

/** 签收 */
export const onAcknowledgeOrder = on(acknowledgeAction, async (ctx, { orderId }): Promise<ActionReply> => {
  const current = await acknowledgeOrder(ctx, orderId);
  const { unheard } = await findDesk(ctx, headDesk(current.item.leadUnit));
  return { toast: doneToast('已签收', unheard, ''), card: await refreshOrder(ctx, current, audienceOf(ctx, current)) };
});

/** 回复 — then the office decides. */
export const onReplyToOrder = on(replyAction, async (ctx, { orderId }, { cause, measure, promisedOn }): Promise<ActionReply> => {
  const current = await replyToOrder(ctx, orderId, { cause: cause.trim(), measure: measure.trim(), promisedOn });
  const card = await refreshOrder(ctx, current, audienceOf(ctx, current));
  await tellInspectors(ctx, current);
  const { unheard } = await findDesk(ctx, inspectorsDesk);
  return { toast: doneToast('已回复', unheard, '，待督查室审核'), card };
});

/** 采纳 — the item's limit follows the order from now on. */
export const onAdoptReply = on(adoptReply, async (ctx, { orderId }): Promise<ActionReply> => {
  const current = await adoptOrderReply(ctx, orderId);
  const card = await refreshOrder(ctx, current, audienceOf(ctx, current));
  await tellHead(ctx, current);
  await announceItem(ctx, current.item.id);
  const { unheard } = await findDesk(ctx, headDesk(current.item.leadUnit));
  return { toast: doneToast(`已采纳，时限改为${current.item.dueOn}`, unheard, ''), card };
});

/** 退回重办 */
export const onSendBackReply = on(sendBackReply, async (ctx, { orderId }, { reason }): Promise<ActionReply> => {
  const current = await sendBackOrderReply(ctx, orderId, reason?.trim() || null);
  const card = await refreshOrder(ctx, current, audienceOf(ctx, current));
  await tellHead(ctx, current);
  const { unheard } = await findDesk(ctx, headDesk(current.item.leadUnit));
  return { toast: doneToast('已退回重办', unheard, '，已通知单位主要负责人'), card };
});

/** 告知主要负责人 — the verdict on top of the chat, not only in a card far above. */
async function tellHead(ctx: Context, current: OrderOfItem): Promise<void> {
  const { order, item } = current;
  const cardKey = orderKey(order.id, 'head');
  const card = await orderView(ctx, current, 'head');
  for (const { openId, audience } of (await orderRecipients(ctx, item)).people) {
    if (audience === 'head')
      ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${order.version}:${openId}`, priority: 'order' });
  }
}

/**
 * 事项变了 — done with, or another unit's: its orders are closed (销号); no longer late: the draft that waits for a signature is withdrawn;
 * halted: its order stands still, and when the item goes on the unit gets the order with its new limits.
 */
export async function onItemChanged(ctx: Context, itemId: string): Promise<void> {
  const ended = await closeOrders(ctx, itemId);
  if (ended) {
    const { item, closed, withdrawn } = ended;
    for (const order of closed) await refreshOrder(ctx, { order, item }, 'inspector');
    for (const { wasChecked, ...order } of withdrawn) await tellWithdrawn(ctx, { order, item, wasChecked });
    return;
  }
  const withdrawn = await withdrawNeedlessDraft(ctx, itemId);
  if (withdrawn) {
    await tellWithdrawn(ctx, withdrawn);
    return;
  }
  const resumed = await resumeOrder(ctx, itemId);
  if (resumed) await remindUnit(ctx, resumed, `resumed:${resumed.order.version}`);
  const pending = await findPendingOrder(ctx.tx, itemId);
  const current = pending && (await getOrder(ctx, pending.id));
  if (current && (resumed || isHalted(current.item) || draftStatuses.includes(pending.status))) await refreshOrder(ctx, current, 'inspector');
}

/** 告知撤回 — whoever has the draft before him: the inspectors, and the chief if he was to sign it. */
async function tellWithdrawn(ctx: Context, { wasChecked, ...withdrawn }: OrderOfItem & { readonly wasChecked: boolean }): Promise<void> {
  await refreshOrder(ctx, withdrawn, 'inspector');
  await tellInspectors(ctx, withdrawn);
  if (wasChecked) await tellChief(ctx, withdrawn);
}
