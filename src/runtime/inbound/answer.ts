import type { Answer, Conversation } from '#core/command';
import type { Context } from '#core/context';
import type { Recipient } from '#core/outbox';

interface Place {
  readonly to: Recipient;
  readonly replyTo?: string;
}

/**
 * 答复 — back to where the question came from. What is private goes to the asker in direct chat, and the group gets one line.
 * @param occasion unique per answer; there is more than one only where work is announced first
 */
export function queueAnswer(ctx: Context, answer: Answer, { messageId, chatId, chatType }: Conversation, occasion = messageId): void {
  const { openId } = ctx.actor;
  const asker: Recipient = openId === null ? { chat: chatId } : { person: openId };
  const privately = chatType === 'group' && answer.privately === true && openId !== null;
  // 用“回复”：它另有一份额度，成百上千条催办正在发时，问的人照样马上得到答复；也看得出答的是哪一句。
  const place: Place = privately ? { to: asker } : { to: chatType === 'group' ? { chat: chatId } : asker, replyTo: messageId };
  queueAt(ctx, answer, place, occasion);
  if (!privately) return;
  const pointer = '结果涉及具体人员和事项，已单独发给您，请在与我的单聊中查看。';
  ctx.outbox.sendText({ to: { chat: chatId }, text: pointer, replyTo: messageId, dedupeKey: `answer:${messageId}:pointer`, priority: 'interactive' });
}

/** 送到 — an answer that nobody's message asked for (a notice). @param occasion unique per event */
export function queueAt(ctx: Context, answer: Answer, place: Place, occasion: string): void {
  if (answer.card) {
    const cardKey = answer.cardKey ?? `answer:${occasion}`;
    const replaces = answer.replaces === true ? { replaces: [cardKey] } : {};
    ctx.outbox.sendCard({ ...place, ...replaces, cardKey, card: answer.card, dedupeKey: `answer:${occasion}:card`, priority: 'interactive' });
  }
  for (const [index, file] of (answer.files ?? []).entries()) {
    const after = answer.card ? { withCard: answer.cardKey ?? `answer:${occasion}` } : {};
    ctx.outbox.sendFile({ ...place, ...file, ...after, dedupeKey: `answer:${occasion}:file${index}`, priority: 'interactive' });
  }
  if (answer.text !== undefined) {
    ctx.outbox.sendText({ ...place, text: answer.text, dedupeKey: `answer:${occasion}:text`, priority: 'interactive' });
  }
}
