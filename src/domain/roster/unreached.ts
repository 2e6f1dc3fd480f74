import type { Holder } from './model.ts';

/** 收不到的人 — @property name 岗位空缺 where nobody holds the post */
export interface Unreached {
  readonly name: string;
  readonly postIds: readonly string[];
}

/** 收不到的人 — of these posts, those where neither the holder nor a delegate has an account, and those that nobody holds. */
export function unreachedAmong(postIds: readonly string[], holders: readonly Holder[]): Unreached[] {
  const byName = new Map<string, string[]>();
  for (const postId of new Set(postIds)) {
    const held = holders.filter((holder) => holder.postId === postId);
    if (held.some(({ openId }) => openId !== null)) continue;
    const name = held.find(({ delegateFor }) => delegateFor === null)?.name ?? '岗位空缺';
    byName.set(name, [...(byName.get(name) ?? []), postId]);
  }
  return [...byName].map(([name, of]) => ({ name, postIds: of }));
}
