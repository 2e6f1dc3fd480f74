import { progressReportStatus, term, workItemStatus } from '#cards/kit/terms';
import { openMyItems } from '#cards/task-books/actions';
import { itemsPerPage, type MyItem, myItemsCard } from '#cards/task-books/my-items.card';
import { on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Actor, Context } from '#core/context';
import { ForbiddenError } from '#core/errors';
import { loadCalendar } from '#domain/calendar/store';
import { dueSpan } from '#domain/calendar/working-days';
import { findPendingExtensions } from '#domain/extensions/store';
import { may } from '#domain/roster/policy';
import { datedCode } from '#domain/work-items/item-code';
import { matterOf } from '#domain/work-items/item-view';
import { isFormerUnits } from '#domain/work-items/progress';
import type { WorkItem } from '#domain/work-items/records';
import { findBrokenDown, findItems, findLastReports, findWorkYear } from '#domain/work-items/store';
import { myItemsKey } from './views.ts';

/** 我的任务 — as responsible person or liaison by post, as head for the whole unit. */
export const myItems: Command = command({
  words: ['我的任务', '任务清单', 'my'],
  summary: '查看您负责的事项，逐项反馈',
  example: '我的任务',
  handle: async (ctx) => {
    const { personId } = ctx.actor;
    // 说“没有您负责的”，他就信了。
    if (personId === null) throw new ForbiddenError('花名册里没有您这个账号，看不到您的任务；请联系系统管理员核对手机号');
    return { card: await myItemsFor(ctx, ctx.actor, 0), privately: true, cardKey: myItemsKey(personId) };
  },
});

/** 翻页，或从表单回来 */
export const onOpenMyItems = on(openMyItems, async (ctx, { page }) => ({ card: await myItemsFor(ctx, ctx.actor, page) }));

/** 某人的“我的任务” */
export async function myItemsFor(ctx: Context, person: Actor, page: number): Promise<ReturnType<typeof myItemsCard>> {
  const { posts, name } = person;
  const led = posts.flatMap(({ role, unitCode }) => ((role === 'unitHead' || role === 'liaison') && unitCode ? [unitCode] : []));
  const postIds = posts.map(({ postId }) => postId);
  const items = await itemsOf(ctx, { postIds, units: led, mayReport: (item) => may(person, 'reportProgress', matterOf(item)) });
  const last = Math.max(0, Math.ceil(items.length / itemsPerPage) - 1);
  return myItemsCard({ personName: name, today: ctx.today, items, page: Math.min(Math.max(0, page), last) });
}

/** 某些岗位负责的、某些单位牵头的在办事项，按时限排列；按得动的才给按钮 — a head sees his unit's items, and others report them. */
export async function itemsOf(
  ctx: Context,
  { postIds, units, mayReport }: { postIds: readonly string[]; units: readonly string[]; mayReport: (item: WorkItem) => boolean },
): Promise<MyItem[]> {
  const own = postIds.length > 0 ? await findItems(ctx.tx, { postIds, openOnly: true }) : [];
  const led = units.length > 0 ? await findItems(ctx.tx, { leadUnits: units, openOnly: true }) : [];
  const items = [...new Map([...own, ...led].map((item) => [item.id, item])).values()].sort((left, right) =>
    left.dueOn < right.dueOn ? -1 : left.dueOn > right.dueOn ? 1 : 0,
  );
  const ids = items.map(({ id }) => id);
  const reports = await findLastReports(ctx.tx, ids);
  const calendar = await loadCalendar(ctx.tx);
  const extending = await findPendingExtensions(ctx.tx, ids);
  const brokenDown = await findBrokenDown(ctx.tx, ids);
  const workYear = await findWorkYear(ctx.tx, ctx.now);
  return items.map((item): MyItem => {
    const { id, code, title, dueOn, originalDueOn, percent, status } = item;
    const last = reports.get(id);
    // 改派之前原单位报的，不是退回给他的。
    const report = last && isFormerUnits(item, last) ? undefined : last;
    const pending = report?.status === 'submitted' || report?.status === 'signedOff' || report?.status === 'returned';
    return {
      itemId: id,
      // 往年的和今年的编号会相同。
      code: item.year === workYear ? code : datedCode(item),
      title,
      dueOn,
      originalDueOn,
      span: dueSpan(calendar, ctx.today, dueOn),
      percent,
      extensionPending: extending.has(id),
      status: pending ? term(progressReportStatus, report.status) : term(workItemStatus, status),
      reportable:
        status === 'inProgress' && report?.status !== 'submitted' && report?.status !== 'signedOff' && !brokenDown.has(id) && mayReport(item),
    };
  });
}
