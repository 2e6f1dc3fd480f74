import type { Context } from '#core/context';
import { findHolders } from './store.ts';

type Sending = Parameters<Context['outbox']['sendCard']>[0];

/** 告知管理员和督查室 — whoever keeps the roster, the accounts and the groups, one card each. */
export async function tellStewards(ctx: Context, { dedupeKey, ...sending }: Pick<Sending, 'cardKey' | 'card' | 'dedupeKey'>): Promise<void> {
  const holders = await findHolders(ctx.tx, { roles: ['administrator', 'inspector'] }, ctx.today);
  for (const person of new Set(holders.flatMap(({ openId }) => openId ?? [])))
    ctx.outbox.sendCard({ ...sending, to: { person }, dedupeKey: `${dedupeKey}:${person}`, priority: 'task' });
}
