import { addDays, type LocalDate } from '#core/dates';
import { type Calendar, workingDayOnOrAfter, workingDayOnOrBefore } from '../calendar/working-days.ts';

/** 下个月 @param month `2026-09` */
function nextMonth(month: string): string {
  return addDays(`${month}-28`, 4).slice(0, 7);
}

/** 上个月 */
export function monthBefore(month: string): string {
  return addDays(`${month}-01`, -1).slice(0, 7);
}

/** 月记卡的日子 — the last working day of the month. */
export function noteDay(calendar: Calendar, month: string): LocalDate {
  return workingDayOnOrBefore(calendar, addDays(`${nextMonth(month)}-01`, -1));
}

/** 月记的截止日 — the tenth of the next month, or the working day after it. */
export function noteDueDay(calendar: Calendar, month: string): LocalDate {
  return workingDayOnOrAfter(calendar, `${nextMonth(month)}-10`);
}

/** 正在收月记的月份 — its note day has come, its last day for writing has not passed; null: none. A day on which nothing ran is so made up for. */
export function monthAsked(calendar: Calendar, today: LocalDate): string | null {
  const [current, last] = [today.slice(0, 7), monthBefore(today.slice(0, 7))];
  if (today >= noteDay(calendar, current)) return current;
  return today <= noteDueDay(calendar, last) ? last : null;
}

/** 该列未交名单的月份 — within a week of its last day for writing; null: none. */
export function monthToList(calendar: Calendar, today: LocalDate): string | null {
  const last = monthBefore(today.slice(0, 7));
  const dueDay = noteDueDay(calendar, last);
  return today >= dueDay && today <= addDays(dueDay, 7) ? last : null;
}

/** 这一天该写哪个月的 — last month's until its last day for writing, then this month's. */
export function monthToWrite(calendar: Calendar, today: LocalDate): string {
  const last = monthBefore(today.slice(0, 7));
  return today <= noteDueDay(calendar, last) ? last : today.slice(0, 7);
}
