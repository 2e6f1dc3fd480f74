import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ChatView } from '../view.ts';
import { ChatList } from './chat-list.tsx';
import { ClockBar } from './clock-bar.tsx';
import { Conversation } from './conversation.tsx';
import { Drawer, type Tab } from './drawer.tsx';
import { Identity } from './identity.tsx';
import { act } from './net.ts';
import { useNotices } from './notices.tsx';
import type { Looks } from './preferences.ts';
import { useSession } from './session.ts';

/** 页面 — people and chats on the left, the conversation beside them, what goes on behind it on demand. */
export function App({ looks }: { looks: Looks }): VNode {
  const session = useSession();
  const { toast } = useNotices();
  const { as, view, chatId, clock } = session;
  const [tab, setTab] = useState<Tab | null>(null);
  const [inspected, setInspected] = useState<string | null>(null);
  const chats = view?.chats ?? [];
  const chat = chats.find((candidate) => candidate.chatId === chatId && chatId !== null);
  const open = async ({ chatId: known, kind }: ChatView): Promise<void> => {
    if (kind === 'group') {
      session.openChat(known);
      return;
    }
    if (known !== null) session.openChat(known);
    try {
      const opened = await act({ kind: 'open', as });
      session.openChat(opened.chatId ?? null);
    } catch (error) {
      toast('error', error instanceof Error ? error.message : String(error));
    }
  };
  const inspect = (messageId: string): void => {
    setInspected(messageId);
    setTab('message');
  };
  return (
    <div class={`client ${tab === null ? '' : 'with-drawer'} ${chat ? 'in-chat' : 'in-list'}`}>
      <Topbar looks={looks} clock={clock} tab={tab} armed={view?.armed.length ?? 0} connected={session.connected} onTab={setTab} />
      <div class="side">
        <Identity session={session} />
        <ChatList chats={chats} openId={chatId} now={clock?.now ?? 0} onOpen={(next) => void open(next)} />
      </div>
      <main class="stage">
        {chat ? (
          <Conversation session={session} chat={chat} device={looks.device} onInspect={inspect} onBack={() => session.openChat(null)} />
        ) : (
          <p class="empty">请在左边选一个会话。</p>
        )}
      </main>
      {tab !== null && <Drawer tab={tab} onTab={setTab} messageId={inspected} as={as} revision={view?.revision ?? 0} armed={view?.armed ?? []} />}
    </div>
  );
}

interface TopbarProps {
  readonly looks: Looks;
  readonly clock: Parameters<typeof ClockBar>[0]['clock'];
  readonly tab: Tab | null;
  readonly armed: number;
  readonly connected: boolean;
  readonly onTab: (tab: Tab | null) => void;
}

function Topbar({ looks, clock, tab, armed, connected, onTab }: TopbarProps): VNode {
  return (
    <header class="topbar">
      <span class="brand">
        <span class="seal" aria-hidden="true">
          令
        </span>
        <span class="brand-words">
          书令 <small>模拟平台</small>
        </span>
      </span>
      <ClockBar clock={clock} />
      <span class="topbar-fill" />
      {!connected && (
        <span class="offline" role="status">
          连接断开，正在重连
        </span>
      )}
      {looks.toggleDevice && (
        <button type="button" aria-pressed={looks.device === 'phone'} onClick={looks.toggleDevice}>
          手机宽度
        </button>
      )}
      <button type="button" class="minor" aria-pressed={looks.dark} onClick={looks.toggleDark}>
        深色
      </button>
      <a class="topbar-link minor" href="/gallery">
        卡片陈列
      </a>
      {armed > 0 && (
        <button type="button" class="armed" onClick={() => onTab('faults')}>
          已设故障 {armed}
        </button>
      )}
      <button type="button" aria-pressed={tab !== null} onClick={() => onTab(tab === null ? 'message' : null)}>
        幕后
      </button>
    </header>
  );
}
