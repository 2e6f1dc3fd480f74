import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { ItemDecline } from '../records.ts';

/** 记退件 */
export async function insertDecline(tx: Tx, decline: ItemDecline): Promise<void> {
  await rows(tx).itemDecline.create({ data: decline });
}

/** 找退件 */
export async function findDecline(tx: Tx, id: string): Promise<ItemDecline | null> {
  return (await rows(tx).itemDecline.findUnique({ where: { id } })) as ItemDecline | null;
}

/** 事项尚未裁定的退件 */
export async function findOpenDecline(tx: Tx, itemId: string): Promise<ItemDecline | null> {
  return (await rows(tx).itemDecline.findFirst({ where: { itemId, status: { in: ['filed', 'proposed'] } } })) as ItemDecline | null;
}

/** 等着提意见或裁定的退件 */
export async function findDeclinesIn(tx: Tx, status: 'filed' | 'proposed'): Promise<{ id: string }[]> {
  return rows(tx).itemDecline.findMany({ where: { status }, select: { id: true }, orderBy: { filedAt: 'asc' } });
}

/** 改退件状态 — false: somebody was faster. */
export async function moveDecline(
  tx: Tx,
  { id, from, to, patch }: { id: string; from: string; to: string; patch: Partial<ItemDecline> },
): Promise<boolean> {
  const { count } = await rows(tx).itemDecline.updateMany({ where: { id, status: from }, data: { ...patch, status: to } });
  return count === 1;
}

/** 改派之前的牵头单位 — null: it was never reassigned. */
export async function findFormerLead(tx: Tx, itemId: string): Promise<string | null> {
  const last = await rows(tx).itemDecline.findFirst({
    where: { itemId, status: 'reassigned' },
    orderBy: { decidedAt: 'desc' },
    select: { unitCode: true },
  });
  return last?.unitCode ?? null;
}
