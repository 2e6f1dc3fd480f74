import type { Context } from '#core/context';
import { findAskedSlips } from '#domain/ballots/slips/store';
import type { BallotRound, ReviewSession, ReviewSlot } from '#domain/review/model';
import { vacantSeats } from '#domain/review/observer-change';
import type { DrawRow } from '#domain/review/store';

interface Stage {
  readonly slots: readonly ReviewSlot[];
  readonly rounds: readonly BallotRound[];
  readonly draw: DrawRow | null;
}

/** 等着别人的 — what the session waits for, and what to do about it: an observer who is gone, and whatever an observer has to agree to. */
export async function waitWords(ctx: Context, session: ReviewSession, { slots, rounds, draw }: Stage): Promise<string[]> {
  const { id, state, results } = session;
  const isLocked = state === 'locked' || state === 'drawn';
  const asked = results ? [] : rounds.filter((round) => round.voidAskedBy !== null && round.state !== 'voided');
  const serials = results || state === 'wiped' ? [] : (await findAskedSlips(ctx.tx, id)).map(({ serial }) => serial);
  return [
    ...(await vacantWords(ctx, session)),
    ...(isLocked && draw && draw.voidAskedBy !== null ? ['已提出作废这次抽签，等监督员同意。'] : []),
    ...asked.map(
      ({ slotId, number }) => `已提出作废${slots.find((slot) => slot.id === slotId)?.unitName}第${number}轮，等监督员同意；计票之后不能再作废。`,
    ),
    ...(serials.length > 0 ? [`已提出换领${serials.join('、')}号票，等监督员同意。`] : []),
  ];
}

async function vacantWords(ctx: Context, session: ReviewSession): Promise<string[]> {
  const vacant = await vacantSeats(ctx, session);
  const [seat] = vacant;
  if (seat === undefined) return [];
  const { observers, observerAsked: asked } = session.plan;
  if (asked && vacant.includes(asked.seat)) return [`监督员${asked.from}已不在任，已请主要领导、督查室主任同意由${asked.to}接替。`];
  const names = vacant.map((each) => observers[each]).join('、');
  return [`监督员${names}已不在任或没有账号，取不了数、确认不了票数。请发“述职 换监督员 ${observers[seat]} 接替的人”。`];
}
