import { addDays, type LocalDate, weekdayOf } from '#core/dates';

/** 例外日 — off on a weekday, or work on a weekend. */
export interface DayException {
  readonly kind: 'off' | 'work';
  readonly name: string;
}

/** 工作日历 — exceptions to “Monday to Friday”, and the years for which they are known. */
export interface Calendar {
  readonly exceptions: ReadonlyMap<LocalDate, DayException>;
  readonly knownYears: ReadonlySet<number>;
}

/** 是不是工作日 */
export function isWorkingDay(calendar: Calendar, day: LocalDate): boolean {
  const exception = calendar.exceptions.get(day);
  if (exception) return exception.kind === 'work';
  const weekday = weekdayOf(day);
  return weekday !== 0 && weekday !== 6;
}

/** 后推工作日 — the n-th working day after `day`; n < 0 counts back; n = 0 is `day` itself. */
export function addWorkingDays(calendar: Calendar, day: LocalDate, n: number): LocalDate {
  const step = n < 0 ? -1 : 1;
  let current = day;
  for (let left = Math.abs(n); left > 0; ) {
    current = addDays(current, step);
    if (isWorkingDay(calendar, current)) left -= 1;
  }
  return current;
}

/** 不晚于此的工作日 — `day` if it is one, else the working day before it. */
export function workingDayOnOrBefore(calendar: Calendar, day: LocalDate): LocalDate {
  return isWorkingDay(calendar, day) ? day : addWorkingDays(calendar, day, -1);
}

/** 不早于此的工作日 */
export function workingDayOnOrAfter(calendar: Calendar, day: LocalDate): LocalDate {
  return isWorkingDay(calendar, day) ? day : addWorkingDays(calendar, day, 1);
}

/** 相隔工作日 — working days in (from, to]; negative when `to` lies before `from`. */
export function workingDaysBetween(calendar: Calendar, from: LocalDate, to: LocalDate): number {
  if (to < from) return 0 - workingDaysBetween(calendar, to, from);
  let count = 0;
  for (let day = addDays(from, 1); day <= to; day = addDays(day, 1)) if (isWorkingDay(calendar, day)) count += 1;
  return count;
}

/** 暂定 — the year's arrangement is not known yet, so weekends are only assumed. */
export function isProvisional(calendar: Calendar, day: LocalDate): boolean {
  return !calendar.knownYears.has(Number(day.slice(0, 4)));
}

/** 期间的例外 — `含国庆节假期`, `含调休`, for the date line; empty when the days between are ordinary. */
export function remarkBetween(calendar: Calendar, from: LocalDate, to: LocalDate): string {
  const holidays = new Set<string>();
  let makeup = false;
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const exception = calendar.exceptions.get(day);
    if (exception?.kind === 'off') holidays.add(exception.name);
    if (exception?.kind === 'work') makeup = true;
  }
  const words = [...[...holidays].map((name) => `含${name.replace(/节$/, '')}假期`), ...(makeup ? ['含调休'] : [])];
  return words.join('、');
}
