import type { VNode } from 'preact';
import type { ChatView } from '../view.ts';
import { Avatar } from './avatar.tsx';
import { Unread } from './identity.tsx';
import { shortWhenWords } from './words.ts';

/** 会话列表 — the newest first. */
export function ChatList({
  chats,
  openId,
  now,
  onOpen,
}: {
  chats: readonly ChatView[];
  openId: string | null;
  now: number;
  onOpen: (chat: ChatView) => void;
}): VNode {
  return (
    <nav class="chat-list" aria-label="会话">
      <ul>
        {chats.map((chat) => (
          <li key={chat.chatId ?? 'bot'}>
            <button type="button" aria-current={chat.chatId !== null && chat.chatId === openId ? 'true' : undefined} onClick={() => onOpen(chat)}>
              <Avatar name={chat.name} bot={chat.kind === 'p2p'} group={chat.kind === 'group'} />
              <span class="chat-words">
                <span class="chat-top">
                  <span class="chat-name">{chat.name}</span>
                  <span class="chat-when">{chat.lastAt === null ? '' : shortWhenWords(chat.lastAt, now)}</span>
                </span>
                <span class="chat-bottom">
                  <span class="chat-preview">{chat.preview || (chat.kind === 'p2p' ? '还没有说过话' : '还没有消息')}</span>
                  {chat.unread > 0 && <Unread count={chat.unread} />}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
