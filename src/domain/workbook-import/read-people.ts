import { leaderNamed, withoutTitle } from '../roster/leader-name.ts';
import { foldName, leaderRoles, plainName, type Unit } from '../roster/model.ts';
import { digitsOf } from '../roster/read-roster.ts';
import type { Fault } from './findings.ts';
import { quote } from './quote.ts';
import type { RosterView } from './roster-view.ts';
import type { TaskRow } from './task-sheet.ts';

type Person = RosterView['people'][number];

/** 人名册 — by name and by telephone number. */
export interface PersonBook {
  readonly byName: ReadonlyMap<string, readonly Person[]>;
  readonly byMobile: ReadonlyMap<string, Person>;
  /** the leaders' names */
  readonly leaders: readonly string[];
}

/** 编人名册 */
export function createPersonBook(people: readonly Person[]): PersonBook {
  const groups = new Map<string, Person[]>();
  for (const person of people) {
    const name = foldName(person.name);
    const group = groups.get(name);
    if (group) group.push(person);
    else groups.set(name, [person]);
  }
  const leads = ({ posts }: Person): boolean => posts.some(({ role }) => (leaderRoles as readonly string[]).includes(role));
  const leaders = people.filter(leads).map(({ name }) => name);
  return { byName: groups, byMobile: new Map(people.map((person) => [person.mobile, person])), leaders };
}

/** 读责任人 — somebody with a post in the lead unit; of several that are written the first, of several of that name none, unless the title says which. */
export function readResponsible(
  row: TaskRow,
  { book, lead }: { book: PersonBook; lead: Unit },
  { fault, assume }: { fault: Fault; assume: Fault },
): string | null {
  const written = row.text('responsible');
  if (written === '') return null;
  const whole = postsOf(written, { book, lead });
  const names = whole.length > 0 ? [written] : written.split(/[、,，;；/\n]/).filter((name) => name.trim() !== '');
  const [first = ''] = names;
  const known = names.every((name) => postsOf(name, { book, lead }).length > 0);
  const [post, ...namesakes] = known ? postsOf(first, { book, lead }) : [];
  if (!post) {
    fault('responsible', '人员不在花名册', [`${lead.shortName}的花名册里没有“${quote(written)}”`, '请核对姓名，或先更新花名册']);
    return null;
  }
  if (namesakes.length > 0) {
    const titles = [post, ...namesakes].map(({ title }) => title ?? '');
    const name = withoutTitle(first);
    fault('responsible', '同名', [
      `${lead.shortName}有${titles.length}位${name}：${titles.join('、')}`,
      `请在姓名后注明职务，例如“${name}（${titles[0]}）”`,
    ]);
    return null;
  }
  if (names.length > 1)
    assume('responsible', '责任人', [`${quote(names.join('、'))} → ${withoutTitle(first)}（写了${names.length}个责任人，记第一个）`]);
  return post.postId;
}

/**
 * 读分管领导 — as the roster writes the name: his cards, digests and approvals go by it. `王海峰副主任`, `王海峰（副主任）` and `王　海峰` are
 * all 王海峰; of several the first. A name that no leader of the roster has is kept and told: until somebody has it, the principal leader decides.
 */
export function readLeader(
  row: TaskRow,
  { book, lead }: { book: PersonBook; lead: Unit },
  { warn, assume }: { warn: Fault; assume: Fault },
): string | null {
  const written = row.text('leader');
  if (written === '') return lead.leaderName;
  const whole = leaderNamed(written, book.leaders);
  const names = whole === undefined ? written.split(/[、,，;；/\n]/).filter((name) => name.trim() !== '') : [written];
  const [first = ''] = names;
  const known = whole ?? leaderNamed(first, book.leaders);
  if (known === undefined) {
    if (book.leaders.length > 0)
      warn('leader', '分管领导不在花名册', [
        `花名册的新区领导里没有“${quote(written)}”`,
        '他收不到这一项，要他批的由主要领导批；请核对姓名，或先更新花名册',
      ]);
    return plainName(written);
  }
  if (names.length > 1) assume('leader', '分管领导', [`${quote(names.join('、'))} → ${known}（写了${names.length}位，记第一位）`]);
  else if (known !== plainName(written)) assume('leader', '分管领导', [`${quote(written)} → ${known}`]);
  return known;
}

/** 姓名 → 在牵头单位的岗位，一人一个；同名的有几个，写明职务的只有那一个。 */
function postsOf(name: string, { book, lead }: { book: PersonBook; lead: Unit }): Person['posts'] {
  const people = book.byName.get(foldName(name)) ?? book.byName.get(foldName(withoutTitle(name))) ?? [];
  const posts = people.flatMap(({ posts: all }) => {
    const held = all.filter(({ unitCode }) => unitCode === lead.code);
    return held.find(({ role }) => role === 'responsiblePerson') ?? held[0] ?? [];
  });
  const said = foldName(titleIn(name));
  const meant = said === '' ? [] : posts.filter(({ title }) => title !== undefined && foldName(title).includes(said));
  return meant.length === 1 ? meant : posts;
}

const titleIn = (name: string): string => /[（(]([^（()）]*)[)）]/.exec(name)?.[1] ?? '';

/** 读联络员 — by telephone number; the name must agree. */
// 卡片里不写完整的手机号：平台的防泄漏检查会拒收（contract 4.2，230028）。
export function readLiaison(row: TaskRow, { book, lead }: { book: PersonBook; lead: Unit }, fault: Fault): string | null {
  const name = row.text('liaison').replace(/[\d０-９+＋\-－—()（）:：\s]+|联系电话|电话|手机/g, '');
  const written = row.text('phone');
  const mobile = mobileIn(written, book);
  if (mobile === '' && name === '') return null;
  const person = book.byMobile.get(mobile);
  if (!person) {
    const namesake = book.byName.get(foldName(name))?.find((candidate) => candidate.posts.some(({ unitCode }) => unitCode === lead.code));
    fault('phone', '电话不在花名册', [
      mobile === '' ? `联络员${quote(name)}的电话“${quote(written)}”认不出来` : `联络员${quote(name)}的电话（尾号${mobile.slice(-4)}）不在花名册`,
      namesake ? `花名册里${name}的号码尾号是${namesake.mobile.slice(-4)}` : '请核对号码，或先更新花名册',
    ]);
    return null;
  }
  if (name !== '' && foldName(person.name) !== foldName(name)) {
    fault('phone', '电话与姓名不符', [`这个号码登记的是${person.name}，不是${quote(name)}`, '请核对姓名和电话']);
    return null;
  }
  const held = person.posts.filter(({ unitCode }) => unitCode === lead.code);
  const post = held.find(({ role }) => role === 'liaison') ?? held[0];
  if (!post) fault('phone', '人员不在本单位', [`${person.name}在${lead.shortName}没有岗位，不能作它的联络员`, '请核对姓名和电话，或先更新花名册']);
  return post?.postId ?? null;
}

/** 一格里有座机也有手机时，认花名册里有的那一个。 */
function mobileIn(written: string, { byMobile }: PersonBook): string {
  const whole = digitsOf(written);
  if (whole.length <= 11) return whole;
  const parts = [/[、,，;；/|\n]|或/, /\s+/].flatMap((separator) => written.split(separator).map(digitsOf));
  return parts.find((digits) => byMobile.has(digits)) ?? whole;
}
