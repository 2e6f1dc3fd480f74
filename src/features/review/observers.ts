import { agreeObserver } from '#cards/review/actions';
import { observerCard } from '#cards/review/observer.card';
import { voidCard } from '#cards/review/void.card';
import { on } from '#core/click';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError, NotFoundError } from '#core/errors';
import { findAskedSlips } from '#domain/ballots/slips/store';
import type { AskedObserver, ReviewSession } from '#domain/review/model';
import { agreeObserver as agree, proposeObserver, vacantSeats } from '#domain/review/observer-change';
import { drawSeats } from '#domain/review/observers';
import { findDraw, findLiveSessions, findRounds } from '#domain/review/store';
import { assertMay } from '#domain/roster/policy';
import { chatOf, findHolders } from '#domain/roster/store';
import { refreshedConsole } from './attend.ts';
import { voidPropsOf } from './closing.ts';
import { askForNumber, redrawView } from './draw.ts';
import { slipView } from './papers.ts';
import { countsView } from './results.ts';
import { countsKey, voidKey } from './views.ts';

const observerKey = (sessionId: string, { seat, toId }: AskedObserver): string => `review-observer:${sessionId}:${seat}:${toId}`;

/** 述职 换监督员 — for one who has left his post, or has no account any more. */
export async function askObserver(ctx: Context, from: string, to: string): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  if (from === '') throw new InvalidError('请写明换谁、换成谁，例如：述职 换监督员 罗静 林夏');
  const live = await findLiveSessions(ctx.tx);
  const session = (await withVacancy(ctx, live, from)) ?? live.find(({ plan }) => plan.observers.includes(from)) ?? live[0];
  if (!session) throw new NotFoundError('现在没有述职场次。');
  const { asked } = await proposeObserver(ctx, { sessionId: session.id, from, to });
  const people = await findHolders(ctx.tx, { roles: ['principalLeader', 'chiefInspector'] }, ctx.today);
  const others = people.flatMap(({ openId, name, personId }) => (openId !== null && personId !== asked.askedById ? [{ openId, name }] : []));
  if (others.length === 0) throw new NotFoundError('没有主要领导或督查室主任收得到，请系统管理员先给他们登记账号');
  const [cardKey, card] = [observerKey(session.id, asked), observerView(session, asked, '')];
  for (const { openId } of others)
    ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${openId}:${ctx.now.getTime()}`, priority: 'order' });
  await refreshedConsole(ctx, session);
  const names = [...new Set(others.map(({ name }) => name))].join('、');
  return { text: `已请${names}同意，其中一位同意就由${to}接替${from}。`, privately: true };
}

async function withVacancy(ctx: Context, live: readonly ReviewSession[], name: string): Promise<ReviewSession | null> {
  for (const session of live) if ((await vacantSeats(ctx, session)).includes(session.plan.observers.indexOf(name))) return session;
  return null;
}

/** 同意换监督员 — the new one is asked for whatever waits for his seat. */
export const onAgreeObserver = on(agreeObserver, async (ctx, { sessionId, toId }) => {
  const { session, asked, agreedBy } = await agree(ctx, { sessionId, toId });
  const [cardKey, card] = [observerKey(sessionId, asked), observerView(session, asked, agreedBy)];
  ctx.outbox.updateCard({ cardKey, card });
  const chat = await chatOf(ctx.tx, 'observers');
  const dedupeKey = `${cardKey}:agreed:${ctx.now.getTime()}`;
  if (chat) ctx.outbox.sendCard({ to: { chat }, cardKey, card, dedupeKey, priority: 'order' });
  const newcomer = (await findHolders(ctx.tx, { roles: ['observer'] }, ctx.today)).find(({ personId }) => personId === toId);
  if (newcomer?.openId) await tellNewcomer(ctx, session, { to: { person: newcomer.openId }, asked, dedupeKey });
  await refreshedConsole(ctx, session);
  return { toast: `已由${asked.to}接替${asked.from}`, card };
});

/** 接手 — that he watches from now on; then the number, the counts, and what somebody has asked the observers to agree to. */
async function tellNewcomer(
  ctx: Context,
  session: ReviewSession,
  { to, asked, dedupeKey }: { to: { person: string }; asked: AskedObserver; dedupeKey: string },
): Promise<void> {
  const text = `您接替${asked.from}担任${session.number}${session.title}的监督员。要您办的卡片随后发来；找不到时发“述职”。`;
  ctx.outbox.sendText({ to, text, dedupeKey: `${dedupeKey}:hello`, priority: 'order' });
  const send = (card: Parameters<Context['outbox']['sendCard']>[0]['card'], cardKey: string): void =>
    ctx.outbox.sendCard({ to, cardKey, card, dedupeKey: `${dedupeKey}:${cardKey}`, priority: 'order' });
  const draw = await findDraw(ctx.tx, session.id);
  if (draw?.state === 'committed' && drawSeats(session.plan, draw.inputs)[asked.seat]?.number === null)
    askForNumber(ctx, session, draw, { name: asked.to, to });
  if (draw && draw.voidAskedBy !== null && (session.state === 'locked' || session.state === 'drawn')) {
    const { card, cardKey } = await redrawView(ctx, session, draw);
    send(card, cardKey);
  }
  for (const round of (await findRounds(ctx.tx, session.id)).filter(({ state, voidAskedBy }) => state !== 'voided' && voidAskedBy !== null))
    if (!session.results) send(voidCard({ ...(await voidPropsOf(ctx, session, round)), asks: true }), `${voidKey(round.id)}:ask`);
  for (const slip of await findAskedSlips(ctx.tx, session.id)) {
    const { card, cardKey } = await slipView(ctx, session, slip);
    send(card, cardKey);
  }
  if (session.state === 'tallied') send(await countsView(ctx, session, true), countsKey(session.id));
}

const observerView = ({ id, number, title }: ReviewSession, { from, to, toId, askedBy }: AskedObserver, agreedBy: string) =>
  observerCard({ sessionId: id, number, title, from, to, toId, askedBy, agreedBy });
