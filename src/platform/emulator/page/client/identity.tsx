import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PersonView } from '../view.ts';
import { Avatar } from './avatar.tsx';
import type { Session } from './session.ts';

const shownMax = 60;

/** 身份 — who I am, who I was just now, and everybody else I may be. */
export function Identity({ session }: { session: Session }): VNode {
  const { as, people, view, become, refreshPeople } = session;
  const [choosing, setChoosing] = useState(false);
  const me = people.find(({ openId }) => openId === as);
  const others = (view?.recent ?? []).filter(({ openId }) => openId !== as);
  const choose = (openId: string): void => {
    setChoosing(false);
    become(openId);
  };
  return (
    <section class="identity" aria-label="当前身份">
      <button
        type="button"
        class="identity-me"
        aria-expanded={choosing}
        onClick={() => {
          if (!choosing) refreshPeople();
          setChoosing(!choosing);
        }}
      >
        <Avatar name={me?.name ?? '？'} />
        <span class="identity-name">
          <strong>{me?.name ?? '请选择身份'}</strong>
          <small>{me?.post ?? ''}</small>
        </span>
        <span class="identity-switch">{choosing ? '收起' : '换人'}</span>
      </button>
      {choosing ? (
        <PeopleSearch people={people} as={as} onChosen={choose} />
      ) : (
        others.length > 0 && (
          <ul class="identity-recent" aria-label="最近用过的身份">
            {others.map(({ openId, name, post, unread }) => (
              <li key={openId}>
                <button type="button" title={post} onClick={() => choose(openId)}>
                  {name}
                  {unread > 0 && <Unread count={unread} />}
                </button>
              </li>
            ))}
          </ul>
        )
      )}
    </section>
  );
}

/** 未读数 */
export function Unread({ count }: { count: number }): VNode {
  return (
    <span class="unread">
      {count > 99 ? '99+' : count}
      <span class="sr-only">条未读</span>
    </span>
  );
}

/** 找人 — by any part of name, unit or post; several words must all fit. */
function PeopleSearch({ people, as, onChosen }: { people: readonly PersonView[]; as: string | null; onChosen: (openId: string) => void }): VNode {
  const [words, setWords] = useState('');
  const [unreadOnly, setUnreadOnly] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  // 打开就是为了找人，光标直接放好。
  useEffect(() => box.current?.focus(), []);
  const found = useMemo(() => {
    const parts = words.split(/\s+/).filter(Boolean);
    return people.filter(({ name, post, unread }) => (!unreadOnly || unread > 0) && parts.every((part) => `${name} ${post}`.includes(part)));
  }, [people, words, unreadOnly]);
  return (
    <div class="people-search">
      <input
        ref={box}
        type="search"
        placeholder={`在 ${people.length} 人中找：姓名、单位、职务`}
        aria-label="找人"
        value={words}
        onInput={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key === 'Enter' && first && !event.isComposing) onChosen(first.openId);
        }}
      />
      <label class="people-filter">
        <input type="checkbox" checked={unreadOnly} onChange={() => setUnreadOnly(!unreadOnly)} />
        只看有未读消息的人
      </label>
      <ul class="people-list">
        {found.slice(0, shownMax).map(({ openId, name, post, unread, resigned }) => (
          <li key={openId}>
            <button type="button" aria-current={openId === as ? 'true' : undefined} onClick={() => onChosen(openId)}>
              <Avatar name={name} size="small" />
              <span class="identity-name">
                <span>
                  {name}
                  {resigned && '（已离职）'}
                </span>
                <small>{post}</small>
              </span>
              {unread > 0 && <Unread count={unread} />}
            </button>
          </li>
        ))}
      </ul>
      <p class="people-count" role="status">
        {found.length === 0
          ? '没有这样的人'
          : found.length > shownMax
            ? `共 ${found.length} 人，先列 ${shownMax} 人，请再输几个字`
            : `共 ${found.length} 人`}
      </p>
    </div>
  );
}
