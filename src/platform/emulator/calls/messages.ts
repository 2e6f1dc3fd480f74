import type { CardJson } from '#cards/kit/card';
import { type Chat, cardOf, type Message } from '../model.ts';
import { perTarget } from '../rate-limits.ts';
import type { EmulatorStore } from '../store.ts';
import { type ApiAnswer, ok, Refusal } from './answer.ts';
import { cardError } from './card-check.ts';
import { checkContent } from './content.ts';
import { mayHearBot, recipientChat, takeTarget } from './recipients.ts';
import { type ApiRequest, type CallContext, objectOf, pageOf } from './request.ts';

const uuidLifeMs = 60 * 60 * 1000;
const cardLifeMs = 14 * 24 * 60 * 60 * 1000;

/** 发消息 `POST /im/v1/messages` @throws Refusal */
export function createMessage(context: CallContext, { query, body }: ApiRequest): ApiAnswer {
  const { receive_id: receiveId, ...message } = objectOf(body, 230001);
  return send(context, message, { chat: () => recipientChat(context, receiveId, query['receive_id_type']), parentId: null });
}

/** 回复 `POST /im/v1/messages/:message_id/reply` @throws Refusal */
export function replyMessage(context: CallContext, { params, body }: ApiRequest): ApiAnswer {
  const parent = messageAt(context.store, params['message_id']);
  if (parent.recalled) throw new Refusal(230011);
  const chat = context.store.chat(parent.chatId);
  if (!chat) throw new Refusal(99992356);
  return send(context, objectOf(body, 230001), { chat: () => mayHearBot(context.store, chat), parentId: parent.messageId });
}

function send(context: CallContext, message: Readonly<Record<string, unknown>>, place: { chat: () => Chat; parentId: string | null }): ApiAnswer {
  const { store } = context;
  const uuid = checkUuid(message['uuid']);
  const sent = uuid === null ? undefined : store.messageByUuid(uuid);
  if (sent && sent.createdAt > store.nowMs() - uuidLifeMs) {
    if (store.switches().repeatedUuid === 'refused') throw new Refusal(230001, 'uuid is repeated');
    return ok(described(store, sent, { original: false }));
  }
  const msgType = checkContent(store, message['msg_type'], message['content']);
  const chat = place.chat();
  takeTarget(context, chat);
  const content = String(message['content']);
  const posted = store.post({ chatId: chat.chatId, sender: { kind: 'bot' }, msgType, content, parentId: place.parentId, uuid });
  return ok(described(store, posted, { original: false }));
}

function checkUuid(uuid: unknown): string | null {
  if (uuid === undefined || uuid === null || uuid === '') return null;
  if (typeof uuid !== 'string' || uuid.length > 50) throw new Refusal(230001, 'uuid must be a string of at most 50 characters');
  return uuid;
}

/** 更新卡片 `PATCH /im/v1/messages/:message_id` @throws Refusal */
export async function patchMessage(context: CallContext, { params, body }: ApiRequest): Promise<ApiAnswer> {
  const { store, limits } = context;
  const message = messageAt(store, params['message_id']);
  const { content } = objectOf(body, 230001);
  if (message.sender.kind !== 'bot') throw new Refusal(230001, 'the message was not sent by this bot');
  const former = cardOf(message);
  if (!former) throw new Refusal(230001, 'only cards can be updated');
  if (message.recalled) throw new Refusal(230011);
  if (store.chat(message.chatId)?.dissolved) throw new Refusal(232009);
  if (message.createdAt + cardLifeMs <= store.nowMs()) throw new Refusal(230031);
  checkContent(store, 'interactive', content);
  const next = JSON.parse(String(content)) as CardJson;
  if (former.config['update_multi'] !== true || next.config['update_multi'] !== true) {
    throw new Refusal(230001, 'update_multi must be true in the card before and after');
  }
  if (limits.take(`message:${message.messageId}`, perTarget)) throw new Refusal(230020, 'message rate limit');
  if (store.pendingClicks.has(message.messageId) && store.switches().patchDuringClick === 'locked') {
    throw new Refusal(230099, undefined, { text: cardError(11310, 'card action is lock') });
  }
  // 同时到达的几次更新，平台不保证先后：随机等一下，次序就乱了。
  if (store.switches().patchOrder === 'random') await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
  store.replaceCard(message.messageId, String(content));
  return ok({});
}

const urgentPeopleMax = 200;

/** 加急 `PATCH /im/v1/messages/:message_id/urgent_app` — the bot's own message, to people in its chat. @throws Refusal */
export function urgeMessage({ store }: CallContext, { params, query, body }: ApiRequest): ApiAnswer {
  const message = messageAt(store, params['message_id']);
  const { user_id_list: asked } = objectOf(body, 230001);
  if (query['user_id_type'] !== 'open_id') throw new Refusal(230001, 'the emulator knows user_id_type open_id only');
  if (!Array.isArray(asked) || asked.length === 0 || asked.length > urgentPeopleMax) throw new Refusal(230001, 'user_id_list must hold 1 to 200 ids');
  if (message.recalled) throw new Refusal(230110);
  if (message.sender.kind !== 'bot') throw new Refusal(230012);
  const chat = store.chat(message.chatId);
  if (!chat?.botIn) throw new Refusal(230002);
  const ids = asked.map(String);
  const present = ids.filter((openId) => chat.members.includes(openId));
  if (present.length === 0) throw new Refusal(230001, 'all ids are invalid');
  store.urge(message.messageId, present);
  return ok({ invalid_user_id_list: ids.filter((openId) => !present.includes(openId)) });
}

/** 读消息 `GET /im/v1/messages/:message_id` @throws Refusal */
export function getMessage({ store }: CallContext, { params, query }: ApiRequest): ApiAnswer {
  const message = messageAt(store, params['message_id']);
  if (!store.chat(message.chatId)?.botIn) throw new Refusal(230002);
  return ok({ items: [described(store, message, { original: query['card_msg_content_type'] === 'user_card_content' })] });
}

/** 会话历史 `GET /im/v1/messages` — of groups only with the scope to read them. Times are whole seconds. @throws Refusal */
export function listMessages({ store }: CallContext, { query }: ApiRequest): ApiAnswer {
  if (query['container_id_type'] !== 'chat') throw new Refusal(230001, 'the emulator knows container_id_type chat only');
  const chat = store.chat(query['container_id'] ?? '');
  if (!chat) throw new Refusal(230001, 'container_id is invalid');
  if (chat.dissolved) throw new Refusal(232009);
  if (!chat.botIn) throw new Refusal(230002);
  if (chat.kind === 'group' && !store.app().scopes.includes('im:message.group_msg')) throw new Refusal(230027);
  const seconds = (name: string, otherwise: number): number => (query[name] === undefined ? otherwise : Number(query[name]));
  const [from, to] = [seconds('start_time', 0), seconds('end_time', Number.POSITIVE_INFINITY)];
  if (Number.isNaN(from) || Number.isNaN(to) || from > to) throw new Refusal(230001, 'start_time and end_time are seconds, in this order');
  const within = store.messagesOf(chat.chatId).filter(({ createdAt }) => createdAt >= from * 1000 && createdAt <= to * 1000);
  const { items, ...page } = pageOf(query['sort_type'] === 'ByCreateTimeDesc' ? [...within].reverse() : within, query, {
    sizeMax: 50,
    sizeDefault: 20,
    code: 230001,
  });
  const original = query['card_msg_content_type'] === 'user_card_content';
  return ok({ items: items.map((message) => described(store, message, { original })), ...page });
}

/** @throws Refusal */
export function messageAt(store: EmulatorStore, messageId: string | undefined): Message {
  const message = messageId === undefined ? undefined : store.message(messageId);
  if (!message) throw new Refusal(99992354);
  return message;
}

function described(store: EmulatorStore, message: Message, { original }: { original: boolean }): Readonly<Record<string, unknown>> {
  const { appId, tenantKey } = store.app();
  const { sender } = message;
  return {
    message_id: message.messageId,
    ...(message.parentId === null ? {} : { parent_id: message.parentId, root_id: message.rootId }),
    msg_type: message.msgType,
    create_time: String(message.createdAt),
    update_time: String(message.updatedAt),
    deleted: message.recalled,
    updated: message.revision > 1,
    chat_id: message.chatId,
    sender:
      sender.kind === 'bot'
        ? { id: appId, id_type: 'app_id', sender_type: 'app', tenant_key: tenantKey }
        : { id: sender.openId, id_type: 'open_id', sender_type: 'user', tenant_key: tenantKey },
    body: { content: contentOf(store, message, original) },
  };
}

/** 读回来的内容 — of a file with its name, which we sent without. */
function contentOf(store: EmulatorStore, message: Message, original: boolean): string {
  if (message.msgType !== 'file') return original ? message.content : simplified(message);
  const { file_key: fileKey } = JSON.parse(message.content) as { file_key: string };
  return JSON.stringify({ file_key: fileKey, file_name: store.file(fileKey)?.name ?? '' });
}

/** 平台读回卡片时只给标题和各段文字，除非另要原件。 */
function simplified(message: Message): string {
  const card = cardOf(message);
  if (!card) return message.content;
  const { title } = (card.header ?? {}) as { title?: { content?: unknown } };
  const lines = card.body.elements.flatMap((element) =>
    typeof element['content'] === 'string' ? [[{ tag: 'text', text: element['content'] }]] : [],
  );
  return JSON.stringify({ title: title?.content ?? '', elements: lines });
}
