import { newId } from '#core/ids';
import type { Account } from '#core/job';
import { foldName, postKey, singular } from './model.ts';
import type { RosterPost } from './read-roster.ts';
import type { RosterSnapshot, RosterWrites } from './roster-tables/store.ts';

type KnownPerson = RosterSnapshot['people'][number];

/** 认出的人 */
export interface Recognised {
  readonly people: RosterWrites['people'];
  /** 手机号 → 人 */
  readonly ids: ReadonlyMap<string, string>;
  /** 原来的号码归了别人的 */
  readonly released: readonly string[];
  /** 原来的账号归了别人的 */
  readonly unbound: readonly string[];
  /** 号码只说尾号，给人核对用 */
  readonly renumbered: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly passedOn: readonly { readonly tail: string; readonly from: string; readonly to: string }[];
}

const isName = (left: string, right: string): boolean => foldName(left) === foldName(right);
const tailOf = (mobile: string): string => mobile.slice(-4);

/**
 * 认人 — the number is the key, but people change numbers and numbers change hands. Whoever has a new number is the same person when the
 * platform knows the account under it, or when the name holds the same post; an old number under another name is another person when the
 * account behind it is another one, or when the former owner stands in the file under a number of his own; else he has another name.
 */
export function recognise(rows: readonly RosterPost[], before: RosterSnapshot, accounts: ReadonlyMap<string, Account>): Recognised {
  const byMobile = new Map(before.people.map((person) => [person.mobile, person]));
  const byId = new Map(before.people.map((person) => [person.id, person]));
  const inFile = new Map(rows.map((row) => [row.mobile, row]));
  const isFree = ({ mobile }: KnownPerson): boolean => !inFile.has(mobile) || isPassedOn(mobile);
  const isPassedOn = (mobile: string): boolean => {
    const [known, row] = [byMobile.get(mobile), inFile.get(mobile)];
    if (!known || !row || isName(known.name, row.name)) return false;
    const account = accounts.get(mobile)?.openId ?? null;
    const another = account !== null && known.openId !== null && account !== known.openId;
    return another || rows.some((each) => isName(each.name, known.name) && each.mobile !== mobile && !byMobile.has(each.mobile));
  };
  const holders = (row: RosterPost): KnownPerson[] =>
    before.posts
      .filter((post) => postKey(post) === postKey(row) && (singular(row) || post.title === row.title))
      .flatMap(({ personId }) => byId.get(personId ?? '') ?? []);
  const bySign = (row: RosterPost): KnownPerson | undefined => {
    const known = byMobile.get(row.mobile);
    if (known && !isPassedOn(row.mobile)) return known;
    const account = accounts.get(row.mobile)?.openId;
    return account === undefined
      ? undefined
      : before.people.find((person) => person.openId === account && isName(person.name, row.name) && isFree(person));
  };
  const certain = new Map([...inFile.values()].map((row) => [row.mobile, bySign(row)]));
  const sure = new Set([...certain.values()].flatMap((person) => person?.id ?? []));
  const byPost = (row: RosterPost): KnownPerson | undefined => {
    const [found, ...others] = new Set(holders(row).filter((person) => isName(person.name, row.name) && isFree(person) && !sure.has(person.id)));
    // 表里同一岗有两行这个姓名，或者名册里有两人：分不清。
    if (found === undefined || others.length > 0) return undefined;
    const alike = [...inFile.values()].filter((each) => isName(each.name, row.name) && !certain.get(each.mobile));
    return alike.length === 1 ? found : undefined;
  };
  const people = [...inFile.values()].map((row) => {
    const known = certain.get(row.mobile) ?? byPost(row);
    const account = accounts.get(row.mobile);
    return {
      known,
      row: {
        ...{ id: known?.id ?? newId(), isNew: known === undefined, name: row.name, mobile: row.mobile, note: row.note },
        ...{ openId: account?.openId ?? null, unionId: account?.unionId ?? null, userId: account?.userId ?? null },
      },
    };
  });
  const ids = new Map(people.map(({ row: { mobile, id } }) => [mobile, id]));
  const ownerOf = new Map(people.flatMap(({ row: { openId, id } }) => (openId === null ? [] : [[openId, id] as const])));
  const recognised = people.flatMap(({ known, row }) => (known ? [{ known, row }] : []));
  return {
    people: people.map(({ row }) => row),
    ids,
    released: before.people.filter(({ mobile, id }) => (ids.get(mobile) ?? id) !== id).map(({ id }) => id),
    unbound: before.people.filter(({ openId, id }) => openId !== null && (ownerOf.get(openId) ?? id) !== id).map(({ id }) => id),
    renumbered: recognised.flatMap(({ known, row }) =>
      known.mobile === row.mobile ? [] : [{ name: row.name, from: tailOf(known.mobile), to: tailOf(row.mobile) }],
    ),
    renamed: recognised.flatMap(({ known, row }) => (isName(known.name, row.name) ? [] : [{ from: known.name, to: row.name }])),
    passedOn: [...inFile.values()].flatMap(({ mobile, name }) =>
      isPassedOn(mobile) ? [{ tail: tailOf(mobile), from: byMobile.get(mobile)?.name ?? '', to: name }] : [],
    ),
  };
}
