import { z } from 'zod';
import { noticeCard } from '#cards/system/notice.card';
import type { Context } from '#core/context';
import { defineJob } from '#core/job';
import { schedule } from '#core/schedule';
import { findPerson, findPosts } from '#domain/roster/handovers/store';
import { bindAccount, findUnbound } from '#domain/roster/store';
import { queueTakeOver } from './take-over.ts';

/**
 * 重新匹配 — accounts that were not there yesterday may be there today. Groups are left alone: nobody who may bind one stands behind
 * a name in a list, and anybody can give a group that name.
 */
export const rebindJob = defineJob<{ mobiles: readonly string[]; asked: string | null }, { accounts: Map<string, { openId: string }> }>({
  name: 'roster.rebind',
  // asked：谁开了口才来匹配的
  payload: z.object({ mobiles: z.array(z.string()), asked: z.string().nullable().default(null) }),
  prepare: async (world, { mobiles }) => ({ accounts: await world.findAccounts(mobiles) }),
  apply: async (ctx, { asked }, { accounts }) => {
    for (const [mobile, account] of accounts) {
      await bindAccount(ctx.tx, mobile, account);
      ctx.audit.record({ subject: { type: 'account', id: account.openId }, event: 'bind' });
      const person = await findPerson(ctx.tx, { mobile });
      const taken = { postId: null, principalId: null, occasion: '您的飞书账号已匹配' };
      if (person && asked === account.openId) await sayFound(ctx, { ...person, openId: asked });
      if (person) await queueTakeOver(ctx, ctx.today, { key: `account:${account.openId}:${ctx.today}`, personId: person.personId, ...taken });
    }
  },
});

/** 认出来了 — whoever asked is told at once who he is here; what waits for him follows by itself. */
async function sayFound(ctx: Context, { personId, name, openId }: { personId: string; name: string; openId: string }): Promise<void> {
  const posts = await findPosts(ctx.tx, { personId }, ctx.today);
  const named = posts.map(({ unitName, title }) => `${unitName ? `${unitName} ` : ''}${title}`).join('、');
  const text = `${name}，您的账号已匹配${named ? `：${named}` : ''}。等您办的事随后送到，发送“我的任务”随时可看。`;
  const card = noticeCard({ title: '已认出您', text, tone: 'success' });
  const key = strangerKey(openId);
  ctx.outbox.sendCard({
    to: { person: openId },
    cardKey: key,
    card,
    dedupeKey: `${key}:found:${ctx.now.getTime()}`,
    priority: 'interactive',
    replaces: [key],
  });
}

/** 告诉他认不出的那张卡 */
export const strangerKey = (openId: string): string => `stranger:${openId}`;

/** 每天清早重新匹配一次，只查没有匹配上的。 */
export const rebindDaily = schedule('roster.rebind', '17 6 * * *', async (ctx) => {
  const unbound = await findUnbound(ctx.tx);
  ctx.outbox.job(
    rebindJob,
    { mobiles: unbound.map(({ mobile }) => mobile), asked: null },
    { dedupeKey: `roster.rebind:${ctx.today}`, priority: 'digest' },
  );
});
