import { type Click, type ClickResult, callBack, clickCard } from './click.ts';
import type { Json } from './components.ts';
import { createDelivery, type DeliveryDesk, type DeliveryParts } from './delivery.ts';
import { botMembership, idsOf, messageReceived } from './events.ts';
import { createFaults } from './faults.ts';
import { type Challenge, type Hostile, postHostile, verifyUrl } from './hostile.ts';
import { type Chat, cardOf, type Delivery, type Mention, type Message, type Person } from './model.ts';
import type { EmulatorStore } from './store.ts';
import type { Transmission } from './transmit.ts';

/** 在哪里说 — in a chat, or to the bot directly. */
export type Place = { readonly chatId: string } | 'bot';

export interface Speech {
  readonly mentionsBot?: boolean;
  readonly mentionsAll?: boolean;
  /** open_ids of people who are mentioned */
  readonly mentions?: readonly string[];
  /** the message that this one replies to */
  readonly parentId?: string;
}

/** 说过的话，和它的投递 — null when the platform does not tell the bot about it */
export interface Said {
  readonly message: Message;
  readonly delivery: Delivery | null;
}

/** 人的举动 — what a person does in the client; every act that the bot may know of goes signed and encrypted to our own webhook. */
export interface Acts {
  says(openId: string, place: Place, text: string, speech?: Speech): Promise<Said>;
  sendsFile(openId: string, place: Place, file: { name: string; bytes: Uint8Array }): Promise<Said>;
  sendsImage(openId: string, place: Place, image: { name: string; bytes: Uint8Array }): Promise<Said>;
  clicks(openId: string, messageId: string, click: Click): Promise<ClickResult>;
  /** A callback that no honest client would send. */
  forgesClick(openId: string, messageId: string, action: Json): Promise<ClickResult>;
  /** 打开与机器人的单聊 */
  opensChat(openId: string): Promise<{ chat: Chat; delivery: Delivery | null }>;
  /** 看会话 — marks everything as read; in direct chats the bot is told. */
  reads(openId: string, chatId: string): Promise<void>;
  choosesMenu(openId: string, key: string): Promise<Delivery | null>;
  addsBot(openId: string, chatId: string): Promise<Delivery | null>;
  removesBot(openId: string, chatId: string): Promise<Delivery | null>;
  dissolvesGroup(openId: string, chatId: string): Promise<Delivery | null>;
  recalls(messageId: string): Promise<Delivery | null>;
  /** 转发 — a copy; clicks on it work only when the card allows them. @returns null when the card forbids forwarding */
  forwards(openId: string, messageId: string, chatId: string): Message | null;
  /** 离职 — out of every group; the account stays, unreachable. */
  leaves(openId: string): Promise<Delivery | null>;
  /** 保存回调地址时的校验 — 1 s. */
  verifyUrl(challenge?: Challenge): Promise<{ ok: boolean; transmission: Transmission }>;
  /** 恶意或损坏的请求 */
  hostile(kind: Hostile): Promise<Transmission>;
  /** 补投到点的事件 — the caller decides when: after every move of the clock, and now and then while it runs. */
  runRetries(now: Date): Promise<number>;
}

export type ActsParts = Omit<DeliveryParts, 'faults'> & { readonly faults?: DeliveryParts['faults'] };

/** 造举动 */
export function createActs({ faults = createFaults(), ...parts }: ActsParts): Acts {
  const { store, target } = parts;
  const desk = createDelivery({ ...parts, faults });
  const scene: Scene = { store, desk };
  return {
    says: (openId, place, text, speech = {}) => says(scene, { openId, place, text, speech }),
    sendsFile: (openId, place, file) => sendsFile(scene, { openId, place, file, kind: 'file' }),
    sendsImage: (openId, place, file) => sendsFile(scene, { openId, place, file, kind: 'image' }),
    clicks: async (openId, messageId, click) => clickCard(scene, { ...onCard(store, openId, messageId), click }),
    forgesClick: async (openId, messageId, action) => callBack(scene, { ...onCard(store, openId, messageId), action }),
    opensChat: (openId) => opensChat(scene, openId),
    async reads(openId, chatId) {
      const read = store.markRead(openId, chatId);
      if (read.length === 0 || store.chat(chatId)?.kind !== 'p2p') return;
      const reader = { reader_id: idsOf(store, personAt(store, openId)), read_time: String(store.nowMs()), tenant_key: store.app().tenantKey };
      await desk.sendEvent('im.message.message_read_v1', { reader, message_id_list: read.map(({ messageId }) => messageId) });
    },
    async choosesMenu(openId, key) {
      const operator = { operator_id: idsOf(store, personAt(store, openId)) };
      return desk.sendEvent('application.bot.menu_v6', { operator, event_key: key, timestamp: Math.floor(store.nowMs() / 1000) });
    },
    async addsBot(openId, chatId) {
      store.addBotToGroup(chatId);
      return desk.sendEvent('im.chat.member.bot.added_v1', botMembership(store, personAt(store, openId), chatId));
    },
    async removesBot(openId, chatId) {
      store.removeBotFromGroup(chatId);
      return desk.sendEvent('im.chat.member.bot.deleted_v1', botMembership(store, personAt(store, openId), chatId));
    },
    async dissolvesGroup(openId, chatId) {
      store.changeChat(chatId, { dissolved: true });
      return desk.sendEvent('im.chat.disbanded_v1', botMembership(store, personAt(store, openId), chatId));
    },
    async recalls(messageId) {
      const { chatId } = messageAt(store, messageId);
      store.recall(messageId);
      const event = { message_id: messageId, chat_id: chatId, recall_time: String(store.nowMs()), recall_type: 'message_owner' };
      return desk.sendEvent('im.message.recalled_v1', event);
    },
    forwards: (openId, messageId, chatId) => forwards(store, { openId, messageId, chatId }),
    async leaves(openId) {
      const person = personAt(store, openId);
      store.changePerson(openId, { resigned: true });
      for (const { chatId, kind, members } of store.chatsOf(openId)) {
        if (kind === 'group') store.changeChat(chatId, { members: members.filter((member) => member !== openId) });
      }
      return desk.sendEvent('contact.user.deleted_v3', { object: idsOf(store, person), old_object: { department_ids: [], open_id: openId } });
    },
    verifyUrl: (challenge = {}) => verifyUrl({ store, desk, target }, challenge),
    hostile: (kind) => postHostile({ store, desk, target }, kind),
    runRetries: desk.runRetries,
  };
}

interface Scene {
  readonly store: EmulatorStore;
  readonly desk: DeliveryDesk;
}

async function says(scene: Scene, { openId, place, text, speech }: { openId: string; place: Place; text: string; speech: Speech }): Promise<Said> {
  const { store } = scene;
  const mentions = mentionsOf(store, speech);
  const prefix = [...(speech.mentionsAll === true ? ['@_all'] : []), ...mentions.map(({ key }) => key)];
  const content = JSON.stringify({ text: [...prefix, text].join(' ') });
  const chat = chatAt(store, openId, place);
  const { parentId } = speech;
  const message = store.post({
    chatId: chat.chatId,
    sender: { kind: 'person', openId },
    msgType: 'text',
    content,
    mentions,
    ...(parentId === undefined ? {} : { parentId }),
  });
  return tell(scene, { message, chat, addressed: speech.mentionsBot === true || speech.mentionsAll === true });
}

async function sendsFile(
  scene: Scene,
  { openId, place, file, kind }: { openId: string; place: Place; file: { name: string; bytes: Uint8Array }; kind: 'file' | 'image' },
): Promise<Said> {
  const { store } = scene;
  const chat = chatAt(store, openId, place);
  const { fileKey } = store.addFile({ kind, type: kind === 'file' ? 'stream' : 'message', name: file.name, owner: openId }, file.bytes);
  const content = JSON.stringify(kind === 'file' ? { file_key: fileKey, file_name: file.name } : { image_key: fileKey });
  const message = store.post({ chatId: chat.chatId, sender: { kind: 'person', openId }, msgType: kind, content });
  return tell(scene, { message, chat, addressed: false });
}

/** 机器人听得到吗：单聊都听得到；群里要 @它或 @所有人，或者有读取全部群消息的权限。 */
async function tell({ store, desk }: Scene, { message, chat, addressed }: { message: Message; chat: Chat; addressed: boolean }): Promise<Said> {
  const { scopes } = store.app();
  const hears = chat.kind === 'p2p' || (chat.botIn && (addressed || scopes.includes('im:message.group_msg')));
  if (!hears || message.sender.kind !== 'person') return { message, delivery: null };
  const event = messageReceived(store, personAt(store, message.sender.openId), message);
  return { message, delivery: await desk.sendEvent('im.message.receive_v1', event) };
}

async function opensChat({ store, desk }: Scene, openId: string): Promise<{ chat: Chat; delivery: Delivery | null }> {
  const person = personAt(store, openId);
  const chat = store.directChat(openId);
  const last = store.messagesOf(chat.chatId).at(-1);
  const lastMessage = last ? { last_message_id: last.messageId, last_message_create_time: String(last.createdAt) } : {};
  const delivery = await desk.sendEvent('im.chat.access_event.bot_p2p_chat_entered_v1', {
    chat_id: chat.chatId,
    operator_id: idsOf(store, person),
    ...lastMessage,
  });
  return { chat, delivery };
}

function forwards(store: EmulatorStore, { openId, messageId, chatId }: { openId: string; messageId: string; chatId: string }): Message | null {
  const original = messageAt(store, messageId);
  if (cardOf(original)?.config['enable_forward'] === false) return null;
  const { msgType, content } = original;
  return store.post({ chatId, sender: { kind: 'person', openId }, msgType, content, forwardedFrom: messageId });
}

function mentionsOf(store: EmulatorStore, { mentionsBot, mentions = [] }: Speech): Mention[] {
  const bot: Omit<Mention, 'key'>[] = mentionsBot === true ? [{ openId: null, name: store.app().botName }] : [];
  const people = mentions.map((openId) => ({ openId, name: personAt(store, openId).name }));
  return [...bot, ...people].map((mention, index) => ({ key: `@_user_${index + 1}`, ...mention }));
}

function onCard(store: EmulatorStore, openId: string, messageId: string): { person: Person; message: Message } {
  const message = messageAt(store, messageId);
  if (!store.chat(message.chatId)?.members.includes(openId)) throw new Error(`${openId} 不在消息 ${messageId} 的会话里，看不到这张卡片`);
  return { person: personAt(store, openId), message };
}

function chatAt(store: EmulatorStore, openId: string, place: Place): Chat {
  if (place === 'bot') return store.directChat(openId);
  const chat = store.chat(place.chatId);
  if (!chat?.members.includes(openId)) throw new Error(`${openId} 不在会话 ${place.chatId} 里`);
  return chat;
}

function personAt(store: EmulatorStore, openId: string): Person {
  const person = store.person(openId);
  if (!person) throw new Error(`没有这个人：${openId}`);
  return person;
}

function messageAt(store: EmulatorStore, messageId: string): Message {
  const message = store.message(messageId);
  if (!message) throw new Error(`没有这条消息：${messageId}`);
  return message;
}
