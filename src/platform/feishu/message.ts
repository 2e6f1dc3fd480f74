import { z } from 'zod';
import { parseStorable } from '#core/storable-text';
import { type InboundIgnored, type InboundMessage, MalformedEvent } from '../inbound.ts';
import { createMentions, type Mentions } from './mentions.ts';
import { flattenPost } from './post.ts';
import { type Heading, id, optionalId, parseShape } from './shapes.ts';
import { readTimestamp } from './timestamps.ts';

const eventShape = z.object({
  sender: z.object({
    sender_id: z.object({ open_id: optionalId, user_id: optionalId }).nullish(),
    sender_type: z.string().nullish(),
    tenant_key: z.string().nullish(),
  }),
  message: z.object({
    message_id: id,
    parent_id: optionalId,
    create_time: z.string().nullish(),
    chat_id: id,
    chat_type: z.string(),
    message_type: z.string().max(100),
    content: z.string(),
    mentions: z
      .array(
        z.object({
          key: z.string(),
          id: z.object({ open_id: z.string().nullish() }).nullish(),
          mentioned_type: z.string().nullish(),
          name: z.string().nullish(),
        }),
      )
      .nullish(),
  }),
});
const textShape = z.object({ text: z.string() });
const fileShape = z.object({ file_key: id, file_name: z.string().nullish() });
const imageShape = z.object({ image_key: id });

/** 消息 — contract 4.6. What other bots and other tenants' guests say is none of our business. @throws MalformedEvent */
export function readMessage(heading: Heading, event: unknown): InboundMessage | InboundIgnored {
  const { sender, message } = parseShape(eventShape, event, 'im.message.receive_v1');
  const isOutsider = !!sender.tenant_key && heading.tenantKey !== undefined && sender.tenant_key !== heading.tenantKey;
  const isPerson = !sender.sender_type || sender.sender_type === 'user';
  if (isOutsider || !isPerson) return { kind: 'ignored', eventId: heading.eventId, at: heading.at, eventType: 'im.message.receive_v1' };
  const mentions = createMentions(message.mentions ?? []);
  const sentAt = message.create_time ? readTimestamp(message.create_time) : null;
  return {
    kind: 'message',
    eventId: heading.eventId,
    at: sentAt === null ? heading.at : new Date(sentAt),
    messageId: message.message_id,
    senderOpenId: sender.sender_id?.open_id ?? null,
    senderUserId: sender.sender_id?.user_id ?? null,
    chatId: message.chat_id,
    chatType: message.chat_type === 'p2p' ? 'p2p' : 'group',
    messageType: message.message_type,
    mentionsBot: mentions.ofBot,
    mentionsAll: mentions.ofAll || (isWritten(message.message_type) && /@_all\b/.test(message.content)),
    parentId: message.parent_id,
    ...readContent(message, mentions),
  };
}

function isWritten(messageType: string): boolean {
  return messageType === 'text' || messageType === 'post';
}

function readContent(
  { message_type: type, content }: { readonly message_type: string; readonly content: string },
  mentions: Mentions,
): Pick<InboundMessage, 'text' | 'file'> {
  switch (type) {
    case 'text': {
      const { text } = parseShape(textShape, parseContent(content), 'text content');
      return { text: mentions.replaceIn(text).trim(), file: null };
    }
    case 'post':
      return { text: flattenPost(parseContent(content), mentions).trim(), file: null };
    case 'file': {
      const { file_key: fileKey, file_name: fileName } = parseShape(fileShape, parseContent(content), 'file content');
      return { text: null, file: { fileKey, fileName: fileName ?? '', kind: 'file' } };
    }
    case 'image': {
      const { image_key: fileKey } = parseShape(imageShape, parseContent(content), 'image content');
      return { text: null, file: { fileKey, fileName: '', kind: 'image' } };
    }
    default:
      return { text: null, file: null };
  }
}

function parseContent(content: string): unknown {
  try {
    return parseStorable(content);
  } catch {
    throw new MalformedEvent('im.message.receive_v1: content is no JSON');
  }
}
