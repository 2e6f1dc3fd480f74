import type { Card } from '#cards/kit/card';
import { judgeComments, writeComment } from '#cards/review/actions';
import { commentsCard } from '#cards/review/comments.card';
import { on } from '#core/click';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { viewRound } from '#domain/ballots/box/store';
import { commentText } from '#domain/ballots/comment-text';
import { putComment } from '#domain/ballots/comments/store';
import { judgeComments as judge, nextComments } from '#domain/review/comments';
import type { ReviewSession } from '#domain/review/model';
import { getSession } from '#domain/review/setup';
import { findSessionsInReach } from '#domain/review/store';
import { assertMay } from '#domain/roster/policy';
import { findHolders } from '#domain/roster/store';
import { refreshSheet } from './sheets.ts';
import { commentsKey } from './views.ts';
import { castCard } from './vote.ts';

// 写评语与投票一样密封：没有留痕，没有发件，没有日志，只用成批语句。

/** 写评语 */
export const onWriteComment = on(writeComment, async (ctx, { sessionId, rounds }, { about, comment }) => {
  const body = commentText(comment);
  const roundId = rounds.length === 1 ? rounds[0] : rounds[(about ?? 0) - 1];
  if (body === null) throw new InvalidError('请先写评语再送');
  if (roundId === undefined) throw new InvalidError('请选择写给哪一家');
  const given = { roundId, personId: ctx.actor.personId, tokenHash: null, commentId: newId(), body, now: ctx.now };
  const [outcome, ...views] = await Promise.all([putComment(ctx.tx, given), ...rounds.map((each) => viewRound(ctx.tx, each))]);
  if (outcome === 'closed') throw new InvalidError('测评已关闭，这一条评语没有收下');
  if (outcome === 'unvoted') throw new InvalidError('请先投票，再写评语');
  const [first, ...others] = views;
  if (!first) throw new InvalidError('测评已关闭，这一条评语没有收下');
  return { toast: '评语已收下，不署名', card: castCard(sessionId, [first, ...others], true) };
});

/** 审看评语 — the next page takes the place of this one; a unit that has its sheet already sees what was released. */
export const onJudgeComments = on(judgeComments, async (ctx, { sessionId, roundId, ids }, { held = [] }) => {
  const chosen = held.flatMap((place) => ids[Number(place) - 1] ?? []);
  const session = await judge(ctx, { session: { id: sessionId }, roundId, ids, held: chosen });
  await refreshSheet(ctx, session, roundId);
  const card = await commentsView(ctx, session);
  ctx.outbox.updateCard({ cardKey: commentsKey(sessionId), card });
  return { toast: `放行${ids.length - chosen.length}条，不放行${chosen.length}条`, card };
});

/** 评语审看卡 */
async function commentsView(ctx: Context, session: ReviewSession): Promise<Card> {
  const page = await nextComments(ctx, session);
  const about = { sessionId: session.id, number: session.number, title: session.title };
  if (!page) return commentsCard({ ...about, unitName: '', roundId: '', comments: [], left: 0, leftInAll: 0 });
  const { slot, roundId, comments, left, leftInAll } = page;
  return commentsCard({ ...about, unitName: slot.unitName, roundId, comments: [...comments], left, leftInAll });
}

/** 请人审看评语 — with the request to release the result; nobody is troubled where nothing was written. */
export async function askForJudgement(ctx: Context, session: ReviewSession): Promise<void> {
  if (!(await nextComments(ctx, session))) return;
  const cardKey = commentsKey(session.id);
  const card = await commentsView(ctx, session);
  for (const { openId } of await findHolders(ctx.tx, { roles: ['chiefInspector'] }, ctx.today))
    if (openId) ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${openId}`, priority: 'order' });
}

/** 述职 评语 */
export async function askComments(ctx: Context, number = ''): Promise<Answer> {
  assertMay(ctx.actor, 'releaseResults');
  const [session] = (await findSessionsInReach(ctx.tx, number)).filter(({ results }) => results !== null);
  if (!session) throw new NotFoundError('计票之后才能审看评语。');
  return { card: await commentsView(ctx, await getSession(ctx, session.id)), cardKey: commentsKey(session.id), privately: true };
}
