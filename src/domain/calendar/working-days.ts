import { addDays, type LocalDate, weekdayOf } from '#core/dates';
import { remembered } from './remembered.ts';

/** 例外日 — off on a weekday, or work on a weekend. */
export interface DayException {
  readonly kind: 'off' | 'work';
  /** 节日名；本地调整的是原因 */
  readonly name: string;
  /** 本区自己的调整，不是全国的放假安排 */
  readonly local?: boolean;
  /** 哪一天才知道的；没有写的一向知道 */
  readonly since?: LocalDate;
  /** 那之前这一天是怎样的 */
  readonly former?: DayException;
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
  return !isWeekend(day);
}

/** 周六、周日 */
export function isWeekend(day: LocalDate): boolean {
  const weekday = weekdayOf(day);
  return weekday === 0 || weekday === 6;
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
  // 台账一屏就要数几千次：先按周一至周五算，再添减其间的例外，不一天一天地走。
  let count = weekdaysUpTo(to) - weekdaysUpTo(from);
  for (const { day, kind } of exceptionsInOrder(calendar)) {
    if (day > to) break;
    if (day > from && (kind === 'work') === isWeekend(day)) count += kind === 'work' ? 1 : -1;
  }
  return count;
}

/** 那天之前知道的日历 — without what was announced on `day` or later: what was done on that day was done by this one. */
export function knownBefore(calendar: Calendar, day: LocalDate): Calendar {
  const later = [...calendar.exceptions.values()].flatMap(({ since }) => (since !== undefined && since >= day ? [since] : []));
  const [change] = later.sort();
  if (change === undefined) return calendar;
  // 两次改动之间的日子看的是同一份：算过的日子才能共用。
  return remembered(calendar, `known before ${change}`, () => {
    const known = [...calendar.exceptions].flatMap(([date, exception]) => {
      const former = formerly(exception, change);
      return former ? [[date, former] as const] : [];
    });
    return { ...calendar, exceptions: new Map(known) };
  });
}

function formerly(exception: DayException, day: LocalDate): DayException | null {
  if (exception.since === undefined || exception.since < day) return exception;
  return exception.former ? formerly(exception.former, day) : null;
}

/** 起算几个工作日的时限 — the n-th working day after `from`; what is declared a working day on `from` or later takes no time away. */
export function limitAfter(calendar: Calendar, from: LocalDate, n: number): LocalDate {
  const limits = [calendar, knownBefore(calendar, from)].map((known) => addWorkingDays(known, from, n)).sort();
  return limits.at(-1) ?? from;
}

const dayMs = 86_400_000;

/** Weekdays from a Sunday long ago until and with `day`; only differences mean anything. */
function weekdaysUpTo(day: LocalDate): number {
  // 1970年1月1日是星期四：退四天是星期日。
  const sinceSunday = Math.round(Date.parse(`${day}T00:00:00Z`) / dayMs) + 4;
  const weeks = Math.floor(sinceSunday / 7);
  return weeks * 5 + Math.min(sinceSunday - weeks * 7, 5);
}

interface DatedException extends DayException {
  readonly day: LocalDate;
}

/** 排好先后的例外日，每份日历排一次 */
const ordered = new WeakMap<Calendar, readonly DatedException[]>();

function exceptionsInOrder(calendar: Calendar): readonly DatedException[] {
  const known = ordered.get(calendar);
  if (known) return known;
  const made = [...calendar.exceptions].map(([day, exception]) => ({ day, ...exception })).sort((left, right) => (left.day < right.day ? -1 : 1));
  ordered.set(calendar, made);
  return made;
}

/** 暂定 — the year's arrangement is not known yet, so weekends are only assumed. */
export function isProvisional(calendar: Calendar, day: LocalDate): boolean {
  return !calendar.knownYears.has(Number(day.slice(0, 4)));
}

/** 暂定的话 — stands beside every date that was counted in a year whose days off are not known yet; empty where all are known. */
export function provisionalRemark(calendar: Calendar, ...days: readonly LocalDate[]): string {
  const years = [...new Set(days.filter((day) => isProvisional(calendar, day)).map((day) => day.slice(0, 4)))];
  return years.length === 0 ? '' : `${years.join('、')}年放假安排未公布，暂定`;
}

/** 期间的例外 — `含国庆假期`, `含调休`, for the date line; empty when the days between are ordinary. */
export function remarkBetween(calendar: Calendar, from: LocalDate, to: LocalDate): string {
  const words = new Set<string>();
  let makeup = false;
  for (const { day, kind, local, name } of exceptionsInOrder(calendar)) {
    if (day > to) break;
    if (day < from) continue;
    if (kind === 'off') words.add(`含${local ? name : `${name.replace(/节(?=、|$)/g, '')}假期`}`);
    if (kind === 'work' && isWeekend(day)) makeup = true;
  }
  return [...words, ...(makeup ? ['含调休'] : [])].join('、');
}

/** 离时限还有几天 — everything that a line about a limit says besides the limit itself; `cards/kit/due-line.ts` puts it into words. */
export interface DueSpan {
  readonly when: 'ahead' | 'today' | 'overdue';
  /** 工作日：还剩的，或已过的 */
  readonly days: number;
  /** `含国庆假期`, `2027年放假安排未公布，暂定`, or empty */
  readonly remark: string;
}

/** 数到时限 — working days left or gone by, and what lies between. */
export function dueSpan(calendar: Calendar, today: LocalDate, dueOn: LocalDate): DueSpan {
  if (today === dueOn) return { when: 'today', days: 0, remark: '' };
  const [from, to] = today > dueOn ? [dueOn, today] : [today, dueOn];
  return {
    when: today > dueOn ? 'overdue' : 'ahead',
    days: workingDaysBetween(calendar, from, to),
    remark: [remarkBetween(calendar, addDays(from, 1), to), provisionalRemark(calendar, from, to)].filter(Boolean).join('、'),
  };
}
