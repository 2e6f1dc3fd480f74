import { z } from 'zod';
import { defineJob, schedule } from '#core/feature';
import { findPerson } from '#domain/roster/handovers/store';
import { bindAccount, bindChat, findUnbound, listChatBindings } from '#domain/roster/store';
import { queueTakeOver } from './take-over.ts';

/** 重新匹配 — accounts and groups that were not there yesterday may be there today. */
export const rebindJob = defineJob<
  { mobiles: readonly string[] },
  { accounts: Map<string, { openId: string }>; chats: readonly { chatId: string; name: string }[] }
>({
  name: 'roster.rebind',
  payload: z.object({ mobiles: z.array(z.string()) }),
  prepare: async (world, { mobiles }) => ({ accounts: await world.findAccounts(mobiles), chats: await world.listChats() }),
  apply: async (ctx, _payload, { accounts, chats }) => {
    for (const [mobile, account] of accounts) {
      await bindAccount(ctx.tx, mobile, account);
      ctx.audit.record({ subject: { type: 'account', id: account.openId }, event: 'bind' });
      const person = await findPerson(ctx.tx, { mobile });
      const taken = { postId: null, principalId: null, occasion: '您的飞书账号已匹配' };
      if (person) await queueTakeOver(ctx, ctx.today, { key: `account:${account.openId}`, personId: person.personId, ...taken });
    }
    for (const { purpose, chatName, chatId, lostAt } of await listChatBindings(ctx.tx)) {
      // 人手工绑定过的不动：群名对得上的另一个群，不一定是他要的那个。
      const chat = chatId !== null && lostAt === null ? undefined : chats.find(({ name }) => name === chatName);
      if (!chat) continue;
      await bindChat(ctx.tx, { purpose, chatName, chatId: chat.chatId, now: ctx.now });
      ctx.audit.record({ subject: { type: 'chat', id: chat.chatId }, event: 'bind', after: purpose });
    }
  },
});

/** 每天清早重新匹配一次，只查没有匹配上的。 */
export const rebindDaily = schedule('roster.rebind', '17 6 * * *', async (ctx) => {
  const unbound = await findUnbound(ctx.tx);
  ctx.outbox.job(rebindJob, { mobiles: unbound.map(({ mobile }) => mobile) }, { dedupeKey: `roster.rebind:${ctx.today}`, priority: 'digest' });
});
