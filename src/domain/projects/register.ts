import type { Context } from '#core/context';
import { instantAt } from '#core/dates';
import { ConflictError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay } from '../roster/policy.ts';
import { listUnits } from '../roster/store.ts';
import { registerOutsideBooks } from '../work-items/advance-items.ts';
import { newItem } from '../work-items/new-item.ts';
import type { WorkItem } from '../work-items/records.ts';
import { progressIn, wholePoints } from '../work-items/roll-up.ts';
import { projectImportMachine } from './model.ts';
import { type ProjectRevision, reviseProject } from './revise.ts';
import { findProject, findProjectImport, findSeries, moveProjectImport, type ProjectImportRow } from './store.ts';

/** 确认导入项目 — only now the tree is written, with the progress of the snapshot; a second tap finds it done. */
export async function confirmProject(
  ctx: Context,
  importId: string,
): Promise<{ row: ProjectImportRow; project: WorkItem; tasks: readonly WorkItem[]; revision: ProjectRevision | null }> {
  const row = await findProjectImport(ctx.tx, importId);
  if (!row) throw new NotFoundError('没有这次导入，请重新发送文件');
  const right = assertMay(ctx.actor, 'importProject', { unitCode: row.unitCode });
  if (row.state === 'confirmed') throw new ConflictError('已导入，无需重复确认');
  if (row.summary.errors.length > 0) throw new ConflictError('还有需要修改的地方，请改好后重新发送文件');
  const former = await findProject(ctx.tx, row);
  const revision = former && (await reviseProject(ctx, former, await describedTree(ctx, row, former.series), right));
  const state = projectImportMachine.next(row.state, 'confirm');
  if (!(await moveProjectImport(ctx.tx, { id: importId, from: row.state, to: state, at: ctx.now }))) throw new ConflictError('已导入，无需重复确认');
  ctx.audit.record({ subject: { type: 'projectImport', id: importId }, event: 'confirm', before: row.state, after: state, ...right });
  if (former) return { row: { ...row, state, confirmedAt: ctx.now }, project: former, tasks: [], revision };
  const tree = await describedTree(ctx, row, unusedSeries(row.name, await findSeries(ctx.tx, row.year)));
  const { parts, items, owners, snapshotOn, total } = row.summary;
  const detail = { name: row.name, parts: parts.length, items, tasks: total, owners: owners.length, snapshotOn };
  await registerOutsideBooks(ctx, tree, { right, detail });
  const [project] = tree;
  if (!project) throw new ConflictError('表里没有任务，没有写入任何数据');
  return { row: { ...row, state, confirmedAt: ctx.now }, project, tasks: tree.filter(({ kind }) => kind === 'task'), revision: null };
}

/** 表里说的树 — with ids of its own. */
export async function describedTree(ctx: Context, row: ProjectImportRow, series: string): Promise<WorkItem[]> {
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === row.unitCode);
  return withProgress(treeOf(ctx, row, { series, leaderInCharge: unit?.leaderName ?? null }));
}

/** 编号字头 — as few letters of the name as no other project or book of the year uses. */
function unusedSeries(name: string, used: ReadonlySet<string>): string {
  const letters = [...name];
  const length = letters.findIndex((_, index) => !used.has(letters.slice(0, index + 1).join(''))) + 1;
  return length > 0 ? letters.slice(0, length).join('') : `${name}${used.size}`;
}

/** 任务行 → 项目、部分、事项、任务四级，上级在前 */
function treeOf(ctx: Context, row: ProjectImportRow, common: { series: string; leaderInCharge: string | null }): WorkItem[] {
  const tree = new Map<string, WorkItem>();
  const doneAt = row.summary.snapshotOn ? instantAt(row.summary.snapshotOn, '18:00') : ctx.now;
  const blank = blankOf(ctx, row, common);
  const open = (number: string, given: Pick<WorkItem, 'kind' | 'title' | 'dueOn' | 'startOn' | 'mandatory'> & Partial<WorkItem>): WorkItem => {
    const known = tree.get(number);
    const parent = tree.get(number.includes('.') ? number.slice(0, number.lastIndexOf('.')) : '0');
    const item: WorkItem = known
      ? {
          ...known,
          dueOn: later(known.dueOn, given.dueOn),
          startOn: earlier(known.startOn, given.startOn),
          mandatory: known.mandatory || given.mandatory,
        }
      : {
          ...blank,
          ...given,
          id: newId(),
          code: `${common.series}-${number}`,
          number: tree.size,
          parentId: number === '0' ? null : (parent?.id ?? null),
          position: Number(number.slice(number.lastIndexOf('.') + 1)),
        };
    tree.set(number, { ...item, originalDueOn: item.dueOn });
    return item;
  };
  for (const task of row.tasks) {
    const [part = '', item = ''] = task.number.split('.');
    const span = { dueOn: task.dueOn, startOn: task.startOn, mandatory: task.mandatory };
    open('0', { ...span, kind: 'project', title: row.name });
    open(part, { ...span, kind: 'part', title: task.part });
    open(`${part}.${item}`, { ...span, kind: 'projectItem', title: task.item });
    const done = task.percent === 100;
    open(task.number, {
      ...span,
      kind: 'task',
      title: task.title,
      goal: task.remark,
      measures: task.evidence,
      responsiblePostId: task.ownerPostId,
      percent: task.percent,
      status: done ? 'completed' : 'inProgress',
      completedAt: done ? doneAt : null,
      lastReportAt: task.percent > 0 ? doneAt : null,
    });
  }
  return [...tree.values()];
}

/** 上级的进度由任务汇总；任务全完成的事项随之办结，部分要等人来办结。 */
function withProgress(tree: readonly WorkItem[]): WorkItem[] {
  const progress = progressIn(tree);
  return tree.map((item) => {
    const exact = progress.get(item.id);
    const percent = exact ? wholePoints(exact) : item.percent;
    const tasks = tree.filter(({ parentId }) => parentId === item.id);
    const closed = item.kind === 'projectItem' && tasks.every(({ status }) => status === 'completed');
    return closed ? { ...item, percent, status: 'completed', completedAt: tasks.at(-1)?.completedAt ?? null } : { ...item, percent };
  });
}

function blankOf(ctx: Context, row: ProjectImportRow, { series, leaderInCharge }: { series: string; leaderInCharge: string | null }): WorkItem {
  const { year, name: category, unitCode: leadUnit } = row;
  return newItem(ctx, { year, code: '', series, number: 0, kind: 'task', title: '', category, leadUnit, leaderInCharge, dueOn: ctx.today });
}

const later = (left: string, right: string): string => (left > right ? left : right);
const earlier = (left: string | null, right: string | null): string | null =>
  left === null || right === null ? (left ?? right) : left < right ? left : right;
