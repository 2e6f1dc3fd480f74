import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 分工反馈 — what a supporting unit says about its own part. */
export interface SupportNote {
  readonly id: string;
  readonly itemId: string;
  readonly unitCode: string;
  readonly content: string;
  readonly byId: string;
  readonly byName: string;
  readonly at: Date;
}

/** 记分工反馈 */
export async function insertSupportNote(tx: Tx, note: SupportNote): Promise<void> {
  await rows(tx).supportNote.create({ data: note });
}

/** 某事项的分工反馈，先说的在前 @param since those that came later */
export async function findSupportNotes(tx: Tx, itemId: string, since: Date | null): Promise<SupportNote[]> {
  return rows(tx).supportNote.findMany({ where: { itemId, ...(since ? { at: { gt: since } } : {}) }, orderBy: { at: 'asc' } });
}
