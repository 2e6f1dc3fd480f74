import type { VNode } from 'preact';
import { Avatar } from '../avatar.tsx';
import { type Json, listIn, textIn } from './read.ts';
import { useSurface } from './surface.ts';

/** 人员组件 */
export function PersonElement({ json }: { json: Json }): VNode {
  return (
    <span class={`person ${textIn(json, 'style') === 'capsule' ? 'capsule' : ''}`}>
      <Person id={textIn(json, 'user_id')} avatar={json['show_avatar'] !== false} name={json['show_name'] === true} />
    </span>
  );
}

/** 人员列表 — unknown people are dropped only when the card says so. */
export function PersonListElement({ json }: { json: Json }): VNode {
  const { nameOf } = useSurface();
  const ids = listIn(json, 'persons').map((person) => textIn(person, 'id'));
  const shown = json['drop_invalid_user_id'] === true ? ids.filter((id) => nameOf(id) !== null) : ids;
  return (
    <div class="persons">
      {shown.map((id) => (
        <span key={id} class="person">
          <Person id={id} avatar={json['show_avatar'] === true} name={json['show_name'] !== false} />
        </span>
      ))}
    </div>
  );
}

function Person({ id, avatar, name: showName }: { id: string; avatar: boolean; name: boolean }): VNode {
  const name = useSurface().nameOf(id) ?? `未知人员 ${id}`;
  return (
    <>
      {avatar && <Avatar name={name} size="tiny" />}
      {/* 都不显示时客户端是空白；这里至少让人知道有谁。 */}
      {(showName || !avatar) && <span>{name}</span>}
      {avatar && !showName && <span class="sr-only">{name}</span>}
    </>
  );
}
