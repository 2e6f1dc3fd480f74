import type { LocalDate } from '#core/dates';
import { computeWords, uncomputed } from '#core/workbook';
import { type Calendar, isWorkingDay, workingDayOnOrBefore } from '../calendar/working-days.ts';
import type { Unit } from '../roster/model.ts';
import type { FeedbackPeriod, ImportedItem } from '../work-items/model.ts';
import { readDue } from './due-phrase.ts';
import { createFault, type Fault } from './findings.ts';
import { type Finding, pastLimit } from './model.ts';
import { quote } from './quote.ts';
import { readCarried, warnOfCarried } from './read-carried.ts';
import { readMetrics } from './read-metrics.ts';
import { createPersonBook, readLeader, readLiaison, readResponsible } from './read-people.ts';
import type { RosterView } from './roster-view.ts';
import { neededColumns } from './task-columns.ts';
import type { TaskRow } from './task-sheet.ts';
import { readUnitCell, type UnitBook, unitsInCellMax } from './unit-cell.ts';
import { createUnitMatcher } from './unit-matcher.ts';

export interface CheckAgainst {
  readonly roster: RosterView;
  readonly calendar: Calendar;
  /** from the title of the file */
  readonly baseYear: number;
  /** limits before it are over already */
  readonly today: LocalDate;
  /** 这一年已用的编号 */
  readonly taken: readonly string[];
}

/** 读出的一行 — an item, or what is wrong with it. */
export interface RowRead {
  readonly item: ImportedItem | null;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** what was assumed in this row, by cell */
  readonly assumed: readonly Finding[];
}

const periods: Readonly<Record<string, FeedbackPeriod>> = Object.fromEntries(
  (
    [
      ['weekly', ['每周', '周', '按周', '周报', '一周一次']],
      ['monthly', ['每月', '月', '按月', '月报', '月度', '一月一次', '']],
      ['quarterly', ['每季度', '季度', '每季', '季', '按季', '按季度', '季报', '一季一次']],
    ] as const
  ).flatMap(([period, words]) => words.map((word) => [word, period])),
);

/** 编号的类别字可以从工作表名得来。 */
const seriesOfSheet = (sheet: string): string => /^\s*([党管])/.exec(sheet)?.[1] ?? '';

/** 比这还长的不会是序号（字）。 */
const codeLengthMax = 40;

/** 逐行核对 — `earlier` remembers the first row of every code across the sheets. */
export function createRowReader({ roster, calendar, baseYear, today, taken }: CheckAgainst): (row: TaskRow, hasCategory: boolean) => RowRead {
  const units: UnitBook = { units: roster.units, find: createUnitMatcher(roster.units) };
  const book = createPersonBook(roster.people);
  const firstRows = new Map<string, TaskRow>();
  const used = new Set(taken);
  const nextCode = nextCodeAfter(taken);

  return (row, hasCategory) => {
    const [errors, warnings, assumed]: [Finding[], Finding[], Finding[]] = [[], [], []];
    const code = readCode(row);
    const fault = createFault(row, code.text, errors);
    const assume = createFault(row, code.text, assumed);
    for (const column of row.broken) {
      if (row.value(column) === uncomputed) fault(column, '公式', ['这一格是公式，没有算出的结果', computeWords]);
      else fault(column, '公式', [`这一格的公式出了错（${row.text(column)}）`, '请改好公式，或直接写上内容']);
    }
    if (errors.length > 0) return { item: null, errors, warnings, assumed };
    if (isRestOfRowAbove(row)) {
      fault('code', '一项写成几行', ['没有序号、任务名称、牵头单位和完成时限，像是上一行的下半截', '请把内容并到上一行，再删去这一行']);
      return { item: null, errors, warnings, assumed };
    }
    if (!code.parts) fault('code', '序号', [`序号“${quote(row.text('code'))}”应写成 管-063 这样`]);
    if (code.assumption) assume('code', '序号', [code.assumption]);
    const earlier = firstRows.get(code.text);
    if (earlier && saysTheSame(earlier, row)) fault('code', '一项写成几行', [`与第${earlier.row}行是同一项任务`, '请把几行的内容并成一行']);
    else if (earlier) fault('code', '序号重复', [`${code.text}与工作表“${earlier.sheet}”第${earlier.row}行重复`, '请改成未用过的序号']);
    else firstRows.set(code.text, row);
    if (used.has(code.text)) fault('code', '序号已用', [`${baseYear}年已有${code.text}`, `增补的事项请从${nextCode(code.text)}往下编`]);
    if (row.text('title') === '') fault('title', '必填', ['任务名称是空的']);

    const { lead, others } = readLead(row, units, { fault, assume });
    const supporting = readSupporting(row, units, { fault, assume });
    const issueOn = readIssueOn(row, baseYear, { fault, assume });
    const dueOn = readLimit(row, { baseYear, issueOn }, { fault, assume });
    const responsible = lead && readResponsible(row, { book, lead }, { fault, assume });
    const liaison = lead && readLiaison(row, { book, lead }, fault);
    const feedbackPeriod = periods[row.text('period').replace(/\s/g, '')];
    if (!feedbackPeriod) fault('period', '反馈周期', [`“${quote(row.text('period'))}”不是反馈周期`, '请写每周、每月或每季度']);
    const metrics = readMetrics(row, fault);
    const carried = readCarried(row, { baseYear, today, dueOn }, { fault, assume });
    if (errors.length > 0 || !code.parts || !lead || !dueOn || !feedbackPeriod) return { item: null, errors, warnings: [], assumed };
    const warn = createFault(row, code.text, warnings);
    warnOfCarried(row, { carried, metrics }, warn);
    if (carried.completedAt === undefined) warnOfLimit({ calendar, baseYear, today, dueOn }, warn);

    const item: ImportedItem = {
      ...code.parts,
      code: code.text,
      category: row.text('category') || (hasCategory ? '' : sectionName(row.section)),
      title: row.text('title').replace(/\s*\n\s*/g, ''),
      goal: row.text('goal'),
      measures: row.text('measures'),
      leadUnit: lead.code,
      supportingUnits: [...new Set([...others, ...supporting].map((unit) => unit.code))].filter((unit) => unit !== lead.code),
      leaderInCharge: readLeader(row, { book, lead }, { warn, assume }),
      responsiblePostId: responsible ?? null,
      liaisonPostId: liaison ?? null,
      issueOn,
      dueOn,
      feedbackPeriod,
      metrics,
      theme: row.text('theme') || null,
      internalNote: row.text('internalNote') || null,
      ...carried,
    };
    return { item, errors, warnings, assumed };
  };
}

/** 没有合并格的续行：只有措施、备注，要紧的四列都空着。 */
function isRestOfRowAbove(row: TaskRow): boolean {
  return neededColumns.every((column) => row.text(column) === '');
}

/** 序号、任务名称合并成一格，措施分几行写的，读出来是同一项的几行。 */
function saysTheSame(left: TaskRow, right: TaskRow): boolean {
  return left.sheet === right.sheet && neededColumns.every((column) => left.text(column) === right.text(column));
}

/** 下一个可用的编号 — of the same series; the numbers in use are looked through once. */
function nextCodeAfter(taken: readonly string[]): (code: string) => string {
  const lasts = new Map<string, number>();
  for (const code of taken) {
    const at = code.indexOf('-') + 1;
    const number = Number(code.slice(at));
    if (Number.isInteger(number)) lasts.set(code.slice(0, at), Math.max(lasts.get(code.slice(0, at)) ?? 0, number));
  }
  return (code) => {
    const series = code.slice(0, code.indexOf('-') + 1);
    return `${series}${String((lasts.get(series) ?? 0) + 1).padStart(3, '0')}`;
  };
}

interface Told {
  readonly fault: Fault;
  readonly assume: Fault;
}

/** “一、经济发展（8项）”是“经济发展”这一类。 */
const sectionName = (section: string): string =>
  section
    .replace(/^\s*[（(]?[一二三四五六七八九十\d]{1,3}[)）]?[、.．\s]*/, '')
    .replace(/[（(][^（()）]*[)）]\s*$/, '')
    .slice(0, 50);

function readCode(row: TaskRow): { text: string; parts: { series: string; number: number } | null; assumption?: string } {
  const cell = row.broken.includes('code') ? '' : row.text('code');
  if (cell.length > codeLengthMax) return { text: cell, parts: null };
  const written = cell
    .normalize('NFKC')
    .replace(/\s/g, '')
    .replace(/[—–−_]/g, '-')
    .replace(/[.、]$/, '');
  const match = /^(?:(\p{Script=Han})(?:工委|委会)?-?)?第?(\d{1,5})号?$/u.exec(written);
  const series = match?.[1] ?? seriesOfSheet(row.sheet);
  if (!match || series === '') return { text: written || `第${row.row}行`, parts: null };
  const digits = match[2] ?? '';
  const text = `${series}-${digits.padStart(3, '0')}`;
  const parts = { series, number: Number(digits) };
  return match[1]
    ? { text, parts }
    : { text, parts, assumption: `工作表“${row.sheet}”的序号只有数字 → 编号写作“${series}-${'1'.padStart(3, '0')}”这样` };
}

/** 读牵头单位 — several names: the first leads, or the one that says so; the others support (B11, rule 2). */
function readLead(row: TaskRow, units: UnitBook, { fault, assume }: Told): { lead: Unit | null; others: Unit[] } {
  const nobody = { lead: null, others: [] };
  const written = row.text('leadUnit');
  if (written === '') {
    fault('leadUnit', '必填', ['没有牵头单位', '请填写一个牵头单位']);
    return nobody;
  }
  const { named, unknown, vague, tooMany, assumptions } = readUnitCell(written, units);
  const [stranger] = unknown;
  if (tooMany !== null) fault('leadUnit', '只能有一个牵头单位', [`写了${tooMany}个单位`, '请只留一个牵头单位，其余移到配合单位']);
  else if (vague.length > 0 || assumptions.length > 0)
    fault('leadUnit', '只能有一个牵头单位', [`“${quote(written)}”没有写明是哪一家`, '请写一个牵头单位']);
  else if (stranger) {
    // 一处只报一次：一个认不出，其余的多半要一起改。
    const { name, suggestion } = stranger;
    fault('leadUnit', '单位不在花名册', [`“${quote(name)}”不在花名册`, suggestion ? `是否为“${suggestion.name}”？` : undefined]);
  } else {
    const lead = (named.find(({ part }) => part === 'lead') ?? named.find(({ part }) => part === null) ?? named[0])?.unit;
    const others = [...new Set(named.map(({ unit }) => unit))].filter((unit) => unit !== lead);
    if (lead && others.length > 0) {
      const line = quote(written, 60);
      assume('leadUnit', '只能有一个牵头单位', [`${line} → ${lead.shortName}牵头，${others.map(({ shortName }) => shortName).join('、')}配合`]);
    }
    if (lead) return { lead, others };
    fault('leadUnit', '必填', ['没有牵头单位', '请填写一个牵头单位']);
  }
  return nobody;
}

function readSupporting(row: TaskRow, units: UnitBook, { fault, assume }: Told): Unit[] {
  const written = row.text('supporting');
  if (written === '' || /^[无—–\-/\\]+$/.test(written)) return [];
  const { named, unknown, vague, tooMany, assumptions } = readUnitCell(written, units);
  if (tooMany !== null) fault('supporting', '配合单位', [`写了${tooMany}个配合单位`, `一格最多写${unitsInCellMax}个`]);
  for (const name of vague) fault('supporting', '配合单位', [`“${quote(name)}”没有写明是哪些单位`, '请逐一写出单位名称']);
  for (const { name, suggestion } of unknown) {
    fault('supporting', '单位不在花名册', [`配合单位“${quote(name)}”不在花名册`, suggestion ? `是否为“${suggestion.name}”？` : undefined]);
  }
  for (const assumption of assumptions) assume('supporting', '配合单位', [assumption]);
  return named.map(({ unit }) => unit);
}

function readIssueOn(row: TaskRow, baseYear: number, { fault, assume }: Told): string | null {
  const value = row.value('issueOn');
  if (value === null || typeof value === 'boolean' || row.text('issueOn') === '') return null;
  const read = readDue(value, baseYear);
  if (read.kind === 'unreadable') fault('issueOn', '日期', [read.reason, nearestTo(read)]);
  else if (read.assumption) assume('issueOn', '日期', [read.assumption]);
  return read.kind === 'date' ? read.due : null;
}

function readLimit(row: TaskRow, { baseYear, issueOn }: { baseYear: number; issueOn: string | null }, { fault, assume }: Told): string | null {
  const value = row.value('due');
  if (value === null || typeof value === 'boolean' || row.text('due') === '') {
    fault('due', '必填', ['没有完成时限']);
    return null;
  }
  const read = readDue(value, baseYear);
  if (read.kind === 'unreadable') {
    fault('due', '日期', [read.reason, nearestTo(read) ?? '请改成真实的日期，例如 2026-06-30']);
    return null;
  }
  if (issueOn !== null && read.due < issueOn) {
    fault('due', '时限早于下达', [`完成时限${read.due}早于下达日期${issueOn}`, '请核对年份和月份']);
    return null;
  }
  if (read.assumption) assume('due', '时限的读法', [read.assumption]);
  return read.due;
}

const nearestTo = ({ nearest }: { nearest?: string }): string | undefined => (nearest === undefined ? undefined : `是否为${nearest}？`);

function warnOfLimit(
  { calendar, baseYear, today, dueOn }: { calendar: Calendar; baseYear: number; today: LocalDate; dueOn: string },
  warn: Fault,
): void {
  const year = Number(dueOn.slice(0, 4));
  if (year < baseYear || year > baseYear + 5) {
    warn('due', '时限的年份', [`完成时限${dueOn}不在${baseYear}年${year < baseYear ? '之后' : '前后'}`, '请核对年份（不改也可以导入）']);
  }
  if (year >= baseYear && dueOn < today) {
    warn('due', pastLimit, [
      `完成时限${dueOn}已过`,
      '一下达就是逾期；已办结的请在“完成情况”一列写“已办结”，没有办结的请写新的时限（不改也可以导入）',
    ]);
    return;
  }
  if (isWorkingDay(calendar, dueOn)) return;
  const earlier = workingDayOnOrBefore(calendar, dueOn);
  warn('due', '时限不是工作日', [`完成时限${dueOn}不是工作日`, `可改为${earlier}（不改也可以导入）`]);
}
