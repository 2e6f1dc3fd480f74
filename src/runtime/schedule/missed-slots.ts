import type { Schedule } from '#core/schedule';
import { slotsOf } from './slots.ts';

const minuteMs = 60_000;
/** 一格在这么久之内该记下了 */
const graceMs = 4 * minuteMs;
/** 只回头看一天：更久以前的，不是现在的事。 */
const lookBackMs = 24 * 60 * minuteMs;

/** 漏掉的格子 — of each schedule the newest slot that is due and not recorded; asks neither the scheduler nor its alarm. */
export function missedSlots(
  schedules: readonly Pick<Schedule, 'name' | 'cron'>[],
  lastSlots: ReadonlyMap<string, Date>,
  now: Date,
): { readonly name: string; readonly slot: Date }[] {
  const settled = Math.floor((now.getTime() - graceMs) / minuteMs) * minuteMs;
  return schedules.flatMap(({ name, cron: expression }) => {
    const last = lastSlots.get(name);
    // 从没见过的：还没有到过它的第一格。
    if (!last) return [];
    const slot = slotsOf(expression).newest(new Date(Math.max(last.getTime(), settled - lookBackMs)), new Date(settled));
    return slot ? [{ name, slot }] : [];
  });
}
