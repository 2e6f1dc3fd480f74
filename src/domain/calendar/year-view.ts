import { addDays, type LocalDate } from '#core/dates';
import type { CalendarEntry } from './store.ts';
import { type Calendar, isWorkingDay } from './working-days.ts';

/** 一段假期 */
export interface HolidaySpan {
  readonly name: string;
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly days: number;
  /** 调休上班的日子 */
  readonly makeups: readonly LocalDate[];
}

/** 一年的日历 */
export interface YearView {
  readonly year: number;
  /** null: the arrangement is not known, weekends and what the law says are assumed */
  readonly source: 'seed' | 'notice' | null;
  readonly holidays: readonly HolidaySpan[];
  readonly local: readonly { readonly date: LocalDate; readonly kind: 'off' | 'work'; readonly reason: string; readonly by: string | null }[];
  /** 每月的工作日数，从1月起 */
  readonly months: readonly number[];
  readonly workingDays: number;
}

/** 看一年 — holidays as they are spoken of, local changes apart, working days by month. */
export function viewYear(calendar: Calendar, entries: readonly CalendarEntry[], year: number): YearView {
  const own = entries.filter((entry) => entry.year === year);
  const national = own.filter(({ source }) => source !== 'local');
  const months = Array.from({ length: 12 }, (_, month) => workingDaysIn(calendar, year, month + 1));
  return {
    year,
    source: (['notice', 'seed'] as const).find((known) => national.some(({ source }) => source === known)) ?? null,
    holidays: spansOf(national),
    local: own
      .filter(({ source }) => source === 'local')
      .map(({ date, kind, name, by }) => ({ date, kind, reason: name, by }))
      .sort((left, right) => (left.date < right.date ? -1 : 1)),
    months,
    workingDays: months.reduce((sum, days) => sum + days, 0),
  };
}

/** 按节日成段 — consecutive days off belong together, whatever name each carries; make-up days go with the holiday of their name. */
function spansOf(days: readonly { readonly date: LocalDate; readonly kind: 'off' | 'work'; readonly name: string }[]): HolidaySpan[] {
  const off = days.filter(({ kind }) => kind === 'off').sort((left, right) => (left.date < right.date ? -1 : 1));
  const spans: { names: string[]; from: LocalDate; to: LocalDate; days: number }[] = [];
  for (const { date, name } of off) {
    const last = spans.at(-1);
    if (last && addDays(last.to, 1) === date) {
      last.to = date;
      last.days += 1;
      if (!last.names.includes(name)) last.names.push(name);
    } else spans.push({ names: [name], from: date, to: date, days: 1 });
  }
  const makeups = days.filter(({ kind }) => kind === 'work');
  return spans.map(({ names, ...span }) => ({
    ...span,
    name: names.join('、'),
    makeups: makeups
      .filter(({ name }) => names.includes(name))
      .map(({ date }) => date)
      .sort(),
  }));
}

function workingDaysIn(calendar: Calendar, year: number, month: number): number {
  const prefix = `${year}-${String(month).padStart(2, '0')}`;
  let count = 0;
  for (let day = `${prefix}-01`; day.startsWith(prefix); day = addDays(day, 1)) if (isWorkingDay(calendar, day)) count += 1;
  return count;
}
