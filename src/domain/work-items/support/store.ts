import type { Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
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

/** 请配合单位反馈 — the lead unit asks for its part by a day. */
export interface SupportAsk {
  readonly id: string;
  readonly itemId: string;
  readonly unitCode: string;
  readonly words: string;
  readonly dueOn: LocalDate;
  readonly byId: string;
  readonly byName: string;
  readonly at: Date;
  readonly answeredAt: Date | null;
}

/** 记请配合单位反馈 — false: this unit has been asked and has not answered yet. */
export async function insertSupportAsk(tx: Tx, ask: SupportAsk): Promise<boolean> {
  const { count } = await rows(tx).supportAsk.createMany({ data: [ask], skipDuplicates: true });
  return count === 1;
}

/** 找一次请 */
export async function findAsk(tx: Tx, id: string): Promise<SupportAsk | null> {
  return rows(tx).supportAsk.findUnique({ where: { id } });
}

/** 还没有答复的，先问的在前 */
export async function findOpenAsks(tx: Tx, itemId: string): Promise<SupportAsk[]> {
  return rows(tx).supportAsk.findMany({ where: { itemId, answeredAt: null }, orderBy: { at: 'asc' } });
}

/** 答复了 — the ask that it answers; null: nobody had asked. */
export async function answerAsk(tx: Tx, { itemId, unitCode, at }: Pick<SupportNote, 'itemId' | 'unitCode' | 'at'>): Promise<SupportAsk | null> {
  const ask = await rows(tx).supportAsk.findFirst({ where: { itemId, unitCode, answeredAt: null } });
  if (ask) await rows(tx).supportAsk.update({ where: { id: ask.id }, data: { answeredAt: at } });
  return ask && { ...ask, answeredAt: at };
}

/** 不必答复了 — of these units; which asks that were. */
export async function closeAsks(tx: Tx, itemId: string, { unitCodes, at }: { unitCodes: readonly string[]; at: Date }): Promise<string[]> {
  const where = { itemId, unitCode: { in: [...unitCodes] }, answeredAt: null };
  const closed = await rows(tx).supportAsk.updateManyAndReturn({ where, data: { answeredAt: at }, select: { unitCode: true } });
  return closed.map(({ unitCode }) => unitCode);
}

/** 刚作罢的 — the asks that ended at this instant without an answer: the unit supports the item no more. */
export async function findEndedAsks(
  tx: Tx,
  itemId: string,
  { supportingUnits, at }: { supportingUnits: readonly string[]; at: Date },
): Promise<SupportAsk[]> {
  return rows(tx).supportAsk.findMany({ where: { itemId, answeredAt: at, unitCode: { notIn: [...supportingUnits] } } });
}

/** 过了日子没有答复的配合单位 — of each item. */
export async function findLateSupport(tx: Tx, itemIds: readonly string[], today: LocalDate): Promise<Map<string, string[]>> {
  const found = await rows(tx).supportAsk.findMany({
    where: { itemId: { in: [...itemIds] }, answeredAt: null, dueOn: { lt: today } },
    select: { itemId: true, unitCode: true },
    orderBy: { unitCode: 'asc' },
  });
  const late = new Map<string, string[]>();
  for (const { itemId, unitCode } of found) late.set(itemId, [...(late.get(itemId) ?? []), unitCode]);
  return late;
}
