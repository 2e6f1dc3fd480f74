import { assertNever } from '#core/assert';
import type { Chat, Person } from '../model.ts';
import { perTarget } from '../rate-limits.ts';
import type { EmulatorStore } from '../store.ts';
import { Refusal } from './answer.ts';
import type { CallContext } from './request.ts';

const idTypes = ['open_id', 'union_id', 'user_id', 'email', 'chat_id'] as const;
type IdType = (typeof idTypes)[number];

/** 收件会话 — finds the chat and refuses as the platform refuses; a direct chat is made when it is first written to. @throws Refusal */
export function recipientChat({ store }: CallContext, receiveId: unknown, receiveIdType: string | undefined): Chat {
  const type = idTypes.find((candidate) => candidate === receiveIdType);
  if (type === undefined) throw new Refusal(230001, 'receive_id_type is required and must be open_id, union_id, user_id, email or chat_id');
  if (typeof receiveId !== 'string' || receiveId === '') throw new Refusal(230001, 'receive_id is required');
  if (type === 'chat_id') return mayHearBot(store, knownChat(store, receiveId));
  const person = personBy(store, type, receiveId);
  mayHearFromBot(store, person);
  return store.directChat(person.openId);
}

/** 会话还能收到机器人的话 — for replies, whose chat is that of the message. @throws Refusal */
export function mayHearBot(store: EmulatorStore, chat: Chat): Chat {
  if (chat.kind === 'p2p') {
    for (const openId of chat.members) {
      const person = store.person(openId);
      if (person) mayHearFromBot(store, person);
    }
    return chat;
  }
  if (chat.dissolved) throw new Refusal(232009);
  if (!chat.botIn) throw new Refusal(230002);
  if (chat.muted) throw new Refusal(store.switches().mutedGroupCode);
  return chat;
}

/** 每人、每群每秒五条 @throws Refusal */
export function takeTarget({ limits }: CallContext, chat: Chat): void {
  if (limits.take(`chat:${chat.chatId}`, perTarget)) throw new Refusal(230020, chat.kind === 'group' ? 'chat rate limit' : 'user rate limit');
}

function knownChat(store: EmulatorStore, chatId: string): Chat {
  if (!chatId.startsWith('oc_')) throw new Refusal(230034, 'receive_id does not match receive_id_type chat_id');
  const chat = store.chat(chatId);
  if (!chat) throw new Refusal(99992356);
  return chat;
}

function personBy(store: EmulatorStore, type: Exclude<IdType, 'chat_id'>, id: string): Person {
  switch (type) {
    case 'open_id': {
      if (!id.startsWith('ou_')) throw new Refusal(230034, 'receive_id does not match receive_id_type open_id');
      if (store.isForeignOpenId(id)) throw new Refusal(99992361);
      return store.person(id) ?? refuse(99992351);
    }
    case 'union_id':
      if (!id.startsWith('on_')) throw new Refusal(230034, 'receive_id does not match receive_id_type union_id');
      return store.people().find(({ unionId }) => unionId === id) ?? refuse(99992364);
    case 'user_id':
      return store.people().find(({ userId }) => userId === id) ?? refuse(99992360);
    case 'email':
      return store.people().find(({ email }) => email === id) ?? refuse(230034);
    default:
      return assertNever(type);
  }
}

function mayHearFromBot(store: EmulatorStore, person: Person): void {
  if (person.resigned) throw new Refusal(store.switches().resignedCode);
  if (!person.seesBot) throw new Refusal(230013);
  if (person.mutedBot) throw new Refusal(230053);
}

function refuse(code: number): never {
  throw new Refusal(code);
}
