import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { CorrectionStatus, ItemCorrection } from './model.ts';

/** 记更正 — false: another one of this item waits for the chief already. */
export async function insertCorrection(tx: Tx, { before, after, ...request }: ItemCorrection): Promise<boolean> {
  const { count } = await rows(tx).itemCorrection.createMany({
    data: [{ ...request, before: plain(before), after: plain(after) }],
    skipDuplicates: true,
  });
  return count === 1;
}

/** 找更正 */
export async function findCorrection(tx: Tx, id: string): Promise<ItemCorrection | null> {
  return (await rows(tx).itemCorrection.findUnique({ where: { id } })) as unknown as ItemCorrection | null;
}

/** 等主任批准的一份 */
export async function findOpenCorrection(tx: Tx, itemId: string): Promise<ItemCorrection | null> {
  return (await rows(tx).itemCorrection.findFirst({ where: { itemId, status: 'proposed' } })) as unknown as ItemCorrection | null;
}

/** 等批准的全部，先提出的在前 */
export async function findOpenCorrections(tx: Tx): Promise<ItemCorrection[]> {
  return (await rows(tx).itemCorrection.findMany({ where: { status: 'proposed' }, orderBy: { proposedAt: 'asc' } })) as unknown as ItemCorrection[];
}

/** 更正过的 — of these items, when each was corrected last. */
export async function findCorrectedAt(tx: Tx, itemIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  const found = await rows(tx).itemCorrection.groupBy({
    by: ['itemId'],
    where: { itemId: { in: [...itemIds] }, status: 'approved' },
    _max: { decidedAt: true },
  });
  return new Map(found.flatMap(({ itemId, _max }) => (_max.decidedAt ? [[itemId, _max.decidedAt] as const] : [])));
}

/** 改更正 — false: somebody was faster. */
export async function moveCorrection(
  tx: Tx,
  {
    id,
    from,
    to,
    patch,
  }: { id: string; from: CorrectionStatus; to: CorrectionStatus; patch: Partial<Pick<ItemCorrection, 'decidedBy' | 'decidedAt' | 'note'>> },
): Promise<boolean> {
  const { count } = await rows(tx).itemCorrection.updateMany({ where: { id, status: from }, data: { ...patch, status: to } });
  return count === 1;
}

const plain = (values: ItemCorrection['before']): object => JSON.parse(JSON.stringify(values)) as object;
