import { InvalidError } from '#core/errors';
import type { SheetData } from '#core/feature';
import { type Calendar, isWorkingDay, workingDayOnOrBefore } from '../calendar/working-days.ts';
import { foldName, type Unit, type UnitMatch } from '../roster/model.ts';
import { digitsOf } from '../roster/read-roster.ts';
import type { FeedbackPeriod, ImportedItem, Metric } from '../work-items/model.ts';
import { readDue } from './due-phrase.ts';
import type { Finding, TaskCheck } from './model.ts';
import { quote } from './quote.ts';
import { readTaskRows, type TaskColumn, type TaskRow } from './task-sheet.ts';
import { createUnitMatcher } from './unit-matcher.ts';

/** 核对所用的名册 */
export interface RosterView {
  readonly units: readonly Unit[];
  readonly people: readonly {
    readonly name: string;
    readonly mobile: string;
    readonly posts: readonly { readonly postId: string; readonly unitCode: string | null; readonly role: string }[];
  }[];
}

export interface CheckAgainst {
  readonly roster: RosterView;
  readonly calendar: Calendar;
  /** from the title of the file */
  readonly baseYear: number;
}

const periods: Readonly<Record<string, FeedbackPeriod>> = {
  每周: 'weekly',
  周: 'weekly',
  每月: 'monthly',
  月: 'monthly',
  每季度: 'quarterly',
  季度: 'quarterly',
  每季: 'quarterly',
};

/** 核对在主线程上、在一个事务里做，行数和一格里写的个数都要有界。 */
const taskRowsMax = 5_000;
const namesInCellMax = 50;

/**
 * 预检 — reads every row, finds every name in the roster, and says of each fault where it is, which rule it breaks and what to write.
 * @throws InvalidError when there are more rows than a year's tasks can have
 */
export function checkTasks(sheets: readonly SheetData[], against: CheckAgainst): TaskCheck {
  const reader = createRowReader(against);
  const taskRows = sheets.map((sheet) => ({ name: sheet.name, rows: readTaskRows(sheet) })).filter(({ rows }) => rows.length > 0);
  const total = taskRows.reduce((sum, { rows }) => sum + rows.length, 0);
  if (total > taskRowsMax) throw new InvalidError(`任务有${total}行，超过${taskRowsMax}行的上限，请拆分后再发。没有写入任何数据。`);
  const firstRows = new Map<string, TaskRow>();
  const outcome = { rows: [] as ImportedItem[], errors: [] as Finding[], warnings: [] as Finding[], assumptions: new Set<string>(), faultyRows: 0 };
  for (const { rows } of taskRows) {
    for (const row of rows) {
      const read = reader(row, firstRows);
      for (const assumption of read.assumptions) outcome.assumptions.add(assumption);
      if (read.item) {
        outcome.rows.push(read.item);
        outcome.warnings.push(...read.warnings);
      } else {
        outcome.errors.push(...read.errors);
        outcome.faultyRows += 1;
      }
    }
  }
  return { ...outcome, assumptions: [...outcome.assumptions], total, sheets: taskRows.map(({ name, rows }) => ({ name, rows: rows.length })) };
}

interface RowRead {
  readonly item: ImportedItem | null;
  readonly errors: Finding[];
  readonly warnings: Finding[];
  readonly assumptions: string[];
}

function createRowReader({ roster, calendar, baseYear }: CheckAgainst) {
  const unitOf = createUnitMatcher(roster.units);
  const byName = groupByName(roster.people);
  const byMobile = new Map(roster.people.map((person) => [person.mobile, person]));

  return (row: TaskRow, firstRows: Map<string, TaskRow>): RowRead => {
    const errors: Finding[] = [];
    const assumptions: string[] = [];
    const fault = (column: TaskColumn, rule: string, [message, suggestion]: readonly [string, (string | undefined)?]): void => {
      errors.push({
        sheet: row.sheet,
        row: row.row,
        cell: row.cell(column),
        code: quote(code.text),
        rule,
        message,
        ...(suggestion ? { suggestion } : {}),
      });
    };
    const code = readCode(row);
    if (!code.parts) fault('code', '序号', [`序号“${quote(row.text('code'))}”应写成 管-063 这样`]);
    const earlier = firstRows.get(code.text);
    if (earlier) fault('code', '序号重复', [`${code.text}与工作表“${earlier.sheet}”第${earlier.row}行重复`, '请改成未用过的序号']);
    else firstRows.set(code.text, row);
    if (row.text('title') === '') fault('title', '必填', ['任务名称是空的']);

    const lead = readLeadUnit(row, unitOf, fault);
    const supporting = readSupporting(row, unitOf, fault);
    const issueOn = readIssueOn(row, baseYear, fault);
    const due = readLimit(row, { baseYear, issueOn }, fault);
    if (due?.assumption) assumptions.push(due.assumption);
    const responsible = lead && readResponsible(row, { byName, lead }, fault);
    const liaison = lead && readLiaison(row, { byName, byMobile, lead }, fault);
    const feedbackPeriod = periods[row.text('period').replace(/\s/g, '')] ?? (row.text('period') === '' ? 'monthly' : undefined);
    if (!feedbackPeriod) fault('period', '反馈周期', [`“${quote(row.text('period'))}”不是反馈周期`, '请写每周、每月或每季度']);
    const metrics = readMetrics(row, fault);
    if (errors.length > 0 || !code.parts || !lead || !due || !feedbackPeriod) return { item: null, errors, warnings: [], assumptions };

    const item: ImportedItem = {
      ...code.parts,
      code: code.text,
      category: row.text('category'),
      title: row.text('title').replace(/\s*\n\s*/g, ''),
      goal: row.text('goal'),
      measures: row.text('measures'),
      leadUnit: lead.code,
      supportingUnits: supporting,
      leaderInCharge: row.text('leader') || lead.leaderName,
      responsiblePostId: responsible ?? null,
      liaisonPostId: liaison ?? null,
      issueOn,
      dueOn: due.date,
      feedbackPeriod,
      metrics,
      theme: row.text('theme') || null,
      internalNote: row.text('internalNote') || null,
    };
    return { item, errors, warnings: warnOfRestDay(row, { calendar, dueOn: due.date, code: code.text }), assumptions };
  };
}

type Fault = (column: TaskColumn, rule: string, words: readonly [string, (string | undefined)?]) => void;

function readCode(row: TaskRow): { text: string; parts: { series: string; number: number } | null } {
  const written = row
    .text('code')
    .normalize('NFKC')
    .replace(/\s/g, '')
    .replace(/[—–−_]/g, '-');
  const match = /^(\p{Script=Han})-?(\d{1,4})$/u.exec(written);
  if (!match) return { text: written || `第${row.row}行`, parts: null };
  const [, series = '', digits = ''] = match;
  return { text: `${series}-${digits.padStart(3, '0')}`, parts: { series, number: Number(digits) } };
}

function readLeadUnit(row: TaskRow, unitOf: (text: string) => UnitMatch, fault: Fault): Unit | null {
  const written = row.text('leadUnit');
  if (written === '') {
    fault('leadUnit', '必填', ['没有牵头单位', '请填写一个牵头单位']);
    return null;
  }
  const match = unitOf(written);
  if (match.kind === 'exact') return match.unit;
  const several = written.split(/[、,，;；/]/).filter(Boolean);
  if (several.length > 1 && several.length <= namesInCellMax && several.every((name) => unitOf(name).kind === 'exact')) {
    fault('leadUnit', '只能有一个牵头单位', [`写了${several.length}个牵头单位`, `请只留“${several[0]}”，其余移到配合单位`]);
    return null;
  }
  fault('leadUnit', '单位不在花名册', [`“${quote(written)}”不在花名册`, match.suggestion ? `是否为“${match.suggestion.name}”？` : undefined]);
  return null;
}

function readSupporting(row: TaskRow, unitOf: (text: string) => UnitMatch, fault: Fault): string[] {
  const found: string[] = [];
  const names = row
    .text('supporting')
    .split(/[、,，;；\n]/)
    .map((part) => part.trim())
    .filter(Boolean);
  if (names.length > namesInCellMax) {
    fault('supporting', '配合单位', [`写了${names.length}个配合单位`, `一格最多写${namesInCellMax}个`]);
    return [];
  }
  for (const name of names) {
    const match = unitOf(name);
    if (match.kind === 'exact') found.push(match.unit.code);
    else
      fault('supporting', '单位不在花名册', [
        `配合单位“${quote(name)}”不在花名册`,
        match.suggestion ? `是否为“${match.suggestion.name}”？` : undefined,
      ]);
  }
  return found;
}

function readIssueOn(row: TaskRow, baseYear: number, fault: Fault): string | null {
  const value = row.value('issueOn');
  if (value === null || typeof value === 'boolean') return null;
  const read = readDue(value, baseYear);
  if (read.kind === 'date') return read.due;
  fault('issueOn', '日期', [read.reason]);
  return null;
}

function readLimit(
  row: TaskRow,
  { baseYear, issueOn }: { baseYear: number; issueOn: string | null },
  fault: Fault,
): { date: string; assumption?: string } | null {
  const value = row.value('due');
  if (value === null || typeof value === 'boolean') {
    fault('due', '必填', ['没有完成时限']);
    return null;
  }
  const read = readDue(value, baseYear);
  if (read.kind === 'unreadable') {
    fault('due', '日期', [read.reason, '请改成真实的日期，例如 2026-06-30']);
    return null;
  }
  if (issueOn !== null && read.due < issueOn) {
    fault('due', '时限早于下达', [`完成时限${read.due}早于下达日期${issueOn}`, '请核对年份和月份']);
    return null;
  }
  return { date: read.due, ...(read.assumption ? { assumption: read.assumption } : {}) };
}

type Person = RosterView['people'][number];

function groupByName(people: readonly Person[]): ReadonlyMap<string, readonly Person[]> {
  const groups = new Map<string, Person[]>();
  for (const person of people) groups.set(foldName(person.name), [...(groups.get(foldName(person.name)) ?? []), person]);
  return groups;
}

function readResponsible(
  row: TaskRow,
  { byName, lead }: { byName: ReadonlyMap<string, readonly Person[]>; lead: Unit },
  fault: Fault,
): string | null {
  const name = foldName(row.text('responsible'));
  if (name === '') return null;
  const posts = (byName.get(name) ?? []).flatMap(({ posts: held }) => held.filter(({ unitCode }) => unitCode === lead.code));
  const post = posts.find(({ role }) => role === 'responsiblePerson') ?? posts[0];
  if (!post)
    fault('responsible', '人员不在花名册', [`${lead.shortName}的花名册里没有“${quote(row.text('responsible'))}”`, '请核对姓名，或先更新花名册']);
  return post?.postId ?? null;
}

// 卡片里不写完整的手机号：平台的防泄漏检查会拒收（contract 4.2，230028）。
function readLiaison(
  row: TaskRow,
  { byName, byMobile, lead }: { byName: ReadonlyMap<string, readonly Person[]>; byMobile: ReadonlyMap<string, Person>; lead: Unit },
  fault: Fault,
): string | null {
  const mobile = digitsOf(row.text('phone'));
  const name = row.text('liaison');
  if (mobile === '' && name === '') return null;
  const person = byMobile.get(mobile);
  if (!person) {
    const namesake = byName.get(foldName(name))?.find((candidate) => candidate.posts.some(({ unitCode }) => unitCode === lead.code));
    fault('phone', '电话不在花名册', [
      mobile === ''
        ? `联络员${quote(name)}的电话“${quote(row.text('phone'))}”认不出来`
        : `联络员${quote(name)}的电话（尾号${mobile.slice(-4)}）不在花名册`,
      namesake ? `花名册里${name}的号码尾号是${namesake.mobile.slice(-4)}` : '请核对号码，或先更新花名册',
    ]);
    return null;
  }
  if (name !== '' && foldName(person.name) !== foldName(name)) {
    fault('phone', '电话与姓名不符', [`这个号码登记的是${person.name}，不是${quote(name)}`, '请核对姓名和电话']);
    return null;
  }
  const post = person.posts.find(({ unitCode, role }) => unitCode === lead.code && role === 'liaison') ?? person.posts[0];
  return post?.postId ?? null;
}

function readMetrics(row: TaskRow, fault: Fault): Metric[] {
  const parts = (column: TaskColumn): string[] =>
    row
      .text(column)
      .split(/[；;]/)
      .map((part) => part.normalize('NFKC').trim());
  if (row.text('metricName') === '') return [];
  const [names, targets, units, currents] = [parts('metricName'), parts('metricTarget'), parts('metricUnit'), parts('metricCurrent')];
  if (names.length > namesInCellMax) {
    fault('metricName', '指标', [`写了${names.length}个指标`, `一格最多写${namesInCellMax}个`]);
    return [];
  }
  return names.flatMap((name, index): Metric[] => {
    const target = Number(targets[index]);
    const current = Number(currents[index] || '0');
    if (targets[index] === undefined || targets[index] === '' || !Number.isFinite(target) || !Number.isFinite(current)) {
      fault('metricTarget', '指标', [`指标“${quote(name)}”的目标值或现状值不是数`, '多个指标用；隔开，个数要对得上']);
      return [];
    }
    return [{ name, target, unit: units[index] ?? units[0] ?? '', baseline: current, current }];
  });
}

function warnOfRestDay(row: TaskRow, { calendar, dueOn, code }: { calendar: Calendar; dueOn: string; code: string }): Finding[] {
  if (isWorkingDay(calendar, dueOn)) return [];
  const earlier = workingDayOnOrBefore(calendar, dueOn);
  return [
    {
      sheet: row.sheet,
      row: row.row,
      cell: row.cell('due'),
      code,
      rule: '时限不是工作日',
      message: `完成时限${dueOn}不是工作日`,
      suggestion: `可改为${earlier}（不改也可以导入）`,
    },
  ];
}
