import type { Context } from '#core/context';
import type { OrderOfItem } from '#domain/orders/draft';
import { orderRecipients } from './recipients.ts';
import { orderKey, orderView } from './views.ts';

/** 提醒单位 — the card once more on top of the chat; signed documents don't count against the daily cap. */
export async function remindUnit(ctx: Context, current: OrderOfItem, occasion: string): Promise<void> {
  const { order, item } = current;
  for (const { openId, audience } of (await orderRecipients(ctx, item)).people) {
    if (audience === 'group') continue;
    const card = await orderView(ctx, current, audience);
    const dedupeKey = `order-due:${order.id}:${occasion}:${openId}`;
    ctx.outbox.sendCard({ to: { person: openId }, cardKey: orderKey(order.id, audience), card, dedupeKey, priority: 'order' });
  }
}
