import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 一批人工催办 */
export interface UrgeBatch {
  readonly id: string;
  readonly itemIds: readonly string[];
  readonly byId: string | null;
  readonly byName: string;
  readonly createdAt: Date;
}

/** 记一批催办 */
export async function insertBatch(tx: Tx, batch: UrgeBatch): Promise<void> {
  await rows(tx).urgeBatch.create({ data: { ...batch, itemIds: [...batch.itemIds] } });
}

/** 找一批催办 */
export async function findBatch(tx: Tx, id: string): Promise<(UrgeBatch & { sentAt: Date | null }) | null> {
  return rows(tx).urgeBatch.findUnique({ where: { id } });
}

/** 认领一批催办 — false: it was sent already. */
export async function claimBatch(tx: Tx, id: string, sentAt: Date): Promise<boolean> {
  const { count } = await rows(tx).urgeBatch.updateMany({ where: { id, sentAt: null }, data: { sentAt } });
  return count === 1;
}
