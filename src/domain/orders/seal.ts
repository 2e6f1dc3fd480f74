import type { Context } from '#core/context';
import { ConflictError } from '#core/errors';
import { assertMay, signatureOf } from '../roster/policy.ts';
import { noteOnOrder } from './advance.ts';
import { lockedOrder, type OrderOfItem } from './draft.ts';

/** 已用印 — the seal is put on outside the system (on paper, or as an electronic one); that it was done is noted by hand. */
export async function noteSealed(ctx: Context, orderId: string): Promise<OrderOfItem> {
  const right = assertMay(ctx.actor, 'sealOrder');
  const { order, item } = await lockedOrder(ctx, orderId);
  if (order.sealedAt !== null) throw new ConflictError(`${order.sealedBy ?? ''}已记过用印，无需重复`);
  if (order.issuedAt === null || order.status === 'voided') throw new ConflictError('这道令没有下达或已作废，不能用印');
  const patch = { sealedBy: signatureOf(ctx.actor, right), sealedAt: ctx.now };
  return { order: await noteOnOrder(ctx, order, { event: 'seal', patch, right }), item };
}
