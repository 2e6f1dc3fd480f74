import { createHash, randomBytes } from 'node:crypto';
import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { canonicalList, commitmentOf } from '../draws/draw.ts';
import { assertMay } from '../roster/policy.ts';
import { advanceSession, commitDraw, notePresenters, registerRoll, requestDrawVoid, voidDraw, wipeTrial } from './advance.ts';
import type { ReviewSession, SessionPlan } from './model.ts';
import { askerOf, assertAnother, assertObserver, pinObservers } from './observers.ts';
import {
  type DrawRow,
  findDraw,
  findDrawIds,
  findPeopleByMobile,
  findPresentingVoters,
  findSession,
  findSessionsByNumber,
  lockSession,
} from './store.ts';

/** 取场次 — locked until the commit: what is pressed on the console happens one after the other. @throws NotFoundError */
export async function takeSession(ctx: Pick<Context, 'tx'>, sessionId: string): Promise<ReviewSession> {
  await lockSession(ctx.tx, sessionId);
  return getSession(ctx, sessionId);
}

/** 看场次 @throws NotFoundError */
export async function getSession(ctx: Pick<Context, 'tx'>, sessionId: string): Promise<ReviewSession> {
  const session = await findSession(ctx.tx, sessionId);
  if (!session) throw new NotFoundError('没有这个述职场次，请重新发送方案');
  return session;
}

/** 确认方案 — the slots and the roll are registered; a plan of the same number that is still being prepared is replaced. */
export async function confirmSession(ctx: Context, sessionId: string): Promise<ReviewSession> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  if (session.state !== 'checked') throw new ConflictError('已确认，无需重复确认');
  for (const former of await findSessionsByNumber(ctx.tx, session.number)) {
    if (former.state !== 'preparing') throw new ConflictError(`${session.number}已经锁定名册，不能再换方案。请另用一个场次编号。`);
    await advanceSession(ctx, former, { event: 'replace', right });
  }
  const confirmed = await advanceSession(ctx, session, { event: 'confirm', right });
  const mobiles = session.plan.voters.flatMap(({ mobile }) => (mobile === null ? [] : [mobile]));
  await registerRoll(ctx, confirmed, await findPeopleByMobile(ctx.tx, mobiles));
  return confirmed;
}

/** 换下没有确认的方案 — its settings are being changed. */
export async function replaceChecked(ctx: Context, sessionId: string): Promise<ReviewSession> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  if (session.state !== 'checked') throw new ConflictError('方案已经确认；锁定名册之前，重发方案可以替换');
  return advanceSession(ctx, session, { event: 'replace', right });
}

/** 锁定名册 — from now on neither the roll nor the list of the draw can change: their fingerprints are published. */
export async function lockRoll(ctx: Context, sessionId: string): Promise<{ session: ReviewSession; commitment: string }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  if (session.plan.observers.length === 0) throw new InvalidError('方案里没有监督员，抽签没有人取数');
  const plan = { ...session.plan, observerIds: await pinObservers(ctx, session.plan) };
  await pinPresenters(ctx, session);
  const locked = await advanceSession(ctx, session, { event: 'lock', patch: { plan, rollHash: rollHash(plan) }, right });
  const list = {
    drawId: await nextDrawId(ctx, plan.drawId),
    secret: randomBytes(32).toString('hex'),
    items: canonicalList(plan.onStage.map(({ unitCode, unitName }) => ({ code: unitCode, name: unitName }))),
  };
  const commitment = commitmentOf(list);
  const { drawId: id, ...rest } = list;
  await commitDraw(ctx, { id, sessionId, ...rest, commitment }, right);
  return { session: locked, commitment };
}

/**
 * 认出述职人 — whoever presents and votes too votes on the others only. On one anonymous ballot for all of them his own can't be told.
 * @throws InvalidError then, while the plan may still be changed
 */
async function pinPresenters(ctx: Context, { id, plan }: ReviewSession): Promise<void> {
  const found = await findPresentingVoters(ctx.tx, { sessionId: id, today: ctx.today });
  const [first] = found;
  if (first && plan.method === 'together' && plan.secrecy === 'blind')
    throw new InvalidError(
      `${first.unitName}的述职人${first.name}也在测评人名册上。可证明匿名的集中测评，一张票投各家，分不出他给自己的那一份：请改为一述一评或简易模式，或在名册上去掉他，重发方案`,
    );
  await notePresenters(ctx, id, found);
}

/** 抽签编号 — a void draw keeps its own; the next is numbered on. */
async function nextDrawId(ctx: Context, drawId: string): Promise<string> {
  const used = await findDrawIds(ctx.tx, drawId);
  let id = drawId;
  for (let number = 2; used.includes(id); number += 1) id = `${drawId}-${number}`;
  return id;
}

/** 提出抽签作废 — an observer who doesn't come, a list that has to change: void only when an observer agrees, and before sign-in. */
export async function proposeRedraw(
  ctx: Context,
  { sessionId, reason }: { sessionId: string; reason: string },
): Promise<{ session: ReviewSession; draw: DrawRow }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const draw = await findDraw(ctx.tx, sessionId);
  if (!draw || (session.state !== 'locked' && session.state !== 'drawn')) throw new ConflictError('锁定名册之后、开始签到之前，才能作废抽签');
  await requestDrawVoid(ctx, draw, { reason, right });
  return { session, draw: { ...draw, voidAskedBy: askerOf(ctx.actor), voidReason: reason } };
}

/** 同意抽签作废 — by an observer, never by the one who asked. The plan may be changed again; locking it makes a new commitment. */
export async function agreeRedraw(ctx: Context, sessionId: string): Promise<{ session: ReviewSession; draw: DrawRow }> {
  const right = assertMay(ctx.actor, 'observeReview');
  const session = await takeSession(ctx, sessionId);
  const draw = await findDraw(ctx.tx, sessionId);
  if (!draw || draw.voidAskedBy === null) throw new ConflictError('这次抽签已经作废');
  assertObserver(session.plan, ctx.actor);
  assertAnother(draw.voidAskedBy, ctx.actor);
  await voidDraw(ctx, draw, right);
  return { session: await advanceSession(ctx, session, { event: 'unlock', right }), draw: { ...draw, state: 'voided' } };
}

/** 名册的指纹 — who is entitled, by class, as it was when the roll was locked. */
function rollHash({ voters }: SessionPlan): string {
  const lines = voters.map(({ voterClass, name, workplace }) => `${voterClass} ${name} ${workplace}`).sort((left, right) => (left < right ? -1 : 1));
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** 归档 — the session leaves the command 述职; its record stays. Nothing more is released after it: whoever presses is told what has not been. */
export async function archiveSession(ctx: Context, sessionId: string): Promise<ReviewSession> {
  const right = assertMay(ctx.actor, 'runReview');
  return advanceSession(ctx, await takeSession(ctx, sessionId), { event: 'archive', right });
}

/** 试测清空 */
export async function wipeSession(ctx: Context, sessionId: string): Promise<ReviewSession> {
  const right = assertMay(ctx.actor, 'runReview');
  return wipeTrial(ctx, await takeSession(ctx, sessionId), right);
}
