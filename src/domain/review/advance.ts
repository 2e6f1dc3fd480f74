import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import type { Right } from '../roster/policy.ts';
import {
  type BallotRound,
  ballotRoundMachine,
  drawMachine,
  type ReviewPromise,
  type ReviewQuestion,
  type ReviewSession,
  type ReviewSlot,
  type ReviewVoter,
  type RoundCounts,
  reviewQuestionMachine,
  reviewSessionMachine,
  reviewSlotMachine,
} from './model.ts';
import {
  addConfirmation,
  askDrawVoid,
  askVoid,
  deleteAllOf,
  insertDraw,
  insertPromise,
  insertQuestion,
  insertRound,
  insertSession,
  insertSlotsAndVoters,
  moveQuestion,
  moveRound,
  moveSession,
  moveSlot,
  openDrawRow,
  putCounts,
  putDrawInput,
  putPlan,
  putPresenters,
  setPresent,
  voidDrawRow,
} from './moves/store.ts';
import { askerOf } from './observers.ts';
import type { DrawRow } from './store.ts';

type SessionEvent = (typeof reviewSessionMachine.events)[number];
type SlotEvent = (typeof reviewSlotMachine.events)[number];
type RoundEvent = (typeof ballotRoundMachine.events)[number];
type Detail = Readonly<Record<string, unknown>>;

// 述职的状态只在这个文件里改变：问过状态表、比对着改、同一口气记下留痕。投票不在这里：它密封，不留痕（ballots/box/store.ts）。

const sessionSubject = (id: string) => ({ type: 'reviewSession', id });
const slotSubject = (id: string) => ({ type: 'reviewSlot', id });
const questionSubject = (id: string) => ({ type: 'reviewQuestion', id });
const roundSubject = (id: string) => ({ type: 'ballotRound', id });

/** 记方案预检 */
export async function registerSession(ctx: Context, session: Parameters<typeof insertSession>[1]): Promise<void> {
  await insertSession(ctx.tx, session);
  ctx.audit.record({ subject: sessionSubject(session.id), event: 'check', after: session.state, detail: { number: session.number } });
}

/** 推进场次 @throws ConflictError when the event is not legal now, or somebody was faster */
export async function advanceSession(
  ctx: Context,
  session: ReviewSession,
  { event, patch = {}, right, detail }: { event: SessionEvent; patch?: object; right: Right; detail?: Detail },
): Promise<ReviewSession> {
  const state = reviewSessionMachine.next(session.state, event);
  if (!(await moveSession(ctx.tx, { id: session.id, from: session.state, to: state, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: sessionSubject(session.id), event, before: session.state, after: state, detail, ...right });
  return { ...session, ...patch, state };
}

/** 记述职人兼测评人 */
export async function notePresenters(
  ctx: Context,
  sessionId: string,
  found: readonly { readonly slotId: string; readonly voterId: string; readonly name: string }[],
): Promise<void> {
  await putPresenters(ctx.tx, { sessionId, found });
  for (const { slotId, name } of found) ctx.audit.record({ subject: slotSubject(slotId), event: 'presenterVotes', detail: { name } });
}

/** 换监督员 — asked for, or agreed to; nothing else of a locked plan changes. */
export async function changePlan(
  ctx: Context,
  session: ReviewSession,
  { event, plan, detail, right }: { event: 'askObserver' | 'changeObserver'; plan: ReviewSession['plan']; detail: Detail; right: Right },
): Promise<ReviewSession> {
  await putPlan(ctx.tx, { id: session.id, plan });
  ctx.audit.record({ subject: sessionSubject(session.id), event, before: session.state, after: session.state, detail, ...right });
  return { ...session, plan };
}

/** 登记单元和名册 */
export async function registerRoll(ctx: Context, { id, plan }: ReviewSession, people: ReadonlyMap<string, { id: string }>): Promise<void> {
  await insertSlotsAndVoters(ctx.tx, { sessionId: id, plan, people });
  ctx.audit.record({ subject: sessionSubject(id), event: 'registerRoll', detail: { slots: plan.onStage.length, voters: plan.voters.length } });
}

/** 记承诺 */
export async function commitDraw(ctx: Context, draw: Parameters<typeof insertDraw>[1], right: Right): Promise<void> {
  await insertDraw(ctx.tx, draw);
  ctx.audit.record({
    subject: { type: 'draw', id: draw.id },
    event: 'commit',
    after: 'committed',
    detail: { commitment: draw.commitment },
    ...right,
  });
}

/** 记监督员的数 */
export async function giveNumber(
  ctx: Context,
  { drawId, ...given }: { drawId: string; sessionId: string; observer: string; digits: string },
  right: Right,
): Promise<void> {
  if (!(await putDrawInput(ctx.tx, given))) throw new InvalidError('您已经取过数，不能再改');
  ctx.audit.record({ subject: { type: 'draw', id: drawId }, event: 'giveNumber', detail: { digits: given.digits }, ...right });
}

/** 开签 */
export async function settleDraw(
  ctx: Context,
  { drawId, ...result }: { drawId: string; sessionId: string; seed: string; order: readonly string[] },
): Promise<void> {
  if (!(await openDrawRow(ctx.tx, result))) throw new ConflictError();
  ctx.audit.record({
    subject: { type: 'draw', id: drawId },
    event: 'open',
    before: 'committed',
    after: 'opened',
    detail: { seed: result.seed, order: result.order },
  });
}

/** 提出抽签作废 */
export async function requestDrawVoid(ctx: Context, draw: DrawRow, { reason, right }: { reason: string; right: Right }): Promise<void> {
  if (!(await askDrawVoid(ctx.tx, { id: draw.id, askedBy: askerOf(ctx.actor), reason })))
    throw new ConflictError('已有人提出作废这次抽签，请等监督员答复');
  ctx.audit.record({ subject: { type: 'draw', id: draw.id }, event: 'askVoid', before: draw.state, detail: { reason }, ...right });
}

/** 抽签作废 */
export async function voidDraw(ctx: Context, draw: DrawRow, right: Right): Promise<void> {
  const state = drawMachine.next(draw.state, 'void');
  if (!(await voidDrawRow(ctx.tx, draw))) throw new ConflictError('这次抽签已经作废');
  const detail = { reason: draw.voidReason };
  ctx.audit.record({ subject: { type: 'draw', id: draw.id }, event: 'void', before: draw.state, after: state, detail, ...right });
}

/** 记到会、离会或改正误登的到会 @throws ConflictError when one of them has been noted already: somebody was faster, or it is the second of two taps */
export async function markPresent(
  ctx: Context,
  voters: readonly ReviewVoter[],
  { event, right }: { event: 'signIn' | 'leave' | 'undoSignIn'; right: Right },
): Promise<void> {
  const present = event === 'signIn';
  const changed = await setPresent(ctx.tx, { ids: voters.map(({ id }) => id), present });
  if (changed < voters.length) throw new ConflictError(present ? '您已签到，无需重复签到' : undefined);
  for (const { id, name } of voters) {
    ctx.audit.record({
      subject: { type: 'reviewVoter', id },
      event,
      before: present ? 'absent' : 'present',
      after: present ? 'present' : 'absent',
      detail: { name },
      ...right,
    });
  }
}

/** 推进单元 */
export async function advanceSlot(
  ctx: Context,
  slot: ReviewSlot,
  { event, until = null, patch: more = {}, right }: { event: SlotEvent; until?: Date | null; patch?: object; right: Right },
): Promise<ReviewSlot> {
  const state = reviewSlotMachine.next(slot.state, event);
  const patch = { phaseSince: ctx.now, phaseUntil: until, ...more };
  if (!(await moveSlot(ctx.tx, { id: slot.id, from: slot.state, to: state, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: slotSubject(slot.id), event, before: slot.state, after: state, ...right });
  return { ...slot, ...patch, state, phase: slot.phase + 1 };
}

/** 记提问 */
export async function registerQuestion(ctx: Context, question: ReviewQuestion, right: Right): Promise<void> {
  await insertQuestion(ctx.tx, { ...question, queuedAt: ctx.now });
  const { id, state, slotId, voterClass, asker } = question;
  ctx.audit.record({ subject: questionSubject(id), event: 'queue', after: state, detail: { slotId, voterClass, asker }, ...right });
}

/** 请提问 @throws ConflictError when it has been put already */
export async function putQuestion(ctx: Context, question: ReviewQuestion, right: Right): Promise<ReviewQuestion> {
  const state = reviewQuestionMachine.next(question.state, 'put');
  if (!(await moveQuestion(ctx.tx, { id: question.id, from: question.state, to: state, askedAt: ctx.now }))) throw new ConflictError();
  ctx.audit.record({ subject: questionSubject(question.id), event: 'put', before: question.state, after: state, ...right });
  return { ...question, state };
}

/** 记承诺 */
export async function registerPromise(ctx: Context, promise: ReviewPromise, right: Right): Promise<void> {
  await insertPromise(ctx.tx, { ...promise, recordedAt: ctx.now });
  const { id, slotId, content: reason, dueOn, itemCode: code } = promise;
  ctx.audit.record({ subject: { type: 'reviewPromise', id }, event: 'register', detail: { slotId, reason, dueOn, code }, ...right });
}

/** 开一轮 */
export async function startRound(ctx: Context, round: Parameters<typeof insertRound>[1], right: Right, keyCode?: string): Promise<void> {
  await insertRound(ctx.tx, round);
  ctx.audit.record({
    subject: roundSubject(round.id),
    event: 'open',
    after: 'open',
    detail: { slotId: round.slotId, number: round.number, ...(keyCode === undefined ? {} : { keyCode }) },
    ...right,
  });
}

/** 推进轮次 @param how.detail never anything about a ballot */
export async function advanceRound(
  ctx: Context,
  round: BallotRound,
  { event, patch = {}, right, detail }: { event: RoundEvent; patch?: object; right: Right; detail?: Detail },
): Promise<BallotRound> {
  const state = ballotRoundMachine.next(round.state, event);
  if (!(await moveRound(ctx.tx, { id: round.id, from: round.state, to: state, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: roundSubject(round.id), event, before: round.state, after: state, detail, ...right });
  return { ...round, ...patch, state };
}

/** 记票数 — pieces by class; they are read out in the hall. */
export async function saveCounts(
  ctx: Context,
  round: BallotRound,
  { counts, shown }: { counts: readonly RoundCounts[]; shown: BallotRound['shown'] },
): Promise<void> {
  await putCounts(ctx.tx, { id: round.id, counts, shown });
  ctx.audit.record({
    subject: roundSubject(round.id),
    event: 'count',
    detail: { counts: counts.map(({ abstained: _abstained, ...pieces }) => pieces) },
  });
}

/** 提出作废 */
export async function requestVoid(ctx: Context, round: BallotRound, { reason, right }: { reason: string; right: Right }): Promise<void> {
  if (!(await askVoid(ctx.tx, { id: round.id, askedBy: askerOf(ctx.actor), reason })))
    throw new ConflictError('这一轮已有人提出作废，请等监督员答复');
  ctx.audit.record({ subject: roundSubject(round.id), event: 'askVoid', before: round.state, detail: { reason }, ...right });
}

/** 记评语审看 — how many, never a word of them. */
export function recordJudgement(
  ctx: Context,
  { roundId, released, held, right }: { roundId: string; released: number; held: number; right: Right },
): void {
  ctx.audit.record({ subject: roundSubject(roundId), event: 'judgeComments', detail: { released, held }, ...right });
}

/** 确认票数 */
export async function confirmCounts(ctx: Context, session: ReviewSession, { name, right }: { name: string; right: Right }): Promise<ReviewSession> {
  if (!(await addConfirmation(ctx.tx, { id: session.id, name }))) throw new ConflictError('您已确认，无需重复确认');
  ctx.audit.record({ subject: sessionSubject(session.id), event: 'confirmCounts', detail: { by: name }, ...right });
  return { ...session, confirmedBy: [...session.confirmedBy, name] };
}

/** 试测清空 */
export async function wipeTrial(ctx: Context, session: ReviewSession, right: Right): Promise<ReviewSession> {
  if (!session.trial) throw new ConflictError('正式的场次不能清空');
  const wiped = await advanceSession(ctx, session, { event: 'wipe', patch: { results: null, ballotsHash: null, ballotsBlobId: null }, right });
  await deleteAllOf(ctx.tx, session.id);
  return wiped;
}
