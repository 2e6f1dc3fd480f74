import { type Card, propsOf } from '#cards/kit/card';
import { plainMessage } from '#cards/kit/markdown';
import { invariant } from '#core/assert';
import type { Actor } from '#core/context';
import { newId } from '#core/ids';
import { type Follow, type Outbox, type Priority, priorities, recipientKey } from '#core/outbox';

/** 待写入的一行 — what a handler queued, before it is a row. */
export interface QueuedEffect {
  readonly id: string;
  readonly kind: 'sendCard' | 'updateCard' | 'sendText' | 'sendFile' | 'urgent' | 'job';
  readonly priority: number;
  readonly lane: string;
  readonly recipient: string | null;
  readonly cardKey: string | null;
  readonly dedupeKey: string;
  readonly collapseKey: string | null;
  readonly payload: unknown;
  readonly actor: Actor | null;
  readonly notBefore: Date;
}

/** 各种行的内容 — stored JSON; written here and read by the worker alone. */
export interface SendCardPayload {
  readonly card: CardContentOrName;
  readonly replyTo?: string;
  readonly whenLost?: Follow;
  readonly replaces?: readonly string[];
}
export interface UpdateCardPayload {
  readonly card: CardContentOrName;
}
/** 卡片的存法 — its name and props, a quarter of its size, and drawn anew when it is sent; whole, if its making is not known. */
export type CardContentOrName = Card | { readonly definition: string; readonly props: unknown };
export interface SendTextPayload {
  readonly text: string;
  readonly replyTo?: string;
}
export interface SendFilePayload {
  readonly fileName: string;
  readonly blobId: string;
  readonly replyTo?: string;
  readonly whenLost?: Follow;
}
export interface JobPayload {
  readonly job: string;
  readonly payload: unknown;
  /** the event that brought it, for the trail; none: a schedule did */
  readonly cause?: string;
}

/** 发件箱的缓冲 — collects the effects of one handler; the unit of work writes them as the transaction's last step. */
export interface OutboxBuffer extends Outbox {
  readonly effects: readonly QueuedEffect[];
}

/** 建缓冲 @param actor remembered on jobs, which run later as the same person; so is the event that brought them */
export function createOutboxBuffer(now: Date, actor: Actor, cause: string | null = null): OutboxBuffer {
  const effects: QueuedEffect[] = [];
  const cardLane = (cardKey: string, recipient: string): string => `${cardKey}|${recipient}`;
  const lost = (whenLost: Follow | undefined) => (whenLost === undefined ? {} : { whenLost });
  const reply = (replyTo: string | undefined) => (replyTo === undefined ? {} : { replyTo });
  const push = (effect: Omit<QueuedEffect, 'id' | 'priority'> & { priority: Priority }): void => {
    invariant(effect.dedupeKey.length > 0 && effect.dedupeKey.length <= 300, 'a dedupe key has 1 to 300 characters');
    effects.push({ ...effect, id: newId(), priority: priorities[effect.priority] });
  };
  return {
    effects,
    sendCard({ to, cardKey, card, dedupeKey, priority, notBefore = now, replyTo, whenLost, replaces, urgent = false }) {
      const recipient = recipientKey(to);
      const payload: SendCardPayload = { card: asNamed(card), ...reply(replyTo), ...lost(whenLost), ...(replaces ? { replaces } : {}) };
      push({
        kind: 'sendCard',
        priority,
        lane: cardLane(cardKey, recipient),
        recipient,
        cardKey,
        dedupeKey,
        collapseKey: null,
        payload,
        actor: null,
        notBefore,
      });
      // 同一车道：卡片送到之后才加急。
      if (urgent) {
        push({
          kind: 'urgent',
          priority,
          lane: cardLane(cardKey, recipient),
          recipient,
          cardKey,
          dedupeKey: `${dedupeKey}:urgent`,
          collapseKey: null,
          payload: {},
          actor: null,
          notBefore,
        });
      }
    },
    updateCard({ cardKey, card, priority = 'interactive' }) {
      const payload: UpdateCardPayload = { card: asNamed(card) };
      const dedupeKey = `update:${newId()}`;
      push({
        kind: 'updateCard',
        priority,
        lane: cardKey,
        recipient: null,
        cardKey,
        dedupeKey,
        collapseKey: cardKey,
        payload,
        actor: null,
        notBefore: now,
      });
    },
    sendText({ to, text, dedupeKey, priority, replyTo, notBefore = now }) {
      const recipient = recipientKey(to);
      const payload: SendTextPayload = { text: plainMessage(text), ...reply(replyTo) };
      push({
        kind: 'sendText',
        priority,
        lane: `text|${dedupeKey}`,
        recipient,
        cardKey: null,
        dedupeKey,
        collapseKey: null,
        payload,
        actor: null,
        notBefore,
      });
    },
    sendFile({ to, fileName, blobId, dedupeKey, priority, replyTo, withCard, whenLost }) {
      const recipient = recipientKey(to);
      const payload: SendFilePayload = { fileName, blobId, ...reply(replyTo), ...lost(whenLost) };
      push({
        kind: 'sendFile',
        priority,
        lane: withCard === undefined ? `text|${dedupeKey}` : cardLane(withCard, recipient),
        recipient,
        cardKey: null,
        dedupeKey,
        collapseKey: null,
        payload,
        actor: null,
        notBefore: now,
      });
    },
    job(definition, jobPayload, { dedupeKey, notBefore = now, priority = 'task', collapseKey }) {
      const payload: JobPayload = { job: definition.name, payload: jobPayload, ...(cause === null ? {} : { cause }) };
      push({
        kind: 'job',
        priority,
        lane: `job|${dedupeKey}`,
        recipient: null,
        cardKey: null,
        dedupeKey,
        collapseKey: collapseKey ?? null,
        payload,
        actor,
        notBefore,
      });
    },
  };
}

function asNamed(card: Card): CardContentOrName {
  const props = propsOf(card);
  return props === undefined ? card : { definition: card.definition, props };
}
