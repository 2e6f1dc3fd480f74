import { finishTask as finishAction, halfTask as halfAction, openTaskForm, openTasks, reportTask as reportAction } from '#cards/projects/actions';
import { taskFormCard } from '#cards/projects/task-form.card';
import { type ActionReply, on } from '#core/click';
import type { Context } from '#core/context';
import { shortNumber } from '#domain/projects/overview';
import { finishTask, halfTask, openTask, reportTask, type TaskSituation } from '#domain/projects/tasks';
import { readOverview, refreshProject, tasksView } from './views.ts';

/** 完成 */
export const onFinishTask = on(finishAction, async (ctx, { taskId }) => {
  const situation = await finishTask(ctx, taskId);
  return afterChange(ctx, situation, `${shortNumber(situation.task)}已完成`);
});

/** 进展50% */
export const onHalfTask = on(halfAction, async (ctx, { taskId }) => {
  const situation = await halfTask(ctx, taskId);
  return afterChange(ctx, situation, `${shortNumber(situation.task)}已记为50%`);
});

/** 填写 — the form replaces the card under the finger. */
export const onOpenTaskForm = on(openTaskForm, async (ctx, { taskId }) => {
  const { task, part } = await openTask(ctx, taskId);
  const card = taskFormCard({
    taskId,
    number: shortNumber(task),
    title: task.title,
    partTitle: part?.title ?? '',
    today: ctx.today,
    dueOn: task.dueOn,
    originalDueOn: task.originalDueOn,
    mandatory: task.mandatory,
    evidence: task.measures,
    percent: task.percent,
    revision: task.lastReportAt ? new Date(task.lastReportAt).getTime() : 0,
  });
  return { card };
});

/** 提交进展 */
export const onReportTask = on(reportAction, async (ctx, { taskId }, { percent, content }) => {
  const situation = await reportTask(ctx, taskId, { percent, content: content ?? null });
  return afterChange(ctx, situation, `${shortNumber(situation.task)}已记为${percent}%`);
});

/** 回到自己的任务 */
export const onOpenTasks = on(openTasks, async (ctx, { taskId }) => {
  const { task, project } = await openTask(ctx, taskId);
  return { card: await tasksView(ctx, await readOverview(ctx, project.id), task.responsiblePostId ?? '') };
});

async function afterChange(ctx: Context, { task, project }: TaskSituation, toast: string): Promise<ActionReply> {
  const card = await refreshProject(ctx, project.id, task.responsiblePostId);
  return { toast, ...(card ? { card } : {}) };
}
