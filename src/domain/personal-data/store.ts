import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { Clearing, PersonalPlace, PersonColumn } from './places.ts';

/** 当事人 — as the places know him; a guest of a list has a number and nothing else. */
export interface DataSubject {
  /** null: not in the roster */
  readonly personId: string | null;
  readonly openId: string | null;
  /** digits only */
  readonly mobile: string;
  readonly name: string | null;
}

/** 按手机号找当事人 */
export async function findSubject(tx: Tx, mobile: string): Promise<DataSubject> {
  const person = await rows(tx).person.findUnique({ where: { mobile }, select: { id: true, openId: true, name: true } });
  // 不在花名册的组长，账号只记在小组上。
  const led = await rows(tx).mentorGroup.findFirst({ where: { leaderMobile: mobile, leaderOpenId: { not: null } }, select: { leaderOpenId: true } });
  return { personId: person?.id ?? null, openId: person?.openId ?? led?.leaderOpenId ?? null, name: person?.name ?? null, mobile };
}

/** 锁住当事人：同时有人移交岗位给他，后到的等着 */
export async function lockSubject(tx: Tx, { personId }: DataSubject): Promise<void> {
  await rows(tx).$queryRaw`SELECT 1 FROM "Person" WHERE id = ${personId} FOR UPDATE`;
}

/** 在这一处的记录 — the declared fields only, as text. */
export async function findRecords(tx: Tx, place: PersonalPlace, subject: DataSubject): Promise<Record<string, string | null>[]> {
  const fields = Object.keys(place.fields).map((name) => `${quoted(name)}::text AS ${quoted(name)}`);
  return rows(tx).$queryRawUnsafe(`${who} SELECT ${fields.join(', ')} FROM ${quoted(place.table)} WHERE ${conditionOf(place)}`, ...valuesOf(subject));
}

/** 在这一处有几条 */
export async function countRecords(tx: Tx, place: PersonalPlace, subject: DataSubject): Promise<number> {
  const count = `${who} SELECT count(*)::int AS count FROM ${quoted(place.table)} WHERE ${conditionOf(place)}`;
  const [found] = await rows(tx).$queryRawUnsafe<{ count: number }[]>(count, ...valuesOf(subject));
  return found?.count ?? 0;
}

/** 删去这一处的 — nothing where the record is kept. */
export async function eraseRecords(tx: Tx, { erasure, ...place }: PersonalPlace, subject: DataSubject): Promise<void> {
  if (erasure.kind === 'keep') return;
  const changes =
    erasure.kind === 'clear' ? Object.entries(erasure.columns).map(([name, how]) => `${quoted(name)} = ${cleared[how](quoted(name))}`) : [];
  if (erasure.kind === 'clear' && changes.length === 0) return;
  const change = erasure.kind === 'remove' ? `DELETE FROM ${quoted(place.table)}` : `UPDATE ${quoted(place.table)} SET ${changes.join(', ')}`;
  await rows(tx).$executeRawUnsafe(`${who} ${change} WHERE ${conditionOf(place)}`, ...valuesOf(subject));
}

/** 清空人员 — the row stays for the signatures in the records; number, accounts and note go, and nobody acts or is written to by it. */
export async function erasePersonRow(tx: Tx, personId: string, now: Date): Promise<void> {
  const gone = { openId: null, unionId: null, userId: null, note: null, active: false, erasedAt: now };
  // 手机号是唯一的钥匙，不能为空：换成一个不是号码的。
  await rows(tx).person.update({ where: { id: personId }, data: { ...gone, mobile: `erased:${personId}` } });
}

/** 还担着的事 — posts, delegations, sessions and lists in force that still count on him: while there is one, nothing is erased. */
export async function findDuties(tx: Tx, { personId, mobile }: DataSubject, today: string): Promise<string[]> {
  const db = rows(tx);
  const open = { OR: [{ toOn: null }, { toOn: { gte: today } }] };
  const posts =
    personId === null ? [] : await db.postHolding.findMany({ where: { personId, ...open }, include: { post: { include: { unit: true } } } });
  const delegations =
    personId === null ? 0 : await db.delegation.count({ where: { toOn: { gte: today }, OR: [{ personId }, { delegateId: personId }] } });
  const over = ['archived', 'replaced', 'wiped'];
  const sessions = await db.reviewVoter.findMany({
    where: { session: { state: { notIn: over } }, OR: [{ mobile }, ...(personId === null ? [] : [{ personId }])] },
    select: { session: { select: { number: true } } },
  });
  const rolls = await db.$queryRaw<{ unitCode: string }[]>`
    SELECT DISTINCT r."unitCode" FROM "MentorGroup" g JOIN "GroupRoll" r ON r.id = g."rollId" AND r.state = 'inForce'
    WHERE g."leaderMobile" = ${mobile} OR g.members::text LIKE '%"' || ${mobile} || '"%'`;
  return [
    ...posts.map(({ post }) => `还在任：${post.unit?.shortName ?? ''}${post.title}，请先移交岗位`),
    ...(delegations > 0 ? ['还有没到期的委托，请先收回'] : []),
    ...sessions.map(({ session }) => `在述职场次${session.number}的测评名册上，归档之后再办`),
    ...rolls.map(({ unitCode }) => `在${unitCode}生效的“一带五”名单里，请先导入没有此人的名单`),
  ];
}

// 表名、列名都是清单里写定的，人给的只在参数里；空的一个也对不上。
const who = 'WITH who AS (SELECT $1::text AS "personId", $2::text AS "openId", $3::text AS mobile)';
const his = { personId: '(SELECT "personId" FROM who)', openId: '(SELECT "openId" FROM who)', mobile: '(SELECT mobile FROM who)' };

const matches: Readonly<Record<PersonColumn['holds'], (column: string) => string>> = {
  personId: (column) => `${column} = ${his.personId}`,
  openId: (column) => `${column} = ${his.openId}`,
  mobile: (column) => `${column} = ${his.mobile}`,
  recipient: (column) => `${column} = 'person:' || ${his.openId}`,
  people: (column) => `${column}::text LIKE '%"personId": "' || ${his.personId} || '"%'`,
  numbers: (column) => `${column}::text LIKE '%"' || ${his.mobile} || '"%'`,
};

const cleared: Readonly<Record<Clearing, (column: string) => string>> = {
  null: () => 'NULL',
  withoutAccount: (column) => `NULLIF(${column}, ${his.openId})`,
  withoutNumber: (column) => `COALESCE(NULLIF(${column}, ${his.mobile}), '')`,
  withoutNumberInside: (column) => `replace(${column}::text, '"' || ${his.mobile} || '"', '""')::jsonb`,
};

function conditionOf({ by }: Pick<PersonalPlace, 'by'>): string {
  return by.map(({ name, holds }) => matches[holds](quoted(name))).join(' OR ');
}

function valuesOf({ personId, openId, mobile }: DataSubject): (string | null)[] {
  return [personId, openId, mobile];
}

function quoted(name: string): string {
  return `"${name}"`;
}
