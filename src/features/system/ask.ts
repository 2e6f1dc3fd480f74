import { ask } from '#cards/system/actions';
import { on } from '#core/click';
import { InvalidError } from '#core/errors';

/** 按一下等于发一句口令 — the answer replaces the card. */
export const onAsk = on(ask, async (ctx, { text }, _form, { chatId, messageId }) => {
  const command = ctx.contributions.commands.find(({ words, example }) => words.some((word) => text.startsWith(word)) || example === text);
  if (!command) throw new InvalidError('这句话现在不能办，请发送“帮助”');
  const word = command.words.find((candidate) => text.startsWith(candidate)) ?? '';
  const answer = await command.handle(ctx, text.slice(word.length).trim(), { chatId: chatId ?? '', chatType: 'p2p', messageId: messageId ?? '' });
  return answer.card ? { card: answer.card } : { toast: { type: 'info', text: answer.text ?? '已收到' } };
});
