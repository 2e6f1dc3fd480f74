import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { shortDay } from '../kit/due-line.ts';
import { button, buttons, fields, note, table, text } from '../kit/elements.ts';
import { openDay, openYear } from './actions.ts';

export interface YearProps {
  readonly year: number;
  readonly source: 'seed' | 'notice' | null;
  readonly workingDays: number;
  /** 每月的工作日数，从1月起 */
  readonly months: readonly number[];
  readonly holidays: readonly HolidayRow[];
  readonly local: readonly { readonly date: string; readonly kind: 'off' | 'work'; readonly reason: string; readonly by: string | null }[];
}

interface HolidayRow {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly makeups: readonly string[];
}

const sources = {
  notice: { text: '按国务院通知', color: 'green' },
  seed: { text: '程序预置', color: 'blue' },
  none: { text: '暂定', color: 'orange' },
} as const;
const localDaysShown = 12;

/** 工作日历 — a year's days off and make-up days, and how many working days that leaves. */
export const yearCard = defineCard<YearProps>(
  'calendar.year',
  '工作日历',
  ({ year, source, workingDays, months, holidays, local }) => ({
    title: `${year}年工作日历`,
    color: source === null ? 'orange' : 'blue',
    tags: [sources[source ?? 'none']],
    summary: `${year}年工作日${workingDays}天${source === null ? '（暂定）' : ''}`,
    elements: [
      text(source === null ? unknownWords(year, holidays) : `全年工作日${workingDays}天`, { size: 'heading', lines: 2 }),
      holidays.length > 0 &&
        table({ pageSize: 8, columns: holidayColumns, rows: holidays.map((holiday) => holidayRow(holiday, { year, known: source !== null })) }),
      fields([
        { label: '各月工作日', value: months.map((days, index) => `${index + 1}月${days}`).join('　'), wide: true },
        ...(local.length > 0 ? [{ label: '本区调整', value: localWords(local), wide: true }] : []),
      ]),
      buttons(
        button('调整一天', { style: 'primary', action: bind(openDay, { year }) }),
        button('上一年', { action: bind(openYear, { year: year - 1 }) }),
        button('下一年', { action: bind(openYear, { year: year + 1 }) }),
      ),
      note('国务院通知发布后，把全文粘贴发给我，或发来 holiday-cn 的年度文件，核对后导入。'),
    ],
  }),
  samples(),
);

/** 假期表的列 */
const holidayColumns = [
  { name: 'name', title: '节日', width: '90px' },
  { name: 'off', title: '放假' },
  { name: 'work', title: '调休上班' },
] as const;

/** 没有公布的年份：说清先按什么算 */
function unknownWords(year: number, holidays: readonly HolidayRow[]): string {
  return `${year}年放假安排未公布，${holidays.length > 0 ? '法定节假日先按休息算，调休算不到' : '暂按周一至周五上班'}`;
}

/** 一段假期一行 */
function holidayRow({ name, from, to, days, makeups }: HolidayRow, { year, known }: { year: number; known: boolean }): Record<string, string> {
  const base = `${year}-01-01`;
  return {
    name,
    off: `${from === to ? shortDay(from, base) : `${shortDay(from, base)}至${shortDay(to, base)}`} 共${days}天`,
    work: makeups.length === 0 ? (known ? '无' : '未公布') : makeups.map((day) => shortDay(day, base)).join('、'),
  };
}

function localWords(local: YearProps['local']): string {
  const lines = local
    .slice(-localDaysShown)
    .map(({ date, kind, reason, by }) => `${shortDay(date)}${kind === 'off' ? '放假' : '上班'}：${reason}${by === null ? '' : `（${by}）`}`);
  return [...(local.length > lines.length ? [`共${local.length}天，最近的是：`] : []), ...lines].join('\n');
}

function samples() {
  const base: YearProps = {
    year: 2026,
    source: 'seed',
    workingDays: 248,
    months: [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23],
    holidays: [
      { name: '元旦', from: '2026-01-01', to: '2026-01-03', days: 3, makeups: ['2026-01-04'] },
      { name: '春节', from: '2026-02-15', to: '2026-02-23', days: 9, makeups: ['2026-02-14', '2026-02-28'] },
      { name: '国庆节', from: '2026-10-01', to: '2026-10-07', days: 7, makeups: ['2026-09-20', '2026-10-10'] },
    ],
    local: [],
  };
  const stormy = { date: '2026-08-19', kind: 'off' as const, reason: '台风停工', by: '林晓' };
  return [
    { name: 'seed', props: base },
    {
      name: 'notice',
      props: { ...base, year: 2027, source: 'notice' as const, workingDays: 249, local: [stormy, { ...stormy, kind: 'work' as const, by: null }] },
    },
    {
      name: 'unknown',
      props: {
        ...base,
        ...{ year: 2028, source: null, workingDays: 252 },
        holidays: [
          { name: '春节', from: '2028-01-25', to: '2028-01-28', days: 4, makeups: [] },
          { name: '国庆节、中秋节', from: '2028-10-01', to: '2028-10-03', days: 3, makeups: [] },
        ],
      },
    },
    { name: 'far', props: { ...base, year: 2066, source: null, workingDays: 261, holidays: [] } },
    { name: 'many-changes', props: { ...base, local: Array.from({ length: 20 }, () => stormy) } },
  ];
}
