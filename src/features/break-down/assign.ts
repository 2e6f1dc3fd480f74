import { assignResponsible as assignAction, openAssign as openAction } from '#cards/break-down/actions';
import { assignCard } from '#cards/break-down/assign.card';
import { bind } from '#cards/kit/action';
import type { Card } from '#cards/kit/card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { assertMay, may } from '#domain/roster/policy';
import { findHolders } from '#domain/roster/store';
import { assignResponsible } from '#domain/work-items/break-down';
import { announceItem, itemAction, matterOf, viewItem } from '#domain/work-items/item-view';
import { openStatuses } from '#domain/work-items/model';
import type { WorkItem } from '#domain/work-items/records';
import { writtenCode } from '#domain/work-items/written-code';
import { choiceOf, peopleOf, withoutAccount } from './views.ts';

/** 事项卡上的责任人调整 */
export const assignOffer = itemAction('调整责任人', (ctx, { item }) =>
  openStatuses.includes(item.status) && may(ctx.actor, 'assignResponsible', matterOf(item)) ? bind(openAction, { itemId: item.id }) : null,
);

/** 打开调整单 */
export const onOpenAssign = on(openAction, async (ctx, { itemId }) => {
  const { item } = await viewItem(ctx, itemId);
  assertMay(ctx.actor, 'assignResponsible', matterOf(item));
  return { card: await assignView(ctx, item, true) };
});

/** 提交调整 — the new one gets the card, the former one is told. */
export const onAssign = on(assignAction, async (ctx, { itemId }, { responsible, liaison }) => {
  const { item: now } = await viewItem(ctx, itemId);
  const words = `${await nameOf(ctx, now.responsiblePostId)} → ${await nameOf(ctx, responsible)}`;
  const { before, item } = await assignResponsible(ctx, itemId, { responsiblePostId: responsible, liaisonPostId: liaison ?? null, words });
  const card = await assignView(ctx, item, false);
  const key = `assigned:${itemId}:${ctx.now.getTime()}`;
  for (const { openId } of await findHolders(ctx.tx, { postIds: [responsible] }, ctx.today)) {
    if (openId && openId !== ctx.actor.openId)
      ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: `${key}:${openId}`, priority: 'task' });
  }
  const text = `${await writtenCode(ctx, item)}的责任人已调整为${await nameOf(ctx, item.responsiblePostId)}。`;
  const former = before.responsiblePostId !== null && before.responsiblePostId !== responsible ? [before.responsiblePostId] : [];
  for (const { openId } of former.length > 0 ? await findHolders(ctx.tx, { postIds: former }, ctx.today) : []) {
    if (openId && openId !== ctx.actor.openId) ctx.outbox.sendText({ to: { person: openId }, text, dedupeKey: `${key}:${openId}`, priority: 'task' });
  }
  await announceItem(ctx, itemId);
  return { toast: '已调整责任人', card };
});

async function assignView(ctx: Context, item: WorkItem, asForm: boolean): Promise<Card> {
  const people = await peopleOf(ctx, item.leadUnit, ['responsiblePerson', 'unitDeputy', 'liaison', 'unitHead']);
  const liaisons = people.filter(({ role }) => role === 'liaison');
  const mine = people.filter(({ postId }) => postId === item.responsiblePostId || postId === item.liaisonPostId);
  return assignCard({
    itemId: item.id,
    code: await writtenCode(ctx, item),
    title: item.title,
    dueOn: item.dueOn,
    originalDueOn: item.originalDueOn,
    today: ctx.today,
    responsible: await nameOf(ctx, item.responsiblePostId),
    liaison: await nameOf(ctx, item.liaisonPostId),
    choices: asForm
      ? {
          responsible: people.map(choiceOf),
          liaison: liaisons.map(choiceOf),
          chosen: {
            responsible: people.some(({ postId }) => postId === item.responsiblePostId) ? (item.responsiblePostId ?? '') : '',
            liaison: liaisons.some(({ postId }) => postId === item.liaisonPostId) ? (item.liaisonPostId ?? '') : '',
          },
        }
      : null,
    version: Math.floor(ctx.now.getTime() / 1000) % 100_000,
    unreachable: withoutAccount(asForm ? people : mine),
  });
}

async function nameOf(ctx: Context, postId: string | null): Promise<string> {
  if (postId === null) return '未指定';
  const people = await findHolders(ctx.tx, { postIds: [postId] }, ctx.today);
  return people.find(({ delegateFor }) => delegateFor === null)?.name ?? '岗位空缺';
}
