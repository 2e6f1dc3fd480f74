import type { Context } from '#core/context';
import { ConflictError } from '#core/errors';
import { assertMay, may, type Right } from '../roster/policy.ts';
import { advanceItem, registerChildren, reviseItem, rollUp } from '../work-items/advance-items.ts';
import type { WorkItem } from '../work-items/records.ts';
import { isDone } from '../work-items/roll-up.ts';
import { lockTree } from '../work-items/tree/store.ts';
import { shortNumber } from './overview.ts';

/** 一处改动 — 责任党员 by post. */
export interface FieldChange {
  readonly field: 'title' | 'owner' | 'startOn' | 'dueOn' | 'mandatory' | 'evidence' | 'remark';
  readonly before: string;
  readonly after: string;
}

/** 树上的一处 */
export interface RevisedTask {
  readonly item: WorkItem;
  readonly number: string;
  readonly title: string;
  readonly changes: readonly FieldChange[];
}

/** 改动 — what a new edition of the sheet would change in the tree that is there; progress is never among it. */
export interface ProjectRevision {
  readonly added: readonly WorkItem[];
  readonly changed: readonly RevisedTask[];
  /** 表里没有了的任务：保留 */
  readonly missing: readonly WorkItem[];
  /** 已完成的任务：表里的改动不采用 */
  readonly finished: readonly RevisedTask[];
  /** 时限推后的 */
  readonly postponed: number;
  /** 不能确认的缘由 */
  readonly refusals: readonly string[];
}

/**
 * 比较 — the tree as it is with the tree that the new sheet describes; pure. What the sheet no longer has stays, what is finished stays
 * as it is, and what people reported is not touched.
 */
export function compareProject(tree: readonly WorkItem[], wanted: readonly WorkItem[]): ProjectRevision {
  const known = new Map(tree.map((item) => [shortNumber(item), item]));
  const numbers = new Set(wanted.map(shortNumber));
  const added = wanted.filter((item) => !known.has(shortNumber(item)));
  const differing = wanted.flatMap((item): RevisedTask[] => {
    const former = known.get(shortNumber(item));
    const changes = former ? changesOf(former, item) : [];
    return former && changes.length > 0 ? [{ item: former, number: shortNumber(former), title: former.title, changes }] : [];
  });
  const newTasks = added.filter(({ kind }) => kind === 'task');
  const closed = new Set(newTasks.map((task) => shortNumber(task).split('.')[0] ?? '').filter((part) => isClosed(known.get(part))));
  return {
    added,
    changed: differing.filter(({ item }) => !isDone(item)),
    missing: tree.filter((item) => item.kind === 'task' && !numbers.has(shortNumber(item)) && item.status !== 'cancelled'),
    finished: differing.filter(({ item }) => isDone(item)),
    postponed: differing.filter(
      ({ item, changes }) => !isDone(item) && changes.some(({ field, before, after }) => field === 'dueOn' && after > before),
    ).length,
    refusals: [
      ...(isClosed(tree[0]) ? [`${tree[0]?.title ?? ''}已经办结，不能再改`] : []),
      ...[...closed].map((part) => `${known.get(part)?.title ?? part}已经办结，不能再加任务`),
    ],
  };
}

const isClosed = (item: WorkItem | undefined): boolean => item !== undefined && isDone(item);

/** 一个节点的改动；上面三级只看名称，日期由下面的任务定。 */
function changesOf(former: WorkItem, wanted: WorkItem): FieldChange[] {
  const fields: readonly FieldChange[] = [
    { field: 'title', before: former.title, after: wanted.title },
    ...(former.kind === 'task'
      ? ([
          { field: 'owner', before: former.responsiblePostId ?? '', after: wanted.responsiblePostId ?? '' },
          { field: 'startOn', before: former.startOn ?? '', after: wanted.startOn ?? '' },
          { field: 'dueOn', before: former.dueOn, after: wanted.dueOn },
          { field: 'mandatory', before: former.mandatory ? '必办' : '选办', after: wanted.mandatory ? '必办' : '选办' },
          { field: 'evidence', before: former.measures, after: wanted.measures },
          { field: 'remark', before: former.goal, after: wanted.goal },
        ] as const)
      : []),
  ];
  return fields.filter(({ before, after }) => before !== after);
}

/** 接到原来的树上 — what is there keeps its id, and what is new hangs under it. */
export function placedIn(tree: readonly WorkItem[], wanted: readonly WorkItem[]): WorkItem[] {
  const known = new Map(tree.map((item) => [shortNumber(item), item.id]));
  const ids = new Map(wanted.map((item) => [item.id, known.get(shortNumber(item)) ?? item.id]));
  return wanted.map((item) => ({ ...item, id: ids.get(item.id) ?? item.id, parentId: item.parentId && (ids.get(item.parentId) ?? item.parentId) }));
}

/** 无权确认的缘由 — whoever carries the project may not put limits off for himself. null: he may confirm it. */
export function whyNotRevise(ctx: Pick<Context, 'actor'>, { postponed, refusals }: ProjectRevision): string | null {
  const [refusal] = refusals;
  if (refusal !== undefined) return refusal;
  return postponed > 0 && !may(ctx.actor, 'importTasks') ? `有${postponed}项时限推后，须由督查室发来这份表并确认` : null;
}

/** 改项目 — compared anew with the tree as it is now, held until the end. @throws ConflictError when nothing changes, or it may not */
export async function reviseProject(ctx: Context, project: WorkItem, wanted: readonly WorkItem[], right: Right): Promise<ProjectRevision> {
  assertMay(ctx.actor, 'importProject', { unitCode: project.leadUnit });
  const tree = await lockTree(ctx.tx, project.id);
  const revision = compareProject(tree, placedIn(tree, wanted));
  const why = whyNotRevise(ctx, revision);
  if (why !== null) throw new ConflictError(`${why}。没有写入任何数据。`);
  if (revision.added.length === 0 && revision.changed.length === 0) throw new ConflictError('与已导入的项目一致，没有要改的');
  for (const { item, changes } of revision.changed) await reviseItem(ctx, item, { patch: patchOf(changes), right, detail: { changes } });
  await addTo(ctx, tree, revision.added, right);
  await fitParents(ctx, project.id, right);
  for (const itemId of new Set(revision.added.flatMap(({ kind, parentId }) => (kind === 'task' && parentId ? [parentId] : []))))
    await rollUp(ctx, itemId, right);
  return revision;
}

async function addTo(ctx: Context, tree: readonly WorkItem[], added: readonly WorkItem[], right: Right): Promise<void> {
  const [top] = tree;
  if (!top || added.length === 0) return;
  await registerChildren(ctx, top, { children: added, shares: new Map(), right });
  const parents = new Set(added.filter(({ kind, status }) => kind === 'task' && status === 'inProgress').map(({ parentId }) => parentId));
  for (const item of tree) {
    if (item.kind === 'projectItem' && parents.has(item.id) && isDone(item))
      await advanceItem(ctx, item, { event: 'reopen', patch: { completedAt: null }, right });
  }
}

/** 上级的起止随下面的任务走。 */
async function fitParents(ctx: Context, projectId: string, right: Right): Promise<void> {
  const tree = await lockTree(ctx.tx, projectId);
  const tasks = tree.filter(({ kind, status }) => kind === 'task' && status !== 'cancelled');
  for (const parent of tree.filter((item) => item.kind !== 'task' && !isDone(item))) {
    const below = tasks.filter((task) => shortNumber(parent) === '0' || shortNumber(task).startsWith(`${shortNumber(parent)}.`));
    const dueOn = below.reduce((last, task) => (task.dueOn > last ? task.dueOn : last), '');
    const startOn = below.reduce<string | null>(
      (first, task) => (first === null || (task.startOn !== null && task.startOn < first) ? task.startOn : first),
      null,
    );
    const patch = {
      ...(dueOn !== '' && dueOn !== parent.dueOn ? { dueOn } : {}),
      ...(startOn !== null && startOn !== parent.startOn ? { startOn } : {}),
    };
    if (Object.keys(patch).length > 0) await reviseItem(ctx, parent, { patch, right, detail: {} });
  }
}

function patchOf(changes: readonly FieldChange[]): Partial<WorkItem> {
  const patch: { -readonly [Key in keyof WorkItem]?: WorkItem[Key] } = {};
  for (const { field, after } of changes) {
    if (field === 'title') patch.title = after;
    if (field === 'owner') patch.responsiblePostId = after;
    if (field === 'startOn') patch.startOn = after || null;
    if (field === 'dueOn') patch.dueOn = after;
    if (field === 'mandatory') patch.mandatory = after === '必办';
    if (field === 'evidence') patch.measures = after;
    if (field === 'remark') patch.goal = after;
  }
  return patch;
}
