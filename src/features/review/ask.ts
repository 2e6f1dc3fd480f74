import type { Card } from '#cards/kit/card';
import { type Answer, type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { NotFoundError } from '#core/errors';
import { openDraw } from '#domain/draws/draw';
import { allConfirmed } from '#domain/review/counting';
import type { ReviewSession } from '#domain/review/model';
import { drawNumbers, drawSeats, observerName } from '#domain/review/observers';
import { findDraw, findLiveSessions, findSessionsInReach, findVoter } from '#domain/review/store';
import { assertMay, may } from '#domain/roster/policy';
import { askComments } from './comments.ts';
import { askRedraw, drawView } from './draw.ts';
import { ask } from './hearing.ts';
import { copyLastPlan, sendTemplate } from './import.ts';
import { queueMinutes } from './minutes.ts';
import { askObserver } from './observers.ts';
import { askPrinting, askScreen, askSlip } from './papers.ts';
import { countsView, resultsView } from './results.ts';
import { leave, refuseOnFile, remindUnvoted, signInList, unvoted } from './roll.ts';
import { askSetup } from './setup-form.ts';
import { askVoidForm, resumeAbsent } from './stage.ts';
import { ballotKey, ballotView, consoleKey, consoleView, countsKey, drawKey, releaseKey, signInKey } from './views.ts';

/** 述职 — everybody gets the card of his own part: the console, the number, the ballot, the counts or the release. */
export const review: Command = command({
  words: ['述职', '测评', '赶考', '签到', '我的票', '抽签', '主持台', 'review'],
  summary:
    '述职测评：主持台、签到和测评票、取数、结果（同时有几场的，写上场次编号）；提问发“述职 提问 …”；场务另有：述职 新建、模板、照上次、重新抽签、换监督员、补述、作废、大屏、打印票、换票、签到表、未投、催投、离会、纪要；放行的人另有：述职 评语',
  example: '述职',
  handle: async (ctx, argument) => {
    const [verb = '', name = '', more = ''] = argument.split(/\s+/);
    if (verb === '重新抽签') return askRedraw(ctx, argument.replace(/^重新抽签\s*/, '').trim());
    if (verb === '换监督员') return askObserver(ctx, name, more);
    if (verb === '签到表') return signInList(ctx, name);
    if (verb === '未投') return unvoted(ctx);
    if (verb === '催投') return remindUnvoted(ctx);
    if (verb === '离会') return leave(ctx, name);
    if (verb === '作废') return askVoidForm(ctx, name);
    if (verb === '补述') return resumeAbsent(ctx, name);
    if (verb === '大屏') return askScreen(ctx, name);
    if (verb === '打印票') return askPrinting(ctx, name);
    if (verb === '新建') return askSetup(ctx);
    if (verb === '模板') return sendTemplate(ctx);
    if (verb === '照上次') return copyLastPlan(ctx, argument.replace(/^照上次\s*/, ''));
    if (verb === '纪要') return minutesAgain(ctx, name);
    if (verb === '评语') return askComments(ctx, name);
    if (verb === '换票') return askSlip(ctx, name, more);
    if (verb === '提问') return ask(ctx, argument.replace(/^提问\s*/, '').trim());
    const live = await findLiveSessions(ctx.tx);
    const named = live.filter(({ number }) => number.toUpperCase() === argument.toUpperCase());
    if (argument !== '' && named.length === 0) await refuseOnFile(ctx, argument);
    for (const session of named.length > 0 ? named : live) {
      const answer = await partOf(ctx, session);
      if (answer) return { ...answer, privately: true };
    }
    throw new NotFoundError(
      may(ctx.actor, 'runReview')
        ? '现在没有述职场次。请把述职测评方案的表格发给我；没有表格的，发“述职 新建”在这里定，或发“述职 模板”取一份表格。'
        : '现在没有与您有关的述职场次。如有疑问，请联系场务秘书。',
    );
  },
});

/** 再要一份纪要和计票表 — after the result has been released to the hall. */
async function minutesAgain(ctx: Context, number: string): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  const sessions = await findSessionsInReach(ctx.tx, number);
  if (number !== '' && sessions.length === 0) throw new NotFoundError(`没有${number}这一场，请照主持台上的编号写`);
  const released = sessions.find(({ released: level }) => level !== 'none' && level !== 'leaders');
  if (!released) return { text: '结果公布到参会者之后，纪要和计票表会自动发来。', privately: true };
  queueMinutes(ctx, released.id, ctx.now.toISOString());
  return { text: `正在整理${released.number}的纪要和计票表，随后发来。`, privately: true };
}

/** 他的一份 — whoever runs, watches or releases the session and votes in it too gets both: his own card, and the ballot beside it. */
async function partOf(ctx: Context, session: ReviewSession): Promise<Answer | null> {
  const own = await officePart(ctx, session);
  const ballot = await ballotPart(ctx, session);
  if (!own) return ballot;
  const isVoting = session.state === 'signIn' || session.state === 'inSession';
  const { openId } = ctx.actor;
  if (ballot && isVoting && openId !== null) {
    const cardKey = ballot.cardKey ?? signInKey(session.id);
    const dedupeKey = `${cardKey}:${openId}:${ctx.now.getTime()}`;
    ctx.outbox.sendCard({ to: { person: openId }, cardKey, card: ballot.card, dedupeKey, priority: 'interactive' });
  }
  return own;
}

async function officePart(ctx: Context, session: ReviewSession): Promise<Answer | null> {
  const { id, results } = session;
  if (may(ctx.actor, 'runReview')) return { card: await consoleView(ctx, session), cardKey: consoleKey(id) };
  if (may(ctx.actor, 'observeReview') && observerName(session.plan, ctx.actor) !== null) return observing(ctx, session);
  if (may(ctx.actor, 'releaseResults') && results && allConfirmed(session))
    return { card: await resultsView(ctx, session, true), cardKey: releaseKey(id) };
  return null;
}

async function ballotPart(ctx: Context, session: ReviewSession): Promise<(Answer & { readonly card: Card }) | null> {
  const { id, state } = session;
  const voter = await findVoter(ctx.tx, { sessionId: id, personId: ctx.actor.personId });
  if (!voter || state === 'preparing' || state === 'locked' || state === 'drawn') return null;
  const card = await ballotView(ctx, session, voter);
  return voter.present ? { card, cardKey: ballotKey(id) } : { card };
}

async function observing(ctx: Context, session: ReviewSession): Promise<Answer | null> {
  const own = observerName(session.plan, ctx.actor) ?? '';
  if (session.results) {
    const asks = session.state === 'tallied' && !session.confirmedBy.includes(own);
    return { card: await countsView(ctx, session, asks), cardKey: `${countsKey(session.id)}:asked` };
  }
  const draw = await findDraw(ctx.tx, session.id);
  if (!draw) return null;
  const inputs = drawNumbers(session.plan, draw.inputs);
  const proof = draw.state === 'opened' ? openDraw({ drawId: draw.id, secret: draw.secret, items: draw.items }, inputs) : null;
  const asks = proof === null && drawSeats(session.plan, draw.inputs).some(({ name, number }) => name === own && number === null);
  return { card: drawView(ctx, session, draw, { asks, proof }), ...(asks ? {} : { cardKey: drawKey(draw.commitment) }) };
}
