import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import { type ExtensionRequest, type ExtensionStatus, pendingStatuses } from './model.ts';

/** 记延期申请 — false: this round of the item has been filed already (the round is the business key). */
export async function insertExtension(tx: Tx, request: ExtensionRequest): Promise<boolean> {
  const { count } = await rows(tx).extensionRequest.createMany({ data: [request], skipDuplicates: true });
  return count === 1;
}

/** 找延期申请 */
export async function findExtension(tx: Tx, id: string): Promise<ExtensionRequest | null> {
  return (await rows(tx).extensionRequest.findUnique({ where: { id } })) as ExtensionRequest | null;
}

/** 最近一次延期申请 */
export async function findLastExtension(tx: Tx, itemId: string): Promise<ExtensionRequest | null> {
  return (await rows(tx).extensionRequest.findFirst({ where: { itemId }, orderBy: { round: 'desc' } })) as ExtensionRequest | null;
}

/** 延期待批的事项 — of these. */
export async function findPendingExtensions(tx: Tx, itemIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (itemIds.length === 0) return new Set();
  const found = await rows(tx).extensionRequest.findMany({
    where: { itemId: { in: [...itemIds] }, status: { in: [...pendingStatuses] } },
    select: { itemId: true },
  });
  return new Set(found.map(({ itemId }) => itemId));
}

/** 待批的延期申请，先申请的在前 */
export async function findAllPending(tx: Tx): Promise<ExtensionRequest[]> {
  return (await rows(tx).extensionRequest.findMany({
    where: { status: { in: [...pendingStatuses] } },
    orderBy: { requestedAt: 'asc' },
  })) as unknown as ExtensionRequest[];
}

/** 已批准延期的次数 — of an item, or of a unit's items in the course of some days. */
export async function countApproved(tx: Tx, by: { itemId: string } | { leadUnit: string; from: Date; to: Date }): Promise<number> {
  return rows(tx).extensionRequest.count({
    where: {
      status: 'approved',
      ...('itemId' in by ? { itemId: by.itemId } : { item: { leadUnit: by.leadUnit }, decidedAt: { gte: by.from, lt: by.to } }),
    },
  });
}

/** 经批准延期的事项数 — of these, as of the instant; an item that was extended twice counts once. */
export async function countExtendedItems(tx: Tx, { itemIds, at }: { itemIds: readonly string[]; at: Date }): Promise<number> {
  const found = await rows(tx).extensionRequest.findMany({
    where: { itemId: { in: [...itemIds] }, status: 'approved', decidedAt: { lte: at } },
    select: { itemId: true },
    distinct: ['itemId'],
  });
  return found.length;
}

/** 改延期申请 — false: somebody was faster. */
export async function moveExtension(
  tx: Tx,
  { id, from, to, patch }: { id: string; from: ExtensionStatus; to: ExtensionStatus; patch: Partial<ExtensionRequest> },
): Promise<boolean> {
  const { count } = await rows(tx).extensionRequest.updateMany({ where: { id, status: from }, data: { ...patch, status: to } });
  return count === 1;
}
