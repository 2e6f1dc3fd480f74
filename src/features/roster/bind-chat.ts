import { noticeCard } from '#cards/system/notice.card';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { onNotice } from '#core/notice';
import { unitNameIndex } from '#domain/roster/model';
import { markChatLost } from '#domain/roster/operations';
import { assertMay, may } from '#domain/roster/policy';
import { tellStewards } from '#domain/roster/stewards';
import { bindChat, bindVacantPurpose, type ChatBindingRow, listChatBindings, listUnits } from '#domain/roster/store';

const purposes: Readonly<Record<string, string>> = {
  新区总群: 'district',
  全区群: 'district',
  总群: 'district',
  监督员群: 'observers',
  场务群: 'session',
  场次群: 'session',
  存证群: 'audit',
};

/** 绑定本群 — said in the group: `绑定本群 U09`, a unit's name, or what the group is for. */
export const bindThisChat: Command = command({
  words: ['绑定本群', 'bind'],
  summary: '在群里发送，把本群定为某单位的工作群',
  example: '绑定本群 U09',
  visibleTo: (actor) => may(actor, 'bindChat'),
  handle: async (ctx, argument, { chatId, chatType }) => {
    const right = assertMay(ctx.actor, 'bindChat');
    if (chatType !== 'group') throw new InvalidError('请在要绑定的群里@我发送，例如“@督查助手 绑定本群 U09”');
    const target = await readTarget(ctx, argument);
    await bindChat(ctx.tx, { ...target, chatId, now: ctx.now });
    ctx.audit.record({ subject: { type: 'chat', id: chatId }, event: 'bind', after: target.purpose, ...right });
    return {
      card: noticeCard({ title: '已绑定本群', text: `本群用途：${target.label}。${contentOf(target.purpose)}会发到这里。`, tone: 'success' }),
    };
  },
});

/** 发到群里的是什么 */
const contentOf = (purpose: string): string => (purpose === 'audit' ? '每个工作日一条留痕的校验值' : '任务书和相关通知');

async function readTarget(ctx: Context, argument: string): Promise<{ purpose: string; chatName: string; label: string }> {
  if (argument.trim() === '') throw new InvalidError('请写明本群是哪个单位的，例如“绑定本群 U09”');
  const known = purposes[argument.trim()];
  const bindings = await listChatBindings(ctx.tx);
  const chatNameOf = (purpose: string, fallback: string): string => bindings.find((binding) => binding.purpose === purpose)?.chatName ?? fallback;
  if (known) return { purpose: known, chatName: chatNameOf(known, argument.trim()), label: argument.trim() };
  const field = bindings.find(({ purpose }) => purpose === `field:${argument.trim()}`);
  if (field) return { purpose: field.purpose, chatName: field.chatName, label: `${argument.trim()}分管领域` };
  const match = unitNameIndex(await listUnits(ctx.tx))(argument);
  if (match.kind === 'unknown') {
    const hint = match.suggestion ? `是否为“${match.suggestion.name}（${match.suggestion.code}）”？` : '请写单位代码或名称，例如“绑定本群 U09”。';
    throw new InvalidError(`花名册里没有“${argument}”。${hint}`);
  }
  const { unit } = match;
  return { purpose: `unit:${unit.code}`, chatName: unit.chatName ?? unit.name, label: `${unit.name}工作群` };
}

/** 不知道用途的群 — said alike to whoever may not bind and about a name that nobody expects: it gives nothing away. */
const unknownGroup = noticeCard({
  title: '还不知道这是哪个单位的群',
  text: '请系统管理员或督查室在本群@我发送“绑定本群 U09”这样的话。绑定之前不会在这里发任何内容。',
  tone: 'info',
});

/**
 * 机器人进群 — a name is no proof, anybody can give it to a group. It binds only when the one who added the bot may bind groups, and
 * only what is not bound: a binding that is alive gives way to `绑定本群` alone.
 */
export const onBotAdded = onNotice('botAdded', async (ctx, { chatId, chatName }) => {
  const bindings = await listChatBindings(ctx.tx);
  if (bindings.some((binding) => binding.chatId === chatId && binding.lostAt === null)) return undefined;
  const binding = may(ctx.actor, 'bindChat') ? expected(bindings, { chatId, chatName: chatName.trim() }) : undefined;
  if (!binding) return { card: unknownGroup };
  const { purpose } = binding;
  const right = assertMay(ctx.actor, 'bindChat');
  if (!(await bindVacantPurpose(ctx.tx, { purpose, chatName: binding.chatName, chatId, now: ctx.now }))) {
    const text = `“${binding.chatName}”已绑定另一个群，没有改动。确要改到本群，请在本群@我发送“绑定本群 ${wordFor(purpose)}”。`;
    return { card: noticeCard({ title: '本群没有绑定', text, tone: 'warning' }) };
  }
  ctx.audit.record({ subject: { type: 'chat', id: chatId }, event: 'bind', after: purpose, ...right });
  return {
    card: noticeCard({ title: '已绑定本群', text: `按群名认出这是“${binding.chatName}”，${contentOf(purpose)}会发到这里。`, tone: 'success' }),
  };
});

/** 该是哪一个 — the purpose that this very chat had before, else the only one that expects this name. */
function expected(bindings: readonly ChatBindingRow[], chat: { chatId: string; chatName: string }): ChatBindingRow | undefined {
  const named = bindings.filter(({ chatName }) => chatName === chat.chatName);
  return bindings.find(({ chatId }) => chatId === chat.chatId) ?? (named.length === 1 ? named[0] : undefined);
}

/** 用途 → 绑定本群后面说的那个词 */
function wordFor(purpose: string): string {
  const [word] = Object.entries(purposes).find(([, known]) => known === purpose) ?? [];
  return word ?? purpose.replace(/^(unit|field):/, '');
}

/**
 * 机器人被移出群 — the binding is marked lost, and whoever keeps the groups is told: what is meant for the group reaches nobody there
 * until the bot is back.
 */
export const onBotRemoved = onNotice('botRemoved', async (ctx, { chatId }) => {
  for (const lost of await markChatLost(ctx, chatId)) await tellOfLoss(ctx, { chatId, ...lost });
});

async function tellOfLoss(ctx: Context, { chatId, purpose, chatName }: { chatId: string; purpose: string; chatName: string }): Promise<void> {
  const text = `机器人已不在“${chatName}”里。拉回来之前，${contentOf(purpose)}没有人在群里收到；发给各人的照旧。请把机器人拉回群里；群解散了的，在新的群里@我发送“绑定本群 ${wordFor(purpose)}”。`;
  const card = noticeCard({ title: '机器人离开了工作群', text, tone: 'warning' });
  await tellStewards(ctx, { cardKey: `chat-lost:${chatId}`, card, dedupeKey: `chat-lost:${chatId}:${ctx.now.toISOString()}` });
}
