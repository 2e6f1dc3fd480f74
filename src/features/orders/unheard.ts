import type { Context } from '#core/context';
import { type Desk, findDesk } from '#domain/roster/desk';
import { findHolders } from '#domain/roster/store';

/**
 * 没有人收得到 — nobody pressed anything, so nobody would notice that what the machine drafted lies there unseen: whoever else of the
 * office can be reached is told, once for each occasion.
 * @param matter what waits, as the beginning of a sentence
 */
export async function tellOthers(ctx: Context, desk: Desk, { matter, occasion }: { matter: string; occasion: string }): Promise<void> {
  const { unheard } = await findDesk(ctx, desk);
  if (unheard === null) return;
  const others = await findHolders(ctx.tx, { roles: ['inspector', 'chiefInspector', 'administrator'] }, ctx.today);
  for (const openId of new Set(others.flatMap((each) => each.openId ?? [])))
    ctx.outbox.sendText({ to: { person: openId }, text: `${matter}；${unheard}。`, dedupeKey: `unheard:${occasion}:${openId}`, priority: 'task' });
}
