import type { Context } from '#core/context';
import { addDays, type LocalDate, monthDay } from '#core/dates';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import {
  type DelegationRecord,
  delegableUnits,
  delegationsBy,
  delegationsTo,
  endDelegation,
  findDelegation,
  insertDelegation,
  lockPeople,
} from './delegations/store.ts';
import { checkDay, choosePerson, type PersonChoice } from './hand-over.ts';
import { findPerson, type PersonRecord } from './handovers/store.ts';
import { assertMay } from './policy.ts';

/** 登记好的委托 */
export interface Registered {
  readonly delegation: DelegationRecord;
  /** whose work the principal does in that time: it does not pass on to the delegate */
  readonly notPassedOn: readonly PersonRecord[];
}

/** 委托至多这么多天 */
const lengthDaysMax = 366;

/**
 * 委托代办 — for a period both receive the cards, either may act, and what the delegate does is recorded as “代”.
 * @throws ConflictError when the person has delegated in that period already
 * @throws InvalidError for a period that is none, or a delegate who can't do it
 */
export async function delegateWork(
  ctx: Context,
  { personId, to, fromOn, toOn, reason }: { personId: string; to: PersonChoice; fromOn: LocalDate; toOn: LocalDate; reason: string | null },
): Promise<Registered> {
  assertMay(ctx.actor, rightOver(ctx, personId));
  checkPeriod(ctx.today, { fromOn, toOn });
  const delegate = await choosePerson(ctx, to, '代办人');
  if (delegate.personId === personId) throw new InvalidError('不能委托给本人');
  if (delegate.personId === ctx.actor.personId) throw new InvalidError('不能替别人委托给您自己，请由本人或另一位管理员登记');
  if (delegate.openId === null) throw new InvalidError(`${delegate.name}没有飞书账号，收不到卡片，请另选代办人`);
  await lockPeople(ctx.tx, [personId, delegate.personId]);
  const principal = await requirePerson(ctx, personId);
  const period = { from: fromOn, to: toOn };
  await checkFree(ctx, { principal, delegate, period });
  const delegation: DelegationRecord = { id: newId(), principal, delegate, fromOn, toOn, reason };
  await insertDelegation(ctx.tx, { id: delegation.id, personId, delegateId: delegate.personId, fromOn, toOn, reason });
  ctx.audit.record({
    subject: { type: 'person', id: personId },
    event: 'delegate',
    after: delegate.personId,
    detail: { delegationId: delegation.id, fromOn, toOn },
  });
  const taken = await delegationsTo(ctx.tx, personId, period);
  return { delegation, notPassedOn: taken.map((other) => other.principal) };
}

/** 收回委托 — from now on only the principal acts. @throws ConflictError when it is over already */
export async function withdrawDelegation(ctx: Context, delegationId: string): Promise<DelegationRecord> {
  const delegation = await findDelegation(ctx.tx, delegationId);
  if (!delegation) throw new NotFoundError('找不到这项委托，请重新发送“委托”', `no delegation ${delegationId}`);
  const { principal, delegate } = delegation;
  assertMay(ctx.actor, rightOver(ctx, principal.personId));
  // 还没开始的，结束日也落在开始日之前：留作记录，哪天都不生效。
  if (!(await endDelegation(ctx.tx, { id: delegationId, lastDay: addDays(ctx.today, -1), today: ctx.today })))
    throw new ConflictError('这项委托已经结束');
  ctx.audit.record({
    subject: { type: 'person', id: principal.personId },
    event: 'withdrawDelegation',
    before: delegate.personId,
    detail: { delegationId },
  });
  return delegation;
}

/** 委托的情形 — what the form and the list need to know. @throws NotFoundError, InvalidError when there is nothing to delegate */
export async function delegationSituation(
  ctx: Context,
  personId: string,
): Promise<{ principal: PersonRecord; unitCodes: readonly (string | null)[]; delegations: readonly DelegationRecord[] }> {
  assertMay(ctx.actor, rightOver(ctx, personId));
  const principal = await requirePerson(ctx, personId);
  const unitCodes = await delegableUnits(ctx.tx, personId, { from: ctx.today, to: ctx.today });
  if (unitCodes.length === 0) throw new InvalidError(nothingToDelegate(principal));
  return { principal, unitCodes, delegations: await delegationsBy(ctx.tx, personId, { from: ctx.today }) };
}

function rightOver(ctx: Context, personId: string): 'delegate' | 'delegateForOthers' {
  return personId === ctx.actor.personId ? 'delegate' : 'delegateForOthers';
}

function checkPeriod(today: LocalDate, { fromOn, toOn }: { fromOn: LocalDate; toOn: LocalDate }): void {
  checkDay(fromOn, { today, what: '开始日期' });
  checkDay(toOn, { today, what: '结束日期' });
  if (toOn < fromOn) throw new InvalidError('结束日期早于开始日期，请改正后再提交');
  if (toOn > addDays(fromOn, lengthDaysMax)) throw new InvalidError('委托超过一年，请改为岗位移交');
}

async function checkFree(
  ctx: Context,
  { principal, delegate, period }: { principal: PersonRecord; delegate: PersonRecord; period: { from: LocalDate; to: LocalDate } },
): Promise<void> {
  const units = await delegableUnits(ctx.tx, principal.personId, period);
  if (units.length === 0) throw new InvalidError(nothingToDelegate(principal));
  const [own] = await delegationsBy(ctx.tx, principal.personId, period);
  if (own) throw new ConflictError(`${principal.name}在${spoken(own)}已委托${own.delegate.name}代办，请先收回再改`);
  const [away] = await delegationsBy(ctx.tx, delegate.personId, period);
  if (away) throw new InvalidError(`${delegate.name}在${spoken(away)}自己也委托了他人，请另选代办人`);
}

/** 期间的说法 — `9月14日至9月24日` */
function spoken({ fromOn, toOn }: { fromOn: LocalDate; toOn: LocalDate }): string {
  return `${monthDay(fromOn)}至${monthDay(toOn)}`;
}

function nothingToDelegate({ name }: PersonRecord): string {
  return `${name}没有可以委托的岗位：测评、监督须本人履行，其他岗位请先登记进花名册`;
}

async function requirePerson(ctx: Context, personId: string): Promise<PersonRecord> {
  const person = await findPerson(ctx.tx, { personId });
  if (!person) throw new NotFoundError('花名册里没有这个人，请联系系统管理员', `no person ${personId}`);
  return person;
}
