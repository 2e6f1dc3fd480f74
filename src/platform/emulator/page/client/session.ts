import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ClockView, PersonView, StateView } from '../view.ts';
import { getJson, listen } from './net.ts';
import { remember, remembered } from './preferences.ts';

/** 会话状态 — who I am, which chat is open, and what the server shows me of both. */
export interface Session {
  readonly as: string;
  readonly people: readonly PersonView[];
  readonly chatId: string | null;
  /** null until the first answer for this person */
  readonly view: StateView | null;
  readonly clock: ClockView | null;
  readonly connected: boolean;
  readonly nameOf: (openId: string) => string | null;
  readonly become: (openId: string) => void;
  readonly openChat: (chatId: string | null) => void;
  readonly showMore: () => void;
  readonly refresh: () => void;
  readonly refreshPeople: () => void;
}

const pageOfMessages = 60;
const recentMax = 8;

/** 用会话 */
export function useSession(): Session {
  const asked = new URLSearchParams(location.search);
  const [as, setAs] = useState(asked.get('as') ?? remembered('as') ?? '');
  const [chatId, setChatId] = useState(asked.get('chat'));
  const [recent, setRecent] = useState<readonly string[]>(remembered('recent')?.split(',') ?? []);
  const [limit, setLimit] = useState(pageOfMessages);
  const [people, setPeople] = useState<readonly PersonView[]>([]);
  const [view, setView] = useState<StateView | null>(null);
  const [clock, setClock] = useState<ClockView | null>(null);
  const [connected, setConnected] = useState(true);

  const refreshPeople = useCallback(() => {
    const asking = [getJson<readonly PersonView[]>('/api/people'), getJson<readonly string[]>('/api/cast')] as const;
    void Promise.all(asking).then(([found, cast]) => {
      const isHere = (openId: string): boolean => found.some((person) => person.openId === openId);
      setPeople(found);
      // 头一回来，或上次的身份已不在这个演示里：就是主角，其余几位摆在一边，一点就换。
      setRecent((former) => (former.some(isHere) ? former : cast));
      setAs((former) => (isHere(former) ? former : (cast[0] ?? found[0]?.openId ?? '')));
    });
  }, []);
  const refresh = useRefresh({ as, chatId, limit, recent }, (next) => {
    setView(next);
    setClock(next.clock);
  });

  useEffect(refreshPeople, [refreshPeople]);
  useEffect(() => listen({ changed: () => refresh.current(), clock: setClock, connected: setConnected }), [refresh]);
  useEffect(() => {
    if (as === '') return;
    const next = [as, ...recent.filter((openId) => openId !== as)].slice(0, recentMax);
    if (next.join() !== recent.join()) setRecent(next);
    remember('as', as);
    remember('recent', next.join(','));
  }, [as, recent]);
  useEffect(() => {
    const query = new URLSearchParams({ as, ...(chatId === null ? {} : { chat: chatId }) });
    if (as !== '') history.replaceState(null, '', `${location.pathname}?${query}`);
    refresh.current();
  }, [as, chatId, limit, recent, refresh]);

  return {
    as,
    people,
    chatId,
    view,
    clock,
    connected,
    nameOf: useCallback((openId: string) => people.find((person) => person.openId === openId)?.name ?? null, [people]),
    become: (openId) => {
      if (openId === as) return;
      setView(null);
      setLimit(pageOfMessages);
      setAs(openId);
    },
    openChat: (next) => {
      setLimit(pageOfMessages);
      setChatId(next);
    },
    showMore: () => setLimit(limit + pageOfMessages),
    refresh: () => refresh.current(),
    refreshPeople,
  };
}

interface Looking {
  readonly as: string;
  readonly chatId: string | null;
  readonly limit: number;
  readonly recent: readonly string[];
}

/** 取画面：同时只取一次，取的时候又变了就再取；换了人、换了会话，迟到的答复不要。 */
function useRefresh(looking: Looking, show: (view: StateView) => void): { readonly current: () => void } {
  const latest = useRef({ looking, show });
  latest.current = { looking, show };
  const running = useRef(false);
  const again = useRef(false);
  const refresh = async (): Promise<void> => {
    if (running.current) {
      again.current = true;
      return;
    }
    running.current = true;
    do {
      again.current = false;
      const { as, chatId, limit, recent } = latest.current.looking;
      if (as === '') break;
      const view = await getJson<StateView>('/api/state', { as, chat: chatId, limit, recent: recent.join(',') }).catch(() => null);
      const now = latest.current.looking;
      if (now.as !== as || now.chatId !== chatId) again.current = true;
      else if (view) latest.current.show(view);
    } while (again.current);
    running.current = false;
  };
  return useRef(() => void refresh());
}
