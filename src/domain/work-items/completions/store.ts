import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { CompletionRequest } from '../records.ts';

/** 记办结申请 — false: this round of the item has been filed already (the round is the business key). */
export async function insertRequest(tx: Tx, request: CompletionRequest): Promise<boolean> {
  const { count } = await rows(tx).completionRequest.createMany({ data: [request], skipDuplicates: true });
  return count === 1;
}

/** 找办结申请 */
export async function findRequest(tx: Tx, id: string): Promise<CompletionRequest | null> {
  return (await rows(tx).completionRequest.findUnique({ where: { id } })) as CompletionRequest | null;
}

/** 最近一次办结申请 */
export async function findLastRequest(tx: Tx, itemId: string): Promise<CompletionRequest | null> {
  return (await rows(tx).completionRequest.findFirst({ where: { itemId }, orderBy: { round: 'desc' } })) as CompletionRequest | null;
}

/** 等着办的办结申请 — of items of these units; null: of all. */
export async function findOpenRequests(
  tx: Tx,
  { status, leadUnits }: { status: 'submitted' | 'signedOff'; leadUnits: readonly string[] | null },
): Promise<{ id: string }[]> {
  const where = { status, ...(leadUnits === null ? {} : { item: { leadUnit: { in: [...leadUnits] } } }) };
  return rows(tx).completionRequest.findMany({ where, select: { id: true }, orderBy: { requestedAt: 'asc' } });
}

/** 改办结申请 — false: somebody was faster. */
export async function moveRequest(
  tx: Tx,
  { id, from, to, patch }: { id: string; from: string; to: string; patch: Partial<CompletionRequest> },
): Promise<boolean> {
  const { count } = await rows(tx).completionRequest.updateMany({ where: { id, status: from }, data: { ...patch, status: to } });
  return count === 1;
}
