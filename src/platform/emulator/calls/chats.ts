import type { Person } from '../model.ts';
import { type ApiAnswer, ok, Refusal } from './answer.ts';
import { type ApiRequest, type CallContext, pageOf } from './request.ts';

/** 机器人所在的群 `GET /im/v1/chats` — no direct chats. @throws Refusal */
export function listChats({ store }: CallContext, { query }: ApiRequest): ApiAnswer {
  const { sort_type: sortType = 'ByCreateTimeAsc' } = query;
  if (sortType !== 'ByCreateTimeAsc' && sortType !== 'ByActiveTimeDesc') throw new Refusal(230001, 'sort_type is invalid');
  const { tenantKey } = store.app();
  const lastAt = (chatId: string): number => store.messagesOf(chatId).at(-1)?.createdAt ?? 0;
  const groups = store
    .chats()
    .filter(({ kind, botIn, dissolved }) => kind === 'group' && botIn && !dissolved)
    .sort((left, right) => (sortType === 'ByCreateTimeAsc' ? left.createdAt - right.createdAt : lastAt(right.chatId) - lastAt(left.chatId)));
  const { items, ...page } = pageOf(groups, query, { sizeMax: 100, sizeDefault: 20, code: 230001 });
  // 群主就是名单上的头一个人：模拟平台不另记谁建的群。
  const owner = ([openId]: readonly string[]) => (openId === undefined ? {} : { owner_id: openId, owner_id_type: 'open_id' });
  const described = items.map(({ chatId, name, members }) => ({
    ...{ chat_id: chatId, name, description: '', external: false, tenant_key: tenantKey },
    ...owner(members),
  }));
  return ok({ items: described, ...page });
}

/** 群成员 `GET /im/v1/chats/:chat_id/members` — bots are not listed. @throws Refusal */
export function listChatMembers({ store }: CallContext, { params, query }: ApiRequest): ApiAnswer {
  const chat = store.chat(params['chat_id'] ?? '');
  if (!chat) throw new Refusal(232006);
  if (chat.dissolved) throw new Refusal(232009);
  if (!chat.botIn) throw new Refusal(232011);
  const { member_id_type: type = 'open_id' } = query;
  const members = chat.members.flatMap((openId) => store.person(openId) ?? []);
  const { items, ...page } = pageOf(members, query, { sizeMax: 100, sizeDefault: 20, code: 230001 });
  const { tenantKey } = store.app();
  const described = items.map((person) => ({ member_id_type: type, member_id: idOf(person, type), name: person.name, tenant_key: tenantKey }));
  return ok({ items: described, ...page, member_total: members.length });
}

/** @throws Refusal when the kind of id is none */
export function idOf(person: Person, type: string): string {
  switch (type) {
    case 'open_id':
      return person.openId;
    case 'union_id':
      return person.unionId;
    case 'user_id':
      return person.userId;
    default:
      throw new Refusal(99992402, 'id type must be open_id, union_id or user_id');
  }
}
