import type { Context } from '#core/context';
import { addDays, type LocalDate } from '#core/dates';
import { newId } from '#core/ids';
import type { Account, ListedChat } from '#core/job';
import { matchChats, type UnboundReason } from './match-chats.ts';
import { leaderRoles, postKey, singular } from './model.ts';
import type { ParsedRoster } from './read-roster.ts';
import { type Recognised, recognise } from './recognise.ts';
import { type RosterSnapshot, type RosterWrites, readSnapshot, writeRoster } from './roster-tables/store.ts';
import { listChatBindings } from './store.ts';

/** 导入花名册的结果 */
export interface RosterResult {
  readonly today: LocalDate;
  readonly units: number;
  readonly people: number;
  readonly posts: number;
  readonly added: { readonly units: number; readonly people: number; readonly posts: number };
  /** 岗位换了人：岗位、原任、新任 */
  readonly changes: readonly { readonly title: string; readonly from: string; readonly to: string }[];
  /** 办过移交、表里仍是原任的：没有改 */
  readonly handedOver: readonly { readonly title: string; readonly from: string; readonly to: string; readonly on: LocalDate }[];
  /** 没有账号的人 */
  readonly withoutAccount: readonly string[];
  /** 这一次按群名绑定的群：名字谁都能取，要人核对；群主不在花名册的，名字是 null */
  readonly boundChats: readonly { readonly chatName: string; readonly ownerName: string | null }[];
  /** 名册里有、没有绑定的群 */
  readonly withoutChat: readonly { readonly chatName: string; readonly reason: UnboundReason }[];
  /** 原来在册、这次表里没有的人：只列出，不删 */
  readonly missing: readonly string[];
  /** 换了手机号的；号码没变、姓名变了的；号码归了别人的 */
  readonly renumbered: Recognised['renumbered'];
  readonly renamed: Recognised['renamed'];
  readonly passedOn: Recognised['passedOn'];
  /** 单位的分管领导，人员表里没有这位领导：他收不到，要他批的由主要领导批 */
  readonly leadersUnknown: readonly { readonly unit: string; readonly leader: string }[];
  /** 备注里提到移交、委托的，请人来办 */
  readonly remarks: readonly string[];
  /** 这一次接了岗位的、名册才认得账号的：等他们办的要交到手里 */
  readonly takenOver: readonly { readonly personId: string; readonly postId: string | null; readonly title: string }[];
  /** 这一次交出岗位的 */
  readonly letGo: readonly { readonly personId: string; readonly postId: string }[];
}

/**
 * 导入花名册 — additive and repeatable: the same file again changes nothing, nobody is deleted, a singular post that has a new name
 * is handed over from today. A handover that people arranged outlives an older file: where the post was handed over (移交) and the row still
 * names somebody who held it before, nothing is changed and the row is listed – only 移交 gives the post back. A file that also names the
 * successor in that post knows of the handover, so that its other row is a post of its own; what an import changed, an import may change back.
 * @param accounts found on the platform, by mobile number
 * @param chats the groups that the bot is in
 */
export async function applyRoster(
  ctx: Context,
  parsed: ParsedRoster,
  { accounts, chats }: { accounts: ReadonlyMap<string, Account>; chats: readonly ListedChat[] },
): Promise<RosterResult> {
  const before = await readSnapshot(ctx.tx, ctx.today);
  const recognised = recognise(parsed.posts, before, accounts);
  const writes = plan(ctx, { parsed, before, recognised });
  const { bound, unbound } = matchChats(parsed.chats, { bindings: await listChatBindings(ctx.tx), chats });
  const chatIds = new Map(bound.map(({ purpose, chat }) => [purpose, chat.chatId]));
  await writeRoster(ctx.tx, writes, { chats: parsed.chats.map((chat) => ({ ...chat, chatId: chatIds.get(chat.purpose) })), now: ctx.now });
  const people = new Map(parsed.posts.map(({ mobile, name }) => [mobile, name]));
  const found = new Set(recognised.ids.values());
  const result: RosterResult = {
    today: ctx.today,
    units: parsed.units.length,
    people: people.size,
    posts: parsed.posts.length,
    added: { units: writes.newUnits, people: writes.people.filter(({ isNew }) => isNew).length, posts: writes.posts.length },
    changes: writes.changes,
    handedOver: writes.handedOver,
    withoutAccount: [...people].filter(([mobile]) => !accounts.has(mobile)).map(([, name]) => name),
    boundChats: bound.map(({ chatName, chat }) => ({ chatName, ownerName: ownerOf(chat, { before, accounts, people }) })),
    withoutChat: unbound.map(({ chatName, reason }) => ({ chatName, reason })),
    missing: before.people.filter(({ id, isAdministrator }) => !found.has(id) && !isAdministrator).map(({ name }) => name),
    leadersUnknown: leadersUnknown(writes, { parsed, before }),
    renumbered: recognised.renumbered,
    renamed: recognised.renamed,
    passedOn: recognised.passedOn,
    letGo: writes.ended.map(({ personId, postId }) => ({ personId, postId })),
    takenOver: takersOf(writes, { parsed, before }),
    remarks: parsed.posts.filter(({ note }) => note !== null && /移交|委托|调离|休假/.test(note)).map(({ name, note }) => `${name}：${note}`),
  };
  ctx.audit.record({
    subject: { type: 'roster', id: 'roster' },
    event: 'import',
    detail: {
      ...{ ...result.added, units: result.units, people: result.people },
      ...{ changes: result.changes.length, handedOver: result.handedOver.length },
      ...{ renumbered: result.renumbered.length, renamed: result.renamed, passedOn: result.passedOn.length },
      boundChats: Object.fromEntries(chatIds),
    },
  });
  return result;
}

/** 认不出的分管领导 — held by nobody in the file nor in the roster as it stands. */
function leadersUnknown(
  { units }: RosterWrites,
  { parsed, before }: { parsed: ParsedRoster; before: RosterSnapshot },
): RosterResult['leadersUnknown'] {
  const leads = ({ role }: { readonly role: string }): boolean => (leaderRoles as readonly string[]).includes(role);
  const known = new Set([...parsed.posts.filter(leads).map(({ name }) => name), ...before.posts.filter(leads).map(({ holderName }) => holderName)]);
  if (known.size === 0) return [];
  return units.flatMap(({ name, leaderName }) => (leaderName === null || known.has(leaderName) ? [] : [{ unit: name, leader: leaderName }]));
}

/** 接手的人 — whoever got a post, and whoever's account is new; not when the roster is read for the first time, when nothing waits yet. */
function takersOf(
  { begun, people, posts }: RosterWrites,
  { parsed, before }: { parsed: ParsedRoster; before: RosterSnapshot },
): RosterResult['takenOver'] {
  if (before.people.every(({ isAdministrator }) => isAdministrator)) return [];
  const known = new Map(before.people.map(({ id, openId }) => [id, openId]));
  const bound = people.filter(({ id, openId }) => openId !== null && (known.get(id) ?? null) !== openId).map(({ id }) => id);
  const unitNames = new Map(parsed.units.map(({ code, name }) => [code, name]));
  const titles = new Map([...before.posts, ...posts].map(({ id, unitCode, title }) => [id, `${unitNames.get(unitCode ?? '') ?? ''}${title}`]));
  return [
    ...bound.map((personId) => ({ personId, postId: null, title: '' })),
    ...begun
      .filter(({ personId }) => !bound.includes(personId))
      .map(({ personId, postId }) => ({ personId, postId, title: titles.get(postId) ?? '' })),
  ];
}

/** 群主 — by name, so that whoever imports can see at a glance whose group it is. */
function ownerOf(
  { ownerOpenId }: ListedChat,
  { before, accounts, people }: { before: RosterSnapshot; accounts: ReadonlyMap<string, Account>; people: ReadonlyMap<string, string> },
): string | null {
  if (ownerOpenId === null) return null;
  for (const [mobile, { openId }] of accounts) if (openId === ownerOpenId) return people.get(mobile) ?? null;
  return before.people.find(({ openId }) => openId === ownerOpenId)?.name ?? null;
}

/**
 * 分管领导已经移交 — the file names the former holder of a post that was handed over, and the unit went to the successor then: an older file
 * does not set it back. @returns null: the file is right; the former holder may lead a field still
 */
function passedOnLeader(
  { code, leaderName }: ParsedRoster['units'][number],
  before: RosterSnapshot,
): { readonly to: string; readonly on: LocalDate } | null {
  const now = before.units.get(code)?.leaderName ?? null;
  if (now === null || leaderName === null || now === leaderName) return null;
  const leads = before.posts.filter(({ role }) => (leaderRoles as readonly string[]).includes(role));
  if (leads.some(({ holderName }) => holderName === leaderName)) return null;
  const formerIds = before.people.filter(({ name }) => name === leaderName).map(({ id }) => id);
  const post = leads.find(({ holderName, handover }) => holderName === now && formerIds.some((id) => handover?.formerIds.has(id) === true));
  return post?.handover ? { to: now, on: post.handover.on } : null;
}

/** 比对 — what has to be written so that the tables say what the file says. */
function plan(ctx: Context, { parsed, before, recognised }: { parsed: ParsedRoster; before: RosterSnapshot; recognised: Recognised }): RosterWrites {
  const { people, ids: personIds, released, unbound } = recognised;
  const rowKey = (post: Parameters<typeof postKey>[0] & { title: string }, personId: string | null): string =>
    `${postKey(post)}|${personId}|${singular(post) ? '' : post.title}`;
  const named = new Set(parsed.posts.map((post) => rowKey(post, personIds.get(post.mobile) ?? '')));
  const posts: RosterWrites['posts'][number][] = [];
  const titles: RosterWrites['titles'][number][] = [];
  const ended: RosterWrites['ended'][number][] = [];
  const begun: RosterWrites['begun'][number][] = [];
  const changes: RosterResult['changes'][number][] = [];
  const handedOver: RosterResult['handedOver'][number][] = [];
  const taken = new Set<string>();
  parsed.posts.forEach((post, position) => {
    const personId = personIds.get(post.mobile) ?? '';
    const free = before.posts.filter((known) => postKey(known) === postKey(post) && !taken.has(known.id));
    // 表里也写着现任的，那一岗是现任的，别的行不占。
    const left = free.filter((known) => !named.has(rowKey(known, known.personId)));
    const passedOn = left.find((known) => known.handover?.formerIds.has(personId) && (singular(post) || known.title === post.title));
    const same = free.find((known) => known.personId === personId && known.title === post.title);
    const own = same ?? (passedOn && !singular(post) ? undefined : free.find((known) => known.personId === personId));
    if (!own && passedOn?.handover) {
      taken.add(passedOn.id);
      handedOver.push({ title: `${post.unitCode ?? ''}${post.title}`, from: post.name, to: passedOn.holderName ?? '', on: passedOn.handover.on });
      return;
    }
    const successor = own ?? (singular(post) ? left[0] : undefined);
    const id = successor?.id ?? newId();
    taken.add(id);
    if (!successor) posts.push({ id, unitCode: post.unitCode, title: post.title, role: post.role, field: post.field, backup: post.backup, position });
    else if (successor.title !== post.title || successor.field !== post.field) titles.push({ id, title: post.title, field: post.field });
    if (own) return;
    if (successor?.holdingId && successor.personId) {
      ended.push({ id: successor.holdingId, toOn: addDays(ctx.today, -1), personId: successor.personId, postId: id });
      changes.push({ title: `${post.unitCode ?? ''}${post.title}`, from: successor.holderName ?? '空缺', to: post.name });
    }
    // 第一次导入的任职不写起始日期之前的限制：从很早算起，历史日期的查询才对得上。
    begun.push({ id: newId(), postId: id, personId, fromOn: successor ? ctx.today : '2000-01-01' });
  });
  const newUnits = parsed.units.filter(({ code }) => !before.units.has(code)).length;
  const units = parsed.units.map((unit) => {
    const outlived = passedOnLeader(unit, before);
    if (outlived === null) return unit;
    handedOver.push({ title: `${unit.name}分管领导`, from: unit.leaderName ?? '', ...outlived });
    return { ...unit, leaderName: outlived.to };
  });
  return { units, newUnits, people, released, unbound, posts, titles, ended, begun, changes, handedOver };
}
