import type { Role, Tx } from '#core/context';
import { addDays, type LocalDate } from '#core/dates';
import { rows } from '#db/rows';

/** 一段任职 */
export interface Holding {
  readonly personId: string;
  readonly name: string;
  /** 已离职 */
  readonly hasLeft: boolean;
  readonly fromOn: LocalDate;
  /** last day; null: until further notice */
  readonly toOn: LocalDate | null;
}

/** 岗位与现任、已安排的接任 */
export interface PostRecord {
  readonly postId: string;
  readonly unitCode: string | null;
  readonly unitName: string | null;
  readonly title: string;
  readonly role: Role;
  /** holdings that have not ended, the earliest first */
  readonly holdings: readonly Holding[];
}

/** 人 */
export interface PersonRecord {
  readonly personId: string;
  readonly name: string;
  /** null: no account on the platform */
  readonly openId: string | null;
}

/** 找岗位 — of a unit, held now (or soon) by a person or by people of a name (also when they have left), or one by its id. */
export async function findPosts(
  tx: Tx,
  { unitCode, personId, holderName, postId }: { unitCode?: string; personId?: string; holderName?: string; postId?: string },
  today: LocalDate,
): Promise<PostRecord[]> {
  const open = { OR: [{ toOn: null }, { toOn: { gte: today } }] };
  const found = await rows(tx).post.findMany({
    where: {
      ...(unitCode === undefined ? {} : { unitCode }),
      ...(postId === undefined ? {} : { id: postId }),
      ...(personId === undefined ? {} : { holdings: { some: { personId, ...open } } }),
      ...(holderName === undefined ? {} : { holdings: { some: { person: { name: holderName }, ...open } } }),
    },
    include: {
      unit: { select: { name: true, position: true } },
      holdings: { where: open, include: { person: { select: { name: true, active: true } } }, orderBy: { fromOn: 'asc' } },
    },
    orderBy: [{ unit: { position: 'asc' } }, { position: 'asc' }],
  });
  return found.map(({ id, unitCode: code, unit, title, role, holdings }) => ({
    postId: id,
    unitCode: code,
    unitName: unit?.name ?? null,
    title,
    role: role as Role,
    holdings: holdings.map(({ personId: heldBy, person, fromOn, toOn }) => ({
      personId: heldBy,
      name: person.name,
      hasLeft: !person.active,
      fromOn,
      toOn,
    })),
  }));
}

/** 锁岗位 — two handovers of one post follow each other. False: there is no such post. */
export async function lockPost(tx: Tx, postId: string): Promise<boolean> {
  const found = await rows(tx).$queryRaw<unknown[]>`SELECT 1 FROM "Post" WHERE id = ${postId} FOR UPDATE`;
  return found.length > 0;
}

/** 换任职 — from the day on the post is the person's alone: what was to begin on that day or later is dropped, what runs ends the day before. */
export async function replaceHolding(
  tx: Tx,
  { id, postId, personId, on }: { id: string; postId: string; personId: string; on: LocalDate },
): Promise<void> {
  const db = rows(tx);
  await db.postHolding.deleteMany({ where: { postId, fromOn: { gte: on } } });
  await db.postHolding.updateMany({ where: { postId, OR: [{ toOn: null }, { toOn: { gte: on } }] }, data: { toOn: addDays(on, -1) } });
  await db.postHolding.create({ data: { id, postId, personId, fromOn: on } });
}

/**
 * 分管领导的前任和现任，按姓名 — null: not a leader's post, nobody before, or the former one leads another field still.
 * @param formerId whom the handover took the post from; null: whoever held it last
 */
export async function findSuccession(
  tx: Tx,
  { postId, formerId }: { postId: string; formerId: string | null },
  today: LocalDate,
): Promise<{ former: string; successor: string } | null> {
  const [found] = await rows(tx).$queryRaw<{ former: string; successor: string }[]>`
    SELECT f.name AS former, s.name AS successor
    FROM "Post" post
    JOIN "PostHolding" now ON now."postId" = post.id AND now."fromOn" <= ${today} AND (now."toOn" IS NULL OR now."toOn" >= ${today})
    JOIN "Person" s ON s.id = now."personId"
    JOIN "Person" f ON f.name <> s.name AND f.id = COALESCE(${formerId}::text, (
      SELECT "personId" FROM "PostHolding" WHERE "postId" = post.id AND "toOn" < now."fromOn" ORDER BY "toOn" DESC LIMIT 1
    ))
    WHERE post.id = ${postId} AND post.role = 'leaderInCharge' AND NOT EXISTS (
      SELECT 1 FROM "PostHolding" h JOIN "Post" p ON p.id = h."postId" JOIN "Person" n ON n.id = h."personId" AND n.active
      WHERE n.name = f.name AND p.role IN ('leaderInCharge', 'principalLeader') AND h."fromOn" <= ${today} AND (h."toOn" IS NULL OR h."toOn" >= ${today})
    )`;
  return found ?? null;
}

/** 单位的分管领导换成接任的 */
export async function moveUnitsOfLeader(tx: Tx, { former, successor }: { former: string; successor: string }): Promise<void> {
  await rows(tx).unit.updateMany({ where: { leaderName: former }, data: { leaderName: successor } });
}

/** 同事 — who holds a post today in one of the units (null: posts outside units), each once, in the order of the roster. */
export async function findColleagues(
  tx: Tx,
  { unitCodes, without }: { unitCodes: readonly (string | null)[]; without: readonly Role[] },
  today: LocalDate,
): Promise<(PersonRecord & { readonly title: string })[]> {
  const found = await rows(tx).$queryRaw<(PersonRecord & { title: string })[]>`
    SELECT p.id AS "personId", p.name, p."openId", (array_agg(post.title ORDER BY post.position))[1] AS title
    FROM "Post" post
    JOIN "PostHolding" h ON h."postId" = post.id AND h."fromOn" <= ${today} AND (h."toOn" IS NULL OR h."toOn" >= ${today})
    JOIN "Person" p ON p.id = h."personId" AND p.active
    LEFT JOIN "Unit" u ON u.code = post."unitCode"
    WHERE post.role <> ALL(${[...without]}::text[])
      AND (post."unitCode" = ANY(${unitCodes.filter((code) => code !== null)}::text[]) OR (post."unitCode" IS NULL AND ${unitCodes.includes(null)}::boolean))
    GROUP BY p.id ORDER BY min(u.position) NULLS FIRST, min(post.position), p.id`;
  return found;
}

/** 找人 — by id or by mobile number; nobody who has left. */
export async function findPerson(tx: Tx, by: { personId: string } | { mobile: string }): Promise<PersonRecord | null> {
  const where = 'mobile' in by ? { mobile: by.mobile } : { id: by.personId };
  const person = await rows(tx).person.findFirst({ where: { ...where, active: true }, select: { id: true, name: true, openId: true } });
  return person && { personId: person.id, name: person.name, openId: person.openId };
}
