import { z } from 'zod';
import { defineJob } from '#core/job';
import { schedule } from '#core/schedule';
import { findPerson } from '#domain/roster/handovers/store';
import { bindAccount, findUnbound } from '#domain/roster/store';
import { queueTakeOver } from './take-over.ts';

/**
 * 重新匹配 — accounts that were not there yesterday may be there today. Groups are left alone: nobody who may bind one stands behind
 * a name in a list, and anybody can give a group that name.
 */
export const rebindJob = defineJob<{ mobiles: readonly string[] }, { accounts: Map<string, { openId: string }> }>({
  name: 'roster.rebind',
  payload: z.object({ mobiles: z.array(z.string()) }),
  prepare: async (world, { mobiles }) => ({ accounts: await world.findAccounts(mobiles) }),
  apply: async (ctx, _payload, { accounts }) => {
    for (const [mobile, account] of accounts) {
      await bindAccount(ctx.tx, mobile, account);
      ctx.audit.record({ subject: { type: 'account', id: account.openId }, event: 'bind' });
      const person = await findPerson(ctx.tx, { mobile });
      const taken = { postId: null, principalId: null, occasion: '您的飞书账号已匹配' };
      if (person) await queueTakeOver(ctx, ctx.today, { key: `account:${account.openId}:${ctx.today}`, personId: person.personId, ...taken });
    }
  },
});

/** 每天清早重新匹配一次，只查没有匹配上的。 */
export const rebindDaily = schedule('roster.rebind', '17 6 * * *', async (ctx) => {
  const unbound = await findUnbound(ctx.tx);
  ctx.outbox.job(rebindJob, { mobiles: unbound.map(({ mobile }) => mobile) }, { dedupeKey: `roster.rebind:${ctx.today}`, priority: 'digest' });
});
