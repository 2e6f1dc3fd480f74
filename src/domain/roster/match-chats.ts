import type { ListedChat } from '#core/job';
import type { ChatBindingRow } from './store.ts';

/** 没有按群名绑定的缘由 — no such group; several of the same name; one with outsiders; one that serves another purpose already. */
export type UnboundReason = 'absent' | 'sameName' | 'external' | 'taken';

export interface ChatMatches {
  readonly bound: readonly { readonly purpose: string; readonly chatName: string; readonly chat: ListedChat }[];
  readonly unbound: readonly { readonly purpose: string; readonly chatName: string; readonly reason: UnboundReason }[];
}

/**
 * 按群名找群 — a name is no proof: anybody can give it to a group. It counts only where nothing is bound yet and where it means one
 * group and one purpose; what is bound and alive stays, whatever a group elsewhere is called.
 */
export function matchChats(
  wanted: readonly { readonly purpose: string; readonly chatName: string }[],
  { bindings, chats }: { bindings: readonly ChatBindingRow[]; chats: readonly ListedChat[] },
): ChatMatches {
  const live = new Map(bindings.flatMap(({ purpose, chatId, lostAt }) => (chatId !== null && lostAt === null ? [[purpose, chatId] as const] : [])));
  const taken = new Set(live.values());
  const bound: ChatMatches['bound'][number][] = [];
  const unbound: ChatMatches['unbound'][number][] = [];
  for (const { purpose, chatName } of wanted) {
    if (live.has(purpose)) continue;
    const found = chats.filter(({ name }) => name.trim() === chatName);
    const [chat] = found;
    const alone = found.length === 1 && wanted.filter((other) => other.chatName === chatName).length === 1;
    if (!chat) unbound.push({ purpose, chatName, reason: 'absent' });
    else if (!alone) unbound.push({ purpose, chatName, reason: 'sameName' });
    else if (chat.external) unbound.push({ purpose, chatName, reason: 'external' });
    else if (taken.has(chat.chatId)) unbound.push({ purpose, chatName, reason: 'taken' });
    else bound.push({ purpose, chatName, chat });
  }
  return { bound, unbound };
}
