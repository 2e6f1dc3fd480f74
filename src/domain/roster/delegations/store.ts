import type { Role, Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import { rows } from '#db/rows';
import type { PersonRecord } from '../handovers/store.ts';
import { personalRoles } from '../model.ts';

/** 委托 */
export interface DelegationRecord {
  readonly id: string;
  readonly principal: PersonRecord;
  readonly delegate: PersonRecord;
  readonly fromOn: LocalDate;
  /** last day */
  readonly toOn: LocalDate;
  readonly reason: string | null;
}

interface DelegationRow {
  readonly id: string;
  readonly personId: string;
  readonly delegateId: string;
  readonly fromOn: LocalDate;
  readonly toOn: LocalDate;
  readonly reason: string | null;
}

/** 记委托 */
export async function insertDelegation(tx: Tx, delegation: DelegationRow): Promise<void> {
  await rows(tx).delegation.create({ data: delegation });
}

/** 锁人 — two delegations by one person follow each other; the ids are locked in one order, so that nobody waits for ever. */
export async function lockPeople(tx: Tx, personIds: readonly string[]): Promise<void> {
  await rows(tx).$queryRaw`SELECT 1 FROM "Person" WHERE id = ANY(${[...personIds]}::text[]) ORDER BY id FOR UPDATE`;
}

/** 某人的委托 — not yet over, the earliest first. @param from the first day that matters */
export async function delegationsBy(tx: Tx, personId: string, { from, to }: { from: LocalDate; to?: LocalDate }): Promise<DelegationRecord[]> {
  const found = await rows(tx).delegation.findMany({
    where: { personId, toOn: { gte: from }, ...(to === undefined ? {} : { fromOn: { lte: to } }) },
    orderBy: [{ fromOn: 'asc' }, { id: 'asc' }],
  });
  return withPeople(tx, found);
}

/** 受托 — whose work the person does in the period. */
export async function delegationsTo(tx: Tx, delegateId: string, { from, to }: { from: LocalDate; to: LocalDate }): Promise<DelegationRecord[]> {
  const found = await rows(tx).delegation.findMany({ where: { delegateId, toOn: { gte: from }, fromOn: { lte: to } }, orderBy: { fromOn: 'asc' } });
  return withPeople(tx, found);
}

/** 一项委托 */
export async function findDelegation(tx: Tx, id: string): Promise<DelegationRecord | null> {
  const found = await rows(tx).delegation.findUnique({ where: { id } });
  const [record] = found ? await withPeople(tx, [found]) : [];
  return record ?? null;
}

/** 提前结束 — the row stays as a record. False: it was over already. */
export async function endDelegation(tx: Tx, { id, lastDay, today }: { id: string; lastDay: LocalDate; today: LocalDate }): Promise<boolean> {
  const { count } = await rows(tx).delegation.updateMany({ where: { id, toOn: { gte: today } }, data: { toOn: lastDay } });
  return count === 1;
}

/** 可委托的岗位 — units of the posts that the person holds on some day of the period; votes and observers' signatures are personal. */
export async function delegableUnits(tx: Tx, personId: string, { from, to }: { from: LocalDate; to: LocalDate }): Promise<(string | null)[]> {
  const personal: Role[] = [...personalRoles];
  const found = await rows(tx).post.findMany({
    where: { role: { notIn: personal }, holdings: { some: { personId, fromOn: { lte: to }, OR: [{ toOn: null }, { toOn: { gte: from } }] } } },
    select: { unitCode: true },
    orderBy: { position: 'asc' },
  });
  return [...new Set(found.map(({ unitCode }) => unitCode))];
}

async function withPeople(tx: Tx, found: readonly DelegationRow[]): Promise<DelegationRecord[]> {
  if (found.length === 0) return [];
  const ids = found.flatMap(({ personId, delegateId }) => [personId, delegateId]);
  const people = await rows(tx).person.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, openId: true } });
  const byId = new Map(people.map(({ id, name, openId }) => [id, { personId: id, name, openId }]));
  return found.flatMap(({ id, personId, delegateId, fromOn, toOn, reason }) => {
    const [principal, delegate] = [byId.get(personId), byId.get(delegateId)];
    return principal && delegate ? [{ id, principal, delegate, fromOn, toOn, reason }] : [];
  });
}
