import { assertNever } from '#core/assert';
import { localDateOf } from '#core/dates';
import { AppError } from '#core/errors';
import type { Recipient } from '#core/outbox';
import type { InboundEvent, InboundNotice } from '#platform/inbound';
import { performAlone } from '../unit-of-work.ts';
import { queueAt } from './answer.ts';
import { type ClickOutcome, createClickDispatch } from './click.ts';
import { createMessageDispatch } from './message.ts';
import type { DispatchParts } from './parts.ts';

/** 分派 — one inbound event becomes one transaction; what is returned may be sent only because it is committed. */
export interface Dispatch {
  (event: InboundEvent): Promise<ClickOutcome>;
  /** 有人排队 — clicks have come faster than they can be answered. */
  crowded(): boolean;
  /** Resolves when no click is under way. */
  idle(): Promise<void>;
}

const emptyReply = '{}';

/** 建分派 */
export function createDispatch(parts: DispatchParts): Dispatch {
  const click = createClickDispatch(parts);
  const message = createMessageDispatch(parts);
  const dispatch = async (event: InboundEvent): Promise<ClickOutcome> => {
    switch (event.kind) {
      case 'cardAction':
        return click.dispatch(event);
      case 'message':
        await message(event);
        return { body: emptyReply };
      case 'notice':
        await dispatchNotice(parts, event);
        return { body: emptyReply };
      case 'ignored':
        return { body: emptyReply };
      default:
        return assertNever(event);
    }
  };
  return Object.assign(dispatch, { idle: click.idle, crowded: click.crowded });
}

async function dispatchNotice(parts: DispatchParts, { eventId, operatorOpenId, notice }: InboundNotice): Promise<void> {
  const handlers = parts.registry.notices(notice.kind);
  if (handlers.length === 0) return;
  const hasty = notice.kind === 'menu' && !parts.pace.actions.take(operatorOpenId ?? '');
  if (hasty && !parts.pace.told.take(operatorOpenId ?? '')) return;
  const now = parts.clock.now();
  try {
    await performAlone(parts, {
      now,
      eventKey: eventId,
      actor: (tx) => parts.engines.resolveActor(tx, { openId: operatorOpenId, userId: null, today: localDateOf(now) }),
      work: async (ctx) => {
        const to = recipientOf(notice, ctx.actor.openId);
        if (hasty) {
          const text = '您点得太快，这一下和紧接着的几下没有办，请过十秒再点';
          if (to) queueAt(ctx, { card: parts.systemCards.notice({ title: '未能办理', text, tone: 'warning' }) }, { to }, eventId);
          return;
        }
        for (const [nth, handler] of handlers.entries()) {
          const answer = await handler.handle(ctx, notice as never);
          if (answer && to) queueAt(ctx, answer, { to }, `${eventId}:${nth}`);
        }
      },
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    parts.log.info({ eventId, notice: notice.kind, refusal: error.message }, 'notice refused');
  }
}

/** 通知没有可回复的消息：群里的事答到群里，其余答给本人。 */
function recipientOf(notice: InboundNotice['notice'], openId: string | null): Recipient | null {
  if (notice.kind === 'botAdded') return { chat: notice.chatId };
  return openId === null ? null : { person: openId };
}
