import type { Card } from '#cards/kit/card';
import { localDateOf } from '#core/dates';
import { closedKey, type Recipient, replacedKey } from '#core/outbox';
import { type Renewal, renewedFor } from '#core/renewal';
import { withTransaction } from '#db/transaction';
import type { InboundCardAction } from '#platform/inbound';
import { type CardMessageRow, findCardMessage } from '../outbox/store.ts';
import { performAlone } from '../unit-of-work.ts';
import type { DispatchParts } from './parts.ts';

/** 对过期卡片的点击 — what it is answered with: a line, and what the old card shows from now on. */
export interface StaleAnswer {
  readonly text: string;
  readonly card: Card | null;
  /** for the log */
  readonly reason: string;
}

/**
 * 过期卡片 — nothing is done by a button that is out of date. Who may still have to answer gets the card as it is now, as a new message;
 * the old one says so.
 */
export async function answerStale(parts: DispatchParts, event: InboundCardAction): Promise<StaleAnswer> {
  const { messageId } = event;
  const message = messageId === null ? null : await withTransaction(parts.database, (tx) => findCardMessage(tx, messageId));
  if (!message) return { text: '此卡片已过期，请发送“我的任务”获取最新卡片', card: null, reason: 'unknown message' };
  const title = titleOf(message.card);
  const replaced = message.cardKey === replacedKey(message.messageId);
  const found = replaced ? 'card' : await renew(parts, event, message);
  if (found === 'card') {
    const card = parts.systemCards.notice({ title, text: '已更新，请看新卡片。', tone: 'expired' });
    return { text: '此卡已过期，已为您重发最新卡片', card, reason: 'sent anew' };
  }
  const sentence = found === 'notYours' ? '此卡已过期，这件事现在不由您办' : '此卡已过期';
  const card = parts.systemCards.notice({ title, text: `${sentence}。请发送“我的任务”查看现在要办的事。`, tone: 'expired' });
  return { text: `${sentence}，请发送“我的任务”查看现在要办的事`, card, reason: found };
}

async function renew(parts: DispatchParts, event: InboundCardAction, { messageId, cardKey, recipient }: CardMessageRow): Promise<Renewal['kind']> {
  if (cardKey === closedKey(messageId)) return 'notYours';
  const renewal = parts.registry.renewal(cardKey);
  if (!renewal) return 'done';
  const now = parts.clock.now();
  const done = await performAlone(parts, {
    now,
    eventKey: event.eventId,
    actor: (tx) => parts.engines.resolveActor(tx, { openId: event.operatorOpenId, userId: event.operatorUserId, today: localDateOf(now) }),
    work: async (ctx) => {
      const to: Recipient = recipient.startsWith('chat:') ? { chat: recipient.slice(5) } : { person: recipient.slice(7) };
      // 别人的卡片点不出东西来。
      if ('person' in to && to.person !== ctx.actor.openId) return 'notYours';
      const found = await renewedFor(ctx, renewal, { cardKey, to, reader: ctx.actor });
      if (found.kind === 'card') {
        const { card } = found;
        ctx.outbox.sendCard({ to, cardKey, card, dedupeKey: `stale:${messageId}`, priority: 'interactive', replaces: [cardKey] });
      }
      return found.kind;
    },
    replyToKeep: (renewed) => renewed,
  });
  return done.kind === 'fresh' ? done.value : (done.reply as Renewal['kind']);
}

function titleOf(card: CardMessageRow['card']): string {
  const { title } = (card.header ?? {}) as { title?: { content?: string } };
  return title?.content ?? '过期卡片';
}
