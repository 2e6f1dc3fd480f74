import { addDays, isRealDate, type LocalDate } from '#core/dates';
import { quote } from './quote.ts';

/** 读出的时限 — `assumption` says what was assumed, and is shown to the inspector. */
export type DuePhrase =
  | { readonly kind: 'date'; readonly due: LocalDate; readonly assumption?: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

const two = (value: number | string): string => String(value).padStart(2, '0');
const lastDayOf = (year: number, month: number): LocalDate => (month === 12 ? `${year}-12-31` : addDays(`${year}-${two(month + 1)}-01`, -1));

const quarters: Readonly<Record<string, number>> = { 一: 1, 二: 2, 三: 3, 四: 4, '1': 1, '2': 2, '3': 3, '4': 4 };

type Rule = readonly [RegExp, (match: RegExpExecArray, year: number) => DuePhrase];

// 与日期序号同一个范围；之外的多是少打了一位、多打了一位，或空着的日期格。
const [firstDay, lastDay] = ['2000-01-01', '2099-12-31'];
const wrongYear = (written: string): DuePhrase => ({ kind: 'unreadable', reason: `“${written}”的年份不对，请核对` });
const isPlausible = (due: LocalDate): boolean => due >= firstDay && due <= lastDay;

const date = (year: number | string, month: number | string, day: number | string, assumption?: string): DuePhrase => {
  const due = `${year}-${two(month)}-${two(day)}`;
  if (!isRealDate(due)) return { kind: 'unreadable', reason: `没有${Number(month)}月${Number(day)}日这一天` };
  if (!isPlausible(due)) return wrongYear(due);
  return assumption === undefined ? { kind: 'date', due } : { kind: 'date', due, assumption };
};
const endOfMonth = (year: number, month: number, said: string): DuePhrase => {
  if (month < 1 || month > 12) return { kind: 'unreadable', reason: `没有${month}月` };
  const due = lastDayOf(year, month);
  if (!isPlausible(due)) return wrongYear(said);
  return { kind: 'date', due, assumption: `${said} → ${due}` };
};
const yearOf = (text: string | undefined, base: number): number => (text === undefined || text === '' ? base : Number(text));

/** 文法 — every rule must consume the whole cell; a phrase that none consumes is an error, never a guess. */
const rules: readonly Rule[] = [
  [/^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?$/, ([, year = '', month = '', day = '']) => date(year, month, day)],
  [
    /^(\d{1,2})(?:月(?=\d+[日号])|\/(?=\d+$))(\d{1,2})[日号]?$/,
    ([said, month = '', day = ''], base) => date(base, month, day, `${said} → ${base}年`),
  ],
  [/^(?:(\d{4})年)?(\d{1,2})月(?:份)?(?:底|末)$/, ([said, year, month], base) => endOfMonth(yearOf(year, base), Number(month), said)],
  [/^(\d{4})[-./年](\d{1,2})月?$/, ([said, year = '', month]) => endOfMonth(Number(year), Number(month), said)],
  [/^(\d{1,2})月份?$/, ([said, month], base) => endOfMonth(base, Number(month), said)],
  [
    /^(?:(\d{4})年)?(\d{1,2})月(上|中|下)旬$/,
    ([said, year, month = '', part], base) => {
      if (part === '下') return endOfMonth(yearOf(year, base), Number(month), said);
      return date(yearOf(year, base), month, part === '上' ? 10 : 20, `${said} → ${month}月${part === '上' ? 10 : 20}日`);
    },
  ],
  [/^(?:(\d{4})(?:年年?)?|今年?年|本年?年|全?年)(?:底|末|内)$/, ([said, year], base) => endOfMonth(yearOf(year, base), 12, said)],
  [
    /^(?:(\d{4})年)?第?([一二三四1-4])季度(?:末|底|内)?$/,
    ([said, year, quarter = ''], base) => endOfMonth(yearOf(year, base), (quarters[quarter] ?? 0) * 3, said),
  ],
  [/^(?:(\d{4})年)?(上|下)半年(?:末|底|内)?$/, ([said, year, half], base) => endOfMonth(yearOf(year, base), half === '上' ? 6 : 12, said)],
];

const ongoing = /长期|持续|常态|立行立改|即知即改|适时|尽快|待定/;
const recurring = /^(?:每|年年)/;
/** 说的是一段时间而不是它的末尾；后面再跟“前”，早于开头还是早于末尾就说不准了。 */
const wholePeriod = /(?:月份?|旬|季度|半年)$|^\d{4}[-./]\d{1,2}$/;

/**
 * 读时限 — a date cell, an Excel serial or a phrase of the office. @param baseYear from the title or file name, never from today
 */
export function readDue(cell: string | number | { readonly date: string }, baseYear: number): DuePhrase {
  if (typeof cell === 'object') return isPlausible(cell.date) ? { kind: 'date', due: cell.date } : wrongYear(cell.date);
  if (typeof cell === 'number') {
    if (!Number.isInteger(cell) || cell < 36_526 || cell > 73_050) return { kind: 'unreadable', reason: `“${cell}”不是日期` };
    const due = addDays('1899-12-30', cell);
    return { kind: 'date', due, assumption: `${cell} → ${due}` };
  }
  const written = cell
    .normalize('NFKC')
    .replace(/[\s\u200b-\u200d\ufeff]+/g, '')
    .replace(/^(?:今年|本年)(?=\d)/, '');
  const said = written.replace(/(?:之前|以前|前)$/, '');
  const quoted = quote(cell);
  if (said !== written && wholePeriod.test(said)) {
    return { kind: 'unreadable', reason: `“${quoted}”说不准是早于开头还是早于末尾，请写明日期` };
  }
  for (const [pattern, read] of rules) {
    const match = pattern.exec(said);
    if (match) return read(match, baseYear);
  }
  if (ongoing.test(said)) return { kind: 'unreadable', reason: `“${quoted}”没有具体日期，请写明时限` };
  if (recurring.test(said)) return { kind: 'unreadable', reason: `“${quoted}”是周期，不是时限；周期请填在反馈周期一列` };
  return { kind: 'unreadable', reason: `“${quoted}”认不出是哪一天，请写成 2026-06-30 这样` };
}
