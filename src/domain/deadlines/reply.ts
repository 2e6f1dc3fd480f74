import type { Context } from '#core/context';
import { isRealDate, type LocalDate } from '#core/dates';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, signatureOf } from '../roster/policy.ts';
import { matterOf } from '../work-items/item-view.ts';
import type { WorkItem } from '../work-items/records.ts';
import { standingWords } from '../work-items/standing.ts';
import { findItem, lockItem } from '../work-items/store.ts';
import { asWritten, writtenCode } from '../work-items/written-code.ts';
import { isChased } from './ladder.ts';
import { needsReply } from './ladder-policy.ts';
import { dropPromise, findPlanned, savePromise } from './plan/store.ts';
import { findLastReply, findReplies, findReply, findUnansweredItemIds, insertReply, lockPlan, moveReply, type UrgeReply } from './replies/store.ts';
import { urgeReplyMachine } from './reply-model.ts';
import { findSends, type ReminderRecord } from './sends/store.ts';

/** 回复的处境 */
export interface ReplySituation {
  readonly item: WorkItem;
  readonly sends: readonly ReminderRecord[];
  readonly last: UrgeReply | null;
}

/** 可以回复的催办 @throws ConflictError when nothing waits for a reply, or one waits for the inspectors already */
export async function replySituation(ctx: Context, itemId: string): Promise<ReplySituation> {
  const item = await findItem(ctx.tx, itemId);
  if (!item) throw new NotFoundError('没有这个事项，请以最新卡片为准', `no item ${itemId}`);
  assertMay(ctx.actor, 'replyToUrge', matterOf(item));
  await lockPlan(ctx.tx, itemId);
  const [planned] = await findPlanned(ctx.tx, [itemId]);
  const sends = await findSends(ctx.tx, [itemId]);
  const waits = sends.some(({ level, baseOn }) => level !== null && needsReply(level) && baseOn === planned?.facts.baseOn);
  if (!isChased(item.status)) throw new ConflictError(standingWords(await asWritten(ctx, item), '回复催办'));
  if (!waits) throw new ConflictError(`${await writtenCode(ctx, item)}现在没有等您回复的催办`);
  const last = await findLastReply(ctx.tx, itemId);
  if (last?.status === 'submitted') throw new ConflictError(`${await writtenCode(ctx, item)}的回复已提交，正在等督查室采纳，无需重复提交`);
  return { item, sends, last };
}

/** 回复催办 — cause, measure and date together wait for acceptance; less is stored and does not stop the clock (B5 f). */
export async function replyToUrge(
  ctx: Context,
  itemId: string,
  { cause, measure, promisedOn, text }: { cause: string | null; measure: string | null; promisedOn: LocalDate | null; text: string | null },
): Promise<{ item: WorkItem; reply: UrgeReply }> {
  const { item } = await replySituation(ctx, itemId);
  const right = assertMay(ctx.actor, 'replyToUrge', matterOf(item));
  if (promisedOn !== null && !isRealDate(promisedOn)) throw new InvalidError('完成日期不是日期，请重新选择');
  if (promisedOn !== null && promisedOn < ctx.today) throw new InvalidError('完成日期已经过去，请填今天以后的日期');
  const complete = cause !== null && measure !== null && promisedOn !== null;
  const reply: UrgeReply = {
    ...{ id: newId(), itemId, dueOn: item.dueOn, status: complete ? urgeReplyMachine.initial : 'incomplete', text, cause, measure, promisedOn },
    ...{ byId: ctx.actor.personId ?? '', byName: signatureOf(ctx.actor, right), at: ctx.now, decidedBy: null, returnReason: null },
  };
  await insertReply(ctx.tx, reply);
  const subject = { type: 'workItem', id: itemId };
  ctx.audit.record({ subject, event: 'replyToUrge', after: reply.status, detail: { replyId: reply.id, promisedOn }, ...right });
  return { item, reply };
}

/** 只回一句 — `收到`: stored for everything that waits for this person's answer, and the clock goes on. */
export async function replyInWords(ctx: Context, text: string): Promise<string[]> {
  const postIds = ctx.actor.posts.map(({ postId }) => postId);
  const unitCodes = ctx.actor.posts.flatMap(({ role, unitCode }) =>
    ['unitHead', 'unitDeputy', 'liaison'].includes(role) && unitCode ? [unitCode] : [],
  );
  const itemIds = await findUnansweredItemIds(ctx.tx, { postIds, unitCodes });
  for (const itemId of itemIds) {
    if ((await findLastReply(ctx.tx, itemId))?.status === 'submitted') continue;
    await replyToUrge(ctx, itemId, { cause: null, measure: null, promisedOn: null, text });
  }
  return itemIds;
}

/** 采纳回复 — the clock stops; from now on the reminders follow the promised date. The limit does not move. */
export async function acceptReply(ctx: Context, replyId: string): Promise<{ item: WorkItem; reply: UrgeReply }> {
  const { item, reply, right } = await deciding(ctx, replyId);
  // 督办令正在拟、正在签的，等它提交：拟了的随后撤回，没拟的看见已停表。
  await lockItem(ctx.tx, item.id);
  const status = urgeReplyMachine.next(reply.status, 'accept');
  const decidedBy = signatureOf(ctx.actor, right);
  const patch = { status, decidedBy, decidedAt: ctx.now };
  if (!(await moveReply(ctx.tx, { id: replyId, from: reply.status, patch }))) throw new ConflictError();
  if (reply.promisedOn !== null)
    await savePromise(ctx.tx, { itemId: item.id, promisedOn: reply.promisedOn, promisedFor: item.dueOn, promisedAt: ctx.now });
  ctx.audit.record({
    subject: { type: 'workItem', id: item.id },
    event: 'acceptReply',
    before: reply.status,
    after: status,
    detail: { replyId },
    ...right,
  });
  return { item, reply: { ...reply, status, decidedBy } };
}

/** 退回回复 @throws InvalidError without a reason */
export async function returnReply(ctx: Context, replyId: string, reason: string | null): Promise<{ item: WorkItem; reply: UrgeReply }> {
  const { item, reply, right } = await deciding(ctx, replyId);
  const status = urgeReplyMachine.next(reply.status, 'return');
  if (reason === null) throw new InvalidError('请写明退回原因，再点退回');
  const decidedBy = signatureOf(ctx.actor, right);
  const patch = { status, decidedBy, decidedAt: ctx.now, returnReason: reason };
  if (!(await moveReply(ctx.tx, { id: replyId, from: reply.status, patch }))) throw new ConflictError();
  ctx.audit.record({
    subject: { type: 'workItem', id: item.id },
    event: 'returnReply',
    before: reply.status,
    after: status,
    detail: { replyId, reason },
    ...right,
  });
  return { item, reply: { ...reply, status, decidedBy, returnReason: reason } };
}

/** 原单位的回复 — it was given before the item went to the unit that has it now. */
export function isFormerUnitsReply({ issuedAt }: Pick<WorkItem, 'issuedAt'>, { at }: Pick<UrgeReply, 'at'>): boolean {
  return issuedAt !== null && new Date(at) < new Date(issuedAt);
}

/**
 * 原单位的回复到此为止 — the item has been reassigned: an answer that still waits is returned, for it would stop the clock of the new unit
 * and bar its own answer; a date that was accepted binds nobody any more.
 * @returns the answer that was returned; null: none waited
 */
export async function endFormerReply(ctx: Context, itemId: string): Promise<{ item: WorkItem; reply: UrgeReply } | null> {
  const item = await findItem(ctx.tx, itemId);
  const replies = item ? (await findReplies(ctx.tx, itemId)).filter((one) => isFormerUnitsReply(item, one)) : [];
  if (!item?.issuedAt || replies.length === 0) return null;
  await lockPlan(ctx.tx, itemId);
  const subject = { type: 'workItem', id: itemId };
  const promisedOn = replies.findLast(({ status: was }) => was === 'accepted')?.promisedOn ?? null;
  if (await dropPromise(ctx.tx, itemId, item.issuedAt)) ctx.audit.record({ subject, event: 'dropPromise', detail: { promisedOn } });
  const reply = replies.find(({ status: was }) => was === 'submitted');
  if (!reply) return null;
  const status = urgeReplyMachine.next(reply.status, 'return');
  const ended = { status, decidedBy: ctx.actor.name, returnReason: '事项已改派' };
  if (!(await moveReply(ctx.tx, { id: reply.id, from: reply.status, patch: { ...ended, decidedAt: ctx.now } }))) return null;
  const detail = { replyId: reply.id, reason: ended.returnReason };
  ctx.audit.record({ subject, event: 'returnReply', before: reply.status, after: status, detail });
  return { item, reply: { ...reply, ...ended } };
}

async function deciding(ctx: Context, replyId: string) {
  const reply = await findReply(ctx.tx, replyId);
  const item = reply && (await findItem(ctx.tx, reply.itemId));
  if (!reply || !item) throw new NotFoundError('没有这份回复，请以最新卡片为准', `no reply ${replyId}`);
  return { item, reply, right: assertMay(ctx.actor, 'decideUrgeReply') };
}
