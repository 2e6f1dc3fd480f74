import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 最近的格子 — the newest slot of each schedule. */
export async function findLastSlots(tx: Tx): Promise<Map<string, Date>> {
  const found = await rows(tx).scheduleRun.groupBy({ by: ['name'], _max: { slot: true } });
  return new Map(found.flatMap(({ name, _max }) => (_max.slot ? [[name, _max.slot] as const] : [])));
}

/** 占格子 — false: another process, or an earlier start, has run this slot. */
export async function claimSlot(tx: Tx, { name, slot, now }: { name: string; slot: Date; now: Date }): Promise<boolean> {
  const { count } = await rows(tx).scheduleRun.createMany({ data: [{ name, slot, ranAt: now }], skipDuplicates: true });
  return count === 1;
}

/** 清旧格子 — keeps the newest of each schedule, whatever its age. */
export async function pruneSlots(tx: Tx, before: Date): Promise<void> {
  await rows(tx).$executeRaw`
    DELETE FROM "ScheduleRun" s WHERE s."ranAt" < ${before}
      AND EXISTS (SELECT 1 FROM "ScheduleRun" newer WHERE newer.name = s.name AND newer.slot > s.slot)`;
}
