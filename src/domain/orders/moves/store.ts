import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { OrderReply, OrderStatus, SupervisionOrder } from '../model.ts';

// 这里的每个写入都改变督办令；只有 ../advance.ts 可以引用本文件，它在同一口气里记下留痕。

/** 登记拟稿 — false: there is an order under way for this item. */
export async function insertOrder(tx: Tx, order: SupervisionOrder): Promise<boolean> {
  const { count } = await rows(tx).supervisionOrder.createMany({
    data: { ...order, facts: order.facts as object, unreached: [...order.unreached] },
    skipDuplicates: true,
  });
  return count === 1;
}

/** 改状态 — false: somebody was faster. */
export async function moveOrder(
  tx: Tx,
  { id, from, version, to, patch }: { id: string; from: OrderStatus; version: number; to: OrderStatus; patch: Partial<SupervisionOrder> },
): Promise<boolean> {
  const { count } = await rows(tx).supervisionOrder.updateMany({
    where: { id, status: from, version },
    data: { ...(patch as object), status: to, version: { increment: 1 } },
  });
  return count === 1;
}

/** 记回复 — false: the round is taken. */
export async function insertOrderReply(tx: Tx, reply: OrderReply): Promise<boolean> {
  const { count } = await rows(tx).orderReply.createMany({ data: reply, skipDuplicates: true });
  return count === 1;
}

/** 审核回复 */
export async function decideOrderReply(
  tx: Tx,
  id: string,
  patch: { status: 'adopted' | 'sentBack'; decidedBy: string; decidedAt: Date; reason: string | null },
): Promise<void> {
  await rows(tx).orderReply.update({ where: { id }, data: patch });
}
