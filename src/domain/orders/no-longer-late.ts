import type { Context } from '#core/context';
import { findPlanned, type PlannedItem } from '../deadlines/plan/store.ts';
import type { SupervisionOrder } from './model.ts';

/**
 * 不再逾期 — the machine's only reason for an order is that the day has passed; a new limit or a promise that was accepted takes that
 * reason away. An order that a person gave grounds for keeps them. @returns how the item stands now; null: the order has its reason
 */
export async function noLongerLate(
  { tx, today }: Pick<Context, 'tx' | 'today'>,
  { origin, basis, itemId }: Pick<SupervisionOrder, 'origin' | 'basis' | 'itemId'>,
): Promise<PlannedItem | null> {
  if (origin !== 'ladder' || basis !== null) return null;
  const [planned] = await findPlanned(tx, [itemId]);
  return planned && planned.facts.baseOn >= today ? planned : null;
}
