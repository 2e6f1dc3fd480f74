import { addDays, isRealDate, type LocalDate, weekdayOf } from '#core/dates';
import { isWeekend } from './working-days.ts';

/** 放假安排的一天 */
export interface ArrangedDay {
  readonly date: LocalDate;
  readonly kind: 'off' | 'work';
  /** 节日名 */
  readonly name: string;
}

/** 读到的放假安排 — of one year; it can be imported when nothing in it contradicts. */
export interface Arrangement {
  readonly year: number;
  /** by date, one entry a day */
  readonly days: readonly ArrangedDay[];
  /** 矛盾之处，一处一句 */
  readonly problems: readonly string[];
  /** 没有采用的句子 */
  readonly ignored: readonly string[];
}

/** 法定节日 */
export const holidays = ['元旦', '春节', '清明节', '劳动节', '端午节', '中秋节', '国庆节'] as const;

const weekdays = '日一二三四五六';

/** 某日的说法 — `10月1日（周四）` */
export function spoken(day: LocalDate): string {
  return `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日（周${weekdays[weekdayOf(day)]}）`;
}

/** 几号到几号 @returns [] when one of the days does not exist or they run backwards */
export function daysFromTo(from: LocalDate, to: LocalDate): LocalDate[] {
  if (!isRealDate(from) || !isRealDate(to)) return [];
  const days: LocalDate[] = [];
  for (let day = from; day <= to && days.length < 31; day = addDays(day, 1)) days.push(day);
  return days;
}

/** 核对放假安排 — whatever its origin: every holiday once, no day twice, make-up days on weekends. */
export function checkArrangement(
  year: number,
  days: readonly ArrangedDay[],
  { problems = [], ignored = [] }: { problems?: readonly string[]; ignored?: readonly string[] } = {},
): Arrangement {
  const found = [...problems];
  const byDate = new Map<LocalDate, ArrangedDay>();
  for (const day of days) {
    const known = byDate.get(day.date);
    if (known && known.kind !== day.kind) found.push(`${spoken(day.date)}既放假又上班`);
    else if (known) found.push(`${spoken(day.date)}写了两次（${known.name}、${day.name}）`);
    else byDate.set(day.date, day);
  }
  for (const { date, kind } of byDate.values()) {
    if (kind === 'work' && !isWeekend(date)) found.push(`${spoken(date)}不是周末，本来就上班`);
    if (!belongsTo(year, date)) found.push(`${date}不在${year}年的安排之内`);
  }
  const missing = holidays.filter((holiday) => ![...byDate.values()].some(({ kind, name }) => kind === 'off' && name.includes(stem(holiday))));
  if (missing.length > 0) found.push(`没有找到${missing.join('、')}的放假安排`);
  const sorted = [...byDate.values()].sort((left, right) => (left.date < right.date ? -1 : 1));
  return { year, days: sorted, problems: [...new Set(found)], ignored };
}

/** 元旦的假期可以从上一年的年底开始。 */
function belongsTo(year: number, date: LocalDate): boolean {
  return date.startsWith(`${year}-`) || date >= `${year - 1}-12-20` ? date <= `${year + 1}-01-05` : false;
}

function stem(holiday: string): string {
  return holiday.replace(/节$/, '');
}
