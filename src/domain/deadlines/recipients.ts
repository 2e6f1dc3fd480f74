import { inParts } from '#core/breathe';
import type { Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import { type Holder, leaderRoles, leadersOf } from '../roster/model.ts';
import { findHolders } from '../roster/store.ts';
import { findLateSupport } from '../work-items/support/store.ts';
import { isDraftOnly, type ReminderLevel } from './ladder-policy.ts';

/** 收提醒的人 — by post, with the delegates of the day. */
export interface Told {
  readonly personId: string;
  readonly name: string;
  /** null: no account; named to the others instead of left out in silence */
  readonly openId: string | null;
  readonly part: 'responsible' | 'liaison' | 'deputy' | 'head' | 'leader' | 'support';
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

/**
 * 发给谁 — domain B5: responsible and liaison; from L2 the deputy of that field too; at L3 the head, and the leader gets a copy. A supporting
 * unit that was asked for its part and let the day pass gets a copy of the lead unit's chase.
 */
export async function recipientsOf(tx: Tx, today: LocalDate, items: readonly Addressed[]): Promise<Map<string, Told[]>> {
  const told = new Map<string, Told[]>();
  await inParts(items, atOnce, async (part) => {
    for (const [id, people] of await findRecipients(tx, today, part)) told.set(id, people);
  });
  return told;
}

/** 一次查这么多项的人 */
const atOnce = 150;

async function findRecipients(tx: Tx, today: LocalDate, items: readonly Addressed[]): Promise<Map<string, Told[]>> {
  const postIds = [
    ...new Set(items.flatMap(({ responsiblePostId, liaisonPostId }) => [responsiblePostId, liaisonPostId].filter((id) => id !== null))),
  ];
  const units = [...new Set(items.map(({ leadUnit }) => leadUnit))];
  const late = items.some(({ level }) => level === 'L2' || level === 'L3');
  const byPost = groupBy(await findHolders(tx, { postIds }, today), ({ postId }) => postId);
  const roles = late ? (['liaison', 'unitDeputy', 'unitHead'] as const) : (['liaison'] as const);
  const byUnit = groupBy(await findHolders(tx, { unitCodes: units, roles, backup: false }, today), ({ unitCode }) => unitCode ?? '');
  const leaders = items.some(({ level }) => level === 'L3') ? await findHolders(tx, { roles: leaderRoles }, today) : [];
  const supporters = late ? await lateSupporters(tx, today, items) : new Map<string, Holder[]>();
  return new Map(
    items.map((item) => [
      item.id,
      addressees(item, { byPost, ofUnit: byUnit.get(item.leadUnit) ?? [], leaders, supporters: supporters.get(item.id) ?? [] }),
    ]),
  );
}

/** 答复迟了的配合单位的联络员 */
async function lateSupporters(tx: Tx, today: LocalDate, items: readonly Addressed[]): Promise<Map<string, Holder[]>> {
  const late = await findLateSupport(
    tx,
    items.map(({ id }) => id),
    today,
  );
  if (late.size === 0) return new Map();
  const unitCodes = [...new Set([...late.values()].flat())];
  const liaisons = await findHolders(tx, { unitCodes, roles: ['liaison'], backup: false }, today);
  return new Map([...late].map(([itemId, codes]) => [itemId, liaisons.filter(({ unitCode }) => codes.includes(unitCode ?? ''))]));
}

function addressees(
  { responsiblePostId, liaisonPostId, leaderInCharge, level }: Addressed,
  {
    byPost,
    ofUnit,
    leaders,
    supporters,
  }: {
    byPost: ReadonlyMap<string, readonly Holder[]>;
    ofUnit: readonly Holder[];
    leaders: readonly Holder[];
    supporters: readonly Holder[];
  },
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
    ...(level === 'L3' ? leadersOf(leaders, leaderInCharge).map(toTold('leader')) : []),
    ...(late ? supporters.map(toTold('support')) : []),
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
  ({ personId, name, openId }: Holder): Told => ({ personId, name, openId, part, copy: part === 'leader' || part === 'support' });

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
