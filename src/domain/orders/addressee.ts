import type { Context } from '#core/context';
import type { Matter } from '../roster/policy.ts';
import { matterOf } from '../work-items/item-view.ts';
import type { OrderOfItem } from './draft.ts';
import { findFormerUnits } from './store.ts';

/** 主送单位 — the unit that had the item when the order was drafted; a reassignment of the item does not address it anew. */
export async function addresseeOf(ctx: Pick<Context, 'tx'>, { order, item }: OrderOfItem): Promise<string> {
  return (await findFormerUnits(ctx.tx, [order])).get(order.id) ?? item.leadUnit;
}

/** 令 → 事由 — the unit to which it is addressed; the one that has the item by now is told of it in the item's own record. */
export async function matterOfOrder(ctx: Pick<Context, 'tx'>, current: OrderOfItem): Promise<Matter> {
  return { ...matterOf(current.item), unitCode: await addresseeOf(ctx, current) };
}
