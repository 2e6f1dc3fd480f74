import type { Context } from '#core/context';
import type { Account } from '#core/job';
import { saveAdministrators } from './administrators/store.ts';
import { deactivate, loseChat } from './store.ts';

/** 人员离职 — the platform says that the account is gone. */
export async function markPersonLeft(ctx: Context, openId: string): Promise<{ id: string; name: string } | null> {
  const person = await deactivate(ctx.tx, openId);
  if (person) ctx.audit.record({ subject: { type: 'person', id: person.id }, event: 'leave' });
  return person;
}

/** 群丢了 — the bot is not in it any more. @returns what the chat was for; nothing when that was known already */
export async function markChatLost(ctx: Context, chatId: string): Promise<{ purpose: string; chatName: string }[]> {
  const lost = await loseChat(ctx.tx, chatId, ctx.now);
  for (const { purpose } of lost) ctx.audit.record({ subject: { type: 'chat', id: chatId }, event: 'lose', before: purpose });
  return lost;
}

/** 首任管理员 — the people named in the configuration hold the administrator's post from the first start. */
export async function ensureAdministrators(
  ctx: Context,
  administrators: readonly { mobile: string; name: string; account: Account | null }[],
): Promise<void> {
  const added = await saveAdministrators(ctx.tx, administrators);
  for (const id of added) ctx.audit.record({ subject: { type: 'person', id }, event: 'appointAdministrator' });
}
