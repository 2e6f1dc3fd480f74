import { addDays, isRealDate, type LocalDate, weekdayOf } from '#core/dates';
import { foldDue } from './due-words.ts';
import { quote } from './quote.ts';

/** 读出的时限 — `assumption` says what was assumed, and is shown to the inspector; `nearest` is the day that 2月30日 may have meant. */
export type DuePhrase =
  | { readonly kind: 'date'; readonly due: LocalDate; readonly assumption?: string }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly nearest?: LocalDate };

const two = (value: number | string): string => String(value).padStart(2, '0');
const lastDayOf = (year: number, month: number): LocalDate => (month === 12 ? `${year}-12-31` : addDays(`${year}-${two(month + 1)}-01`, -1));

const quarters: Readonly<Record<string, number>> = { 一: 1, 二: 2, 三: 3, 四: 4, '1': 1, '2': 2, '3': 3, '4': 4 };

type Rule = readonly [RegExp, (match: RegExpExecArray, year: number) => DuePhrase];

// 与日期序号同一个范围；之外的多是少打了一位、多打了一位，或空着的日期格。
const [firstDay, lastDay] = ['2000-01-01', '2099-12-31'];
const unreadable = (reason: string): DuePhrase & { kind: 'unreadable' } => ({ kind: 'unreadable', reason });
const wrongYear = (written: string): DuePhrase => unreadable(`“${written}”的年份不对，请核对`);
const isPlausible = (due: LocalDate): boolean => due >= firstDay && due <= lastDay;

/** @param said what was written, where something had to be assumed */
const date = (year: number | string, month: number | string, day: number | string, said?: string): DuePhrase => {
  const due = `${year}-${two(month)}-${two(day)}`;
  if (!isRealDate(due)) {
    const read = unreadable(`没有${Number(month)}月${Number(day)}日这一天`);
    const overrun = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 29 && Number(day) <= 31;
    return overrun && isPlausible(due) ? { ...read, nearest: lastDayOf(Number(year), Number(month)) } : read;
  }
  if (!isPlausible(due)) return wrongYear(due);
  return said === undefined ? { kind: 'date', due } : { kind: 'date', due, assumption: `${said} → ${due}` };
};
const endOfMonth = (year: number, month: number, said: string): DuePhrase => {
  if (month < 1 || month > 12) return unreadable(`没有${month}月`);
  const due = lastDayOf(year, month);
  return isPlausible(due) ? { kind: 'date', due, assumption: `${said} → ${due}` } : wrongYear(said);
};
/** 26年 is 2026. */
const yearOf = (text: string | undefined, base: number): number => (text ? Number(text.length === 2 ? `20${text}` : text) : base);

/** 文法 — every rule must consume the whole cell; a phrase that none consumes is an error, never a guess. */
const rules: readonly Rule[] = [
  [/^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?$/, ([, year = '', month = '', day = '']) => date(year, month, day)],
  [/^(\d{2})年(\d{1,2})月(\d{1,2})[日号]?$/, ([said, year = '', month = '', day = '']) => date(`20${year}`, month, day, said)],
  [/^(20\d{2})(\d{2})(\d{2})$/, ([said, year = '', month = '', day = '']) => date(year, month, day, said)],
  [/^(\d{1,2})(?:月(?=\d+[日号])|\/(?=\d+$))(\d{1,2})[日号]?$/, ([said, month = '', day = ''], base) => date(base, month, day, said)],
  // “6.30”写全了两位日子；“6.3”分不清是3日还是30日。“12-31”的31不会是月份。
  [/^(\d{1,2})(?:\.(?=\d\d$)|-(?=1[3-9]|[23]\d))(\d{2})$/, ([said, month = '', day = ''], base) => date(base, month, day, said)],
  [/^(?:(\d{4}|\d{2})年)?(\d{1,2})月(?:份)?(?:底|末)$/, ([said, year, month], base) => endOfMonth(yearOf(year, base), Number(month), said)],
  [/^(\d{4})[-./年](\d{1,2})月?(?:份)?$/, ([said, year = '', month]) => endOfMonth(Number(year), Number(month), said)],
  [/^(?:(\d{2})年)?(\d{1,2})月份?$/, ([said, year, month], base) => endOfMonth(yearOf(year, base), Number(month), said)],
  [
    /^(?:(\d{4}|\d{2})年)?(\d{1,2})月(上|中|下)旬$/,
    ([said, year, month = '', part], base) =>
      part === '下' ? endOfMonth(yearOf(year, base), Number(month), said) : date(yearOf(year, base), month, part === '上' ? 10 : 20, said),
  ],
  [/^(?:(\d{4})(?:年年?)?|今年?年|本年?年|当年|全?年)(?:底|末|内)$/, ([said, year], base) => endOfMonth(yearOf(year, base), 12, said)],
  [
    /^(?:(\d{4}|\d{2})年?)?(?:第?([一二三四1-4])季度?|[Qq]([1-4]))(?:末|底|内)?$/,
    ([said, year, quarter = '', short = ''], base) => endOfMonth(yearOf(year, base), (quarters[quarter || short] ?? 0) * 3, said),
  ],
  [/^(?:(\d{4}|\d{2})年)?(上|下)半年(?:末|底|内)?$/, ([said, year, half], base) => endOfMonth(yearOf(year, base), half === '上' ? 6 : 12, said)],
];

/** 比这还长的不会是时限（字）。 */
const phraseLengthMax = 100;
const ongoing = /长期|持续|常态|立行立改|即知即改|适时|尽快|待定|^全年$/;
const recurring = /^(?:每|年年)/;
/** 说的是一段时间而不是它的末尾；后面再跟“前”，早于开头还是早于末尾就说不准了。 */
const wholePeriod = /(?:月份?|旬|季度?|半年|[Qq][1-4])$|^\d{4}[-./]\d{1,2}$/;
const several = /\d.*(?:[至到~—–-]|或|和|、|,|;|\/).*\d/;
const nobodysDay = /(?:[年月]初|年中|月中)$/;

/**
 * 读时限 — a date cell, an Excel serial or a phrase of the office. @param baseYear from the title or file name, never from today
 */
export function readDue(cell: string | number | { readonly date: string }, baseYear: number): DuePhrase {
  if (typeof cell === 'object') return isPlausible(cell.date) ? { kind: 'date', due: cell.date } : wrongYear(cell.date);
  if (typeof cell === 'number') return readNumber(cell);
  if (cell.trim().length > phraseLengthMax) return unreadable(`“${quote(cell)}”太长，不是时限；请写成 2026-06-30 这样`);
  const words = foldDue(cell);
  const read = readWords(words.said, words.before, { baseYear, quoted: quote(cell) });
  if (read.kind === 'unreadable') return read;
  if (words.weekday !== null && weekdayOf(read.due) !== words.weekday) {
    return unreadable(`${read.due}是星期${'日一二三四五六'[weekdayOf(read.due)]}，与“${quote(cell)}”里写的不符`);
  }
  return words.hour && read.assumption === undefined ? { ...read, assumption: `${quote(cell)} → ${read.due}` } : read;
}

function readNumber(cell: number): DuePhrase {
  if (Number.isInteger(cell) && cell >= 36_526 && cell <= 73_050) {
    const due = addDays('1899-12-30', cell);
    return { kind: 'date', due, assumption: `${cell} → ${due}` };
  }
  const match = /^(20\d{2})(\d{2})(\d{2})$/.exec(String(cell));
  if (match) return date(match[1] ?? '', match[2] ?? '', match[3] ?? '', String(cell));
  if (/^20\d{2}\.\d{1,2}$/.test(String(cell))) return unreadable(`“${cell}”是一个数，分不清是哪个月（10月会变成1），请写成 2026-06-30 这样`);
  return unreadable(`“${cell}”不是日期`);
}

function readWords(said: string, before: boolean, { baseYear, quoted }: { baseYear: number; quoted: string }): DuePhrase {
  if (before && wholePeriod.test(said)) return unreadable(`“${quoted}”说不准是早于开头还是早于末尾，请写明日期`);
  for (const [pattern, read] of rules) {
    const match = pattern.exec(said);
    if (match) return read(match, baseYear);
  }
  if (ongoing.test(said)) return unreadable(`“${quoted}”没有具体日期，请写明时限`);
  if (recurring.test(said)) return unreadable(`“${quoted}”是周期，不是时限；周期请填在反馈周期一列`);
  if (nobodysDay.test(said)) return unreadable(`“${quoted}”没有公认的日子，请写明是几日`);
  if (several.test(said)) return unreadable(`“${quoted}”写的不止一天，请只写完成的那一天`);
  return unreadable(`“${quoted}”认不出是哪一天，请写成 2026-06-30 这样`);
}
