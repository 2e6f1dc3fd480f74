import { randomBytes } from 'node:crypto';
import { invariant } from '#core/assert';
import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { countIssued, destroyKeys, insertKeys } from '../ballots/blind/store.ts';
import { keyCode, makeTokenKeys } from '../ballots/blind/tokens.ts';
import { countBallots, sealBox } from '../ballots/box/store.ts';
import { sealComments } from '../ballots/comments/store.ts';
import { countFaults } from '../ballots/counts.ts';
import { assertMay, type Right } from '../roster/policy.ts';
import { advanceRound, advanceSession, advanceSlot, requestVoid, saveCounts, startRound } from './advance.ts';
import { showAtOnce } from './counting.ts';
import { type BallotRound, choicesOf, type ReviewSession, type ReviewSlot, type RoundCounts } from './model.ts';
import { askerOf, assertAnother, assertObserver } from './observers.ts';
import { takeSession } from './setup.ts';
import { countRoll, findRound, findRounds, findSlots, findVoters } from './store.ts';
import { yearResultOf } from './year-result.ts';

const minuteMs = 60_000;

/**
 * 现在的单元 — the one on stage; otherwise the next in the order. A slot that was heard is up again at once where each is voted on by
 * itself (its round was voided); where all are voted on together it waits until the others were heard. null: all are done
 */
export function currentSlot(slots: readonly ReviewSlot[], { method }: Pick<ReviewSession['plan'], 'method'>): ReviewSlot | null {
  const onStage = slots.find(isOnStage);
  const unheard = method === 'together' ? slots.find(({ state }) => state === 'waiting') : undefined;
  return onStage ?? unheard ?? slots.find((slot) => !isOver(slot)) ?? null;
}

/** 不再上台的 — voted on, or absent. */
const isOver = ({ state }: Pick<ReviewSlot, 'state'>): boolean => state === 'voted' || state === 'absent';

/** 都述完了 — 集中测评 may open: nobody who is here is still to be heard. */
export const everyoneHeard = (slots: readonly ReviewSlot[]): boolean => slots.every((slot) => slot.state === 'heard' || isOver(slot));

const isOnStage = ({ state }: Pick<ReviewSlot, 'state'>): boolean => state === 'reporting' || state === 'questioning' || state === 'voting';

/** 台上只有一家：别的一家述完、评完之前，这一家不开始，也不开放测评；不然大屏上写的是一家，投的是另一家。 */
function assertStageFree(slots: readonly ReviewSlot[], slotId: string): void {
  const busy = slots.find((slot) => slot.id !== slotId && isOnStage(slot));
  if (busy) throw new ConflictError(`${busy.unitName}还没有结束`);
}

/** 开始述职或问答 — with its clock. */
export async function startPhase(
  ctx: Context,
  { sessionId, slotId, phase }: { sessionId: string; slotId: string; phase: 'report' | 'question' | 'hear' },
): Promise<{ session: ReviewSession; slot: ReviewSlot }> {
  const right = assertMay(ctx.actor, 'runReview');
  const { session, slots, slot } = await takeSlot(ctx, { sessionId, slotId });
  assertStageFree(slots, slotId);
  const minutes = phase === 'report' ? session.plan.reportMinutes : session.plan.questionMinutes;
  const until = phase === 'hear' ? null : new Date(ctx.now.getTime() + minutes * minuteMs);
  const patch = phase === 'report' ? { yearResult: await yearResultOf(ctx, slot) } : {};
  return { session, slot: await advanceSlot(ctx, slot, { event: phase, until, patch, right }) };
}

/** 退回待述 — begun by mistake, or the presenter had to go: his clock is gone, he may begin again, or be noted as absent. */
export async function stepBack(
  ctx: Context,
  { sessionId, slotId }: { sessionId: string; slotId: string },
): Promise<{ session: ReviewSession; slot: ReviewSlot }> {
  const right = assertMay(ctx.actor, 'runReview');
  const { session, slot } = await takeSlot(ctx, { sessionId, slotId });
  return { session, slot: await advanceSlot(ctx, slot, { event: 'stepBack', right }) };
}

/** 开放测评 — one slot (一述一评), or all that were heard (集中测评). */
export async function openVote(
  ctx: Context,
  { sessionId, slotId }: { sessionId: string; slotId: string },
): Promise<{ session: ReviewSession; rounds: BallotRound[] }> {
  const right = assertMay(ctx.actor, 'runReview');
  const { session, slots, slot } = await takeSlot(ctx, { sessionId, slotId });
  const { plan } = session;
  const together = plan.method === 'together' && everyoneHeard(slots);
  if (plan.method === 'together' && !together) throw new InvalidError('集中测评：还有单位没有述职完毕');
  const chosen = together ? slots.filter(({ state }) => state === 'heard') : [slot];
  if (!together) assertStageFree(slots, slotId);
  const closesAt = new Date(ctx.now.getTime() + plan.voteSeconds * 1000);
  const former = await findRounds(ctx.tx, sessionId);
  const rounds: BallotRound[] = [];
  const opening = plan.secrecy === 'blind' ? await prepareTickets(ctx, session) : null;
  for (const each of chosen) {
    await advanceSlot(ctx, each, { event: 'openVote', until: closesAt, right });
    const id = newId();
    const number = former.filter((round) => round.slotId === each.id).length + 1;
    const roundKey = plan.press === 'last' ? randomBytes(16).toString('hex') : null;
    const commentKey = plan.comments ? randomBytes(16).toString('hex') : null;
    const given = { id, sessionId, slotId: each.id, number, choices: choicesOf(plan.rules), closesAt, roundKey, commentKey };
    await startRound(ctx, { ...given, openingId: opening?.id ?? null }, right, opening?.keyCode);
    const round = await findRound(ctx.tx, id);
    invariant(round, 'the round is there');
    rounds.push(round);
  }
  return { session, rounds };
}

/** 备好匿名票 — a pair of keys for every class; their code goes into the trail, so that it can be compared afterwards. */
async function prepareTickets(ctx: Context, { plan }: ReviewSession): Promise<{ id: string; keyCode: string }> {
  const keys = await Promise.all(plan.rules.classes.map(async ({ name }) => ({ voterClass: name, ...(await makeTokenKeys()) })));
  const id = newId();
  await insertKeys(ctx.tx, id, keys);
  return { id, keyCode: keyCode(keys) };
}

/** 关闭的结果 — `faults`: the box doesn't hold what was cast; the round is void. */
export interface Closing {
  readonly session: ReviewSession;
  readonly slot: ReviewSlot;
  readonly round: BallotRound;
  readonly faults: readonly string[];
}

/**
 * 关闭测评 — waits for the ballots that are on their way, counts pieces, not votes, and seals the box. When a class has more pieces
 * than were issued, or others than are known to have been cast, the round is void at once, and kept.
 */
export async function closeVote(ctx: Context, { sessionId, roundId }: { sessionId: string; roundId: string }): Promise<Closing> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const round = await findRound(ctx.tx, roundId);
  const slot = (await findSlots(ctx.tx, sessionId)).find(({ id }) => id === round?.slotId);
  if (!round || !slot) throw new ConflictError();
  if (round.state !== 'open') throw new ConflictError('测评已经关闭');
  const closed = await advanceRound(ctx, round, { event: 'close', right });
  const counts = await countsOf(ctx, round);
  const pieces = await seal(ctx, round);
  invariant(pieces === counts.reduce((all, { used }) => all + used, 0), 'every ballot that was counted is in the sealed box');
  const faults = countFaults(counts);
  const shown = session.plan.show === 'immediate' && faults.length === 0 ? await showAtOnce(ctx, session, slot, roundId) : null;
  await saveCounts(ctx, closed, { counts, shown });
  const done = await advanceSlot(ctx, slot, { event: 'closeVote', right });
  if (faults.length === 0) return { session: await finishIfDone(ctx, session, right), slot: done, round: { ...closed, counts, shown }, faults };
  const voided = await advanceRound(ctx, closed, {
    event: 'void',
    patch: { voidReason: `票数异常：${faults.join('；')}` },
    right,
    detail: { faults },
  });
  return { session, slot: await advanceSlot(ctx, done, { event: 'revote', right }), round: { ...voided, counts }, faults };
}

/** 封箱 — with the last round of an opening its keys go too. @returns how many ballots are in the box */
async function seal(ctx: Context, { id, sessionId, openingId }: BallotRound): Promise<number> {
  const pieces = await sealBox(ctx.tx, id);
  await sealComments(ctx.tx, id);
  if (openingId === null) return pieces;
  const open = (await findRounds(ctx.tx, sessionId)).some((round) => round.openingId === openingId && round.state === 'open');
  if (!open) await destroyKeys(ctx.tx, openingId);
  return pieces;
}

/** 数票 — by class; a class of which nobody is on the roll comes too, and is a fault. */
async function countsOf(ctx: Context, round: BallotRound): Promise<RoundCounts[]> {
  const box = new Map((await countBallots(ctx.tx, round)).map((each) => [each.voterClass, each]));
  const presenter = await presenterClass(ctx, round);
  const tickets = round.openingId === null ? null : await countIssued(ctx.tx, round.openingId);
  const roll = (await countRoll(ctx.tx, round.sessionId)).map((each) =>
    each.voterClass === presenter ? { ...each, issued: each.issued - 1 } : each,
  );
  const strange = [...box.keys()].filter((name) => !roll.some(({ voterClass }) => voterClass === name));
  return [...roll, ...strange.map((voterClass) => ({ voterClass, entitled: 0, present: 0, issued: 0 }))].map((each) => {
    const { used = 0, abstained = 0, marked = 0 } = box.get(each.voterClass) ?? {};
    return { ...each, issued: tickets ? (tickets.get(each.voterClass) ?? 0) : each.issued, used, abstained, marked };
  });
}

/** 述职人自己也在会场的，这一轮没有他的票 — his class, or null. */
async function presenterClass(ctx: Context, { sessionId, slotId }: BallotRound): Promise<string | null> {
  const slot = (await findSlots(ctx.tx, sessionId)).find(({ id }) => id === slotId);
  if (!slot || slot.voterId === null) return null;
  const voter = (await findVoters(ctx.tx, sessionId)).find(({ id }) => id === slot.voterId);
  return voter?.present === true ? voter.voterClass : null;
}

async function finishIfDone(ctx: Context, session: ReviewSession, right: Right): Promise<ReviewSession> {
  const slots = await findSlots(ctx.tx, session.id);
  return slots.every(isOver) ? advanceSession(ctx, session, { event: 'finish', right }) : session;
}

/**
 * 记缺席 — the presenter is not there: the hall goes on without him; he is not voted on and has no rank. With the last one that was
 * waited for the session is done.
 * @throws InvalidError when nobody else is left to be voted on: then the session should be put off, not held
 */
export async function markAbsent(
  ctx: Context,
  { sessionId, slotId }: { sessionId: string; slotId: string },
): Promise<{ session: ReviewSession; slot: ReviewSlot }> {
  const right = assertMay(ctx.actor, 'runReview');
  const { session, slots, slot } = await takeSlot(ctx, { sessionId, slotId });
  if (slots.every((each) => each.id === slotId || each.state === 'absent'))
    throw new InvalidError('其余各家都缺席，不能再记缺席；整场改期的，请另发方案');
  const absent = await advanceSlot(ctx, slot, { event: 'markAbsent', right });
  return { session: await finishIfDone(ctx, session, right), slot: absent };
}

/** 到场补述 — he has come after all, before the votes are tallied: his turn is at his place in the order. @throws ConflictError */
export async function makeUp(
  ctx: Context,
  { sessionId, unitName }: { sessionId: string; unitName: string },
): Promise<{ session: ReviewSession; slot: ReviewSlot }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  if (session.state !== 'inSession' && session.state !== 'voted') throw new ConflictError('已经计票，不能再补述');
  const slot = (await findSlots(ctx.tx, sessionId)).find((each) => each.state === 'absent' && each.unitName === unitName);
  if (!slot) throw new ConflictError('没有记缺席的这一家，请照主持台上的单位名称写');
  const resumed = session.state === 'voted' ? await advanceSession(ctx, session, { event: 'resume', right }) : session;
  return { session: resumed, slot: await advanceSlot(ctx, slot, { event: 'makeUp', right }) };
}

/** 提出作废 — the secretary; a round is void only when an observer agrees. */
export async function proposeVoid(
  ctx: Context,
  { sessionId, roundId, reason }: { sessionId: string; roundId: string; reason: string },
): Promise<{ session: ReviewSession; round: BallotRound }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const round = await findRound(ctx.tx, roundId);
  if (!round || round.state === 'voided') throw new ConflictError('这一轮已经作废');
  assertMayVoid(session, round);
  await requestVoid(ctx, round, { reason, right });
  return { session, round: { ...round, voidAskedBy: askerOf(ctx.actor), voidReason: reason } };
}

/** 同意作废 — by an observer, never by the one who asked. The round is kept sealed, the slot waits for the next. */
export async function agreeVoid(
  ctx: Context,
  { sessionId, roundId }: { sessionId: string; roundId: string },
): Promise<{ session: ReviewSession; round: BallotRound; slot: ReviewSlot }> {
  const right = assertMay(ctx.actor, 'observeReview');
  const session = await takeSession(ctx, sessionId);
  const round = await findRound(ctx.tx, roundId);
  const slot = (await findSlots(ctx.tx, sessionId)).find(({ id }) => id === round?.slotId);
  if (!round || !slot || round.voidAskedBy === null) throw new ConflictError();
  if (round.state === 'voided') throw new ConflictError('这一轮已经作废');
  assertNotTallied(session);
  assertObserver(session.plan, ctx.actor);
  assertAnother(round.voidAskedBy, ctx.actor);
  if (session.state === 'voted') await advanceSession(ctx, session, { event: 'resume', right });
  const wasOpen = round.state === 'open';
  const voided = await advanceRound(ctx, round, { event: 'void', right });
  if (wasOpen) await seal(ctx, round);
  return { session, round: voided, slot: await advanceSlot(ctx, slot, { event: 'revote', right }) };
}

/** 可以提出作废 @throws ConflictError when the votes are tallied, or it has been proposed already */
export function assertMayVoid(session: ReviewSession, { voidAskedBy }: Pick<BallotRound, 'voidAskedBy'>): void {
  assertNotTallied(session);
  if (voidAskedBy !== null) throw new ConflictError('这一轮已有人提出作废，请等监督员答复');
}

/** 计了票的不再作废：结果已由各轮算出，提出在先、同意在后的也一样。 */
function assertNotTallied({ state }: ReviewSession): void {
  if (state !== 'inSession' && state !== 'voted') throw new ConflictError('已经计票，不能再作废');
}

async function takeSlot(
  ctx: Context,
  { sessionId, slotId }: { sessionId: string; slotId: string },
): Promise<{ session: ReviewSession; slots: ReviewSlot[]; slot: ReviewSlot }> {
  const session = await takeSession(ctx, sessionId);
  if (session.state !== 'inSession') throw new ConflictError('现在不在述职环节');
  const slots = await findSlots(ctx.tx, sessionId);
  const slot = slots.find(({ id }) => id === slotId);
  if (!slot) throw new ConflictError();
  return { session, slots, slot };
}
