import type { Context } from '#core/context';
import type { LocalDate } from '#core/dates';
import { ConflictError, InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { findPosts } from '../roster/handovers/store.ts';
import { assertMay, type Right } from '../roster/policy.ts';
import { assignPosts, registerChildren } from './advance-items.ts';
import { type ItemView, matterOf, viewItem } from './item-view.ts';
import { openStatuses } from './model.ts';
import type { WorkItem } from './records.ts';
import { standingWords } from './standing.ts';
import { lockTree } from './tree/store.ts';
import { assertWeights } from './weights.ts';
import { asWritten, writtenCode } from './written-code.ts';

/** 一个子任务 */
export interface NewPart {
  readonly title: string;
  readonly dueOn: LocalDate;
  readonly weight: number | null;
  readonly responsiblePostId: string | null;
}

/** 分解前的处境 @throws ForbiddenError, ConflictError when the item can't be broken down now */
export async function openBreakDown(ctx: Context, itemId: string): Promise<ItemView & { readonly right: Right }> {
  const view = await viewItem(ctx, itemId);
  const { item, last } = view;
  const right = assertMay(ctx.actor, 'breakDown', matterOf(item));
  if (item.parentId !== null) throw new ConflictError(`${await writtenCode(ctx, item)}已是子任务，不再往下分解`);
  if (item.status !== 'inProgress') throw new ConflictError(standingWords(await asWritten(ctx, item), '分解'));
  if (last?.status === 'submitted' || last?.status === 'signedOff') {
    throw new ConflictError(
      `${await writtenCode(ctx, item)}有一次反馈正在${last.status === 'submitted' ? '等单位审签' : '等督查室采纳'}，采纳或退回之后再分解`,
    );
  }
  return { ...view, right };
}

/**
 * 分解 — parts of an item, under way at once; each no later than the item, their weights together 100 or none.
 * @param known how many parts the form showed: an older form adds nothing twice
 * @param shares the weights of the parts that exist, in order
 */
export async function breakDown(
  ctx: Context,
  { itemId, known }: { itemId: string; known: number },
  { parts, shares }: { parts: readonly NewPart[]; shares: readonly (number | null)[] },
): Promise<{ item: WorkItem; added: readonly WorkItem[]; children: readonly WorkItem[] }> {
  await lockTree(ctx.tx, itemId);
  const { item, children, right } = await openBreakDown(ctx, itemId);
  if (children.length !== known) throw new ConflictError('已分解，无需重复提交');
  if (parts.length === 0) throw new InvalidError('请至少填写一个子任务的名称和时限');
  for (const { dueOn } of parts) {
    if (dueOn > item.dueOn) throw new InvalidError(`子任务时限不得晚于上级事项${item.dueOn}`);
    if (dueOn < ctx.today) throw new InvalidError(`子任务时限${dueOn}已经过去，请另选日期`);
  }
  const live = children.map((child, index) => ({ child, weight: shares[index] ?? null })).filter(({ child }) => child.status !== 'cancelled');
  assertWeights([...live.map(({ weight }) => weight), ...parts.map(({ weight }) => weight)]);
  await assertInUnit(
    ctx,
    item,
    parts.flatMap(({ responsiblePostId }) => (responsiblePostId ? [responsiblePostId] : [])),
  );
  const first = children.reduce((most, { position }) => Math.max(most, position), 0) + 1;
  const added = parts.map((part, index) => partOf(ctx, item, { ...part, position: first + index }));
  const changed = new Map(live.filter(({ child, weight }) => child.weight !== weight).map(({ child, weight }) => [child.id, weight]));
  await registerChildren(ctx, item, { children: added, shares: changed, right });
  const after = await viewItem(ctx, itemId);
  return { item: after.item, added, children: after.children };
}

/** 调整责任人 — posts of the same unit. */
export async function assignResponsible(
  ctx: Context,
  itemId: string,
  { responsiblePostId, liaisonPostId, words }: { responsiblePostId: string; liaisonPostId: string | null; words: string },
): Promise<{ before: WorkItem; item: WorkItem }> {
  const { item } = await viewItem(ctx, itemId);
  const right = assertMay(ctx.actor, 'assignResponsible', matterOf(item));
  if (!openStatuses.includes(item.status)) throw new ConflictError(standingWords(await asWritten(ctx, item), '调整责任人'));
  const posts = { responsiblePostId, liaisonPostId: liaisonPostId ?? item.liaisonPostId };
  if (posts.responsiblePostId === item.responsiblePostId && posts.liaisonPostId === item.liaisonPostId) {
    throw new ConflictError('责任人、联络员正是所选的人，无需调整');
  }
  await assertInUnit(ctx, item, [responsiblePostId, ...(liaisonPostId ? [liaisonPostId] : [])]);
  return { before: item, item: await assignPosts(ctx, item, { posts, reason: words, right }) };
}

/** 责任岗须在本单位：别的单位的人要经改派或配合。 */
async function assertInUnit(ctx: Context, item: WorkItem, postIds: readonly string[]): Promise<void> {
  for (const postId of new Set(postIds)) {
    const [post] = await findPosts(ctx.tx, { postId }, ctx.today);
    if (!post || post.unitCode !== item.leadUnit) throw new InvalidError('所选的岗位不在本单位，请重新选择');
  }
}

function partOf(ctx: Context, item: WorkItem, { title, dueOn, weight, responsiblePostId, position }: NewPart & { position: number }): WorkItem {
  return {
    ...item,
    id: newId(),
    code: `${item.code}-${position}`,
    kind: 'subTask',
    bookId: null,
    parentId: item.id,
    position,
    weight,
    mandatory: true,
    status: 'inProgress',
    title,
    goal: '',
    measures: '',
    supportingUnits: [],
    responsiblePostId: responsiblePostId ?? item.responsiblePostId,
    startOn: null,
    dueOn,
    originalDueOn: dueOn,
    theme: null,
    metrics: [],
    percent: 0,
    lastReportAt: null,
    issuedAt: ctx.now,
    acknowledgedAt: ctx.now,
    completedAt: null,
    reworkCount: 0,
  };
}
