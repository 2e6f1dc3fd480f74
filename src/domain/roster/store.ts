import type { Actor, ActorPost, Role, Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import { oneByOne, type RawDb, rows, statement } from '#db/rows';
import { type Holder, personalRoles, type Unit } from './model.ts';

interface Who {
  readonly openId: string | null;
  readonly userId: string | null;
  readonly today: LocalDate;
}

interface ActorRow {
  readonly n: number;
  readonly personId: string;
  readonly name: string;
  readonly openId: string | null;
  readonly postId: string | null;
  readonly unitCode: string | null;
  readonly role: Role | null;
  readonly title: string | null;
  readonly field: string | null;
  readonly holderId: string | null;
  readonly holderName: string | null;
}

/**
 * 认人 — the actor behind an account, with the posts held today and those of people who delegated to this person today.
 * Every click asks; a batch of clicks asks once.
 * 逐人去查（LATERAL，LIMIT 和 OFFSET 0 不让它展开成连接）：一个人用不着翻整张人员表，一批人也不必两两相比。
 */
export const resolveActor: (tx: Tx, who: Who) => Promise<Actor> = statement('roster.resolveActor', async (db: RawDb, batch: readonly Who[]) => {
  const asked = batch.map((who, n) => ({ n, ...who }));
  const found = await db.$queryRaw<ActorRow[]>`
    WITH who AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) AS x(n int, "openId" text, "userId" text, today text)
    )
    SELECT m.n, m.id AS "personId", m.name, m."openId", post.id AS "postId", post."unitCode", post.role, post.title, post.field,
           CASE WHEN a."holderName" IS NOT NULL THEN a.holder END AS "holderId", a."holderName"
    FROM (
      SELECT w.n, w.today, p.id, p.name, p."openId" FROM who w CROSS JOIN LATERAL (SELECT * FROM "Person" WHERE active AND "openId" = w."openId" LIMIT 1) p
      UNION ALL
      SELECT w.n, w.today, p.id, p.name, p."openId" FROM who w JOIN "Person" p ON p.active AND p."userId" = w."userId" WHERE w."openId" IS NULL
    ) m
    CROSS JOIN LATERAL (
      SELECT m.id AS holder, NULL::text AS "holderName"
      UNION ALL
      SELECT d."personId", p.name FROM "Delegation" d JOIN "Person" p ON p.id = d."personId"
      WHERE d."delegateId" = m.id AND m.today BETWEEN d."fromOn" AND d."toOn"
    ) a
    LEFT JOIN LATERAL (
      SELECT post.* FROM "PostHolding" h JOIN "Post" post ON post.id = h."postId"
      WHERE h."personId" = a.holder AND h."fromOn" <= m.today AND (h."toOn" IS NULL OR h."toOn" >= m.today)
        AND (a."holderName" IS NULL OR post.role <> ALL(${[...personalRoles]}::text[]))
      OFFSET 0
    ) post ON true
    ORDER BY m.n, a."holderName" NULLS FIRST, post.position`;
  const byAsked = groupByNumber(found);
  return batch.map((who, n) => toActor(who, byAsked.get(n) ?? []));
});

function groupByNumber(found: readonly ActorRow[]): Map<number, ActorRow[]> {
  const groups = new Map<number, ActorRow[]>();
  for (const row of found) {
    const group = groups.get(row.n);
    if (group) group.push(row);
    else groups.set(row.n, [row]);
  }
  return groups;
}

function toActor(who: Who, found: readonly ActorRow[]): Actor {
  const [first] = found;
  if (!first) return { kind: 'person', personId: null, openId: who.openId, name: '未登记人员', posts: [] };
  const posts = found.flatMap(({ postId, unitCode, role, title, field, holderId, holderName }): ActorPost[] => {
    if (postId === null || role === null) return [];
    const onBehalfOf = holderId !== null && holderName !== null ? { onBehalfOf: { personId: holderId, name: holderName } } : {};
    return [{ postId, unitCode, role, title: title ?? '', field, ...onBehalfOf }];
  });
  return { kind: 'person', personId: first.personId, openId: who.openId ?? first.openId, name: first.name, posts };
}

export interface HolderFilter {
  readonly unitCodes?: readonly string[];
  readonly roles?: readonly Role[];
  readonly postIds?: readonly string[];
  /** true: only 备用联络员 and the like; false: without them */
  readonly backup?: boolean;
}

/** 找现任 — who holds the posts today, each followed by the delegates of today. */
export const findHolders = (tx: Tx, filter: HolderFilter, today: LocalDate): Promise<Holder[]> => findHoldersOn(tx, { filter, today });

const findHoldersOn: (tx: Tx, asked: { filter: HolderFilter; today: LocalDate }) => Promise<Holder[]> = statement('roster.findHolders', (db, asked) =>
  oneByOne(asked, ({ filter, today }) => {
    const { unitCodes = null, roles = null, postIds = null, backup = null } = filter;
    return db.$queryRaw<Holder[]>`
      WITH held AS (
        SELECT h."personId", post.* FROM "Post" post
        JOIN "PostHolding" h ON h."postId" = post.id AND h."fromOn" <= ${today} AND (h."toOn" IS NULL OR h."toOn" >= ${today})
        WHERE (${unitCodes}::text[] IS NULL OR post."unitCode" = ANY(${unitCodes}::text[]))
          AND (${roles}::text[] IS NULL OR post.role = ANY(${roles}::text[]))
          AND (${postIds}::text[] IS NULL OR post.id = ANY(${postIds}::text[]))
          AND (${backup}::boolean IS NULL OR post.backup = ${backup}::boolean)
      )
      SELECT p.id AS "personId", p.name, p."openId", held.id AS "postId", held.role, held.title, held."unitCode", held.field, held.backup,
             both_.holder AS "delegateFor"
      FROM held
      JOIN LATERAL (
        SELECT held."personId" AS person, NULL::text AS holder
        UNION ALL
        SELECT d."delegateId", holder.name FROM "Delegation" d JOIN "Person" holder ON holder.id = d."personId"
        WHERE d."personId" = held."personId" AND ${today} BETWEEN d."fromOn" AND d."toOn" AND held.role <> ALL(${[...personalRoles]}::text[])
      ) both_ ON true
      JOIN "Person" p ON p.id = both_.person AND p.active
      ORDER BY held."unitCode" NULLS FIRST, held.position, both_.holder NULLS FIRST`;
  }),
);

/** 全部单位，按名册次序 */
export async function listUnits(tx: Tx): Promise<Unit[]> {
  return rows(tx).unit.findMany({ where: { active: true }, orderBy: { position: 'asc' } });
}

/** 某用途的群 — null: not bound, or the bot was removed from it. */
export async function chatOf(tx: Tx, purpose: string): Promise<string | null> {
  const binding = await rows(tx).chatBinding.findUnique({ where: { purpose } });
  return binding && binding.lostAt === null ? binding.chatId : null;
}

/** 各用途的群 */
export async function chatsOf(tx: Tx, purposes: readonly string[]): Promise<Map<string, string>> {
  const found = await rows(tx).chatBinding.findMany({ where: { purpose: { in: [...purposes] }, lostAt: null, chatId: { not: null } } });
  return new Map(found.flatMap(({ purpose, chatId }) => (chatId ? [[purpose, chatId] as const] : [])));
}

/** 群的绑定 */
export interface ChatBindingRow {
  readonly purpose: string;
  readonly chatName: string;
  readonly chatId: string | null;
  readonly lostAt: Date | null;
}

/** 全部群绑定 */
export async function listChatBindings(tx: Tx): Promise<ChatBindingRow[]> {
  return rows(tx).chatBinding.findMany({ orderBy: { purpose: 'asc' } });
}

/** 绑定群 — the former binding of the chat, if any, is released. */
export async function bindChat(tx: Tx, binding: { purpose: string; chatId: string; chatName: string; now: Date }): Promise<void> {
  const { purpose, chatId, chatName, now } = binding;
  await rows(tx).chatBinding.updateMany({ where: { chatId, purpose: { not: purpose } }, data: { chatId: null } });
  await rows(tx).chatBinding.upsert({
    where: { purpose },
    create: { purpose, chatName, chatId, boundAt: now },
    update: { chatName, chatId, boundAt: now, lostAt: null },
  });
}

/** 绑定空着的用途 — what a name alone may do: a binding that is alive is never replaced. @returns false: it is alive (by now) */
export async function bindVacantPurpose(tx: Tx, binding: { purpose: string; chatId: string; chatName: string; now: Date }): Promise<boolean> {
  const { purpose } = binding;
  const [vacant] = await rows(tx).$queryRaw<{ purpose: string }[]>`
    SELECT purpose FROM "ChatBinding" WHERE purpose = ${purpose} AND ("chatId" IS NULL OR "lostAt" IS NOT NULL) FOR UPDATE`;
  if (!vacant) return false;
  await bindChat(tx, binding);
  return true;
}

/** 机器人被移出群 — returns what the chat was for; nothing when that was known already. */
export async function loseChat(tx: Tx, chatId: string, now: Date): Promise<{ purpose: string; chatName: string }[]> {
  const found = await rows(tx).chatBinding.findMany({ where: { chatId, lostAt: null }, select: { purpose: true, chatName: true } });
  await rows(tx).chatBinding.updateMany({ where: { chatId, lostAt: null }, data: { lostAt: now } });
  return found;
}

/** 账号、群全部重认 — what another application knows them by is another number. @returns the mobiles to look up, and how many groups wait for the bot */
export async function forgetAccounts(tx: Tx, now: Date): Promise<{ mobiles: string[]; chats: number }> {
  const db = rows(tx);
  const bound = { active: true, openId: { not: null } };
  const mobiles = (await db.person.findMany({ where: bound, select: { mobile: true }, orderBy: { mobile: 'asc' } })).map(({ mobile }) => mobile);
  await db.person.updateMany({ data: { openId: null, unionId: null, userId: null } });
  const { count: chats } = await db.chatBinding.updateMany({ where: { chatId: { not: null }, lostAt: null }, data: { lostAt: now } });
  return { mobiles, chats };
}

/** 收件的叫什么 — accounts and groups by their ids; whom the roster does not know is left out. */
export async function namesOf(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const people = await rows(tx).person.findMany({ where: { openId: { in: [...ids] } }, select: { openId: true, name: true } });
  const chats = await rows(tx).chatBinding.findMany({ where: { chatId: { in: [...ids] } }, select: { chatId: true, chatName: true } });
  return new Map([
    ...people.map(({ openId, name }) => [openId ?? '', name] as const),
    ...chats.map(({ chatId, chatName }) => [chatId ?? '', chatName] as const),
  ]);
}

/** 没有账号的人 */
export async function findUnbound(tx: Tx): Promise<{ id: string; name: string; mobile: string }[]> {
  return rows(tx).person.findMany({
    where: { openId: null, active: true },
    select: { id: true, name: true, mobile: true },
    orderBy: { name: 'asc' },
  });
}

/** 绑定账号 */
export async function bindAccount(
  tx: Tx,
  mobile: string,
  account: { openId: string; unionId?: string | undefined; userId?: string | undefined },
): Promise<void> {
  const { openId, unionId = null, userId = null } = account;
  await rows(tx).person.updateMany({ where: { mobile }, data: { openId, unionId, userId, active: true } });
}

/** 人员离职 — the account is closed; what was held stays listed as vacant. Returns the name, or null when the roster did not know the account. */
export async function deactivate(tx: Tx, openId: string): Promise<{ id: string; name: string } | null> {
  const person = await rows(tx).person.findUnique({ where: { openId }, select: { id: true, name: true } });
  if (person) await rows(tx).person.update({ where: { id: person.id }, data: { active: false, openId: null } });
  return person;
}

/** 名册计数 */
export async function countRoster(tx: Tx, today: LocalDate): Promise<{ units: number; people: number; unbound: number; vacant: number }> {
  const db = rows(tx);
  const [units, people, unbound, vacant] = await Promise.all([
    db.unit.count({ where: { active: true } }),
    db.person.count({ where: { active: true } }),
    db.person.count({ where: { active: true, openId: null } }),
    db.post.count({
      where: { holdings: { none: { fromOn: { lte: today }, OR: [{ toOn: null }, { toOn: { gte: today } }], person: { active: true } } } },
    }),
  ]);
  return { units, people, unbound, vacant };
}

/** 找人 — by name, optionally inside a unit; several people may bear the same name. */
export async function findPeople(
  tx: Tx,
  { name, unitCode, today }: { name: string; unitCode?: string; today: LocalDate },
): Promise<{ id: string; name: string; mobile: string; openId: string | null }[]> {
  const current = { fromOn: { lte: today }, OR: [{ toOn: null }, { toOn: { gte: today } }] };
  return rows(tx).person.findMany({
    where: { name, active: true, ...(unitCode ? { holdings: { some: { ...current, post: { unitCode } } } } : {}) },
    select: { id: true, name: true, mobile: true, openId: true },
  });
}
