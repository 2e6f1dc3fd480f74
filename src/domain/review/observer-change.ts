import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import type { Holder } from '../roster/model.ts';
import { assertMay } from '../roster/policy.ts';
import { findHolders } from '../roster/store.ts';
import { changePlan } from './advance.ts';
import type { AskedObserver, ReviewSession, SessionPlan } from './model.ts';
import { askerOf, namesOfSeat } from './observers.ts';
import { takeSession } from './setup.ts';

// 名册锁定之后，监督员离任、停了账号，他的一席没有人取数、确认，整场就停在那里。两个人可以换一位：场务秘书提出，放行结果的人同意。

const watched = ['locked', 'drawn', 'signIn', 'inSession', 'voted', 'tallied'];

/** 空着的席位 — who sits there is no observer any more, or has no account; a seat that has confirmed the counts is done. */
export async function vacantSeats(ctx: Pick<Context, 'tx' | 'today'>, session: ReviewSession): Promise<number[]> {
  if (!watched.includes(session.state)) return [];
  const holders = await reachable(ctx);
  return session.plan.observers.flatMap((_name, seat) =>
    isConfirmed(session, seat) || holders.some((holder) => isSeatOf(session.plan, seat, holder)) ? [] : [seat],
  );
}

/** 提出换监督员 — for a seat that is vacant; void until somebody who releases results agrees. */
export async function proposeObserver(
  ctx: Context,
  { sessionId, from, to }: { sessionId: string; from: string; to: string },
): Promise<{ session: ReviewSession; asked: AskedObserver }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const seat = session.plan.observers.indexOf(from);
  if (seat < 0) throw new InvalidError(`这一场的监督员里没有${from}，有${session.plan.observers.join('、')}`);
  if (!(await vacantSeats(ctx, session)).includes(seat)) throw new InvalidError(whyNot(session, seat));
  const chosen = await successor(ctx, session, { seat, to });
  const asked = { seat, from, toId: chosen.personId, to: chosen.name, askedById: askerOf(ctx.actor), askedBy: ctx.actor.name };
  if (asked.toId === asked.askedById) throw new InvalidError('不能换成自己，请另请一位监督员');
  const plan = { ...session.plan, observerAsked: asked };
  return { session: await changePlan(ctx, session, { event: 'askObserver', plan, detail: { from, to }, right }), asked };
}

/** 同意换监督员 — by another person; from now on the seat is the new one's, and what was given in it stays. */
export async function agreeObserver(
  ctx: Context,
  { sessionId, toId }: { sessionId: string; toId: string },
): Promise<{ session: ReviewSession; asked: AskedObserver; agreedBy: string }> {
  const right = assertMay(ctx.actor, 'replaceObserver');
  const session = await takeSession(ctx, sessionId);
  const { observerAsked: asked, ...plan } = session.plan;
  if (!asked || asked.toId !== toId) throw new ConflictError('已经换过，请以最新卡片为准');
  if (asked.askedById === ctx.actor.personId) throw new InvalidError('提出的人不能自己同意，须另一位放行结果的人同意');
  if (asked.toId === ctx.actor.personId) throw new InvalidError('换上的是您自己，须另一位放行结果的人同意');
  if (!(await vacantSeats(ctx, session)).includes(asked.seat)) throw new ConflictError(whyNot(session, asked.seat));
  await successor(ctx, session, { seat: asked.seat, to: asked.to });
  const { seat, from, to } = asked;
  const changed: SessionPlan = {
    ...plan,
    observers: plan.observers.with(seat, to),
    ...(plan.observerIds ? { observerIds: plan.observerIds.with(seat, toId) } : {}),
    observerChanges: [...(plan.observerChanges ?? []), { seat, from, to, askedBy: asked.askedBy, agreedBy: ctx.actor.name }],
  };
  const done = await changePlan(ctx, session, { event: 'changeObserver', plan: changed, detail: { from, to }, right });
  return { session: done, asked, agreedBy: ctx.actor.name };
}

/** 说得上话的监督员 */
const reachable = async (ctx: Pick<Context, 'tx' | 'today'>): Promise<Holder[]> =>
  (await findHolders(ctx.tx, { roles: ['observer'] }, ctx.today)).filter(({ openId }) => openId !== null);

const isSeatOf = ({ observers, observerIds }: SessionPlan, seat: number, { personId, name }: Holder): boolean =>
  observerIds ? observerIds[seat] === personId : observers[seat] === name;

const isConfirmed = ({ plan, confirmedBy }: ReviewSession, seat: number): boolean =>
  namesOfSeat(plan, seat).some((name) => confirmedBy.includes(name));

function whyNot(session: ReviewSession, seat: number): string {
  const name = session.plan.observers[seat] ?? '';
  if (!watched.includes(session.state)) return '锁定名册之后、放行之前，才能换监督员；之前请改方案';
  if (isConfirmed(session, seat)) return `${name}已经确认票数，不用换`;
  return `${name}还在任监督员，不能换。人来不了的，请系统管理员先移交监督员的岗位`;
}

/** 接替的人 @throws InvalidError when he is no observer, several people, or sits in this session already */
async function successor(ctx: Context, { plan }: ReviewSession, { seat, to }: { seat: number; to: string }): Promise<Holder> {
  const sitting = (holder: Holder): boolean => plan.observers.some((name, other) => isSeatOf(plan, other, holder) || name === holder.name);
  const free = (await reachable(ctx)).filter(
    (holder, index, all) => !sitting(holder) && all.findIndex((one) => one.personId === holder.personId) === index,
  );
  const found = free.filter(({ name }) => name === to);
  const [only] = found;
  if (only && found.length === 1 && !clashes(plan, seat, to)) return only;
  if (found.length > 0) throw new InvalidError(`叫${to}的监督员分不清是哪一位，请另选一位`);
  const names = [...new Set(free.map(({ name }) => name))].join('、');
  throw new InvalidError(
    names === ''
      ? '花名册里没有别的监督员，请系统管理员先补一位'
      : `${to === '' ? '请写明换成谁' : `${to}不能接替`}，可以换成：${names}。例如：述职 换监督员 ${plan.observers[seat]} ${free[0]?.name}`,
  );
}

/** 与别的席位上坐过的人同名：票数核对上分不清 */
const clashes = (plan: SessionPlan, seat: number, name: string): boolean =>
  plan.observers.some((_name, other) => other !== seat && namesOfSeat(plan, other).includes(name));
