import { addDays, type LocalDate, monthDay, weekdayOf } from '#core/dates';
import { ordinal } from '../documents/words.ts';

/** 通报的一种周期 — a new kind is one entry of the list below; the figures, the paper and the card are the same engine's. */
export interface BulletinPeriod {
  readonly kind: 'week' | 'month' | 'quarter' | 'year';
  /** 口令：第一个是正名 */
  readonly words: readonly [string, ...string[]];
  /** 这一天所在的一期；同一种的键排得出先后 */
  readonly keyOf: (day: LocalDate) => string;
  /** 一期的第一天 */
  readonly beginsOn: (key: string) => LocalDate;
  /** `2026年9月`, `2026年第三季度` */
  readonly spanOf: (key: string) => string;
  /** 列出将到期的：到下一个星期日为止 */
  readonly listsSoon: boolean;
  readonly paper: '督办情况通报' | '周调度表';
}

const month: BulletinPeriod = {
  kind: 'month',
  words: ['通报', '月报', '通报月报', 'bulletin'],
  keyOf: (day) => day.slice(0, 7),
  beginsOn: (key) => `${key}-01`,
  spanOf: (key) => `${key.slice(0, 4)}年${Number(key.slice(5))}月`,
  listsSoon: false,
  paper: '督办情况通报',
};

/** 各种周期 — 周调度、月通报、季推进、年考评 (domain B3). The monthly one is drafted by itself, the others when somebody asks. */
export const bulletinPeriods: readonly BulletinPeriod[] = [
  month,
  {
    kind: 'week',
    words: ['周调度', '周调度表', 'weekly'],
    keyOf: (day) => `W${mondayOf(day)}`,
    beginsOn: (key) => key.slice(1),
    spanOf: (key) => weekWords(key.slice(1)),
    listsSoon: true,
    paper: '周调度表',
  },
  {
    kind: 'quarter',
    words: ['季度通报', '季通报', 'quarterly'],
    keyOf: (day) => `Q${day.slice(0, 4)}-${quarterOf(day)}`,
    beginsOn: (key) => `${key.slice(1, 5)}-${String(Number(key.slice(6)) * 3 - 2).padStart(2, '0')}-01`,
    spanOf: (key) => `${key.slice(1, 5)}年第${ordinal(Number(key.slice(6)))}季度`,
    listsSoon: false,
    paper: '督办情况通报',
  },
  {
    kind: 'year',
    words: ['年度通报', 'yearly'],
    keyOf: (day) => `Y${day.slice(0, 4)}`,
    beginsOn: (key) => `${key.slice(1)}-01-01`,
    spanOf: (key) => `${key.slice(1)}年度`,
    listsSoon: false,
    paper: '督办情况通报',
  },
];

/** 一期的周期 — by its key. */
export function periodOf(key: string): BulletinPeriod {
  return bulletinPeriods.find(({ kind }) => kind[0] === key[0]?.toLowerCase()) ?? month;
}

/** 一期的题目 — as on the paper: `2026年9月重点工作督办情况通报`. */
export function paperTitle(key: string): string {
  const { spanOf, paper } = periodOf(key);
  return `${spanOf(key)}重点工作${paper}`;
}

function mondayOf(day: LocalDate): LocalDate {
  return addDays(day, -((weekdayOf(day) + 6) % 7));
}

function quarterOf(day: LocalDate): number {
  return Math.ceil(Number(day.slice(5, 7)) / 3);
}

function weekWords(monday: LocalDate): string {
  const sunday = addDays(monday, 6);
  return `${monday.slice(0, 4)}年${monthDay(monday)}至${monthDay(sunday)}`;
}
