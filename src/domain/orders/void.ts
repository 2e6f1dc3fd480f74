import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import { assertMay, type Right, signatureOf } from '../roster/policy.ts';
import { changeDue } from '../work-items/advance-items.ts';
import { openStatuses } from '../work-items/model.ts';
import { advanceOrder, noteOnOrder } from './advance.ts';
import { lockedOrder, type OrderOfItem } from './draft.ts';
import { orderMachine } from './model.ts';
import { voidNumber } from './register/store.ts';

/** 提出作废 — with the reason in writing; a second person has to agree (domain B2). */
export async function askToVoid(ctx: Context, orderId: string, reason: string | null): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'voidOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  orderMachine.next(order.status, 'void');
  if (order.voidAskedAt !== null) throw new ConflictError(`${order.voidAskedBy ?? ''}已提出作废，等另一人同意`);
  if (!reason) throw new InvalidError('请写明作废原因，再点提出作废');
  const patch = { voidReason: reason, voidAskedBy: signatureOf(ctx.actor, right), voidAskedById: ctx.actor.personId, voidAskedAt: ctx.now };
  return { order: await noteOnOrder(ctx, order, { event: 'askToVoid', patch, right, detail: { reason } }), item };
}

/** 不同意作废 — or the one who asked takes it back; the order stands. */
export async function keepOrder(ctx: Context, orderId: string): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'voidOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  if (order.voidAskedAt === null || order.status === 'voided') throw new ConflictError('没有待同意的作废，请以最新卡片为准');
  const patch = { voidReason: null, voidAskedBy: null, voidAskedById: null, voidAskedAt: null };
  return { order: await noteOnOrder(ctx, order, { event: 'keep', patch, right }), item };
}

/** 同意作废 — the number stays in the register as void, with its reason; a limit that the order had set goes back. */
export async function confirmVoid(ctx: Context, orderId: string): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'voidOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  const { voidReason, voidAskedBy, voidAskedById } = order;
  if (order.status === 'voided') throw new ConflictError('已作废，无需重复作废');
  if (voidReason === null || voidAskedById === null) throw new ConflictError('没有待同意的作废，请以最新卡片为准');
  assertSecondPerson(ctx, { askedById: voidAskedById, askedBy: voidAskedBy ?? '', right });
  const voidedBy = signatureOf(ctx.actor, right);
  await voidNumber(ctx.tx, orderId, { voidedAt: ctx.now, voidedBy: `${voidAskedBy ?? ''}提出，${voidedBy}同意`, voidReason });
  const voided = await advanceOrder(ctx, order, { event: 'void', patch: { voidedBy, voidedAt: ctx.now }, right, detail: { reason: voidReason } });
  const setByIt = order.promisedOn !== null && item.dueOn === order.promisedOn && openStatuses.includes(item.status);
  if (!setByIt || order.dueBefore === null) return { order: voided, item };
  return { order: voided, item: await changeDue(ctx, item, { dueOn: order.dueBefore, reason: `${order.number ?? ''}作废`, right }) };
}

/** 两个人 — neither the same person, nor somebody who acts for the one who asked. */
function assertSecondPerson(ctx: Context, { askedById, askedBy, right }: { askedById: string; askedBy: string; right: Right }): void {
  const sameHand = ctx.actor.personId === askedById || (right.onBehalfOf !== undefined && right.onBehalfOf === askedBy);
  if (sameHand) throw new InvalidError(`作废须两个人：${askedBy}提出的，要由督查室另一人同意`);
}
