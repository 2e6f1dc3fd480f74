import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatView, MessageView } from '../view.ts';
import type { Device } from './card/surface.ts';
import { Composer } from './composer.tsx';
import { Message } from './message.tsx';
import { act } from './net.ts';
import { Dialog, useNotices } from './notices.tsx';
import type { Session } from './session.ts';

export interface ConversationProps {
  readonly session: Session;
  readonly chat: ChatView;
  readonly device: Device;
  readonly onInspect: (messageId: string) => void;
  readonly onBack: () => void;
}

/** 一个会话 */
export function Conversation({ session, chat, device, onInspect, onBack }: ConversationProps): VNode {
  const { as, view, nameOf, refresh, showMore } = session;
  const [replyTo, setReplyTo] = useState<MessageView | null>(null);
  const [forwarding, setForwarding] = useState<MessageView | null>(null);
  const messages = view?.messages ?? [];
  const list = useStickToEnd(chat.chatId, messages);
  useReading(as, chat);
  return (
    <section class={`conversation ${device}`} aria-label={`会话：${chat.name}`}>
      <ChatHeader as={as} chat={chat} onBack={onBack} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <div class="messages" ref={list} tabIndex={0} role="log" aria-label="消息记录">
        {view?.more && (
          <button type="button" class="ghost more" onClick={showMore}>
            更早的消息
          </button>
        )}
        {messages.length === 0 && <p class="empty">还没有消息。{chat.kind === 'p2p' ? '发送「帮助」看看能办什么。' : ''}</p>}
        <ol>
          {messages.map((message) => (
            <Message
              key={`${as}:${message.messageId}`}
              message={message}
              as={as}
              chat={chat}
              botName={view?.bot.name ?? ''}
              now={view?.clock.now ?? 0}
              device={device}
              nameOf={nameOf}
              onInspect={onInspect}
              onReply={setReplyTo}
              onForward={setForwarding}
              onChanged={refresh}
            />
          ))}
        </ol>
      </div>
      {view && (
        <Composer
          key={`${as}:${chat.chatId}`}
          as={as}
          chat={chat}
          bot={view.bot}
          replyTo={replyTo}
          nameOf={nameOf}
          onReplyEnd={() => setReplyTo(null)}
        />
      )}
      {forwarding && <ForwardDialog as={as} message={forwarding} chats={view?.chats ?? []} onClose={() => setForwarding(null)} />}
    </section>
  );
}

function ChatHeader({ as, chat, onBack }: { as: string; chat: ChatView; onBack: () => void }): VNode {
  const { toast } = useNotices();
  const { chatId } = chat;
  const toggleBot = (): void => {
    if (chatId === null) return;
    act({ kind: chat.botIn ? 'removeBot' : 'addBot', as, chatId }).then(
      () => toast('info', chat.botIn ? '机器人已移出本群' : '机器人已加入本群'),
      (error: unknown) => toast('error', String(error)),
    );
  };
  return (
    <header class="chat-header">
      <button type="button" class="ghost back" onClick={onBack} aria-label="返回会话列表">
        ‹
      </button>
      <h1>{chat.name}</h1>
      {chat.kind === 'group' && (
        <>
          <span class="chat-facts">
            {chat.members.length} 人{chat.botIn ? '，机器人在群里' : '，机器人不在群里'}
          </span>
          <button type="button" class="ghost" onClick={toggleBot}>
            {chat.botIn ? '移出机器人' : '拉机器人进群'}
          </button>
        </>
      )}
    </header>
  );
}

function ForwardDialog({
  as,
  message,
  chats,
  onClose,
}: {
  as: string;
  message: MessageView;
  chats: readonly ChatView[];
  onClose: () => void;
}): VNode {
  const { toast } = useNotices();
  const forward = async (chatId: string): Promise<void> => {
    onClose();
    try {
      const { forwarded } = await act({ kind: 'forward', as, messageId: message.messageId, chatId });
      toast(forwarded ? 'success' : 'warning', forwarded ? '已转发' : '这张卡片不允许转发');
    } catch (error) {
      toast('error', error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Dialog title="转发到" onClose={onClose}>
      <ul class="forward-list">
        {chats.flatMap(({ chatId, name }) =>
          chatId === null
            ? []
            : [
                <li key={chatId}>
                  <button type="button" onClick={() => void forward(chatId)}>
                    {name}
                  </button>
                </li>,
              ],
        )}
      </ul>
      <div class="dialog-buttons">
        <button type="button" class="ghost" onClick={onClose}>
          取消
        </button>
      </div>
    </Dialog>
  );
}

/** 在末尾时跟着新消息走；往回翻的时候不打扰。 */
function useStickToEnd(chatId: string | null, messages: readonly MessageView[]): { current: HTMLDivElement | null } {
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const seen = useRef<string | null>(null);
  const mark = `${messages.length}:${messages.at(-1)?.messageId ?? ''}:${messages.reduce((sum, { revision }) => sum + revision, 0)}`;
  useEffect(() => {
    const box = list.current;
    if (!box) return undefined;
    const watch = (): void => {
      atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    };
    // 图表、图片画好之后内容会变高。
    const grown = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    for (const child of box.children) grown.observe(child);
    box.addEventListener('scroll', watch);
    return () => {
      grown.disconnect();
      box.removeEventListener('scroll', watch);
    };
  }, [chatId]);
  useEffect(() => {
    const box = list.current;
    if (!box) return;
    const other = seen.current !== chatId;
    seen.current = chatId;
    if (other || atEnd.current) box.scrollTop = box.scrollHeight;
  }, [chatId, mark]);
  return list;
}

/** 看见即已读：页面在前台、会话开着。 */
function useReading(as: string, { chatId, unread }: ChatView): void {
  useEffect(() => {
    if (chatId === null || unread === 0) return undefined;
    const read = (): void => {
      if (document.visibilityState === 'visible') void act({ kind: 'read', as, chatId }).catch(() => undefined);
    };
    read();
    document.addEventListener('visibilitychange', read);
    return () => document.removeEventListener('visibilitychange', read);
  }, [as, chatId, unread]);
}
