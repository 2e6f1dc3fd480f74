import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import { type Quorum, quorumOf } from '../ballots/counts.ts';
import { assertMay } from '../roster/policy.ts';
import { advanceSession, markPresent } from './advance.ts';
import type { ReviewSession, ReviewVoter } from './model.ts';
import { getSession, takeSession } from './setup.ts';
import { countRoll, findRounds, findVoter, findVoters } from './store.ts';

const opened = ['signIn', 'inSession'];

/** 开始签到 */
export async function openSignIn(ctx: Context, sessionId: string): Promise<ReviewSession> {
  const right = assertMay(ctx.actor, 'runReview');
  return advanceSession(ctx, await takeSession(ctx, sessionId), { event: 'openSignIn', right });
}

/** 签到 — a voter by his own card, late or not: he votes on what is still to come. */
export async function signIn(ctx: Context, sessionId: string): Promise<{ session: ReviewSession; voter: ReviewVoter }> {
  const session = await getSession(ctx, sessionId);
  const voter = await findVoter(ctx.tx, { sessionId, personId: ctx.actor.personId });
  assertMay(ctx.actor, 'castBallot', { voter: voter?.personId ?? null });
  if (!voter) throw new InvalidError('名册上没有您');
  if (!opened.includes(session.state)) throw new ConflictError(session.state === 'drawn' ? '还没有开始签到' : '签到已经结束');
  if (voter.present) throw new ConflictError('您已签到，无需重复签到');
  await markPresent(ctx, [voter], { event: 'signIn', right: {} });
  return { session, voter: { ...voter, present: true } };
}

/** 登记来宾 — those without an account: the secretary names who is absent, everybody else of the list is here. */
export async function signInGuests(ctx: Context, { sessionId, absent }: { sessionId: string; absent: readonly string[] }): Promise<ReviewSession> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  if (!opened.includes(session.state)) throw new ConflictError('现在不能登记签到');
  const guests = (await findVoters(ctx.tx, sessionId)).filter(({ channel }) => channel === 'slip');
  const stay = (voter: ReviewVoter): boolean => absent.includes(voter.id);
  if (guests.some((voter) => voter.present && stay(voter))) await assertNoneOpen(ctx, sessionId);
  await markPresent(
    ctx,
    guests.filter((voter) => !voter.present && !stay(voter)),
    { event: 'signIn', right },
  );
  await markPresent(
    ctx,
    guests.filter((voter) => voter.present && stay(voter)),
    { event: 'undoSignIn', right },
  );
  return session;
}

/** 登记离会 — he votes no more; what he has cast stays. After the tally there is nothing left to vote on, and who was there is on record. */
export async function signOut(ctx: Context, { sessionId, voterId }: { sessionId: string; voterId: string }): Promise<ReviewVoter> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  if (session.results) throw new ConflictError('已经计票，到会的人数不再改');
  const voter = (await findVoters(ctx.tx, sessionId)).find(({ id }) => id === voterId);
  if (!voter?.present) throw new ConflictError('这位测评人不在会场');
  await assertNoneOpen(ctx, sessionId);
  await markPresent(ctx, [voter], { event: 'leave', right });
  return voter;
}

/** 投票期间不减人：他可能已经投了，人数一减，收回的就多于发出的。 */
async function assertNoneOpen(ctx: Context, sessionId: string): Promise<void> {
  if ((await findRounds(ctx.tx, sessionId)).some(({ state }) => state === 'open'))
    throw new ConflictError('正在测评，这时减少到会的人会使票数对不上。请在这一轮关闭之后再登记');
}

/** 法定人数 */
export async function currentQuorum(
  ctx: Pick<Context, 'tx'>,
  { id, plan }: Pick<ReviewSession, 'id' | 'plan'>,
): Promise<Quorum & { classes: Awaited<ReturnType<typeof countRoll>> }> {
  const classes = await countRoll(ctx.tx, id);
  return { ...quorumOf(classes, plan.quorum), classes };
}

/** 开场 @throws InvalidError below the quorum, with what is missing */
export async function startSession(ctx: Context, sessionId: string): Promise<ReviewSession> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const quorum = await currentQuorum(ctx, session);
  if (!quorum.reached) {
    const which = quorum.short.length > 0 ? `${quorum.short.join('、')}不足` : '总数不足';
    throw new InvalidError(
      `应到${quorum.entitled}实到${quorum.present}，${which}，${session.plan.quorum === 'twoThirds' ? '没有达到三分之二' : '没有超过半数'}，不能开场`,
    );
  }
  return advanceSession(ctx, session, { event: 'start', right, detail: { entitled: quorum.entitled, present: quorum.present } });
}
