import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError, NotFoundError } from '#core/errors';
import { findUnissued } from '#domain/ballots/blind/store';
import { findUnmarked } from '#domain/ballots/box/store';
import { signOut } from '#domain/review/attend';
import type { BallotRound, ReviewSession } from '#domain/review/model';
import { findCardAccounts, findLiveSessions, findRounds, findSessionsInReach, findVoters } from '#domain/review/store';
import { assertMay } from '#domain/roster/policy';
import { refreshedConsole } from './attend.ts';
import { clockOf } from './views.ts';

// 名册这一边：谁到了，谁还没投。票那一边没有人，这里也就问不出谁投了什么。

/** 已归档的场次 — named as if it were being held. @throws NotFoundError with what may still be asked for */
export async function refuseOnFile(ctx: Context, number: string): Promise<void> {
  const onFile = (await findSessionsInReach(ctx.tx, number)).find(({ state }) => state === 'archived');
  if (onFile) throw new NotFoundError(`${onFile.number}已经归档，记录都在。纪要和计票表用“述职 纪要 ${onFile.number}”再要`);
}

/** 说的是哪一场 @param number as it was typed; empty: the one that is being held @param states the session that is in one of them, if there is any */
export async function liveSession(ctx: Context, number: string, states: readonly string[] = []): Promise<ReviewSession> {
  assertMay(ctx.actor, 'runReview');
  const live = await findLiveSessions(ctx.tx);
  const named = live.find((session) => session.number.toUpperCase() === number.toUpperCase());
  if (number !== '' && !named) {
    await refuseOnFile(ctx, number);
    throw new NotFoundError(`没有进行中的场次${number}，请照主持台上的编号写`);
  }
  const session = named ?? live.find(({ state }) => states.includes(state)) ?? live[0];
  if (!session) throw new NotFoundError('现在没有述职场次。请把述职测评方案的表格发给我。');
  return session;
}

/** 签到表 — who is in the hall, class by class; whoever is not is named. */
export async function signInList(ctx: Context, number: string): Promise<Answer> {
  const session = await liveSession(ctx, number);
  const voters = await findVoters(ctx.tx, session.id);
  const lines = session.plan.rules.classes.map(({ name }) => {
    const own = voters.filter(({ voterClass }) => voterClass === name);
    const away = own.filter(({ present }) => !present).map((voter) => voter.name);
    return `${name}：到会${own.length - away.length}/${own.length}${away.length === 0 ? '' : `，未到：${away.join('、')}`}`;
  });
  return { text: [`${session.number}签到表`, ...lines].join('\n'), privately: true };
}

interface Waiting {
  readonly session: ReviewSession;
  readonly round: BallotRound;
  readonly left: readonly { readonly id: string; readonly name: string }[];
}

/** 还没投的 — from the roll alone; guests vote by slip and have no name there. An anonymous ticket says who has fetched it, never who has cast it. */
async function findWaiting(ctx: Context): Promise<Waiting | null> {
  for (const session of await findLiveSessions(ctx.tx)) {
    const round = (await findRounds(ctx.tx, session.id)).find(({ state }) => state === 'open');
    if (!round) continue;
    const { openingId } = round;
    const left =
      openingId === null
        ? await findUnmarked(ctx.tx, { sessionId: session.id, roundId: round.id })
        : await findUnissued(ctx.tx, { sessionId: session.id, openingId });
    return { session, round, left };
  }
  return null;
}

/** 未投的人 */
export async function unvoted(ctx: Context): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  const waiting = await findWaiting(ctx);
  if (!waiting) return { text: '现在没有开放的测评。', privately: true };
  const { round } = waiting;
  const names = waiting.left.map(({ name }) => name);
  const text =
    round.openingId === null
      ? names.length === 0
        ? '用卡片投票的都已投票。'
        : `还有${names.length}位没有投票：${names.join('、')}`
      : names.length === 0
        ? '有账号的都已领票。'
        : `还有${names.length}位没有领票：${names.join('、')}`;
  return { text, privately: true };
}

/** 催投 — a word to those on the roll who have not voted yet; once for each, as long as the vote is open. */
export async function remindUnvoted(ctx: Context): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  const waiting = await findWaiting(ctx);
  if (!waiting) return { text: '现在没有开放的测评。', privately: true };
  const { session, round, left } = waiting;
  const text = `${session.title}：这一轮测评${clockOf(round.closesAt)}关闭，您还没有${round.openingId === null ? '投票' : '领票'}，请看上面的测评卡。`;
  const ids = new Set(left.map(({ id }) => id));
  const accounts = (await findCardAccounts(ctx.tx, session.id)).filter(({ voterId }) => ids.has(voterId));
  for (const { openId } of accounts)
    ctx.outbox.sendText({
      to: { person: openId },
      text,
      dedupeKey: `review-remind:${session.id}:${round.closesAt.getTime()}:${openId}`,
      priority: 'interactive',
    });
  return {
    text: accounts.length === 0 ? '没有要催的。' : `已提醒${accounts.length}位（每人一轮只提醒一次）：${accounts.map(({ name }) => name).join('、')}`,
    privately: true,
  };
}

/** 登记离会 */
export async function leave(ctx: Context, name: string): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  for (const session of await findLiveSessions(ctx.tx)) {
    const found = (await findVoters(ctx.tx, session.id)).filter((voter) => voter.name === name && voter.present);
    const [voter] = found;
    if (!voter) continue;
    if (found.length > 1) throw new InvalidError(`到会的有${found.length}位${name}，请到花名册核对后联系系统管理员`);
    await signOut(ctx, { sessionId: session.id, voterId: voter.id });
    await refreshedConsole(ctx, session);
    // 票认不出是谁的：带走了还投得出，那一轮收回的就多于发出的。
    const slip = voter.channel === 'slip' ? '请收回他的纸质票：带走的票还投得出，多出一票，那一轮就作废。' : '';
    return { text: `已登记${name}离会，此后的测评不再投票；已投的票不变。${slip}`, privately: true };
  }
  throw new NotFoundError(name === '' ? '请写明离会的人，例如：述职 离会 王海峰' : `会场里没有${name}`);
}
