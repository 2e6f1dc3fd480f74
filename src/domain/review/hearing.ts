import { randomInt } from 'node:crypto';
import type { Context } from '#core/context';
import { isRealDate } from '#core/dates';
import { ConflictError, InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, type Right } from '../roster/policy.ts';
import { findHolders, listUnits } from '../roster/store.ts';
import { registerOutsideBooks } from '../work-items/advance-items.ts';
import { newItem } from '../work-items/new-item.ts';
import { findLastNumber, findWorkYear } from '../work-items/store.ts';
import { putQuestion as put, registerPromise, registerQuestion } from './advance.ts';
import { type ReviewPromise, type ReviewQuestion, type ReviewSession, type ReviewSlot, reviewQuestionMachine } from './model.ts';
import { takeSession } from './setup.ts';
import { currentSlot } from './stage.ts';
import { findPromises, findQuestions, findSlots, findVoter } from './store.ts';

/** 现场承诺立项的编号字头 */
const promiseSeries = '诺';
/** 一个单元至多排这么多问 */
const queueMax = 60;

/** 台上的 — the session and the slot that questions and promises belong to. @throws ConflictError when nobody is on stage */
async function onStage(session: ReviewSession, ctx: Context, slotId?: string): Promise<ReviewSlot> {
  if (session.state !== 'inSession') throw new ConflictError('现在不在述职环节');
  const slots = await findSlots(ctx.tx, session.id);
  const slot = slotId === undefined ? currentSlot(slots, session.plan) : slots.find(({ id }) => id === slotId);
  if (!slot || (slotId === undefined && slot.state === 'voting')) throw new ConflictError('现在没有在述职的单位，请等下一家开讲再提');
  return slot;
}

/** 提问 — by somebody on the roll who is in the hall, to whoever is on stage; one question after another, so that none is put down twice. */
export async function askQuestion(
  ctx: Context,
  { sessionId, text }: { sessionId: string; text: string },
): Promise<{ session: ReviewSession; slot: ReviewSlot; question: ReviewQuestion }> {
  const session = await takeSession(ctx, sessionId);
  const voter = await findVoter(ctx.tx, { sessionId, personId: ctx.actor.personId });
  assertMay(ctx.actor, 'castBallot', { voter: voter?.personId ?? null });
  if (!voter?.present) throw new InvalidError('签到之后才能提问');
  return queue(ctx, { session, slot: await onStage(session, ctx) }, { voterClass: voter.voterClass, asker: voter.name, text });
}

/**
 * 代为登记提问 — the secretary, for guests and for what comes on paper; to the unit whose record it is, though the next one may be on
 * stage by now. @param classAt which of the session's classes, from 0
 */
export async function registerQuestionFor(
  ctx: Context,
  { sessionId, slotId, classAt, asker, text }: { sessionId: string; slotId: string; classAt: number; asker: string; text: string },
): Promise<{ session: ReviewSession; slot: ReviewSlot; question: ReviewQuestion }> {
  assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const chosen = session.plan.rules.classes[classAt];
  if (!chosen) throw new InvalidError('请选择提问人的类别');
  const slot = await onStage(session, ctx, slotId);
  return queue(ctx, { session, slot }, { voterClass: chosen.name, asker: asker || '未署名', text });
}

async function queue(
  ctx: Context,
  { session, slot }: { session: ReviewSession; slot: ReviewSlot },
  given: { voterClass: string; asker: string; text: string },
): Promise<{ session: ReviewSession; slot: ReviewSlot; question: ReviewQuestion }> {
  if (given.text === '') throw new InvalidError('请写明要问什么');
  const known = await findQuestions(ctx.tx, { sessionId: session.id, slotId: slot.id });
  if (known.filter(({ state }) => state === 'queued').length >= queueMax) throw new InvalidError('排队的提问已经太多，请场务先请已排队的提问');
  if (known.some(({ asker, text }) => asker === given.asker && text === given.text)) throw new ConflictError('这一问已经登记，无需重复登记');
  const question: ReviewQuestion = { id: newId(), sessionId: session.id, slotId: slot.id, state: reviewQuestionMachine.initial, ...given };
  await registerQuestion(ctx, question, {});
  return { session, slot, question };
}

/** 请提问 — the one that was picked; or, of a class, one by lot. */
export async function putQuestion(
  ctx: Context,
  { sessionId, slotId, ...which }: { sessionId: string; slotId: string } & ({ questionId: string } | { voterClass: string }),
): Promise<{ session: ReviewSession; slot: ReviewSlot; question: ReviewQuestion }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const slot = await onStage(session, ctx, slotId);
  const all = await findQuestions(ctx.tx, { sessionId, slotId });
  const waiting = all.filter(({ state }) => state === 'queued');
  const ofClass = waiting.filter(({ voterClass }) => 'voterClass' in which && voterClass === which.voterClass);
  const chosen =
    'questionId' in which ? waiting.find(({ id }) => id === which.questionId) : ofClass.length > 0 ? ofClass[randomInt(ofClass.length)] : undefined;
  if (!chosen) throw new ConflictError('questionId' in which ? '这一问已经请过了' : '这一类没有排队的提问');
  return { session, slot, question: await put(ctx, chosen, right) };
}

/** 记承诺 — what the presenter promised before the hall becomes an item of the unit at once, and one only; in a trial it is only noted. */
export async function recordPromise(
  ctx: Context,
  { sessionId, slotId, content, dueOn }: { sessionId: string; slotId: string; content: string; dueOn: string },
): Promise<{ session: ReviewSession; slot: ReviewSlot; promise: ReviewPromise }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const slot = await onStage(session, ctx, slotId);
  if (!isRealDate(dueOn)) throw new InvalidError('完成日期看不懂，请重新选择');
  if (dueOn <= ctx.today) throw new InvalidError('完成日期应在今天之后，请重新选择');
  const made = await findPromises(ctx.tx, { sessionId, slotId });
  if (made.some((each) => each.content === content && each.dueOn === dueOn)) throw new ConflictError('这一条承诺已经记下，无需重复登记');
  const promise: ReviewPromise = {
    ...{ id: newId(), sessionId, slotId, content, dueOn, itemId: null, itemCode: null, recordedBy: ctx.actor.name },
    ...(session.trial ? {} : await setUpItem(ctx, { session, slot, content, dueOn, right })),
  };
  await registerPromise(ctx, promise, right);
  return { session, slot, promise };
}

async function setUpItem(
  ctx: Context,
  { session, slot, content, dueOn, right }: { session: ReviewSession; slot: ReviewSlot; content: string; dueOn: string; right: Right },
): Promise<{ itemId: string; itemCode: string }> {
  // 开年述职，承诺记在还在办的那一年的账上。
  const year = await findWorkYear(ctx.tx, ctx.now);
  const number = (await findLastNumber(ctx.tx, year, promiseSeries)) + 1;
  const code = `${promiseSeries}-${String(number).padStart(3, '0')}`;
  const unit = (await listUnits(ctx.tx)).find(({ code: unitCode }) => unitCode === slot.unitCode);
  const [liaison] = await findHolders(ctx.tx, { unitCodes: [slot.unitCode], roles: ['liaison'], backup: false }, ctx.today);
  const item = newItem(ctx, {
    ...{ year, code, series: promiseSeries, number, kind: 'promise', category: '述职承诺', leadUnit: slot.unitCode, dueOn },
    title: content.length > 60 ? `${content.slice(0, 59)}…` : content,
    goal: content,
    measures: `${session.number}述职测评，${slot.presenter}现场承诺`,
    leaderInCharge: unit?.leaderName ?? null,
    liaisonPostId: liaison?.postId ?? null,
  });
  await registerOutsideBooks(ctx, [item], { right, detail: { code, dueOn, reason: content, sessionId: session.id } });
  return { itemId: item.id, itemCode: code };
}
