import { writeOds, writeXlsx } from 'hucre';
import { beforeAll, expect, test } from 'vitest';
import { csvCell } from '#core/csv';
import type { CellValue, SheetData } from '#core/workbook';
import { seedDays } from '#domain/calendar/seed';
import type { ImportedItem } from '#domain/work-items/model';
import { checkTasks, type RosterView } from '#domain/workbook-import/check-tasks';
import { headingsOf, type TaskColumn } from '#domain/workbook-import/task-columns';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { fc } from '../fast-check.ts';

const unit = (code: string, name: string, shortName: string, aliases: string[]): RosterView['units'][number] => ({
  ...{ code, name, shortName, aliases, kind: '部门', leaderName: '王海峰', chatName: null },
});
const units = [
  unit('U09', '住房和建设局', '住建局', ['住建']),
  unit('U10', '城市管理和综合执法局', '城管局', ['城管']),
  unit('U31', '南屿办事处', '南屿办', ['南屿街道']),
];
const people = units.map(({ code, shortName }, index) => ({
  name: `${shortName.slice(0, 2)}联`,
  mobile: `1990000${String(1000 + index)}`,
  posts: [{ postId: `post-${code}`, unitCode: code, role: 'liaison' }],
}));
const against = {
  roster: { units, people },
  calendar: { exceptions: new Map(seedDays().map((day) => [day.date, day])), knownYears: new Set([2026]) },
  baseYear: 2026,
  today: '2026-05-28',
  taken: [],
};

/** 一项任务，和它在表上的写法：单位的哪种叫法、日期是格还是字、数字是不是全角。 */
const words = fc
  .array(fc.constantFrom(...'老旧小区改造协商签约推进项目建设，“一户一策”（含）=+-@1aA'), { minLength: 1, maxLength: 20 })
  .map((signs) => `任${signs.join('')}`);
const day = fc.integer({ min: 0, max: 300 }).map((days) => new Date(Date.UTC(2026, 1, 1 + days)).toISOString().slice(0, 10));
const style = fc.record({ unitAs: fc.nat(3), dateAs: fc.nat(5), wide: fc.boolean(), periodAs: fc.nat(2) });
const entry = fc.record({
  title: words,
  goal: words,
  lead: fc.nat(2),
  others: fc.uniqueArray(fc.nat(2), { maxLength: 2 }),
  due: day,
  period: fc.nat(2),
  target: fc.option(fc.integer({ min: 1, max: 9_999 })),
  style,
});
type Entry = typeof entry extends fc.Arbitrary<infer Value> ? Value : never;

const full = (text: string): string => text.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
const nameOf = (index: number, as: number): string => {
  const { code, name, shortName, aliases } = units[index] ?? units[0]!;
  return [name, shortName, aliases[0] ?? name, code][as] ?? name;
};
const dateOf = (date: string, as: number, wide: boolean): CellValue => {
  const [year = '', month = '', of = ''] = date.split('-');
  const [m, d] = [String(Number(month)), String(Number(of))];
  const said = [date, `${year}年${m}月${d}日`, `${m}月${d}日前`, `${year}.${m}.${d}`, `${year}/${m}/${d}`][as];
  return said === undefined ? { date } : wide ? full(said) : said;
};
const periods = [
  ['weekly', ['每周', '周报', '按周']],
  ['monthly', ['每月', '月度', '月报']],
  ['quarterly', ['每季度', '季报', '按季']],
] as const;

const printers: Readonly<Record<string, (made: Entry, number: number) => CellValue>> = {
  code: ({ style: { wide } }, number) => (wide ? full(`管-${String(number).padStart(3, '0')}`) : `管-${String(number).padStart(3, '0')}`),
  title: ({ title }) => title,
  goal: ({ goal }) => goal,
  leadUnit: ({ lead, style: { unitAs } }) => nameOf(lead, unitAs),
  supporting: ({ lead, others, style: { unitAs } }) =>
    others
      .filter((each) => each !== lead)
      .map((each) => nameOf(each, unitAs))
      .join('、') || null,
  due: ({ due, style: { dateAs, wide } }) => dateOf(due, dateAs, wide),
  period: ({ period, style: { periodAs } }) => periods[period]?.[1][periodAs] ?? '每月',
  phone: ({ lead }) => people[lead]?.mobile ?? null,
  liaison: ({ lead }) => people[lead]?.name ?? null,
  metricName: ({ target }) => (target === null ? null : '签约户数'),
  metricTarget: ({ target }) => target,
  metricUnit: ({ target }) => (target === null ? null : '户'),
};
const columns = Object.keys(printers) as TaskColumn[];
const layout = fc.record({
  order: fc.shuffledSubarray(columns, { minLength: columns.length }),
  headings: fc.array(fc.nat(30), { minLength: columns.length, maxLength: columns.length }),
  above: fc.nat(2),
});

/** 照某种列序、某种表头印成一张表。 */
function print(entries: readonly Entry[], { order, headings, above }: { order: TaskColumn[]; headings: number[]; above: number }): SheetData {
  const heading = order.map((column, at) => {
    const known = headingsOf(column).filter((text) => !['单位', '任务', '事项', '目标', '指标', '电话', '责任单位'].includes(text));
    return known[(headings[at] ?? 0) % known.length] ?? '';
  });
  const title = Array.from({ length: above }, (_, index): CellValue[] => [index === 0 ? '滨湾新区2026年重点工作任务表' : '湾督〔2026〕5号']);
  return {
    name: '管委会',
    rows: [...title, heading, ...entries.map((made, index) => order.map((column) => printers[column]?.(made, index + 1) ?? null))],
  };
}

const expected = (entries: readonly Entry[]) =>
  entries.map(({ title, goal, lead, others, due, period, target }, index) => ({
    code: `管-${String(index + 1).padStart(3, '0')}`,
    title,
    goal,
    leadUnit: units[lead]?.code,
    supportingUnits: others.filter((each) => each !== lead).map((each) => units[each]?.code),
    dueOn: due,
    feedbackPeriod: periods[period]?.[0],
    liaisonPostId: `post-${units[lead]?.code}`,
    target,
  }));
const read = ({ code, title, goal, leadUnit, supportingUnits, dueOn, feedbackPeriod, liaisonPostId, metrics }: ImportedItem) => ({
  ...{ code, title, goal, leadUnit, supportingUnits, dueOn, feedbackPeriod, liaisonPostId },
  target: metrics[0]?.target ?? null,
});

beforeAll(() => fc.configureGlobal({ verbose: 1 }));

test('印出来再读回去，行行一样：列序、表头的叫法、单位的叫法、日期的写法、全角数字怎样变都一样', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 8 }), layout, (entries, how) => {
      const { rows, errors } = checkTasks([print(entries, how)], against);
      expect(errors).toEqual([]);
      expect(rows.map(read)).toEqual(expected(entries));
    }),
    { numRuns: 200 },
  );
});

test('经过文件也一样：.xlsx、.ods、.csv', async () => {
  const asDate = (cell: CellValue) => (typeof cell === 'object' && cell !== null ? new Date(`${cell.date}T00:00:00Z`) : cell);
  const asText = (cell: CellValue): string => (cell === null ? '' : typeof cell === 'object' ? cell.date : String(cell));
  const files: readonly [string, (sheet: SheetData) => Uint8Array | Promise<Uint8Array>][] = [
    ['2026.xlsx', ({ name, rows }) => writeXlsx({ sheets: [{ name, rows: rows.map((row) => row.map(asDate)) }] })],
    ['2026.ods', ({ name, rows }) => writeOds({ sheets: [{ name, rows: rows.map((row) => row.map(asDate)) }] })],
    ['管委会.csv', ({ rows }) => Buffer.from(rows.map((row) => row.map((cell) => csvCell(asText(cell))).join(',')).join('\r\n'))],
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 8 }), layout, fc.constantFrom(...files), async (entries, how, [name, write]) => {
      const sheets = await readWorkbook(await write(print(entries, how)), name);
      const { rows, errors } = checkTasks(sheets, against);
      expect(errors).toEqual([]);
      expect(rows.map(read)).toEqual(expected(entries));
    }),
    { numRuns: 6 },
  );
}, 60_000);
