import { projectCard } from '#cards/projects/project.card';
import { projectTasksCard, tasksPerCard } from '#cards/projects/tasks.card';
import type { Context } from '#core/context';
import { NotFoundError } from '#core/errors';
import { overviewOf, type ProjectOverview, shortNumber } from '#domain/projects/overview';
import { may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import type { WorkItem } from '#domain/work-items/records';
import { isDone } from '#domain/work-items/roll-up';

/** 卡片键 — the readers' copies and the managers' copies of a project change together, but look different. */
export const projectKey = (projectId: string, manages: boolean): string => `project${manages ? '-desk' : ''}:${projectId}`;
export const projectTasksKey = (projectId: string, postId: string): string => `project-tasks:${projectId}:${postId}`;
export const projectImportKey = (importId: string): string => `project-import:${importId}`;

/** 看项目 @throws NotFoundError */
export async function readOverview(ctx: Context, projectId: string): Promise<ProjectOverview> {
  const overview = await overviewOf(ctx.tx, projectId, ctx.today);
  if (!overview) throw new NotFoundError('没有这个项目，请以最新卡片为准', `no project ${projectId}`);
  return overview;
}

/** 项目 → 卡片 */
export async function projectView(ctx: Context, overview: ProjectOverview, manages: boolean): Promise<ReturnType<typeof projectCard>> {
  const { project, percent, parts, tasks, done, late } = overview;
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === project.leadUnit);
  const postIds = [...new Set(tasks.flatMap(({ responsiblePostId }) => responsiblePostId ?? []))];
  const holders = (await findHolders(ctx.tx, { postIds }, ctx.today)).filter(({ delegateFor }) => delegateFor === null);
  const nameOf = (postId: string | null): string => holders.find((holder) => holder.postId === postId)?.name ?? '岗位空缺';
  return projectCard({
    projectId: project.id,
    name: project.title,
    unitName: unit?.name ?? project.leadUnit,
    today: ctx.today,
    dueOn: project.dueOn,
    closed: isDone(project),
    percent,
    tasks: tasks.length,
    done,
    parts: parts.map(({ part, percent: of, tasks: all, done: ready }) => ({
      partId: part.id,
      title: part.title,
      percent: of,
      tasks: all,
      done: ready,
      dueOn: part.dueOn,
      closed: isDone(part),
    })),
    late: late.map((task) => ({
      number: shortNumber(task),
      title: task.title,
      owner: nameOf(task.responsiblePostId),
      dueOn: task.dueOn,
      percent: task.percent,
    })),
    owners: holders.map(({ name, postId }) => {
      const own = tasks.filter(({ responsiblePostId }) => responsiblePostId === postId);
      return { name, tasks: own.length, done: own.filter(isDone).length };
    }),
    manages,
  });
}

/** 某岗的项目任务 → 卡片 — what is open first, by limit. */
export async function tasksView(ctx: Context, overview: ProjectOverview, postId: string): Promise<ReturnType<typeof projectTasksCard>> {
  const own = overview.tasks.filter(({ responsiblePostId }) => responsiblePostId === postId).sort(openFirst);
  const holders = await findHolders(ctx.tx, { postIds: [postId] }, ctx.today);
  return projectTasksCard({
    projectName: overview.project.title,
    ownerName: holders.find(({ delegateFor }) => delegateFor === null)?.name ?? '岗位空缺',
    today: ctx.today,
    tasks: own.slice(0, tasksPerCard).map((task) => ({
      taskId: task.id,
      number: shortNumber(task),
      title: task.title,
      dueOn: task.dueOn,
      originalDueOn: task.originalDueOn,
      mandatory: task.mandatory,
      percent: task.percent,
      done: isDone(task),
    })),
    hidden: Math.max(0, own.length - tasksPerCard),
  });
}

/** 更新项目的卡片 — every copy of the project, and the task card of the post whose task has changed. Returns the latter. */
export async function refreshProject(
  ctx: Context,
  projectId: string,
  postId: string | null,
): Promise<ReturnType<typeof projectTasksCard> | undefined> {
  const overview = await readOverview(ctx, projectId);
  for (const manages of [false, true]) {
    ctx.outbox.updateCard({ cardKey: projectKey(projectId, manages), card: await projectView(ctx, overview, manages) });
  }
  if (postId === null) return undefined;
  const card = await tasksView(ctx, overview, postId);
  ctx.outbox.updateCard({ cardKey: projectTasksKey(projectId, postId), card });
  return card;
}

/** 可否办结 */
export const managesProject = (ctx: Context, project: WorkItem): boolean => may(ctx.actor, 'closeProjectPart', { unitCode: project.leadUnit });

function openFirst(left: WorkItem, right: WorkItem): number {
  return Number(isDone(left)) - Number(isDone(right)) || (left.dueOn < right.dueOn ? -1 : left.dueOn > right.dueOn ? 1 : 0);
}
