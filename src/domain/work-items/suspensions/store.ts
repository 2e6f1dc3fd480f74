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

/** 停过的一段 */
export interface Halt {
  readonly from: Date;
  readonly until: Date;
}

/** 此后恢复了的各段 — suspensions that were lifted and returns that were refused, the earliest first. */
export async function findHaltsEndedAfter(tx: Tx, itemId: string, since: Date): Promise<Halt[]> {
  const lifted = await rows(tx).suspension.findMany({
    where: { itemId, resumedAt: { gt: since } },
    select: { suspendedAt: true, resumedAt: true },
  });
  const refused = await rows(tx).itemDecline.findMany({
    where: { itemId, status: 'upheld', decidedAt: { gt: since } },
    select: { filedAt: true, decidedAt: true },
  });
  return [
    ...lifted.map(({ suspendedAt, resumedAt }) => ({ from: suspendedAt, until: resumedAt })),
    ...refused.map(({ filedAt, decidedAt }) => ({ from: filedAt, until: decidedAt })),
  ]
    .flatMap(({ from, until }) => (until === null ? [] : [{ from, until }]))
    .sort((left, right) => left.from.getTime() - right.from.getTime());
}
