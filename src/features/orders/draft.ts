import { bind } from '#cards/kit/action';
import {
  checkOrder as checkAction,
  draftOrder as draftAction,
  dropOrder as dropAction,
  openOrder,
  returnOrder as returnAction,
} from '#cards/orders/actions';
import { type DraftsProps, draftsCard } from '#cards/orders/drafts.card';
import { type ActionReply, doneToast, on } from '#core/click';
import { type Answer, type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { loadCalendar } from '#domain/calendar/store';
import { matterOfOrder } from '#domain/orders/addressee';
import { checkOrder, draftDueOrders, draftOrder, dropOrder, getOrder, isDraftable, type OrderOfItem, returnOrder } from '#domain/orders/draft';
import { findPendingOrder, pageOfOrders } from '#domain/orders/store';
import { chiefDesk, findDesk, inspectorsDesk } from '#domain/roster/desk';
import { assertMay, type Matter, may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { readItemCode } from '#domain/work-items/item-code';
import { itemAction, itemNamed, matterOf } from '#domain/work-items/item-view';
import { codeWriter } from '#domain/work-items/written-code';
import { tellOthers } from './unheard.ts';
import { type Audience, orderKey, orderView, refreshOrder } from './views.ts';
import { dueLineOf } from './words.ts';

/** 合并卡上至多列几份 */
const draftsShown = 15;

/** 自动拟稿 — the reminders were of no use. The inspectors get the draft, several of them as one list; nobody else gets anything. */
export async function onOrderDue(ctx: Context, itemIds: readonly string[]): Promise<void> {
  const drafted = await draftDueOrders(ctx, itemIds);
  const [only] = drafted;
  if (!only) return;
  const several = drafted.length > 1 ? draftsCard(await draftsProps(ctx, drafted)) : null;
  const card = several ?? (await orderView(ctx, only, 'inspector'));
  const cardKey = several ? `order-drafts:${only.order.id}` : orderKey(only.order.id, 'inspector');
  for (const { openId } of await findHolders(ctx.tx, { roles: ['inspector'] }, ctx.today)) {
    if (openId) ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${openId}`, priority: 'task' });
  }
  const codeOf = await codeWriter(
    ctx,
    drafted.map(({ item }) => item),
  );
  const codes = drafted.map(({ item }) => codeOf(item)).join('、');
  await tellOthers(ctx, inspectorsDesk, { matter: `系统已拟${drafted.length}份督办令（${codes}），待核稿`, occasion: cardKey });
}

/** 待核稿的 — whatever drafted them; a checked one leaves the list, so that asking again shows the next. */
export async function waitingDrafts(ctx: Context): Promise<Answer> {
  assertMay(ctx.actor, 'checkOrder');
  const found = await pageOfOrders(ctx.tx, { statuses: ['draft'], unitCodes: null, leaderInCharge: null, skip: 0, take: draftsShown });
  if (found.total === 0) return { text: '没有待核稿的督办令。', privately: true };
  const items: OrderOfItem[] = [];
  for (const { id } of found.orders) items.push(await getOrder(ctx, id));
  return { card: draftsCard({ ...(await draftsProps(ctx, items)), more: found.total - items.length }), privately: true };
}

async function draftsProps(ctx: Context, drafted: readonly OrderOfItem[]): Promise<DraftsProps> {
  const units = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  const calendar = await loadCalendar(ctx.tx);
  const codeOf = await codeWriter(
    ctx,
    drafted.map(({ item }) => item),
  );
  const drafts = drafted.slice(0, draftsShown).map(({ order, item }) => ({
    ...{ orderId: order.id, code: codeOf(item), title: item.title, unitName: units.get(item.leadUnit) ?? item.leadUnit },
    dueLine: dueLineOf(calendar, ctx.today, item),
  }));
  return { drafts, more: drafted.length - drafts.length };
}

/** 起草督办令 — by hand, without waiting for the reminders: for urgent matters and leaders' instructions. */
export const draft: Command = command({
  words: ['起草督办令', 'draft'],
  summary: '直接起草督办令（特急、批示件）',
  example: '起草督办令 党-031',
  visibleTo: (actor) => may(actor, 'draftOrder'),
  handle: async (ctx, argument) => {
    assertMay(ctx.actor, 'draftOrder');
    const code = readItemCode(argument);
    if (!code) throw new InvalidError('请写明事项编号，例如“起草督办令 党-031”');
    const { id } = await itemNamed(ctx, code);
    const drafted = await draftOrder(ctx, id);
    await tellInspectors(ctx, drafted);
    return { card: await orderView(ctx, drafted, 'inspector'), cardKey: orderKey(drafted.order.id, 'inspector'), privately: true };
  },
});

/** 事项卡上的起草督办令、督办令 */
export const orderOffers = [
  itemAction('起草督办令', async (ctx, { item }) =>
    may(ctx.actor, 'draftOrder') && (await isDraftable(ctx, item)) ? bind(draftAction, { itemId: item.id }) : null,
  ),
  itemAction('看督办令', async (ctx, { item }) => {
    const pending = await findPendingOrder(ctx.tx, item.id);
    if (!pending || !may(ctx.actor, pending.number === null ? 'checkOrder' : 'readOrder', matterOf(item))) return null;
    return bind(openOrder, { orderId: pending.id });
  }),
] as const;

/** 从事项卡起草 */
export const onDraftOrder = on(draftAction, async (ctx, { itemId }): Promise<ActionReply> => {
  const drafted = await draftOrder(ctx, itemId);
  const key = orderKey(drafted.order.id, 'inspector');
  const card = await orderView(ctx, drafted, 'inspector');
  // 事项卡会换成别的样子；拟稿另发一张，找得回来。
  if (ctx.actor.openId)
    ctx.outbox.sendCard({ to: { person: ctx.actor.openId }, cardKey: key, card, dedupeKey: `${key}:draft`, priority: 'interactive' });
  await tellInspectors(ctx, drafted);
  return { toast: '已起草，请核稿' };
});

/** 打开一道令 — as the one who asks may see it. */
export const onOpenOrder = on(openOrder, async (ctx, { orderId }): Promise<ActionReply> => {
  const found = await getOrder(ctx, orderId);
  const matter = await matterOfOrder(ctx, found);
  assertMay(ctx.actor, found.order.number === null ? 'checkOrder' : 'readOrder', matter);
  return { card: await orderView(ctx, found, audienceOf(ctx, found, matter)) };
});

/** 看的是哪一种 @param matter of the order whose item has gone to another unit */
export function audienceOf(ctx: Context, { order, item }: OrderOfItem, matter: Matter = matterOf(item)): Audience {
  if (may(ctx.actor, 'signOrder')) return 'chief';
  if (may(ctx.actor, 'checkOrder')) return 'inspector';
  if (order.number !== null && may(ctx.actor, 'replyToOrder', matter)) return 'head';
  return may(ctx.actor, 'acknowledgeOrder', matter) ? 'unit' : 'group';
}

/** 核稿 — the chief gets it to sign. */
export const onCheckOrder = on(checkAction, async (ctx, { orderId }, { basis, requirement, evidence }): Promise<ActionReply> => {
  const checked = await checkOrder(ctx, orderId, { basis: basis?.trim() || null, requirement: requirement.trim(), evidence: evidence.trim() });
  const card = await refreshOrder(ctx, checked, 'inspector');
  await tellChief(ctx, checked);
  const { unheard } = await findDesk(ctx, chiefDesk);
  return { toast: unheard ? { type: 'warning', text: `已核稿；${unheard}` } : '已报督查室主任签发', card };
});

/** 退回修改 — the one who checked it gets it back on top of the chat. */
export const onReturnOrder = on(returnAction, async (ctx, { orderId }, { reason }): Promise<ActionReply> => {
  const returned = await returnOrder(ctx, orderId, reason?.trim() || null);
  const card = await refreshOrder(ctx, returned, 'chief');
  await tellInspectors(ctx, returned);
  const { unheard } = await findDesk(ctx, inspectorsDesk);
  return { toast: doneToast('已退回修改', unheard, '，不占文号'), card };
});

/** 不予印发 */
export const onDropOrder = on(dropAction, async (ctx, { orderId }, { reason }): Promise<ActionReply> => {
  const dropped = await dropOrder(ctx, orderId, reason?.trim() || null);
  return { toast: '不予印发，不占文号', card: await refreshOrder(ctx, dropped, audienceOf(ctx, dropped)) };
});

/** 告知签发人 — to sign, or that there is nothing to sign any more. */
export async function tellChief(ctx: Context, current: OrderOfItem): Promise<void> {
  const cardKey = orderKey(current.order.id, 'chief');
  const card = await orderView(ctx, current, 'chief');
  for (const { openId } of await findHolders(ctx.tx, { roles: ['chiefInspector'] }, ctx.today)) {
    const dedupeKey = `${cardKey}:${current.order.version}:${openId}`;
    if (openId) ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey, priority: 'task' });
  }
}

/** 告知督查员 — one card to each, under the key of the order. */
export async function tellInspectors(ctx: Context, current: OrderOfItem): Promise<void> {
  const cardKey = orderKey(current.order.id, 'inspector');
  const card = await orderView(ctx, current, 'inspector');
  for (const { openId } of await findHolders(ctx.tx, { roles: ['inspector'] }, ctx.today)) {
    if (openId && openId !== ctx.actor.openId) {
      const dedupeKey = `${cardKey}:${current.order.version}:${openId}`;
      ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey, priority: 'task' });
    }
  }
}
