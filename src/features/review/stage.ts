import type { Card } from '#cards/kit/card';
import { agreeVoid, closeVote, markAbsent, openVoid, openVote, proposeVoid, startPhase } from '#cards/review/actions';
import { voidCard } from '#cards/review/void.card';
import { on } from '#core/click';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { getSession } from '#domain/review/setup';
import {
  agreeVoid as agree,
  startPhase as begin,
  type Closing,
  closeVote as close,
  makeUp,
  markAbsent as mark,
  openVote as open,
  proposeVoid as propose,
} from '#domain/review/stage';
import { findLiveSessions, findRound, findRounds, findSlots } from '#domain/review/store';
import { assertMay } from '#domain/roster/policy';
import { refreshBallots, refreshedConsole } from './attend.ts';
import { afterClosing, tellObservers, voidPropsOf } from './closing.ts';
import { watchPhase, watchRound } from './timers.ts';
import { voidKey } from './views.ts';

/** 开始述职、问答，或述职完毕 */
export const onStartPhase = on(startPhase, async (ctx, { sessionId, slotId, phase }) => {
  const { session, slot } = await begin(ctx, { sessionId, slotId, phase });
  watchPhase(ctx, session, slot);
  const words = { report: '述职开始计时', question: '问答开始计时', hear: '述职完毕' }[phase];
  return { toast: words, card: await refreshedConsole(ctx, session) };
});

/** 记缺席 — the voters' cards name the next one. */
export const onMarkAbsent = on(markAbsent, async (ctx, { sessionId, slotId }) => {
  const { session, slot } = await mark(ctx, { sessionId, slotId });
  await refreshBallots(ctx, session);
  return { toast: `已记${slot.unitName}缺席`, card: await refreshedConsole(ctx, session) };
});

/** 到场补述 @throws InvalidError without a unit, NotFoundError without a session */
export async function resumeAbsent(ctx: Context, unitName: string): Promise<Answer> {
  if (unitName === '') throw new InvalidError('请写明单位，例如：述职 补述 应急管理局');
  assertMay(ctx.actor, 'runReview');
  const found = await sessionWithout(ctx, unitName);
  if (found === null) throw new NotFoundError('没有记缺席的这一家，请照主持台上的单位名称写');
  const { session, slot } = await makeUp(ctx, { sessionId: found, unitName });
  await refreshBallots(ctx, session);
  await refreshedConsole(ctx, session);
  return { text: `${slot.unitName}已改为待述，轮到时在主持台开始述职。`, privately: true };
}

/** 缺了这一家的场次 — a trial may be under way beside the real one. */
async function sessionWithout(ctx: Context, unitName: string): Promise<string | null> {
  for (const { id } of await findLiveSessions(ctx.tx))
    if ((await findSlots(ctx.tx, id)).some((slot) => slot.state === 'absent' && slot.unitName === unitName)) return id;
  return null;
}

/** 开放测评 — the voters' cards turn into ballots; it closes by itself. */
export const onOpenVote = on(openVote, async (ctx, { sessionId, slotId }) => {
  const { session, rounds } = await open(ctx, { sessionId, slotId });
  for (const round of rounds) watchRound(ctx, session, round);
  await refreshBallots(ctx, session);
  return { toast: '测评已开放', card: await refreshedConsole(ctx, session) };
});

/** 关闭测评 — 集中测评：一按全部关闭。 */
export const onCloseVote = on(closeVote, async (ctx, { sessionId, roundId }) => {
  const closings = await closeAll(ctx, { sessionId, roundId });
  let card: Card | undefined;
  for (const closing of closings) card = await afterClosing(ctx, closing);
  const faulty = closings.some(({ faults }) => faults.length > 0);
  return { toast: faulty ? { type: 'warning', text: '票数异常，本轮作废' } : '测评已关闭', ...(card ? { card } : {}) };
});

async function closeAll(ctx: Context, { sessionId, roundId }: { sessionId: string; roundId: string }): Promise<Closing[]> {
  const session = await getSession(ctx, sessionId);
  const open = (await findRounds(ctx.tx, sessionId)).filter(({ state }) => state === 'open').map(({ id }) => id);
  const ids = session.plan.method === 'together' && open.includes(roundId) ? open : [roundId];
  const closings: Closing[] = [];
  for (const id of ids) closings.push(await close(ctx, { sessionId, roundId: id }));
  return closings;
}

/** 打开作废单 */
export const onOpenVoid = on(openVoid, async (ctx, { sessionId, roundId }) => {
  assertMay(ctx.actor, 'runReview');
  const [session, round] = [await getSession(ctx, sessionId), await findRound(ctx.tx, roundId)];
  if (!round || round.state === 'voided') throw new ConflictError('这一轮已经作废');
  const card = voidCard({ ...(await voidPropsOf(ctx, session, round)), stage: 'write' });
  const { openId } = ctx.actor;
  if (openId === null) return { card };
  const occasion = `${voidKey(roundId)}:write:${ctx.now.getTime()}`;
  ctx.outbox.sendCard({ to: { person: openId }, cardKey: voidKey(roundId), card, dedupeKey: occasion, priority: 'interactive' });
  return { toast: { type: 'info', text: '作废单已发给您' } };
});

/** 提出作废 */
export const onProposeVoid = on(proposeVoid, async (ctx, { sessionId, roundId }, { reason }) => {
  const { session, round } = await propose(ctx, { sessionId, roundId, reason });
  const props = { ...(await voidPropsOf(ctx, session, round)), stage: 'asked' as const };
  await tellObservers(ctx, session, {
    card: voidCard({ ...props, asks: true }),
    cardKey: `${voidKey(roundId)}:ask`,
    occasion: `${voidKey(roundId)}:ask`,
  });
  await refreshedConsole(ctx, session);
  return { toast: '已请监督员同意', card: voidCard(props) };
});

/** 同意作废 */
export const onAgreeVoid = on(agreeVoid, async (ctx, { sessionId, roundId }) => {
  const { session, round } = await agree(ctx, { sessionId, roundId });
  const card = voidCard({ ...(await voidPropsOf(ctx, session, round)), stage: 'agreed', agreedBy: ctx.actor.name });
  ctx.outbox.updateCard({ cardKey: voidKey(roundId), card });
  ctx.outbox.updateCard({ cardKey: `${voidKey(roundId)}:ask`, card });
  const now = await getSession(ctx, sessionId);
  await refreshBallots(ctx, now);
  await refreshedConsole(ctx, now);
  return { toast: '已作废，等重新测评', card };
});
