import { z } from 'zod';
import { type InboundEvent, type InboundIgnored, type InboundNotice, MalformedEvent } from '../inbound.ts';
import { readCardAction } from './card-action.ts';
import { readMessage } from './message.ts';
import { type Heading, id, optionalId, parseShape } from './shapes.ts';
import { readTimestamp } from './timestamps.ts';

const envelopeShape = z.object({
  header: z.object({ event_id: id, event_type: z.string(), create_time: z.string(), tenant_key: z.string().optional() }),
  event: z.unknown().optional(),
});
/** 旧式信封：我们用到的事件没有一种还用它，认得只是为了应答。 */
const legacyEnvelopeShape = z.object({ uuid: id, ts: z.string(), event: z.object({ type: z.string() }) });

/**
 * 归一 — a verified envelope in our own words. Unknown fields are ignored, because the platform adds some now and then;
 * types that we do not use come out as `ignored`.
 * @throws MalformedEvent when the shape is not the promised one
 */
export function normalize(raw: unknown): InboundEvent {
  const envelope = envelopeShape.safeParse(raw);
  if (!envelope.success) return normalizeLegacy(raw);
  const { header, event } = envelope.data;
  const heading: Heading = { eventId: header.event_id, at: toDate(readTimestamp(header.create_time)), tenantKey: header.tenant_key };
  switch (header.event_type) {
    case 'card.action.trigger':
      return readCardAction(heading, event);
    case 'im.message.receive_v1':
      return readMessage(heading, event);
    default:
      return readNotice(heading, header.event_type, event);
  }
}

function normalizeLegacy(raw: unknown): InboundIgnored {
  const { uuid, ts, event } = parseShape(legacyEnvelopeShape, raw, 'envelope');
  return { kind: 'ignored', eventId: uuid, at: toDate(Number.isFinite(Number(ts)) ? Number(ts) * 1000 : null), eventType: event.type };
}

const userIdShape = z.object({ open_id: optionalId }).nullish();
const chatShape = z.object({ chat_id: id, name: z.string().nullish(), operator_id: userIdShape });
const menuShape = z.object({ event_key: z.string().min(1).max(100), operator: z.object({ operator_id: userIdShape }) });
const leaverShape = z.object({ object: z.object({ open_id: id }) });

function readNotice({ eventId, at }: Heading, eventType: string, event: unknown): InboundNotice | InboundIgnored {
  const toNotice = (notice: InboundNotice['notice'], operatorOpenId: string | null | undefined): InboundNotice => {
    return { kind: 'notice', eventId, at, notice, operatorOpenId: operatorOpenId ?? null };
  };
  switch (eventType) {
    case 'im.chat.access_event.bot_p2p_chat_entered_v1': {
      const { chat_id: chatId, operator_id: operator } = parseShape(chatShape, event, eventType);
      return toNotice({ kind: 'chatEntered', chatId }, operator?.open_id);
    }
    case 'im.chat.member.bot.added_v1': {
      const { chat_id: chatId, name, operator_id: operator } = parseShape(chatShape, event, eventType);
      return toNotice({ kind: 'botAdded', chatId, chatName: name ?? '' }, operator?.open_id);
    }
    case 'im.chat.member.bot.deleted_v1':
    case 'im.chat.disbanded_v1': {
      const { chat_id: chatId, operator_id: operator } = parseShape(chatShape, event, eventType);
      return toNotice({ kind: 'botRemoved', chatId }, operator?.open_id);
    }
    case 'application.bot.menu_v6': {
      const { event_key: key, operator } = parseShape(menuShape, event, eventType);
      return toNotice({ kind: 'menu', key: key }, operator.operator_id?.open_id);
    }
    case 'contact.user.deleted_v3': {
      const { object } = parseShape(leaverShape, event, eventType);
      return toNotice({ kind: 'personLeft', openId: object.open_id }, null);
    }
    default:
      return { kind: 'ignored', eventId, at, eventType };
  }
}

function toDate(atMs: number | null): Date {
  const at = new Date(atMs ?? Number.NaN);
  if (Number.isNaN(at.getTime())) throw new MalformedEvent('envelope: no time');
  return at;
}
