import type { Context } from '#core/context';
import { addDays, type LocalDate } from '#core/dates';
import { InvalidError } from '#core/errors';
import type { Account } from '#core/feature';
import { newId } from '#core/ids';
import { saveAdministrators } from './administrators/store.ts';
import { assertMay } from './policy.ts';
import { deactivate, findHolders, insertDelegation, moveHolding } from './store.ts';

/** 岗位移交 — the post changes hands from a day on; what is open moves with it because duty belongs to the post. */
export async function handOverPost(ctx: Context, { postId, toPersonId, on }: { postId: string; toPersonId: string; on: LocalDate }): Promise<void> {
  assertMay(ctx.actor, 'handOverPost');
  const [former] = await findHolders(ctx.tx, { postIds: [postId] }, ctx.today);
  if (former?.personId === toPersonId) throw new InvalidError(`${former.name}已在该岗位，无需移交`);
  await moveHolding(ctx.tx, { postId, toPersonId, on, dayBefore: addDays(on, -1), id: newId() });
  ctx.audit.record({ subject: { type: 'post', id: postId }, event: 'handOver', before: former?.personId ?? '', after: toPersonId, detail: { on } });
}

/** 委托代办 — both receive the cards, either may act, and it is recorded as “代”. @throws InvalidError for a period that is none */
export async function delegate(
  ctx: Context,
  { personId, delegateId, fromOn, toOn, reason }: { personId: string; delegateId: string; fromOn: LocalDate; toOn: LocalDate; reason: string | null },
): Promise<void> {
  if (personId !== ctx.actor.personId) assertMay(ctx.actor, 'handOverPost');
  if (personId === delegateId) throw new InvalidError('不能委托给本人');
  if (toOn < fromOn) throw new InvalidError('结束日期早于开始日期，请改正后再提交');
  await insertDelegation(ctx.tx, { id: newId(), personId, delegateId, fromOn, toOn, reason });
  ctx.audit.record({ subject: { type: 'person', id: personId }, event: 'delegate', after: delegateId, detail: { fromOn, toOn } });
}

/** 人员离职 — the platform says that the account is gone. */
export async function markPersonLeft(ctx: Context, openId: string): Promise<{ name: string } | null> {
  const person = await deactivate(ctx.tx, openId);
  if (person) ctx.audit.record({ subject: { type: 'person', id: person.id }, event: 'leave' });
  return person;
}

/** 首任管理员 — the people named in the configuration hold the administrator's post from the first start. */
export async function ensureAdministrators(
  ctx: Context,
  administrators: readonly { mobile: string; name: string; account: Account | null }[],
): Promise<void> {
  const added = await saveAdministrators(ctx.tx, administrators);
  for (const id of added) ctx.audit.record({ subject: { type: 'person', id }, event: 'appointAdministrator' });
}
