import type { Tx } from '#core/context';
import { rows, statement } from '#db/rows';

/** 最近的格子 — the newest slot of each schedule. */
export const findLastSlots: (tx: Tx, nothing: null) => Promise<Map<string, Date>> = statement('schedule.findLastSlots', async (db, asked) => {
  const found = await db.$queryRaw<{ name: string; slot: Date }[]>`SELECT name, max(slot) AS slot FROM "ScheduleRun" GROUP BY name`;
  const last = new Map(found.map(({ name, slot }) => [name, slot]));
  return asked.map(() => last);
});

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
