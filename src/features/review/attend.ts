import { askPass, openGuests, openSignIn, refreshBallot, refreshConsole, signIn, signInGuests, startSession, wipeTrial } from '#cards/review/actions';
import { ballotCard } from '#cards/review/ballot.card';
import { guestsCard } from '#cards/review/guests.card';
import { passCard } from '#cards/review/pass.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { openSignIn as openIt, signInGuests as registerGuests, signIn as signInMyself, startSession as start } from '#domain/review/attend';
import { grantPass } from '#domain/review/blind';
import type { ReviewSession } from '#domain/review/model';
import { getSession, wipeSession } from '#domain/review/setup';
import { findCardAccounts, findVoter, findVoters } from '#domain/review/store';
import { assertMay } from '#domain/roster/policy';
import { refreshConsoleSoon } from './follow-up.ts';
import { ballotBase, ballotKey, ballotView, consoleKey, consoleView, signInKey } from './views.ts';

/** 主持台跟着变 — returns the card for the one who pressed. */
export async function refreshedConsole(ctx: Context, session: ReviewSession): Promise<Awaited<ReturnType<typeof consoleView>>> {
  const card = await consoleView(ctx, session);
  ctx.outbox.updateCard({ cardKey: consoleKey(session.id), card });
  return card;
}

/** 全场的测评卡跟着变 — one update reaches every voter who has signed in. */
export async function refreshBallots(ctx: Context, session: ReviewSession): Promise<void> {
  ctx.outbox.updateCard({ cardKey: ballotKey(session.id), card: await ballotView(ctx, session), priority: 'interactive' });
}

/** 刷新主持台 */
export const onRefreshConsole = on(refreshConsole, async (ctx, { sessionId }) => {
  assertMay(ctx.actor, 'runReview');
  return { card: await consoleView(ctx, await getSession(ctx, sessionId)) };
});

/** 开始签到 — everybody on the roll who has an account gets a card to sign in with. */
export const onOpenSignIn = on(openSignIn, async (ctx, { sessionId }) => {
  const session = await openIt(ctx, sessionId);
  const card = ballotCard({ ...ballotBase(session), phase: 'signIn' });
  for (const { openId } of await findCardAccounts(ctx.tx, sessionId)) {
    const cardKey = signInKey(sessionId);
    ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${openId}`, priority: 'order' });
  }
  return { toast: '签到卡已发给有账号的测评人', card: await refreshedConsole(ctx, session) };
});

/** 签到 — from now on one card of his own follows the session. */
export const onSignIn = on(signIn, async (ctx, { sessionId }) => {
  const { session, voter } = await signInMyself(ctx, sessionId);
  const card = await ballotView(ctx, session, voter);
  const { openId } = ctx.actor;
  if (openId !== null)
    ctx.outbox.sendCard({
      to: { person: openId },
      cardKey: ballotKey(sessionId),
      card,
      dedupeKey: `${ballotKey(sessionId)}:${openId}`,
      priority: 'interactive',
    });
  if (session.plan.secrecy === 'blind') await sendPass(ctx, sessionId);
  refreshConsoleSoon(ctx, sessionId);
  return { toast: '已签到', card: ballotCard({ ...ballotBase(session), phase: 'waiting' }) };
});

/** 要投票页的地址 — 可证明匿名模式 */
export const onAskPass = on(askPass, async (ctx, { sessionId }) => {
  await sendPass(ctx, sessionId);
  return { toast: { type: 'info', text: '投票页的地址已发给您' } };
});

/** 发投票页的地址 — to the voter alone; the hall's card is one for all and can't carry it. */
async function sendPass(ctx: Context, sessionId: string): Promise<void> {
  const { session, key } = await grantPass(ctx, sessionId);
  const { openId } = ctx.actor;
  if (openId === null) return;
  const { number, title } = session;
  const cardKey = `review-pass:${sessionId}:${openId}`;
  ctx.outbox.sendCard({
    to: { person: openId },
    cardKey,
    card: passCard({ number, title, url: `${ctx.settings.publicUrl}/p/vote/${key}` }),
    dedupeKey: `${cardKey}:${ctx.now.getTime()}`,
    priority: 'interactive',
  });
}

/** 打开来宾登记 */
export const onOpenGuests = on(openGuests, async (ctx, { sessionId }) => {
  assertMay(ctx.actor, 'runReview');
  const session = await getSession(ctx, sessionId);
  const guests = (await findVoters(ctx.tx, sessionId)).filter(({ channel }) => channel === 'slip');
  const card = guestsCard({
    sessionId,
    number: session.number,
    guests: guests.map(({ id, name, workplace, present }) => ({ id, name, place: workplace, present })),
    version: Math.floor(ctx.now.getTime() / 1000) % 100_000,
  });
  const { openId } = ctx.actor;
  if (openId === null) return { card };
  // 主持台留在原处：登记单是另一张卡片。
  const cardKey = `review-guests:${sessionId}`;
  ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${ctx.now.getTime()}`, priority: 'interactive' });
  return { toast: { type: 'info', text: '来宾登记单已发给您' } };
});

/** 登记来宾 */
export const onSignInGuests = on(signInGuests, async (ctx, { sessionId }, { absent = [] }) => {
  const session = await registerGuests(ctx, { sessionId, absent });
  await refreshedConsole(ctx, session);
  const guests = (await findVoters(ctx.tx, sessionId)).filter(({ channel }) => channel === 'slip');
  const present = guests.filter((guest) => guest.present).length;
  const card = guestsCard({
    sessionId,
    number: session.number,
    guests: guests.map(({ id, name, workplace, present: here }) => ({ id, name, place: workplace, present: here })),
    version: (Math.floor(ctx.now.getTime() / 1000) % 100_000) + present,
  });
  return { toast: `来宾已到${present}/${guests.length}`, card };
});

/** 开场 */
export const onStart = on(startSession, async (ctx, { sessionId }) => {
  const session = await start(ctx, sessionId);
  await refreshBallots(ctx, session);
  return { toast: '已开场', card: await refreshedConsole(ctx, session) };
});

/** 看最新进展 */
export const onRefreshBallot = on(refreshBallot, async (ctx, { sessionId }) => {
  const session = await getSession(ctx, sessionId);
  const voter = await findVoter(ctx.tx, { sessionId, personId: ctx.actor.personId });
  assertMay(ctx.actor, 'castBallot', { voter: voter?.personId ?? null });
  return { card: await ballotView(ctx, session, voter) };
});

/** 试测清空 — nobody is left with a ballot in his hand that leads nowhere. */
export const onWipe = on(wipeTrial, async (ctx, { sessionId }) => {
  const session = await wipeSession(ctx, sessionId);
  await refreshBallots(ctx, session);
  ctx.outbox.updateCard({ cardKey: signInKey(sessionId), card: await ballotView(ctx, session), priority: 'interactive' });
  return { toast: '试测已清空', card: await refreshedConsole(ctx, session) };
});
