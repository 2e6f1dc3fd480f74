import type { Context } from '#core/context';
import { InvalidError, NotFoundError } from '#core/errors';
import { type Answer, type Command, command } from '#core/feature';
import { findUnissued } from '#domain/ballots/blind/store';
import { findUnmarked } from '#domain/ballots/box/store';
import { openDraw } from '#domain/draws/draw';
import { signOut } from '#domain/review/attend';
import { allConfirmed } from '#domain/review/counting';
import type { ReviewSession } from '#domain/review/model';
import { findDraw, findLiveSessions, findRounds, findVoter, findVoters } from '#domain/review/store';
import { assertMay, may } from '#domain/roster/policy';
import { refreshedConsole } from './attend.ts';
import { askComments } from './comments.ts';
import { drawView } from './draw.ts';
import { ask } from './hearing.ts';
import { copyLastPlan, sendTemplate } from './import.ts';
import { queueMinutes } from './minutes.ts';
import { askPrinting, askScreen, askSlip } from './papers.ts';
import { countsView, resultsView } from './results.ts';
import { ballotKey, ballotView, consoleKey, consoleView, countsKey, drawKey, releaseKey } from './views.ts';

/** 述职 — everybody gets the card of his own part: the console, the number, the ballot, the counts or the release. */
export const review: Command = command({
  words: ['述职', '赶考', '签到', '我的票', '抽签', '主持台', 'review'],
  summary:
    '述职测评：主持台、签到和测评票、取数、结果；提问发“述职 提问 …”；场务另有：述职 模板、照上次、大屏、打印票、换票、未投、离会、纪要；放行的人另有：述职 评语',
  example: '述职',
  handle: async (ctx, argument) => {
    const [verb = '', name = ''] = argument.split(/\s+/);
    if (verb === '未投') return unvoted(ctx);
    if (verb === '离会') return leave(ctx, name);
    if (verb === '大屏') return askScreen(ctx);
    if (verb === '打印票') return askPrinting(ctx);
    if (verb === '模板') return sendTemplate(ctx);
    if (verb === '照上次') return copyLastPlan(ctx, argument.replace(/^照上次\s*/, ''));
    if (verb === '纪要') return minutesAgain(ctx);
    if (verb === '评语') return askComments(ctx);
    if (verb === '换票') return askSlip(ctx, name);
    if (verb === '提问') return ask(ctx, argument.replace(/^提问\s*/, '').trim());
    for (const session of await findLiveSessions(ctx.tx)) {
      const answer = await partOf(ctx, session);
      if (answer) return { ...answer, privately: true };
    }
    throw new NotFoundError(
      may(ctx.actor, 'runReview')
        ? '现在没有述职场次。请把述职测评方案的表格发给我；没有表格的，发“述职 模板”取一份。'
        : '现在没有与您有关的述职场次。如有疑问，请联系场务秘书。',
    );
  },
});

/** 再要一份纪要和计票表 — after the result has been released to the hall. */
async function minutesAgain(ctx: Context): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  const released = (await findLiveSessions(ctx.tx)).find(({ released: level }) => level !== 'none' && level !== 'leaders');
  if (!released) return { text: '结果公布到参会者之后，纪要和计票表会自动发来。', privately: true };
  queueMinutes(ctx, released.id, ctx.now.toISOString());
  return { text: `正在整理${released.number}的纪要和计票表，随后发来。`, privately: true };
}

/** 未投的人 — from the roll alone; guests vote by slip and have no name there. */
async function unvoted(ctx: Context): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  for (const session of await findLiveSessions(ctx.tx)) {
    const open = (await findRounds(ctx.tx, session.id)).filter(({ state }) => state === 'open');
    const [round] = open;
    if (!round) continue;
    const { openingId } = round;
    if (openingId !== null) {
      // 匿名票投没投没有人知道，只知道领没领。
      const waiting = await findUnissued(ctx.tx, { sessionId: session.id, openingId });
      const who = waiting.map(({ name }) => name).join('、');
      return { text: waiting.length === 0 ? '有账号的都已领票。' : `还有${waiting.length}位没有领票：${who}`, privately: true };
    }
    const left = await findUnmarked(ctx.tx, { sessionId: session.id, roundId: round.id });
    const names = left.map(({ name }) => name).join('、');
    return { text: left.length === 0 ? '用卡片投票的都已投票。' : `还有${left.length}位没有投票：${names}`, privately: true };
  }
  return { text: '现在没有开放的测评。', privately: true };
}

/** 登记离会 */
async function leave(ctx: Context, name: string): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  for (const session of await findLiveSessions(ctx.tx)) {
    const found = (await findVoters(ctx.tx, session.id)).filter((voter) => voter.name === name && voter.present);
    const [voter] = found;
    if (!voter) continue;
    if (found.length > 1) throw new InvalidError(`到会的有${found.length}位${name}，请到花名册核对后联系系统管理员`);
    await signOut(ctx, { sessionId: session.id, voterId: voter.id });
    await refreshedConsole(ctx, session);
    return { text: `已登记${name}离会，此后的测评不再投票；已投的票不变。`, privately: true };
  }
  throw new NotFoundError(name === '' ? '请写明离会的人，例如：述职 离会 王海峰' : `会场里没有${name}`);
}

async function partOf(ctx: Context, session: ReviewSession): Promise<Answer | null> {
  const { id, state } = session;
  if (may(ctx.actor, 'runReview')) return { card: await consoleView(ctx, session), cardKey: consoleKey(id) };
  if (may(ctx.actor, 'observeReview') && session.plan.observers.includes(ctx.actor.name)) return observing(ctx, session);
  if (may(ctx.actor, 'releaseResults') && session.results && allConfirmed(session))
    return { card: await resultsView(ctx, session, true), cardKey: releaseKey(id) };
  const voter = await findVoter(ctx.tx, { sessionId: id, personId: ctx.actor.personId });
  if (!voter || state === 'preparing' || state === 'locked' || state === 'drawn') return null;
  const card = await ballotView(ctx, session, voter);
  return voter.present ? { card, cardKey: ballotKey(id) } : { card };
}

async function observing(ctx: Context, session: ReviewSession): Promise<Answer | null> {
  if (session.results) {
    const asks = session.state === 'tallied' && !session.confirmedBy.includes(ctx.actor.name);
    return { card: await countsView(ctx, session, asks), cardKey: `${countsKey(session.id)}:asked` };
  }
  const draw = await findDraw(ctx.tx, session.id);
  if (!draw) return null;
  const inputs = session.plan.observers.flatMap((name) => draw.inputs[name] ?? []);
  const proof = draw.state === 'opened' ? openDraw({ drawId: draw.id, secret: draw.secret, items: draw.items }, inputs) : null;
  const asks = proof === null && draw.inputs[ctx.actor.name] === undefined;
  return { card: drawView(ctx, session, draw, { asks, proof }), ...(asks ? {} : { cardKey: drawKey(session.id) }) };
}
