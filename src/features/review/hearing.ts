import type { Card } from '#cards/kit/card';
import { formatDay } from '#cards/kit/format';
import { drawQuestion, openHearing, putQuestion, recordPromise, registerQuestion } from '#cards/review/actions';
import { on } from '#core/click';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError, NotFoundError } from '#core/errors';
import { askQuestion, recordPromise as promiseNow, putQuestion as put, registerQuestionFor } from '#domain/review/hearing';
import type { ReviewPromise, ReviewSession, ReviewSlot } from '#domain/review/model';
import { getSession } from '#domain/review/setup';
import { findLiveSessions, findSlots } from '#domain/review/store';
import { assertMay } from '#domain/roster/policy';
import { findHolders } from '#domain/roster/store';
import { hearingKey, hearingView } from './views.ts';

/** 打开问答记录 — a card of its own, so that the console stays where it is. */
export const onOpenHearing = on(openHearing, async (ctx, { sessionId, slotId }) => {
  assertMay(ctx.actor, 'runReview');
  const session = await getSession(ctx, sessionId);
  const slot = (await findSlots(ctx.tx, sessionId)).find(({ id }) => id === slotId);
  if (!slot) throw new NotFoundError('没有这个述职单位，请以最新卡片为准');
  const card = await hearingView(ctx, session, slot);
  const { openId } = ctx.actor;
  if (openId === null) return { card };
  const cardKey = hearingKey(slotId);
  ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${ctx.now.getTime()}`, priority: 'interactive' });
  return { toast: { type: 'info', text: '问答记录已发给您' } };
});

/** 登记提问 */
export const onRegisterQuestion = on(registerQuestion, async (ctx, { sessionId, slotId }, { voterClass: classAt, asker = '', question }) => {
  const { session, slot } = await registerQuestionFor(ctx, { sessionId, slotId, classAt, asker, text: question });
  return { toast: '已登记', card: await refreshedHearing(ctx, session, slot) };
});

/** 请提问 */
export const onPutQuestion = on(putQuestion, async (ctx, { sessionId, slotId, questionId }) => {
  const { session, slot, question } = await put(ctx, { sessionId, slotId, questionId });
  return { toast: `请${question.voterClass}${question.asker}提问`, card: await refreshedHearing(ctx, session, slot) };
});

/** 随机请一位 */
export const onDrawQuestion = on(drawQuestion, async (ctx, { sessionId, slotId, voterClass }) => {
  const { session, slot, question } = await put(ctx, { sessionId, slotId, voterClass });
  return { toast: `抽到${question.asker}`, card: await refreshedHearing(ctx, session, slot) };
});

/** 记承诺 — the unit hears of it at once: it is an item now. */
export const onRecordPromise = on(recordPromise, async (ctx, { sessionId, slotId }, { promise: content, promiseDueOn: dueOn }) => {
  const { session, slot, promise } = await promiseNow(ctx, { sessionId, slotId, content, dueOn });
  await tellUnit(ctx, slot, promise);
  const toast = promise.itemCode === null ? '已记下（试测，不立项）' : `已立项：${promise.itemCode}`;
  return { toast, card: await refreshedHearing(ctx, session, slot) };
});

async function tellUnit(ctx: Context, { unitCode, presenter }: ReviewSlot, { id, itemCode, content, dueOn }: ReviewPromise): Promise<void> {
  if (itemCode === null) return;
  const text = `${presenter}在述职测评上承诺：${content}。已立为${itemCode}，${formatDay(dueOn, ctx.today)}前办结，按月反馈；发送“${itemCode}”查看。`;
  for (const { openId } of await findHolders(ctx.tx, { unitCodes: [unitCode], roles: ['unitHead', 'liaison'] }, ctx.today))
    if (openId !== null) ctx.outbox.sendText({ to: { person: openId }, text, dedupeKey: `review-promise:${id}:${openId}`, priority: 'task' });
}

/** 提问 — from the asker's own chat, in words. */
export async function ask(ctx: Context, text: string): Promise<Answer> {
  if (text === '') throw new InvalidError('请写明要问什么，例如：述职 提问 消防通道什么时候打通？');
  for (const { id, state } of await findLiveSessions(ctx.tx)) {
    if (state !== 'inSession') continue;
    const { session, slot } = await askQuestion(ctx, { sessionId: id, text: inChinese(text).slice(0, 300) });
    await refreshedHearing(ctx, session, slot);
    return { text: `已登记，向${slot.unitName}提问。轮到时主持人会请您。`, privately: true };
  }
  throw new NotFoundError('现在没有正在进行的述职场次。');
}

const marks: Readonly<Record<string, string>> = { '?': '？', '!': '！', ',': '，', ';': '；', ':': '：' };

/** 口令认字之前全角都成了半角；问题要原样念出来，汉字后面的标点改回来。 */
function inChinese(text: string): string {
  return text.replace(/(?<=\p{Script=Han})[?!,;:]/gu, (mark) => marks[mark] ?? mark);
}

async function refreshedHearing(ctx: Context, session: ReviewSession, slot: ReviewSlot): Promise<Card> {
  const card = await hearingView(ctx, session, slot);
  ctx.outbox.updateCard({ cardKey: hearingKey(slot.id), card, priority: 'interactive' });
  return card;
}
