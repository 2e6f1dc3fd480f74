import type { Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import type { Holder } from '../roster/model.ts';
import { findHolders } from '../roster/store.ts';
import { isDraftOnly, type ReminderLevel } from './ladder-policy.ts';

/** 收提醒的人 — by post, with the delegates of the day. */
export interface Told {
  readonly personId: string;
  readonly name: string;
  /** null: no account; named to the others instead of left out in silence */
  readonly openId: string | null;
  readonly part: 'responsible' | 'liaison' | 'deputy' | 'head' | 'leader';
  /** 抄送 */
  readonly copy: boolean;
}

export interface Addressed {
  readonly id: string;
  readonly leadUnit: string;
  readonly responsiblePostId: string | null;
  readonly liaisonPostId: string | null;
  readonly leaderInCharge: string | null;
  readonly level: ReminderLevel | null;
}

/** 发给谁 — domain B5: responsible and liaison; from L2 the deputy of that field too; at L3 the head, and the leader gets a copy. */
export async function recipientsOf(tx: Tx, today: LocalDate, items: readonly Addressed[]): Promise<Map<string, Told[]>> {
  if (items.length === 0) return new Map();
  const postIds = [
    ...new Set(items.flatMap(({ responsiblePostId, liaisonPostId }) => [responsiblePostId, liaisonPostId].filter((id) => id !== null))),
  ];
  const units = [...new Set(items.map(({ leadUnit }) => leadUnit))];
  const late = items.some(({ level }) => level === 'L2' || level === 'L3');
  const byPost = groupBy(await findHolders(tx, { postIds }, today), ({ postId }) => postId);
  const roles = late ? (['liaison', 'unitDeputy', 'unitHead'] as const) : (['liaison'] as const);
  const byUnit = groupBy(await findHolders(tx, { unitCodes: units, roles, backup: false }, today), ({ unitCode }) => unitCode ?? '');
  const leaders = items.some(({ level }) => level === 'L3') ? await findHolders(tx, { roles: ['leaderInCharge'] }, today) : [];
  return new Map(items.map((item) => [item.id, addressees(item, { byPost, ofUnit: byUnit.get(item.leadUnit) ?? [], leaders })]));
}

function addressees(
  { responsiblePostId, liaisonPostId, leaderInCharge, level }: Addressed,
  { byPost, ofUnit, leaders }: { byPost: ReadonlyMap<string, readonly Holder[]>; ofUnit: readonly Holder[]; leaders: readonly Holder[] },
): Told[] {
  const responsible = byPost.get(responsiblePostId ?? '') ?? [];
  const named = byPost.get(liaisonPostId ?? '') ?? [];
  // 表上没写联络员的，由单位的联络员收。
  const liaison = named.length > 0 ? named : ofUnit.filter(({ role }) => role === 'liaison');
  // 督办令只拟稿，由督查室办；单位里的人此时什么也不收。
  if (level !== null && isDraftOnly(level)) return [];
  const late = level === 'L2' || level === 'L3';
  const field = responsible[0]?.title ?? '';
  const told = [
    ...responsible.map(toTold('responsible')),
    ...liaison.map(toTold('liaison')),
    ...(late ? deputiesOf(ofUnit, field).map(toTold('deputy')) : []),
    ...(level === 'L3' ? ofUnit.filter(({ role }) => role === 'unitHead').map(toTold('head')) : []),
    ...(level === 'L3' ? leaders.filter(({ name, delegateFor }) => (delegateFor ?? name) === leaderInCharge).map(toTold('leader')) : []),
  ];
  // 一人几个身份，按头一个收一次。
  return [...new Map(told.toReversed().map((person) => [person.personId, person])).values()].toReversed();
}

/** 分管负责人 — whose field names the section of the responsible post; nobody does: all deputies of the unit. */
function deputiesOf(ofUnit: readonly Holder[], sectionPost: string): Holder[] {
  const deputies = ofUnit.filter(({ role }) => role === 'unitDeputy');
  const fits = ({ field }: Holder): boolean =>
    (field ?? '').split(/[、,，;；\s]+/).some((section) => section !== '' && sectionPost.startsWith(section));
  const inCharge = sectionPost === '' ? [] : deputies.filter(fits);
  return inCharge.length > 0 ? inCharge : deputies;
}

const toTold =
  (part: Told['part']) =>
  ({ personId, name, openId }: Holder): Told => ({ personId, name, openId, part, copy: part === 'leader' });

function groupBy<T>(list: readonly T[], keyOf: (entry: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const entry of list) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return groups;
}
