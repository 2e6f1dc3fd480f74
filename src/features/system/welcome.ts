import { welcomeCard } from '#cards/system/welcome.card';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { onNotice } from '#core/notice';
import { findHolders } from '#domain/roster/store';
import { helpFor } from './help.ts';

/** 进入单聊 — welcomed once; the key is used up for ever. Whom the roster does not know hears that instead (features/roster/stranger). */
export const onChatEntered = onNotice('chatEntered', async (ctx): Promise<undefined> => {
  const { openId, personId, name } = ctx.actor;
  if (!openId || personId === null) return undefined;
  const { botName, districtName } = ctx.settings;
  const administrators = await administratorsOf(ctx);
  const card = welcomeCard({ botName, districtName, personName: name, inGroup: false, administrators });
  ctx.outbox.sendCard({ to: { person: openId }, cardKey: `welcome:${openId}`, card, dedupeKey: `welcome:${openId}`, priority: 'interactive' });
  return undefined;
});

/** 进群 — says who it is, once per group. */
export const onBotWelcomed = onNotice('botAdded', async (ctx, { chatId }): Promise<undefined> => {
  const { botName, districtName } = ctx.settings;
  const card = welcomeCard({ botName, districtName, personName: null, inGroup: true, administrators: [] });
  ctx.outbox.sendCard({ to: { chat: chatId }, cardKey: `welcome:${chatId}`, card, dedupeKey: `welcome:${chatId}`, priority: 'interactive' });
  return undefined;
});

async function administratorsOf(ctx: Context): Promise<string[]> {
  const holders = await findHolders(ctx.tx, { roles: ['administrator'] }, ctx.today);
  return [...new Set(holders.flatMap(({ openId }) => openId ?? []))];
}

/** 机器人菜单 — an entry's key is the command word that it stands for. */
export const onMenu = onNotice('menu', async (ctx, { key }): Promise<Answer> => {
  const command = ctx.contributions.commands.find(({ words }) => words.includes(key));
  if (!command) return { card: helpFor(ctx) };
  return command.handle(ctx, '', { chatId: '', chatType: 'p2p', messageId: '' });
});
