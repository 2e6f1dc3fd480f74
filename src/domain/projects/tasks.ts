import type { Context } from '#core/context';
import { ConflictError, NotFoundError } from '#core/errors';
import { assertMay, type Right } from '../roster/policy.ts';
import { advanceItem, noteProgress, rollUp } from '../work-items/advance-items.ts';
import type { WorkItem } from '../work-items/records.ts';
import { isDone } from '../work-items/roll-up.ts';
import { lockTree } from '../work-items/tree/store.ts';
import { shortNumber } from './overview.ts';

/** 任务的处境 — the task with the tree around it, held until the end of the transaction. */
export interface TaskSituation {
  readonly task: WorkItem;
  readonly item: WorkItem | undefined;
  readonly part: WorkItem | undefined;
  readonly project: WorkItem;
  readonly siblings: readonly WorkItem[];
  readonly right: Right;
}

/** 打开任务 @throws NotFoundError, ForbiddenError */
export async function openTask(ctx: Context, taskId: string): Promise<TaskSituation> {
  const tree = await lockTree(ctx.tx, taskId);
  const byId = new Map(tree.map((each) => [each.id, each]));
  const [task, project] = [byId.get(taskId), tree[0]];
  if (task?.kind !== 'task' || !project) throw new NotFoundError('没有这项任务，请以最新卡片为准', `no task ${taskId}`);
  const right = assertMay(ctx.actor, 'updateProjectTask', { unitCode: task.leadUnit, responsiblePostId: task.responsiblePostId });
  const item = byId.get(task.parentId ?? '');
  return { task, item, part: byId.get(item?.parentId ?? ''), project, siblings: tree.filter(({ parentId }) => parentId === task.parentId), right };
}

/** 完成任务 — one tap of its owner; an item whose tasks are all done is closed with it. */
export async function finishTask(ctx: Context, taskId: string): Promise<TaskSituation> {
  const situation = await openTask(ctx, taskId);
  if (isDone(situation.task)) throw new ConflictError(`${shortNumber(situation.task)}已完成，无需重复点击`);
  return settle(ctx, situation, { percent: 100, content: null });
}

/** 进展一半 — one tap; it never takes back what was reported. */
export async function halfTask(ctx: Context, taskId: string): Promise<TaskSituation> {
  const situation = await openTask(ctx, taskId);
  const { task } = situation;
  if (task.percent === half) throw new ConflictError(`${shortNumber(task)}已填${half}%，无需重复点击`);
  if (task.percent > half) throw new ConflictError(`${shortNumber(task)}已填${task.percent}%，不会退回${half}%；需要更正请点“填写”`);
  return settle(ctx, situation, { percent: half, content: null });
}

/** 填写进展 — any percentage, also back from done while its part is open. */
export async function reportTask(ctx: Context, taskId: string, given: { percent: number; content: string | null }): Promise<TaskSituation> {
  const situation = await openTask(ctx, taskId);
  const { task, part } = situation;
  if (task.percent === given.percent && given.content === null) throw new ConflictError(`${shortNumber(task)}已是${given.percent}%，无需重复填写`);
  if (isDone(task) && given.percent < 100 && part && isDone(part)) {
    throw new ConflictError(`${part.title}已经办结，${shortNumber(task)}不能再改；确需更正请联系本单位主要负责人`);
  }
  return settle(ctx, situation, given);
}

const half = 50;

async function settle(
  ctx: Context,
  situation: TaskSituation,
  { percent, content }: { percent: number; content: string | null },
): Promise<TaskSituation> {
  const { task, item, siblings, right } = situation;
  const patch = { percent, lastReportAt: ctx.now };
  const detail = { percent, reason: content };
  if (!isDone(task) && percent === 100) {
    await advanceItem(ctx, task, { event: 'finish', patch: { ...patch, completedAt: ctx.now }, right, detail });
    const rest = siblings.filter((sibling) => sibling.id !== task.id && !isDone(sibling) && sibling.status !== 'cancelled');
    if (item && !isDone(item) && rest.length === 0) await advanceItem(ctx, item, { event: 'finish', patch: { completedAt: ctx.now }, right });
  } else if (isDone(task) && percent < 100) {
    await advanceItem(ctx, task, { event: 'reopen', patch: { ...patch, completedAt: null }, right, detail });
    if (item && isDone(item)) await advanceItem(ctx, item, { event: 'reopen', patch: { completedAt: null }, right });
  } else {
    await noteProgress(ctx, task, { percent, content, right });
  }
  if (task.parentId) await rollUp(ctx, task.parentId, right);
  return { ...situation, task: { ...task, percent } };
}
