import type { Context } from '#core/context';
import { ConflictError } from '#core/errors';
import type { Right } from '../roster/policy.ts';
import { type OrderEvent, type OrderReply, orderMachine, type SupervisionOrder } from './model.ts';
import { decideOrderReply, insertOrder, insertOrderReply, moveOrder } from './moves/store.ts';

// 督办令只在这个文件里改变：问过状态表、比对着改、同一口气记下留痕（test/architecture.test.ts）。

/** 登记拟稿 @throws ConflictError when an order for the item is under way */
export async function registerOrder(ctx: Context, order: SupervisionOrder, right: Right): Promise<void> {
  if (!(await insertOrder(ctx.tx, order))) throw new ConflictError('该事项已有一道督办令在办，不能再起草');
  const { id, itemId, origin, basis, replacesId, previousId } = order;
  const detail = {
    itemId,
    origin,
    ...(basis ? { reason: basis } : {}),
    ...(replacesId ? { replacesId } : {}),
    ...(previousId ? { previousId } : {}),
  };
  ctx.audit.record({ subject: { type: 'supervisionOrder', id }, event: 'draft', after: order.status, detail, ...right });
}

/** 推进督办令 @throws ConflictError when the event is not legal now, or somebody was faster */
export async function advanceOrder(
  ctx: Context,
  order: SupervisionOrder,
  {
    event,
    patch = {},
    right,
    detail,
  }: { event: OrderEvent; patch?: Partial<SupervisionOrder>; right: Right; detail?: Readonly<Record<string, unknown>> },
): Promise<SupervisionOrder> {
  const status = orderMachine.next(order.status, event);
  const { id, version, itemId } = order;
  if (!(await moveOrder(ctx.tx, { id, from: order.status, version, to: status, patch }))) throw new ConflictError();
  ctx.audit.record({
    subject: { type: 'supervisionOrder', id },
    event,
    before: order.status,
    after: status,
    detail: { itemId, ...(order.number ? { number: order.number } : {}), ...detail },
    ...right,
  });
  return { ...order, ...patch, status, version: version + 1 };
}

/** 在原状态里记一笔 — what is noted on an order without moving it; it has its line in the trail all the same. */
export async function noteOnOrder(
  ctx: Context,
  order: SupervisionOrder,
  { event, patch, right, detail }: { event: string; patch: Partial<SupervisionOrder>; right: Right; detail?: Readonly<Record<string, unknown>> },
): Promise<SupervisionOrder> {
  const { id, version, status, itemId } = order;
  if (!(await moveOrder(ctx.tx, { id, from: status, version, to: status, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'supervisionOrder', id }, event, before: status, after: status, detail: { itemId, ...detail }, ...right });
  return { ...order, ...patch, version: version + 1 };
}

/** 登记回复 — the round is the business key. */
export async function registerReply(ctx: Context, reply: OrderReply): Promise<void> {
  if (!(await insertOrderReply(ctx.tx, reply))) throw new ConflictError('已回复，无需重复提交');
}

/** 记下对回复的审核 */
export async function settleReply(
  ctx: Context,
  reply: OrderReply,
  verdict: { status: 'adopted' | 'sentBack'; decidedBy: string; reason: string | null },
): Promise<void> {
  await decideOrderReply(ctx.tx, reply.id, { ...verdict, decidedAt: ctx.now });
}
