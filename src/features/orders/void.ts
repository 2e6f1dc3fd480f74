import {
  askToVoid as askAction,
  confirmVoid as confirmAction,
  keepOrder as keepAction,
  openVoid,
  redraftOrder as redraftAction,
} from '#cards/orders/actions';
import { voidCard } from '#cards/orders/void.card';
import { type ActionReply, on } from '#core/click';
import type { Context } from '#core/context';
import { addresseeOf } from '#domain/orders/addressee';
import { getOrder, type OrderOfItem, redraftOrder } from '#domain/orders/draft';
import { orderMachine } from '#domain/orders/model';
import { askToVoid, confirmVoid, keepOrder } from '#domain/orders/void';
import { assertMay } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { announceItem } from '#domain/work-items/item-view';
import { writtenCode } from '#domain/work-items/written-code';
import { audienceOf, tellInspectors } from './draft.ts';
import { orderKey, orderView, refreshOrder } from './views.ts';

/** 打开作废的单子 */
export const onOpenVoid = on(openVoid, async (ctx, { orderId }): Promise<ActionReply> => {
  assertMay(ctx.actor, 'voidOrder');
  const { order, item } = await getOrder(ctx, orderId);
  orderMachine.next(order.status, 'void');
  const addressee = await addresseeOf(ctx, { order, item });
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === addressee);
  const { version, number } = order;
  return {
    card: voidCard({
      orderId,
      version,
      number: number ?? '',
      code: await writtenCode(ctx, item),
      title: item.title,
      unitName: unit?.name ?? addressee,
    }),
  };
});

/** 提出作废 — everybody else in the office is asked; one of them has to agree. */
export const onAskToVoid = on(askAction, async (ctx, { orderId }, { reason }): Promise<ActionReply> => {
  const asked = await askToVoid(ctx, orderId, reason?.trim() || null);
  const card = await refreshOrder(ctx, asked, audienceOf(ctx, asked));
  const others = await askTheOthers(ctx, asked);
  const toast = others > 0 ? '已提出作废，等另一人同意' : ({ type: 'warning', text: noOther } as const);
  return { toast, card };
});

/** 同意作废 */
export const onConfirmVoid = on(confirmAction, async (ctx, { orderId }): Promise<ActionReply> => {
  const voided = await confirmVoid(ctx, orderId);
  const card = await refreshOrder(ctx, voided, audienceOf(ctx, voided));
  await announceItem(ctx, voided.item.id);
  return { toast: `${voided.order.number ?? ''}已作废，文号不再使用`, card };
});

/** 不作废 */
export const onKeepOrder = on(keepAction, async (ctx, { orderId }): Promise<ActionReply> => {
  const kept = await keepOrder(ctx, orderId);
  return { toast: '不作废，督办令照旧', card: await refreshOrder(ctx, kept, audienceOf(ctx, kept)) };
});

/** 重新印发 — a new draft that refers to the voided order. */
export const onRedraftOrder = on(redraftAction, async (ctx, { orderId }): Promise<ActionReply> => {
  const drafted = await redraftOrder(ctx, orderId);
  const cardKey = orderKey(drafted.order.id, 'inspector');
  const card = await orderView(ctx, drafted, 'inspector');
  if (ctx.actor.openId)
    ctx.outbox.sendCard({ to: { person: ctx.actor.openId }, cardKey, card, dedupeKey: `${cardKey}:draft`, priority: 'interactive' });
  await tellInspectors(ctx, drafted);
  // 有了新的拟稿，作废的那一道不再有“重新印发”。
  await refreshOrder(ctx, await getOrder(ctx, orderId), audienceOf(ctx, drafted));
  return { toast: '已重新拟稿，请核稿' };
});

const noOther = '已提出作废；督查室现在没有另一人有飞书账号，没有人收到，请联系系统管理员';

/** @returns how many are asked */
async function askTheOthers(ctx: Context, asked: OrderOfItem): Promise<number> {
  const { id, version } = asked.order;
  const told = new Set<string>();
  for (const { openId, role, delegateFor } of await findHolders(ctx.tx, { roles: ['inspector', 'chiefInspector'] }, ctx.today)) {
    // 只代提出的人办的，也不是另一人。
    if (openId === null || openId === ctx.actor.openId || delegateFor === ctx.actor.name) continue;
    told.add(openId);
    const audience = role === 'chiefInspector' ? 'chief' : 'inspector';
    const cardKey = orderKey(id, audience);
    const card = await orderView(ctx, asked, audience);
    ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${version}:${openId}`, priority: 'task' });
  }
  return told.size;
}
