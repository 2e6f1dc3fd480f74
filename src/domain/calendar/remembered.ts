import type { Calendar } from './working-days.ts';

const known = new WeakMap<Calendar, Map<string, unknown>>();
/** 一份日历用得久：记到这么多就从头记起 */
const rememberedMax = 20_000;

/** 算过的日子 — thousands of items share some dozens of dates; each is reckoned once for a calendar as it stands. */
export function remembered<Reckoned>(calendar: Calendar, key: string, reckon: () => Reckoned): Reckoned {
  const ofCalendar = known.get(calendar) ?? new Map<string, unknown>();
  known.set(calendar, ofCalendar);
  if (ofCalendar.size > rememberedMax) ofCalendar.clear();
  if (!ofCalendar.has(key)) ofCalendar.set(key, reckon());
  return ofCalendar.get(key) as Reckoned;
}
