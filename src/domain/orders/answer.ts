import type { Context } from '#core/context';
import { instantAt, isRealDate, type LocalDate } from '#core/dates';
import { ConflictError, InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { loadCalendar } from '../calendar/store.ts';
import { addWorkingDays } from '../calendar/working-days.ts';
import { assertMay, signatureOf } from '../roster/policy.ts';
import { changeDue } from '../work-items/advance-items.ts';
import { matterOf } from '../work-items/item-view.ts';
import { findItem } from '../work-items/store.ts';
import { advanceOrder, registerReply, settleReply } from './advance.ts';
import { lockedOrder, type OrderOfItem } from './draft.ts';
import { type OrderReply, orderMachine } from './model.ts';
import { findRepliesTo } from './store.ts';

/** 签收督办令 */
export async function acknowledgeOrder(ctx: Context, orderId: string): Promise<OrderOfItem> {
  const { order, item } = await lockedOrder(ctx, orderId);
  const right = assertMay(ctx.actor, 'acknowledgeOrder', matterOf(item));
  if (order.acknowledgedAt !== null) throw new ConflictError('已签收，无需重复签收');
  const patch = { acknowledgedBy: signatureOf(ctx.actor, right), acknowledgedAt: ctx.now };
  return { order: await advanceOrder(ctx, order, { event: 'acknowledge', patch, right }), item };
}

/** 回复督办令 — cause, measure and date, by the head of the unit. */
export async function replyToOrder(
  ctx: Context,
  orderId: string,
  { cause, measure, promisedOn }: { cause: string; measure: string; promisedOn: LocalDate },
): Promise<OrderOfItem & { readonly reply: OrderReply }> {
  const { order, item } = await lockedOrder(ctx, orderId);
  const right = assertMay(ctx.actor, 'replyToOrder', matterOf(item));
  if (order.status === 'replied') throw new ConflictError('已回复，正在等督查室审核，无需重复提交');
  orderMachine.next(order.status, 'reply');
  if (!isRealDate(promisedOn)) throw new InvalidError('完成日期看不懂，请重新选择');
  if (promisedOn < ctx.today) throw new InvalidError('完成日期已经过去，请选今天以后的日期');
  const parent = item.parentId ? await findItem(ctx.tx, item.parentId) : null;
  if (parent && promisedOn > parent.dueOn) throw new InvalidError(`完成日期不得晚于上级事项的时限${parent.dueOn}`);
  const byName = signatureOf(ctx.actor, right);
  const reply: OrderReply = {
    ...{ id: newId(), orderId, round: (await findRepliesTo(ctx.tx, orderId)).length + 1, status: 'submitted', cause, measure, promisedOn },
    ...{ byId: ctx.actor.personId ?? '', byName, at: ctx.now, decidedBy: null, decidedAt: null, reason: null },
  };
  await registerReply(ctx, reply);
  return { order: await advanceOrder(ctx, order, { event: 'reply', right, detail: { round: reply.round, promisedOn } }), item, reply };
}

/** 采纳回复 — from now on the item's limit is the adopted date, by this order; the original limit stays what it was. */
export async function adoptOrderReply(ctx: Context, orderId: string): Promise<OrderOfItem & { readonly reply: OrderReply }> {
  const right = assertMay(ctx.actor, 'decideOrderReply');
  const { order, item } = await lockedOrder(ctx, orderId);
  const reply = await openReply(ctx, orderId);
  orderMachine.next(order.status, 'adopt');
  const decidedBy = signatureOf(ctx.actor, right);
  await settleReply(ctx, reply, { status: 'adopted', decidedBy, reason: null });
  const patch = { promisedOn: reply.promisedOn, dueBefore: item.dueOn };
  const adopted = await advanceOrder(ctx, order, { event: 'adopt', patch, right, detail: { round: reply.round, promisedOn: reply.promisedOn } });
  const moved = await changeDue(ctx, item, { dueOn: reply.promisedOn, reason: order.number ?? '', right });
  return { order: adopted, item: moved, reply: { ...reply, status: 'adopted', decidedBy, decidedAt: ctx.now } };
}

/** 退回重办 — the reply does not do; there is at least one more working day for a better one. @throws InvalidError without a reason */
export async function sendBackOrderReply(
  ctx: Context,
  orderId: string,
  reason: string | null,
): Promise<OrderOfItem & { readonly reply: OrderReply }> {
  const right = assertMay(ctx.actor, 'decideOrderReply');
  const { order, item } = await lockedOrder(ctx, orderId);
  const reply = await openReply(ctx, orderId);
  orderMachine.next(order.status, 'sendBack');
  if (!reason) throw new InvalidError('请写明退回原因，再点退回重办');
  const decidedBy = signatureOf(ctx.actor, right);
  await settleReply(ctx, reply, { status: 'sentBack', decidedBy, reason });
  const another = instantAt(addWorkingDays(await loadCalendar(ctx.tx), ctx.today, 1), '18:00');
  const patch = { replyBy: order.replyBy !== null && order.replyBy > another ? order.replyBy : another };
  // 原来的时限，往日的台账要用（domain/ledger/store.ts）。
  const former = { replyBy: order.replyBy?.toISOString() };
  const back = await advanceOrder(ctx, order, { event: 'sendBack', patch, right, detail: { round: reply.round, reason, former } });
  return { order: back, item, reply: { ...reply, status: 'sentBack', decidedBy, decidedAt: ctx.now, reason } };
}

async function openReply(ctx: Context, orderId: string): Promise<OrderReply> {
  const reply = (await findRepliesTo(ctx.tx, orderId)).at(-1);
  if (reply?.status !== 'submitted') throw new ConflictError('没有待审核的回复，请以最新卡片为准');
  return reply;
}
