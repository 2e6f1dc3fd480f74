import { formatDay } from '#cards/kit/format';
import { term, workItemStatus } from '#cards/kit/terms';
import { closePart, openProject } from '#cards/projects/actions';
import { noticeCard } from '#cards/system/notice.card';
import { on } from '#core/click';
import { type Answer, type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { closeBranch } from '#domain/projects/close';
import { findProject, findProjectsOfPosts } from '#domain/projects/store';
import { assertMay } from '#domain/roster/policy';
import { findHolders } from '#domain/roster/store';
import { matterOf } from '#domain/work-items/item-view';
import { projectKinds } from '#domain/work-items/model';
import { findItem, findItemByCode } from '#domain/work-items/store';
import { managesProject, projectKey, projectTasksKey, projectView, readOverview, refreshProject, tasksView } from './views.ts';

/** 项目任务的编号 — `食-2.8.3` */
const taskPattern = /^(\p{Script=Han}{1,20})\s*[-—–]?\s*(\d{1,3}(?:\.\d{1,3}){1,2})$/u;

/** 话题：项目的名字、任务的编号 — `食堂改造` alone opens its card, `食-2.8.3` that task. */
export async function projectTopic(ctx: Context, text: string): Promise<Answer | null> {
  const task = taskPattern.exec(text);
  if (task) return showTask(ctx, `${task[1]}-${task[2]}`);
  const project = text.length <= 20 ? await findProject(ctx.tx, { name: text }) : null;
  return project && show(ctx, project.id);
}

async function showTask(ctx: Context, code: string): Promise<Answer | null> {
  const task = await findItemByCode(ctx.tx, { year: null, code }, Number(ctx.today.slice(0, 4)));
  if (!task || !projectKinds.some((kind) => kind === task.kind)) return null;
  assertMay(ctx.actor, 'readItem', matterOf(task));
  const above = task.parentId ? await findItem(ctx.tx, task.parentId) : null;
  const [owner] = task.responsiblePostId ? await findHolders(ctx.tx, { postIds: [task.responsiblePostId] }, ctx.today) : [];
  const lines = [
    above ? `${above.title}` : '',
    owner ? `责任党员：${owner.name}` : '',
    `时限：${formatDay(task.dueOn, ctx.today)}`,
    `完成${task.percent}%　${term(workItemStatus, task.status)}${task.mandatory ? '　必办' : ''}`,
    task.measures ? `佐证材料：${task.measures}` : '',
  ];
  const words = lines.filter((line) => line !== '').join('\n');
  return { card: noticeCard({ title: `${task.code} ${task.title}`, text: words, tone: 'info' }), privately: true };
}

/** 从导入卡打开 */
export const onOpenProject = on(openProject, async (ctx, { projectId }) => {
  const answer = await show(ctx, projectId);
  if (answer.card && answer.cardKey && ctx.actor.openId) {
    const dedupeKey = `${answer.cardKey}:${ctx.actor.openId}:${ctx.now.toISOString()}`;
    ctx.outbox.sendCard({ to: { person: ctx.actor.openId }, cardKey: answer.cardKey, card: answer.card, dedupeKey, priority: 'interactive' });
  }
  return { toast: '项目卡片已发给您' };
});

/** 办结部分 — the refusal names the mandatory task that is still open. */
export const onClosePart = on(closePart, async (ctx, { projectId }, { branchId }) => {
  const { branch, project } = await closeBranch(ctx, branchId);
  await refreshProject(ctx, project.id, null);
  return { toast: `${branch.title}已办结`, card: await projectView(ctx, await readOverview(ctx, projectId), true) };
});

/** 项目任务 — the owner opens his own card again. */
export const projectTasks: Command = command({
  words: ['项目任务', '我的项目', 'tasks'],
  summary: '查看您在项目里负责的任务，逐项填写',
  example: '项目任务',
  handle: async (ctx) => {
    const found = await findProjectsOfPosts(
      ctx.tx,
      ctx.actor.posts.map(({ postId }) => postId),
    );
    const [first, ...rest] = found;
    if (!first) return { card: noticeCard({ title: '项目任务', text: '目前没有由您负责的项目任务。', tone: 'info' }), privately: true };
    for (const { projectId, postId } of rest) {
      const card = await tasksView(ctx, await readOverview(ctx, projectId), postId);
      const [cardKey, dedupeKey] = [projectTasksKey(projectId, postId), `project-tasks:${projectId}:${postId}:${ctx.now.toISOString()}`];
      if (ctx.actor.openId) ctx.outbox.sendCard({ to: { person: ctx.actor.openId }, cardKey, card, dedupeKey, priority: 'interactive' });
    }
    const card = await tasksView(ctx, await readOverview(ctx, first.projectId), first.postId);
    return { card, cardKey: projectTasksKey(first.projectId, first.postId), privately: true };
  },
});

async function show(ctx: Context, projectId: string): Promise<Answer> {
  const overview = await readOverview(ctx, projectId);
  assertMay(ctx.actor, 'readItem', matterOf(overview.project));
  const manages = managesProject(ctx, overview.project);
  return { card: await projectView(ctx, overview, manages), cardKey: projectKey(projectId, manages), privately: true };
}
