import { InvalidError } from '#core/errors';
import type { SheetData } from '#core/workbook';
import { commonUnit } from '../roster/common-unit.ts';
import { foldName } from '../roster/model.ts';
import { digitsOf } from '../roster/read-roster.ts';
import type { RosterView } from '../workbook-import/check-tasks.ts';
import { readDue } from '../workbook-import/due-phrase.ts';
import type { Finding } from '../workbook-import/model.ts';
import { quote } from '../workbook-import/quote.ts';
import type { ProjectCheck, ProjectTask } from './model.ts';
import { type ProjectColumn, type ProjectRow, readProjectRows, readSnapshot } from './project-sheet.ts';

const tasksMax = 2_000;
const yesWords: Readonly<Record<string, boolean>> = { '': true, 是: true, 必办: true, 否: false, 非必办: false, 选办: false };

type Person = RosterView['people'][number];
type Fault = (row: ProjectRow, column: ProjectColumn, words: { rule: string; message: string; suggestion?: string }) => void;

/**
 * 项目预检 — every task has one place in the tree, one owner of the unit that carries the project, and a limit; every fault is named by cell.
 * @throws InvalidError when there are more tasks than a project can have
 */
export function checkProject(
  sheets: readonly SheetData[],
  { roster, baseYear }: { readonly roster: RosterView; readonly baseYear: number },
): ProjectCheck {
  const rows = readProjectRows(sheets);
  if (rows.length > tasksMax) throw new InvalidError(`任务有${rows.length}行，超过${tasksMax}行的上限，请拆分后再发。没有写入任何数据。`);
  const errors: Finding[] = [];
  const faulty = new Set<ProjectRow>();
  const fault: Fault = (row, column, { rule, message, suggestion }) => {
    faulty.add(row);
    const { sheet, row: line } = row;
    errors.push({ sheet, row: line, cell: row.cell(column), code: quote(row.text('number')), rule, message, ...(suggestion ? { suggestion } : {}) });
  };
  const findOwner = createOwnerFinder(roster);
  const owners = new Map(rows.map((row) => [row, readOwner(row, findOwner, fault)]));
  const unitCode = commonUnit([...owners.values()].filter((owner) => owner !== null));
  const snapshot = readSnapshot(sheets);
  const percents = readPercents(snapshot?.rows ?? [], { numbers: new Set(rows.map((row) => numberOf(row))), fault });
  const places = createPlaceChecker(fault);
  const counts = new Map<string, number>();
  const tasks = rows.flatMap((row): ProjectTask[] => {
    places(row);
    const owner = owners.get(row) ?? null;
    const post = owner?.posts.filter((held) => held.unitCode === unitCode).sort(responsibleFirst)[0];
    if (owner && !post)
      fault(row, 'owner', { rule: '责任党员', message: `${owner.name}在本项目的单位里没有岗位`, suggestion: '请核对，或先更新花名册' });
    if (owner) counts.set(owner.name, (counts.get(owner.name) ?? 0) + 1);
    const startOn = readDay(row, 'startOn', { baseYear, fault });
    const dueOn = readDay(row, 'dueOn', { baseYear, fault });
    if (startOn && dueOn && dueOn < startOn)
      fault(row, 'dueOn', { rule: '时限早于开始', message: `完成时限${dueOn}早于开始日期${startOn}`, suggestion: '请核对' });
    const mandatory = yesWords[row.text('mandatory').replace(/\s/g, '')];
    if (mandatory === undefined)
      fault(row, 'mandatory', { rule: '是否必办', message: `“${quote(row.text('mandatory'))}”看不出是否必办`, suggestion: '请写是或否' });
    if (faulty.has(row) || !post || !dueOn || mandatory === undefined) return [];
    const number = numberOf(row);
    const [part, item, title, evidence, remark] = [
      oneLine(row, 'part'),
      oneLine(row, 'item'),
      oneLine(row, 'title'),
      row.text('evidence'),
      row.text('remark'),
    ];
    return [{ number, part, item, title, ownerPostId: post.postId, startOn, dueOn, mandatory, evidence, remark, percent: percents.get(number) ?? 0 }];
  });
  const summary = {
    total: rows.length,
    faultyRows: [...faulty].filter((row) => owners.has(row)).length,
    errors,
    parts: partsOf(rows),
    items: new Set(rows.map((row) => numberOf(row).split('.').slice(0, 2).join('.'))).size,
    owners: [...counts].map(([name, count]) => ({ name, tasks: count })),
    snapshotOn: snapshot?.on ?? null,
  };
  return { unitCode, tasks, summary };
}

const numberOf = (row: ProjectRow): string => row.text('number').normalize('NFKC').replace(/\s/g, '');
const oneLine = (row: ProjectRow, column: ProjectColumn): string => row.text(column).replace(/\s*\n\s*/g, '');

/** 树上的位置 — the number is new, and the part and the item bear the names that they bore before. */
function createPlaceChecker(fault: Fault): (row: ProjectRow) => void {
  const seen = new Map<string, ProjectRow>();
  const names = new Map<string, string>();
  return (row) => {
    const number = numberOf(row);
    const [, part, item] = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(number) ?? [];
    if (!part)
      return fault(row, 'number', { rule: '编号', message: `编号“${quote(row.text('number'))}”应写成 1.2.3 这样`, suggestion: '部分.事项.任务' });
    const earlier = seen.get(number);
    const where = earlier && earlier.sheet !== row.sheet ? `工作表“${earlier.sheet}”` : '';
    if (earlier) fault(row, 'number', { rule: '编号重复', message: `${number}与${where}第${earlier.row}行重复`, suggestion: '请改成未用过的编号' });
    else seen.set(number, row);
    for (const [column, place, label] of [
      ['part', part, '部分'],
      ['item', `${part}.${item}`, '事项'],
      ['title', '', '任务'],
    ] as const) {
      const name = oneLine(row, column);
      const known = names.get(`${column} ${place}`) ?? name;
      if (name === '') fault(row, column, { rule: '必填', message: `没有写${label}` });
      else if (column !== 'title' && name !== known)
        fault(row, column, { rule: `${label}不一致`, message: `${place}前面写的是“${quote(known)}”，这里是“${quote(name)}”` });
      else if (column !== 'title') names.set(`${column} ${place}`, name);
    }
  };
}

/** 责任党员恰好一人：不多也不少。手机号是准的，姓名用来核对。 */
function readOwner(row: ProjectRow, find: (mobile: string, name: string) => Person | null, fault: Fault): Person | null {
  const names = row
    .text('owner')
    .split(/[、,，;；/\s]+/)
    .filter(Boolean);
  if (names.length === 0) fault(row, 'owner', { rule: '责任党员只能一人', message: '没有责任党员', suggestion: '请填写一位' });
  if (names.length > 1)
    fault(row, 'owner', { rule: '责任党员只能一人', message: `写了${names.length}位责任党员：${quote(names.join('、'))}`, suggestion: '请只留一位' });
  const [name] = names;
  if (names.length !== 1 || name === undefined) return null;
  const mobile = digitsOf(row.text('phone'));
  const person = find(mobile, name);
  if (!person) {
    const tail = mobile === '' ? '' : `（电话尾号${mobile.slice(-4)}）`;
    fault(row, mobile === '' ? 'owner' : 'phone', {
      rule: '人员不在花名册',
      message: `花名册里没有${quote(name)}${tail}`,
      suggestion: '请核对，或先更新花名册',
    });
  } else if (foldName(person.name) !== foldName(name)) {
    fault(row, 'phone', { rule: '电话与姓名不符', message: `这个号码登记的是${person.name}，不是${quote(name)}`, suggestion: '请核对姓名和电话' });
    return null;
  }
  return person;
}

/** 没写电话时，只有不重名的才认。 */
function createOwnerFinder({ people }: RosterView): (mobile: string, name: string) => Person | null {
  const byMobile = new Map(people.map((person) => [person.mobile, person]));
  return (mobile, name) => {
    if (mobile !== '') return byMobile.get(mobile) ?? null;
    const namesakes = people.filter((person) => foldName(person.name) === foldName(name));
    return namesakes.length === 1 ? (namesakes[0] ?? null) : null;
  };
}

const responsibleFirst = (left: { role: string }, right: { role: string }): number =>
  Number(right.role === 'responsiblePerson') - Number(left.role === 'responsiblePerson');

function readDay(row: ProjectRow, column: 'startOn' | 'dueOn', { baseYear, fault }: { baseYear: number; fault: Fault }): string | null {
  const value = row.value(column);
  if (value === null || typeof value === 'boolean') {
    if (column === 'dueOn') fault(row, column, { rule: '必填', message: '没有完成时限' });
    return null;
  }
  const read = readDue(value, baseYear);
  if (read.kind === 'date') return read.due;
  fault(row, column, { rule: '日期', message: read.reason, suggestion: '请写成 2026-06-30 这样' });
  return null;
}

/** 快照里的完成百分比 — each for a task of the sheet, whole, and in keeping with the word beside it. */
function readPercents(rows: readonly ProjectRow[], { numbers, fault }: { numbers: ReadonlySet<string>; fault: Fault }): Map<string, number> {
  const percents = new Map<string, number>();
  for (const row of rows) {
    const number = numberOf(row);
    const written = row.text('percent').normalize('NFKC').replace(/[\s%]/g, '');
    const percent = Number(written);
    const status = row.text('status');
    if (!numbers.has(number)) fault(row, 'number', { rule: '编号', message: `任务分解表里没有${quote(number)}` });
    else if (!/^\d{1,3}$/.test(written) || percent > 100)
      fault(row, 'percent', { rule: '完成百分比', message: `“${quote(row.text('percent'))}”不是0到100的整数` });
    else if ((status === '已完成') !== (percent === 100) && status !== '')
      fault(row, 'status', { rule: '状态', message: `状态写“${quote(status)}”，完成百分比是${percent}`, suggestion: '请核对' });
    else percents.set(number, percent);
  }
  return percents;
}

function partsOf(rows: readonly ProjectRow[]): ProjectCheck['summary']['parts'] {
  const parts = new Map<string, { title: string; items: Set<string>; tasks: number }>();
  for (const row of rows) {
    const [part = '', item = ''] = numberOf(row).split('.');
    const found = parts.get(part) ?? { title: oneLine(row, 'part'), items: new Set<string>(), tasks: 0 };
    found.items.add(item);
    found.tasks += 1;
    parts.set(part, found);
  }
  return [...parts.values()].map(({ title, items, tasks }) => ({ title, items: items.size, tasks }));
}
