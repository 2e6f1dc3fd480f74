import type { Context } from '#core/context';
import type { Answer, Conversation } from '#core/feature';
import type { Recipient } from '#core/outbox';

interface Place {
  readonly to: Recipient;
  readonly replyTo?: string;
}

/**
 * 答复 — back to where the question came from. What is private goes to the asker in direct chat, and the group gets one line.
 */
export function queueAnswer(ctx: Context, answer: Answer, { messageId, chatId, chatType }: Conversation): void {
  const { openId } = ctx.actor;
  const asker: Recipient = openId === null ? { chat: chatId } : { person: openId };
  const privately = chatType === 'group' && answer.privately === true && openId !== null;
  // 群里用“回复”，另有一份额度，也看得出在答谁；单聊直接发。
  const place: Place = chatType === 'group' && !privately ? { to: { chat: chatId }, replyTo: messageId } : { to: asker };
  queueAt(ctx, answer, place, messageId);
  if (!privately) return;
  const pointer = '结果涉及具体人员和事项，已单独发给您，请在与我的单聊中查看。';
  ctx.outbox.sendText({ to: { chat: chatId }, text: pointer, replyTo: messageId, dedupeKey: `answer:${messageId}:pointer`, priority: 'interactive' });
}

/** 送到 — an answer that nobody's message asked for (a notice). @param occasion unique per event */
export function queueAt(ctx: Context, answer: Answer, place: Place, occasion: string): void {
  if (answer.card) {
    const cardKey = answer.cardKey ?? `answer:${occasion}`;
    ctx.outbox.sendCard({ ...place, cardKey, card: answer.card, dedupeKey: `answer:${occasion}:card`, priority: 'interactive' });
  }
  if (answer.text !== undefined) {
    ctx.outbox.sendText({ ...place, text: answer.text, dedupeKey: `answer:${occasion}:text`, priority: 'interactive' });
  }
}
