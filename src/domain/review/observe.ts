import { invariant } from '#core/assert';
import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import { type DrawProof, openDraw, readObserverNumber } from '../draws/draw.ts';
import { assertMay } from '../roster/policy.ts';
import { advanceSession, giveNumber, settleDraw } from './advance.ts';
import type { ReviewSession } from './model.ts';
import { assertObserver, drawNumbers, drawSeats } from './observers.ts';
import { takeSession } from './setup.ts';
import { type DrawRow, findDraw } from './store.ts';

/** 取数 — one observer's six digits. With the last of them the draw is opened in the same breath: nobody can look first and withhold it. */
export async function giveDrawNumber(
  ctx: Context,
  { sessionId, number }: { sessionId: string; number: string },
): Promise<{ session: ReviewSession; draw: DrawRow; proof: DrawProof | null }> {
  const right = assertMay(ctx.actor, 'observeReview');
  const session = await takeSession(ctx, sessionId);
  const { observers } = session.plan;
  const observer = assertObserver(session.plan, ctx.actor);
  const digits = readObserverNumber(number);
  const before = await findDraw(ctx.tx, sessionId);
  if (!before || before.state !== 'committed') throw new ConflictError('已经开签，请以公布的结果为准');
  const seat = drawSeats(session.plan, before.inputs)[observers.indexOf(observer)];
  if (seat && seat.number !== null && seat.name !== observer) throw new InvalidError(`${seat.name}已经取过数，这一席不能再取`);
  const drawId = before.id;
  await giveNumber(ctx, { drawId, sessionId, observer, digits }, right);
  const draw = await findDraw(ctx.tx, sessionId);
  invariant(draw, 'the draw is there');
  const inputs = drawNumbers(session.plan, draw.inputs);
  if (inputs.length < observers.length) return { session, draw, proof: null };
  const proof = openDraw({ drawId, secret: draw.secret, items: draw.items }, inputs);
  await settleDraw(ctx, { drawId, sessionId, seed: proof.seed, order: proof.order });
  return { session: await advanceSession(ctx, session, { event: 'draw', right }), draw: { ...draw, state: 'opened' }, proof };
}
