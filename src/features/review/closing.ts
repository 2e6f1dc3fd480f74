import type { Card } from '#cards/kit/card';
import { type VoidProps, voidCard } from '#cards/review/void.card';
import type { Context } from '#core/context';
import type { BallotRound, ReviewSession } from '#domain/review/model';
import { askerName, observerName } from '#domain/review/observers';
import type { Closing } from '#domain/review/stage';
import { findSlots } from '#domain/review/store';
import { findHolders } from '#domain/roster/store';
import { refreshBallots, refreshedConsole } from './attend.ts';
import { voidKey } from './views.ts';

/** 关闭之后 — every card follows; a round whose pieces don't add up is told to the observers at once. */
export async function afterClosing(ctx: Context, { session, slot, round, faults }: Closing): Promise<Card> {
  if (faults.length > 0) {
    const props = { ...voidProps(session, round, slot.unitName), stage: 'counts' as const, reason: faults.join('；') };
    await tellObservers(ctx, session, { card: voidCard(props), cardKey: voidKey(round.id), occasion: `review-void:${round.id}:counts` });
  }
  await refreshBallots(ctx, session);
  return refreshedConsole(ctx, session);
}

/** 作废卡的内容 */
export async function voidPropsOf(ctx: Context, session: ReviewSession, round: BallotRound): Promise<VoidProps> {
  const slot = (await findSlots(ctx.tx, session.id)).find(({ id }) => id === round.slotId);
  return { ...voidProps(session, round, slot?.unitName ?? ''), askedBy: await askerName(ctx, round.voidAskedBy) };
}

function voidProps(session: ReviewSession, round: BallotRound, unitName: string): VoidProps {
  return {
    sessionId: session.id,
    roundId: round.id,
    number: session.number,
    unitName,
    round: round.number,
    stage: 'asked',
    reason: round.voidReason ?? '',
    askedBy: '',
    agreedBy: '',
    asks: false,
  };
}

/** 告知监督员 — each of the session's observers; whoever observes other sessions could do nothing with it. */
export async function tellObservers(
  ctx: Context,
  { plan }: Pick<ReviewSession, 'plan'>,
  { card, cardKey, occasion }: { card: Card; cardKey: string; occasion: string },
): Promise<void> {
  for (const { openId, personId, name } of await findHolders(ctx.tx, { roles: ['observer'] }, ctx.today)) {
    if (openId !== null && observerName(plan, { personId, name }) !== null)
      ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${occasion}:${openId}`, priority: 'order' });
  }
}
