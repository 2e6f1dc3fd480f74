import { z } from 'zod';
import type { Context } from '#core/context';
import { defineJob } from '#core/job';
import type { BallotRound, ReviewSession, ReviewSlot } from '#domain/review/model';
import { getSession } from '#domain/review/setup';
import { closeVote } from '#domain/review/stage';
import { findRound, findSlots } from '#domain/review/store';
import { findHolders } from '#domain/roster/store';
import { refreshedConsole } from './attend.ts';
import { afterClosing } from './closing.ts';
import { lastWarning, warnings, wordsOf } from './warnings.ts';

const phaseShape = z.object({ sessionId: z.string(), slotId: z.string(), phase: z.number(), left: z.number() });
const roundShape = z.object({ sessionId: z.string(), roundId: z.string() });

/** 投票期间每隔几秒更新一次“已投几票” */
const turnoutEveryMs = 10_000;

/** 计时 — the warnings of a phase; a phase that has moved on meanwhile is not warned about. */
export function watchPhase(ctx: Context, session: ReviewSession, slot: ReviewSlot): void {
  if (slot.phaseUntil === null) return;
  for (const left of warnings) {
    const notBefore = new Date(slot.phaseUntil.getTime() - left * 1000);
    if (notBefore <= ctx.now) continue;
    const payload = { sessionId: session.id, slotId: slot.id, phase: slot.phase, left };
    ctx.outbox.job(warnJob, payload, { dedupeKey: `review-warn:${slot.id}:${slot.phase}:${left}`, notBefore, priority: 'interactive' });
  }
}

/** 计时提醒 — on the console, and to the presenter in words. */
export const warnJob = defineJob<z.output<typeof phaseShape>, null>({
  name: 'review.warn',
  payload: phaseShape,
  prepare: () => Promise.resolve(null),
  apply: async (ctx, { sessionId, slotId, phase, left }) => {
    const slot = (await findSlots(ctx.tx, sessionId)).find(({ id }) => id === slotId);
    // 停了一阵再起来，几个提醒一起到：说最后一个，时间到了就不再说还剩几分钟。
    if (slot?.phase !== phase || lastWarning(slot, ctx.now) !== wordsOf(left)) return;
    const words = wordsOf(left);
    await refreshedConsole(ctx, await getSession(ctx, sessionId));
    const heads = await findHolders(ctx.tx, { unitCodes: [slot.unitCode], roles: ['unitHead'] }, ctx.today);
    const presenter = heads.find(({ name }) => name === slot.presenter);
    if (presenter?.openId)
      ctx.outbox.sendText({
        to: { person: presenter.openId },
        text: `述职提醒：${slot.state === 'questioning' ? '问答' : '述职'}${words}`,
        dedupeKey: `review-warn:${slotId}:${phase}:${left}:text`,
        priority: 'interactive',
      });
  },
});

/** 看着一轮 — it closes by itself at its time; until then the console says how many have voted. */
export function watchRound(ctx: Context, session: ReviewSession, round: BallotRound): void {
  const payload = { sessionId: session.id, roundId: round.id };
  ctx.outbox.job(closeJob, payload, { dedupeKey: `review-close:${round.id}`, notBefore: round.closesAt, priority: 'interactive' });
  nextTurnout(ctx, payload);
}

/** 到时关闭 */
export const closeJob = defineJob<z.output<typeof roundShape>, null>({
  name: 'review.close',
  payload: roundShape,
  prepare: () => Promise.resolve(null),
  apply: async (ctx, { sessionId, roundId }) => {
    const round = await findRound(ctx.tx, roundId);
    if (round?.state !== 'open') return;
    await afterClosing(ctx, await closeVote(ctx, { sessionId, roundId }));
  },
});

/** 已投几票 — a count and nothing else. */
export const turnoutJob = defineJob<z.output<typeof roundShape>, null>({
  name: 'review.turnout',
  payload: roundShape,
  prepare: () => Promise.resolve(null),
  apply: async (ctx, payload) => {
    const round = await findRound(ctx.tx, payload.roundId);
    if (round?.state !== 'open' || ctx.now >= round.closesAt) return;
    await refreshedConsole(ctx, await getSession(ctx, payload.sessionId));
    nextTurnout(ctx, payload);
  },
});

function nextTurnout(ctx: Context, payload: z.output<typeof roundShape>): void {
  const notBefore = new Date(ctx.now.getTime() + turnoutEveryMs);
  ctx.outbox.job(turnoutJob, payload, { dedupeKey: `review-turnout:${payload.roundId}:${notBefore.getTime()}`, notBefore, priority: 'interactive' });
}
