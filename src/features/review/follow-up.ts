import { z } from 'zod';
import type { Context } from '#core/context';
import { defineJob } from '#core/job';
import { getSession } from '#domain/review/setup';
import { consoleKey, consoleView } from './views.ts';

const payloadShape = z.object({ sessionId: z.string() });
/** 签到时每几秒更新一次主持台 */
const everyMs = 2_000;

/**
 * 主持台稍后跟上 — when a whole hall signs in at once, every click that drew the console itself would wait for the one before it.
 * The clicks of two seconds share one update.
 */
export function refreshConsoleSoon(ctx: Context, sessionId: string): void {
  const slot = Math.floor(ctx.now.getTime() / everyMs) + 1;
  const dedupeKey = `review-console:${sessionId}:${slot}`;
  ctx.outbox.job(consoleJob, { sessionId }, { dedupeKey, notBefore: new Date(slot * everyMs), priority: 'interactive' });
}

/** 更新主持台 */
export const consoleJob = defineJob<z.output<typeof payloadShape>, null>({
  name: 'review.console',
  payload: payloadShape,
  prepare: () => Promise.resolve(null),
  apply: async (ctx, { sessionId }) => {
    ctx.outbox.updateCard({ cardKey: consoleKey(sessionId), card: await consoleView(ctx, await getSession(ctx, sessionId)) });
  },
});
