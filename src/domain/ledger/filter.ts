import { addDays, instantAt, isRealDate, type LocalDate, weekdayOf } from '#core/dates';
import { InvalidError } from '#core/errors';
import { type Calendar, workingDaysBetween } from '../calendar/working-days.ts';
import type { SignalLight } from '../lights/light.ts';
import { foldName, type Unit } from '../roster/model.ts';
import type { LedgerEntry } from './entries.ts';
import { isCompleted, isNotStarted, isOverdue } from './totals.ts';

/** 一个筛选词 — words of one kind are alternatives, different kinds must all hold. */
interface Criterion {
  readonly kind: 'unit' | 'light' | 'state' | 'due' | 'section' | 'leader';
  /** 卡片上怎么写 */
  readonly label: string;
  readonly unitCode?: string;
  readonly holds: (entry: LedgerEntry, today: LocalDate) => boolean;
}

/** 台账的筛选 — as it was understood from the words. */
export interface LedgerFilter {
  readonly criteria: readonly Criterion[];
  /** 截至哪一天；null 即此刻 */
  readonly asOf: LocalDate | null;
  /** 哪一年的任务；null 即那时还在办的一年 */
  readonly year: number | null;
}

const isOpen = (entry: LedgerEntry): boolean => !isCompleted(entry) && entry.status !== 'suspended' && entry.status !== 'cancelled';
const lightNames: readonly (readonly [SignalLight, string])[] = [
  ['red', '红灯'],
  ['yellow', '黄灯'],
  ['green', '绿灯'],
  ['blue', '蓝灯'],
  ['grey', '灰灯'],
];
const states: readonly (readonly [readonly string[], (entry: LedgerEntry) => boolean])[] = [
  [['办理中', '在办'], ({ light, status }) => light !== 'blue' && light !== 'grey' && status !== 'cancelled'],
  [['未签收', '待签收'], ({ status }) => status === 'issued'],
  [['待核查', '核查中'], ({ status }) => status === 'underVerification' || status === 'onSiteVerification'],
  [['已办结', '办结'], isCompleted],
  [['已中止', '中止'], ({ status }) => status === 'suspended'],
  [['退件待裁', '退件'], ({ status }) => status === 'declinePending'],
  [['未启动'], isNotStarted],
  [['已撤销', '撤销'], ({ status }) => status === 'cancelled'],
];
const dues: readonly (readonly [readonly string[], (entry: LedgerEntry, today: LocalDate) => boolean])[] = [
  [['逾期'], isOverdue],
  [['今天到期', '今日到期'], (entry, today) => isOpen(entry) && entry.dueOn === today],
  [['本周到期'], (entry, today) => isOpen(entry) && between(entry.dueOn, mondayOf(today), addDays(mondayOf(today), 6))],
  [['下周到期'], (entry, today) => isOpen(entry) && between(entry.dueOn, addDays(mondayOf(today), 7), addDays(mondayOf(today), 13))],
  [['本月到期'], (entry, today) => isOpen(entry) && entry.dueOn.slice(0, 7) === today.slice(0, 7)],
  [['承诺本周到期', '本周承诺'], (entry, today) => isOpen(entry) && dueIn(entry.promisedOn, mondayOf(today), addDays(mondayOf(today), 6))],
  [['改过时限', '已延期'], ({ dueOn, originalDueOn }) => dueOn !== originalDueOn],
  [['反馈逾期', '未反馈'], ({ reasons }) => reasons.some(({ kind }) => kind === 'feedbackLate')],
];
/** 进度这么多个工作日没有变化，就是长期未动（domain B8） */
const idleAfterDays = 60;
const seriesNames: readonly (readonly [string, readonly string[]])[] = [
  ['党', ['党工委']],
  ['管', ['管委会']],
];

/** 听得懂的词，用在没听懂的时候 */
const understoodWords =
  '单位名称、分管领导姓名、红灯、黄灯、绿灯、办理中、已办结、待核查、中止、未启动、逾期、本周到期、本月到期、承诺本周到期、长期未动、党工委、管委会、类别、专题、截至8月31日、2026年';

/** 词汇 — every word that a filter may hold, for these units and this year. */
export function ledgerVocabulary(
  units: readonly Unit[],
  {
    categories,
    themes,
    leaders,
    calendar,
  }: { categories: readonly string[]; themes: readonly string[]; leaders: readonly string[]; calendar: Calendar },
): ReadonlyMap<string, Criterion> {
  const words = new Map<string, Criterion>();
  const add = (names: readonly string[], criterion: Omit<Criterion, 'label'>, label = names[0] ?? ''): void => {
    for (const name of names) if (name !== '' && !words.has(foldName(name))) words.set(foldName(name), { ...criterion, label });
  };
  for (const unit of units) {
    const names = [unit.name, unit.shortName, unit.code, ...unit.aliases];
    add(names, { kind: 'unit', unitCode: unit.code, holds: ({ leadUnit }) => leadUnit === unit.code });
  }
  for (const [light, name] of lightNames) add([name, name.slice(0, 1)], { kind: 'light', holds: (entry) => entry.light === light });
  for (const [names, holds] of states) add(names, { kind: 'state', holds });
  for (const [names, holds] of dues) add(names, { kind: 'due', holds });
  add(['长期未动', '久拖未动'], { kind: 'due', holds: (entry, today) => isIdle(calendar, entry, today) });
  for (const [series, names] of seriesNames) add(names, { kind: 'section', holds: (entry) => entry.series === series });
  for (const category of categories) add([category], { kind: 'section', holds: (entry) => entry.category === category });
  for (const theme of themes) add([theme], { kind: 'section', holds: (entry) => entry.theme === theme });
  for (const leader of leaders) add([leader], { kind: 'leader', holds: (entry) => entry.leaderInCharge === leader });
  return words;
}

/**
 * 读筛选词 — in any order, with or without blanks between. @throws InvalidError that says which word was not understood, and which are
 * @param on.workYear whose books are in hand: a day without a year is one of it, when it does not lie ahead in this one
 */
export function readFilter(text: string, vocabulary: ReadonlyMap<string, Criterion>, on: { today: LocalDate; workYear: number }): LedgerFilter {
  const { rest, asOf } = readAsOf(text.normalize('NFKC'), on);
  const criteria: Criterion[] = [];
  for (const token of rest
    .replace(yearPattern, ' ')
    .split(/[\s,，、;；|｜+]+/)
    .filter(Boolean)) {
    for (let left = foldName(token.replace(/[?？!！。]+$/, '')); left !== ''; ) {
      const word = longestWord(left, vocabulary);
      const criterion = vocabulary.get(word);
      if (!criterion) throw new InvalidError(`没听懂“${left}”。可以写：${understoodWords}，几个词可以连着写`);
      criteria.push(criterion);
      left = left.slice(word.length);
    }
  }
  return { criteria, asOf, year: yearSaid(text) };
}

function longestWord(text: string, vocabulary: ReadonlyMap<string, Criterion>): string {
  for (let length = text.length; length > 0; length -= 1) if (vocabulary.has(text.slice(0, length))) return text.slice(0, length);
  return '';
}

const yearPattern = /(20\d{2})\s*年度?/;
const asOfPattern = /截[至止]到?\s*(?:(\d{4})\s*[年./-])?\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?/;

/** 说的是哪一年 — `2026年`; null: none was said. The day of 截至 is not it. */
export function yearSaid(text: string): number | null {
  const [, year] = yearPattern.exec(text.normalize('NFKC').replace(asOfPattern, ' ')) ?? [];
  return year === undefined ? null : Number(year);
}

function readAsOf(text: string, { today, workYear }: { today: LocalDate; workYear: number }): { rest: string; asOf: LocalDate | null } {
  const found = asOfPattern.exec(text);
  if (!found) {
    if (/截[至止]/.test(text)) throw new InvalidError('没看懂截至哪一天，请写成“截至8月31日”或“截至2026-08-31”');
    return { rest: text, asOf: null };
  }
  const [matched, year, month = '', day = ''] = found;
  const ofYear = (of: string): LocalDate => `${of}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const ofThisYear = ofYear(year ?? today.slice(0, 4));
  const date = year === undefined && ofThisYear > today ? ofYear(String(workYear)) : ofThisYear;
  if (!isRealDate(date)) throw new InvalidError(`没有${Number(month)}月${Number(day)}日这一天，请核对`);
  if (date > today) throw new InvalidError(`${Number(month)}月${Number(day)}日还没有到，只能看今天和以前的台账`);
  return { rest: text.replace(matched, ' '), asOf: date === today ? null : date };
}

/** 截至的时刻 — the last moment of the day, or now. */
export function instantOf({ asOf }: LedgerFilter, now: Date): Date {
  return asOf === null ? now : new Date(instantAt(addDays(asOf, 1)).getTime() - 1);
}

/** 合乎筛选 — items that were cancelled are there only when they are asked for. */
export function matches({ criteria }: LedgerFilter, entry: LedgerEntry, today: LocalDate): boolean {
  const asked = criteria.some(({ label }) => label === '已撤销');
  if (entry.status === 'cancelled' && !asked) return false;
  const kinds = new Set(criteria.map(({ kind }) => kind));
  return [...kinds].every((kind) => criteria.some((criterion) => criterion.kind === kind && criterion.holds(entry, today)));
}

/** 筛选里的单位 — undefined: all of them. */
export function unitsIn({ criteria }: LedgerFilter): readonly string[] | undefined {
  const codes = criteria.flatMap(({ unitCode }) => (unitCode === undefined ? [] : [unitCode]));
  return codes.length > 0 ? codes : undefined;
}

/** 长期未动 — under way, and its progress has not changed for more than sixty working days. */
function isIdle(calendar: Calendar, entry: LedgerEntry, today: LocalDate): boolean {
  const moving = isOpen(entry) && entry.light !== 'grey' && !entry.hasParts && entry.movedOn !== null;
  return moving && workingDaysBetween(calendar, entry.movedOn ?? today, today) > idleAfterDays;
}

function dueIn(day: LocalDate | null, first: LocalDate, last: LocalDate): boolean {
  return day !== null && between(day, first, last);
}

function mondayOf(day: LocalDate): LocalDate {
  return addDays(day, -((weekdayOf(day) + 6) % 7));
}

function between(day: LocalDate, first: LocalDate, last: LocalDate): boolean {
  return day >= first && day <= last;
}
