import type { Calendar } from './working-days.ts';

const known = new WeakMap<Calendar, Map<string, unknown>>();

/** 算过的日子 — thousands of items share some dozens of dates; each is reckoned once for a calendar as it was read. */
export function remembered<Reckoned>(calendar: Calendar, key: string, reckon: () => Reckoned): Reckoned {
  const ofCalendar = known.get(calendar) ?? new Map<string, unknown>();
  known.set(calendar, ofCalendar);
  if (!ofCalendar.has(key)) ofCalendar.set(key, reckon());
  return ofCalendar.get(key) as Reckoned;
}
