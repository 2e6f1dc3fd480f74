import type { Role } from '#core/context';

/** 单位 */
export interface Unit {
  readonly code: string;
  readonly name: string;
  readonly shortName: string;
  readonly aliases: readonly string[];
  readonly kind: string;
  /** 分管领导的姓名 */
  readonly leaderName: string | null;
  readonly chatName: string | null;
}

/** 现任 — a person in a post today; a delegate appears beside the holder. */
export interface Holder {
  readonly personId: string;
  readonly name: string;
  /** null: no account on the platform */
  readonly openId: string | null;
  readonly postId: string;
  readonly role: Role;
  readonly title: string;
  readonly unitCode: string | null;
  readonly field: string | null;
  readonly backup: boolean;
  /** 代谁 */
  readonly delegateFor: string | null;
}

/** 可以分管事项的角色 — the sheet may name a principal leader as the one in charge (21 of the district's 254 items do). */
export const leaderRoles = ['leaderInCharge', 'principalLeader'] as const satisfies readonly Role[];

/** 分管这一项的领导 — whom the task sheet names, with his delegates. @param holders of the posts of `leaderRoles` */
export function leadersOf<H extends Pick<Holder, 'role' | 'name' | 'delegateFor'>>(holders: readonly H[], leaderInCharge: string | null): H[] {
  const leads: readonly Role[] = leaderRoles;
  return holders.filter(({ role, name, delegateFor }) => leads.includes(role) && (delegateFor ?? name) === leaderInCharge);
}

/** 须本人履行的角色 — a vote and an observer's signature can't be delegated (domain B2). */
export const personalRoles: readonly Role[] = ['voter', 'observer'];

/** 群的用途 — `unit:U09`, `district`, `observers`, `session`, `field:城建口`. */
export const unitChat = (unitCode: string): string => `unit:${unitCode}`;

/** 名称匹配 */
export type UnitMatch = { readonly kind: 'exact'; readonly unit: Unit } | { readonly kind: 'unknown'; readonly suggestion: Unit | null };

/** 只设一人的岗位：换了名字就是移交，岗位不变。 */
export const singular = (post: { readonly role: string }): boolean =>
  ['unitHead', 'liaison', 'chiefInspector', 'sessionSecretary'].includes(post.role);

/** 同一岗 */
export const postKey = (post: { unitCode: string | null; role: string; backup: boolean }): string => `${post.unitCode}|${post.role}|${post.backup}`;

/** 名字里的间隔号，各家输入法打出来的都不一样 */
const middleDots = /[•‧∙⋅・]/g;

/** 姓名照规矩写 — `李　明` is padded for the column, not another name; blanks between Latin letters stay. */
export function plainName(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/[\u200b-\u200d\ufeff]/g, '')
    .replace(middleDots, '·')
    .trim();
  return /\p{Script=Han}/u.test(plain) ? plain.replace(/\s+/g, '') : plain.replace(/\s+/g, ' ');
}

/** 折叠 — for matching keys only: full-width to half-width, no blanks, no line breaks, no brackets' shape, no small letters, one kind of middle dot. */
export function foldName(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u200b-\u200d\ufeff]+/g, '')
    .replace(middleDots, '·')
    .toUpperCase();
}

/** 单位名称索引 — names, short names, aliases and codes, however they are typed. */
export function unitNameIndex(units: readonly Unit[]): (text: string) => UnitMatch {
  const byName = new Map<string, Unit>();
  for (const unit of units) {
    for (const name of [unit.code, unit.name, unit.shortName, ...unit.aliases]) byName.set(foldName(name), unit);
  }
  return (text) => {
    const folded = foldName(text);
    const unit = byName.get(folded);
    return unit ? { kind: 'exact', unit } : { kind: 'unknown', suggestion: nearest(folded, byName) };
  };
}

/** 最像的一家：先看共有的字，一个字也不像就不猜。 */
function nearest(folded: string, byName: ReadonlyMap<string, Unit>): Unit | null {
  const core = folded.replace(/\(.*?\)|[局办委署中心]/g, '');
  let best: { unit: Unit; score: number } | null = null;
  for (const [name, unit] of byName) {
    const shared = [...new Set(core)].filter((character) => name.includes(character)).length;
    const score = shared / Math.max(1, new Set(core).size) - Math.abs(name.length - folded.length) / 100;
    if (shared > 0 && (!best || score > best.score)) best = { unit, score };
  }
  return best && best.score > 0.4 ? best.unit : null;
}
