import type { Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import { rows } from '#db/rows';

/** 免打扰的人 — those who have paused what can wait, on that day. */
export async function findQuiet(tx: Tx, day: LocalDate): Promise<ReadonlySet<string>> {
  const found = await rows(tx).personQuiet.findMany({ where: { untilOn: { gte: day } }, select: { personId: true } });
  return new Set(found.map(({ personId }) => personId));
}

/** 免打扰到哪一天 — null: not paused. */
export async function quietUntil(tx: Tx, personId: string, today: LocalDate): Promise<LocalDate | null> {
  const found = await rows(tx).personQuiet.findUnique({ where: { personId } });
  return found && found.untilOn >= today ? found.untilOn : null;
}

/** 记免打扰 */
export async function saveQuiet(tx: Tx, { personId, untilOn, at }: { personId: string; untilOn: LocalDate; at: Date }): Promise<void> {
  await rows(tx).personQuiet.upsert({ where: { personId }, create: { personId, untilOn, at }, update: { untilOn, at } });
}

/** 去免打扰 — false: there was none. */
export async function deleteQuiet(tx: Tx, personId: string): Promise<boolean> {
  return (await rows(tx).personQuiet.deleteMany({ where: { personId } })).count === 1;
}
