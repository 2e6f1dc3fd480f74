import type { Faults } from '../faults.ts';
import { type Chat, cardOf, type Mention, type Message } from '../model.ts';
import type { EmulatorStore } from '../store.ts';
import type { ChatView, ClockView, MessageView, PersonView, StateView } from './view.ts';

const cardLifeMs = 14 * 24 * 60 * 60 * 1000;

export interface Looking {
  /** open_id of the person who looks */
  readonly as: string;
  /** the chat that is open */
  readonly chatId: string | null;
  /** messages of the open chat, the newest */
  readonly limit: number;
  /** open_ids of identities used before */
  readonly recent: readonly string[];
}

/** 取画面 — everything that the page of one person shows. */
export function stateFor(
  { store, faults, clock }: { store: EmulatorStore; faults: Faults; clock: () => ClockView },
  { as, chatId, limit, recent }: Looking,
): StateView {
  const { botName, menu, commands } = store.app();
  const open = chatId === null ? undefined : store.chat(chatId);
  const all = open?.members.includes(as) ? store.messagesOf(open.chatId) : [];
  const unread = unreadByPerson(store, [as, ...recent]);
  return {
    revision: store.revision,
    clock: clock(),
    bot: { name: botName, menu, commands },
    chats: chatsOf(store, as),
    messages: all.slice(-limit).map((message) => messageView(store, message, as)),
    more: all.length > limit,
    recent: peopleIn(store, recent, unread),
    armed: faults.armed(),
  };
}

/** 全部的人 — with the number of messages that each has not read. */
export function peopleView(store: EmulatorStore): readonly PersonView[] {
  const ids = store.people().map(({ openId }) => openId);
  return peopleIn(store, ids, unreadByPerson(store, ids));
}

function peopleIn(store: EmulatorStore, openIds: readonly string[], unread: ReadonlyMap<string, number>): PersonView[] {
  return openIds.flatMap((openId) => {
    const person = store.person(openId);
    if (!person) return [];
    const { name, unit, title, resigned } = person;
    return [{ openId, name, post: [unit, title].filter(Boolean).join(' · '), resigned, unread: unread.get(openId) ?? 0 }];
  });
}

/** 一遍看完所有会话，不逐人重算。 */
function unreadByPerson(store: EmulatorStore, openIds: readonly string[]): ReadonlyMap<string, number> {
  const wanted = new Set(openIds);
  const counts = new Map<string, number>();
  for (const chat of store.chats()) {
    if (chat.dissolved) continue;
    const members = chat.members.filter((openId) => wanted.has(openId));
    if (members.length === 0) continue;
    for (const { sender, reads, recalled } of store.messagesOf(chat.chatId)) {
      if (recalled) continue;
      for (const openId of members) {
        const own = sender.kind === 'person' && sender.openId === openId;
        if (!own && reads[openId] === undefined) counts.set(openId, (counts.get(openId) ?? 0) + 1);
      }
    }
  }
  return counts;
}

function chatsOf(store: EmulatorStore, openId: string): ChatView[] {
  const { botName } = store.app();
  const chats = store.chatsOf(openId).map((chat) => chatView(store, chat, openId));
  // 没说过话的单聊也列出来，好让人开口。
  if (chats.some(({ kind }) => kind === 'p2p')) return chats;
  return [{ chatId: null, kind: 'p2p', name: botName, members: [openId], botIn: true, unread: 0, preview: '', lastAt: null }, ...chats];
}

function chatView(store: EmulatorStore, chat: Chat, openId: string): ChatView {
  const { chatId, kind, members, botIn } = chat;
  const last = store.messagesOf(chatId).at(-1);
  return {
    chatId,
    kind,
    name: kind === 'p2p' ? store.app().botName : chat.name,
    members,
    botIn,
    unread: store.unreadOf(openId, chatId),
    preview: last ? previewOf(store, last, kind) : '',
    lastAt: last?.createdAt ?? null,
  };
}

function previewOf(store: EmulatorStore, message: Message, kind: Chat['kind']): string {
  const words = message.recalled ? '消息已撤回' : wordsOf(store, message);
  if (kind === 'p2p') return words;
  const { sender } = message;
  const name = sender.kind === 'bot' ? store.app().botName : (store.person(sender.openId)?.name ?? '');
  return `${name}：${words}`;
}

function wordsOf(store: EmulatorStore, message: Message): string {
  switch (message.msgType) {
    case 'interactive': {
      const card = cardOf(message) as { config?: { summary?: { content?: string } }; header?: { title?: { content?: string } } } | null;
      return `[卡片] ${card?.config?.summary?.content ?? card?.header?.title?.content ?? ''}`;
    }
    case 'file':
      return `[文件] ${fileOf(store, message)?.name ?? ''}`;
    case 'image':
      return '[图片]';
    default:
      return textOf(message);
  }
}

/** 消息的画面 @param openId who looks */
function messageView(store: EmulatorStore, message: Message, openId: string): MessageView {
  const { messageId, sender, msgType: type, createdAt, updatedAt, revision, recalled, forwardedFrom, reads } = message;
  const senderId = sender.kind === 'person' ? sender.openId : null;
  return {
    messageId,
    senderId,
    type,
    text: recalled ? '' : textOf(message),
    card: recalled ? null : cardOf(message, openId),
    file: recalled ? null : fileOf(store, message),
    createdAt,
    revision,
    changedAt: revision > 1 ? updatedAt : null,
    recalled,
    forwarded: forwardedFrom !== null,
    expired: type === 'interactive' && createdAt + cardLifeMs <= store.nowMs(),
    readBy: Object.keys(reads).filter((reader) => reader !== senderId),
    urgent: message.urgentTo.includes(openId),
  };
}

function fileOf(store: EmulatorStore, { content }: Message): MessageView['file'] {
  const { file_key: fileKey, image_key: imageKey } = JSON.parse(content) as { file_key?: string; image_key?: string };
  const file = store.file(fileKey ?? imageKey ?? '');
  return file ? { fileKey: file.fileKey, name: file.name, size: file.size } : null;
}

function textOf({ msgType, content, mentions }: Message): string {
  if (msgType === 'text') return withNames((JSON.parse(content) as { text?: string }).text ?? '', mentions);
  if (msgType === 'post') return postText(JSON.parse(content) as Post);
  return '';
}

function withNames(text: string, mentions: readonly Mention[]): string {
  const named = mentions.reduce((words, { key, name }) => words.replaceAll(key, `@${name}`), text);
  return named.replaceAll('@_all', '@所有人');
}

type PostBody = { readonly title?: string; readonly content?: readonly (readonly { readonly text?: string; readonly user_name?: string }[])[] };
type Post = PostBody | { readonly zh_cn: PostBody };

function postText(post: Post): string {
  const { title, content = [] } = 'zh_cn' in post ? post.zh_cn : post;
  const lines = content.map((line) => line.map(({ text, user_name: name }) => text ?? (name === undefined ? '' : `@${name}`)).join(''));
  return [title, ...lines].filter(Boolean).join('\n');
}
