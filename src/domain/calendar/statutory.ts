import { addDays, type LocalDate } from '#core/dates';
import type { ArrangedDay } from './arrangement.ts';

/** 《全国年节及纪念日放假办法》（2024年修订）里日期不动的：元旦一天，劳动节两天，国庆节三天。 */
const fixed = [
  { name: '元旦', from: '01-01', days: 1 },
  { name: '劳动节', from: '05-01', days: 2 },
  { name: '国庆节', from: '10-01', days: 3 },
] as const;

/** 农历和节气定的，一年一行：正月初一（除夕起放四天）、清明、端午、中秋。 */
// 不问 Intl 的农历：2027年、2030年的朔就在北京时间的半夜，它的春节差一天。
const movable: Readonly<Record<number, readonly [string, string, string, string]>> = {
  2027: ['02-06', '04-05', '06-09', '09-15'],
  2028: ['01-26', '04-04', '05-28', '10-03'],
  2029: ['02-13', '04-04', '06-16', '09-22'],
  2030: ['02-03', '04-05', '06-05', '09-12'],
  2031: ['01-23', '04-05', '06-24', '10-01'],
  2032: ['02-11', '04-04', '06-12', '09-19'],
  2033: ['01-31', '04-04', '06-01', '09-08'],
  2034: ['02-19', '04-05', '06-20', '09-27'],
  2035: ['02-08', '04-05', '06-10', '09-16'],
  2036: ['01-28', '04-04', '05-30', '10-04'],
};

const reckoned = new Map<number, readonly ArrangedDay[]>();

/**
 * 法定节假日 — what the law itself makes a day off, for a year whose arrangement is not known yet. The make-up days, and the working days
 * given for them, nobody knows before the notice; of a year beyond the table only the days that do not move.
 */
export function statutoryDays(year: number): readonly ArrangedDay[] {
  const known = reckoned.get(year);
  if (known) return known;
  const [spring, ...single] = movable[year] ?? [];
  const days = [
    ...fixed.flatMap(({ name, from, days: count }) => span(name, `${year}-${from}`, count)),
    ...(spring === undefined ? [] : span('春节', addDays(`${year}-${spring}`, -1), 4)),
    ...single.flatMap((day, index) => span(['清明节', '端午节', '中秋节'][index] ?? '', `${year}-${day}`, 1)),
  ];
  const made = merged(days);
  reckoned.set(year, made);
  return made;
}

function span(name: string, from: LocalDate, count: number): ArrangedDay[] {
  return Array.from({ length: count }, (_, index) => ({ date: addDays(from, index), kind: 'off', name }));
}

/** 中秋有时就在国庆的三天里：一天一条，两个节日都写。 */
function merged(days: readonly ArrangedDay[]): ArrangedDay[] {
  const byDate = new Map<LocalDate, ArrangedDay>();
  for (const day of days) {
    const other = byDate.get(day.date);
    byDate.set(day.date, other ? { ...day, name: `${other.name}、${day.name}` } : day);
  }
  return [...byDate.values()].sort((left, right) => (left.date < right.date ? -1 : 1));
}
