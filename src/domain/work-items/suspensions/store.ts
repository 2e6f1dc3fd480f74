import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { Suspension } from '../records.ts';

/** 记中止 */
export async function insertSuspension(tx: Tx, suspension: Suspension): Promise<void> {
  await rows(tx).suspension.create({ data: suspension });
}

/** 事项尚未恢复的中止 */
export async function findOpenSuspension(tx: Tx, itemId: string): Promise<Suspension | null> {
  return (await rows(tx).suspension.findFirst({ where: { itemId, resumedAt: null }, orderBy: { suspendedAt: 'desc' } })) as Suspension | null;
}

/** 记恢复 — false: somebody was faster. */
export async function closeSuspension(
  tx: Tx,
  id: string,
  resumed: { resumeBasis: string; resumedBy: string; resumedAt: Date; dueAfter: string },
): Promise<boolean> {
  const { count } = await rows(tx).suspension.updateMany({ where: { id, resumedAt: null }, data: resumed });
  return count === 1;
}
