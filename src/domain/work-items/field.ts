import type { Context } from '#core/context';
import { findSuccession, moveUnitsOfLeader } from '../roster/handovers/store.ts';
import { changeLeader } from './advance.ts';
import { findItemsOfLeader } from './store.ts';

/**
 * 分管随岗位走 — duty belongs to the post, but items and units name their leader: what is open goes to whoever holds the leader's post now.
 * Nothing happens when the former holder leads another field still: the name alone doesn't tell which of the two an item is of.
 */
export async function passFieldOn(ctx: Context, handover: { postId: string; formerId: string | null }): Promise<void> {
  const succession = await findSuccession(ctx.tx, handover, ctx.today);
  if (!succession) return;
  const { former, successor } = succession;
  for (const item of await findItemsOfLeader(ctx.tx, former)) await changeLeader(ctx, item, { leader: successor, right: {} });
  await moveUnitsOfLeader(ctx.tx, succession);
}
