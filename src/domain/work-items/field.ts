import type { Context } from '#core/context';
import { findPosts, findSuccession, moveUnitsOfLeader } from '../roster/handovers/store.ts';
import { leaderRoles, type Unit } from '../roster/model.ts';
import { listUnits } from '../roster/store.ts';
import { changeLeader } from './advance-items.ts';
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

/** 单位换了分管领导 — and how many of its open items have gone with it. */
export interface FieldMove {
  readonly unitName: string;
  readonly from: string;
  readonly to: string;
  readonly items: number;
}

/**
 * 分管随单位走 — the roster now names another leader for a unit: what the unit leads and is still open under the former one goes to the new
 * one. An item whose sheet named somebody else keeps him. That is also how a field is parted whose leader kept another (passFieldOn).
 * @param before the units as they were before the import
 */
export async function followUnits(ctx: Context, before: readonly Unit[]): Promise<FieldMove[]> {
  const now = new Map((await listUnits(ctx.tx)).map((unit) => [unit.code, unit]));
  const moves: FieldMove[] = [];
  for (const { code, leaderName: from } of before) {
    const { name: unitName = '', leaderName: to = null } = now.get(code) ?? {};
    if (from === null || to === null || from === to) continue;
    const items = (await findItemsOfLeader(ctx.tx, from)).filter(({ leadUnit }) => leadUnit === code);
    for (const item of items) await changeLeader(ctx, item, { leader: to, right: {} });
    moves.push({ unitName, from, to, items: items.length });
  }
  return moves;
}

/** 分不清是哪一口的 — what stays under the name of a leader who hands over one of two fields; null: he keeps none. */
export async function findUndivided(
  ctx: Pick<Context, 'tx' | 'today'>,
  { postId, formerId, formerName }: { postId: string; formerId: string; formerName: string },
): Promise<{ items: number; units: readonly string[] } | null> {
  const isLeaders = (role: string): boolean => (leaderRoles as readonly string[]).includes(role);
  const kept = (await findPosts(ctx.tx, { personId: formerId }, ctx.today)).filter((post) => post.postId !== postId && isLeaders(post.role));
  if (kept.length === 0) return null;
  const units = (await listUnits(ctx.tx)).filter(({ leaderName }) => leaderName === formerName).map(({ shortName }) => shortName);
  return { items: (await findItemsOfLeader(ctx.tx, formerName)).length, units };
}
