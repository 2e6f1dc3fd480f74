import type { Context } from '#core/context';
import { type LocalDate, localDateOf } from '#core/dates';
import { ConflictError, ExpiredError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { loadCalendar } from '../calendar/store.ts';
import { type Calendar, limitAfter } from '../calendar/working-days.ts';
import { assertMay, type Right, signatureOf } from '../roster/policy.ts';
import { registerReassignedBook } from './advance-books.ts';
import { advanceItem, rollUp } from './advance-items.ts';
import { lapseCompletion } from './complete.ts';
import { findDecline, insertDecline, moveDecline } from './declines/store.ts';
import { matterOf, viewItem } from './item-view.ts';
import { type DeclineDecision, itemDeclineMachine, workItemMachine } from './model.ts';
import { assertOtherUnit, handToUnit } from './reassign.ts';
import type { ItemDecline, WorkItem } from './records.ts';
import { standingWords } from './standing.ts';
import { findBook, findItem } from './store.ts';
import { asWritten, writtenCode } from './written-code.ts';

/** 处理意见 — what is to become of the item; the unit only for 改派. */
export interface DeclineProposal {
  readonly decision: DeclineDecision;
  readonly unit: string | null;
  readonly note: string | null;
}

/** 退件期限 — the last day on which the item may be declined. */
export function declineUntil(ctx: Pick<Context, 'settings'>, calendar: Calendar, item: Pick<WorkItem, 'issuedAt'>): LocalDate | null {
  return item.issuedAt ? limitAfter(calendar, localDateOf(item.issuedAt), ctx.settings.declineWithinDays) : null;
}

/** 还能退件的事项 — as far as state and limit go. */
export function isDeclinable(ctx: Pick<Context, 'settings' | 'today'>, calendar: Calendar, item: WorkItem): boolean {
  const until = declineUntil(ctx, calendar, item);
  return item.bookId !== null && workItemMachine.can(item.status, 'decline') && until !== null && ctx.today <= until;
}

/** 退件 — the lead unit says why the item is not its own, and whose it is. @throws ExpiredError after the limit */
export async function declineItem(
  ctx: Context,
  itemId: string,
  { reason, suggestedUnit }: { reason: string; suggestedUnit: string },
): Promise<{ item: WorkItem; decline: ItemDecline }> {
  const { item, children } = await viewItem(ctx, itemId);
  const right = assertMay(ctx.actor, 'declineItem', matterOf(item));
  if (item.status === 'declinePending') throw new ConflictError('已退件，无需重复退件');
  if (!workItemMachine.can(item.status, 'decline')) throw new ConflictError(standingWords(await asWritten(ctx, item), '退件'));
  if (item.bookId === null) throw new ConflictError(`${await writtenCode(ctx, item)}不在任务书里，不能退件；要改派请联系督查室主任`);
  const until = declineUntil(ctx, await loadCalendar(ctx.tx), item);
  if (until !== null && ctx.today > until) throw new ExpiredError(`已超过退件期限(${until})`);
  if (children.length > 0) throw new ConflictError(`${await writtenCode(ctx, item)}已经分解，不能退件；要改派请联系督查室主任`);
  await assertOtherUnit(ctx, item.leadUnit, suggestedUnit);
  const decline: ItemDecline = {
    id: newId(),
    itemId,
    bookId: item.bookId,
    unitCode: item.leadUnit,
    status: itemDeclineMachine.initial,
    reason,
    suggestedUnit,
    filedById: ctx.actor.personId ?? '',
    filedBy: signatureOf(ctx.actor, right),
    filedAt: ctx.now,
    ...{ proposal: null, proposedUnit: null, proposalNote: null, proposedBy: null, proposedAt: null },
    ...{ decidedUnit: null, decisionNote: null, decidedBy: null, decidedAt: null },
  };
  const declined = await advanceItem(ctx, item, { event: 'decline', right, detail: { declineId: decline.id, reason, suggestedUnit } });
  await insertDecline(ctx.tx, decline);
  return { item: declined, decline };
}

/** 提出处理意见 — the inspector's, for the chief to decide. */
export async function proposeDecline(ctx: Context, declineId: string, proposal: DeclineProposal): Promise<{ item: WorkItem; decline: ItemDecline }> {
  const { item, decline } = await getDecline(ctx, declineId);
  const right = assertMay(ctx.actor, 'proposeDecline');
  if (decline.status === 'proposed') throw new ConflictError('已提出意见，无需重复提出');
  const status = itemDeclineMachine.next(decline.status, 'propose');
  const unit = await unitOf(ctx, item, proposal);
  const patch = {
    proposal: proposal.decision,
    proposedUnit: unit,
    proposalNote: proposal.note,
    proposedBy: signatureOf(ctx.actor, right),
    proposedAt: ctx.now,
  };
  await move(ctx, decline, { status, patch, event: 'propose', right });
  return { item, decline: { ...decline, ...patch, status } };
}

/** 裁定 — the unit keeps the item, another gets it (a book of its own, to be issued next), or it is cancelled. */
export async function decideDecline(
  ctx: Context,
  declineId: string,
  { decision, unit: given, note }: DeclineProposal,
): Promise<{ item: WorkItem; decline: ItemDecline; newBookId: string | null }> {
  const { item, decline } = await getDecline(ctx, declineId);
  const right = assertMay(ctx.actor, 'decideDecline');
  if (decline.decidedAt !== null) throw new ConflictError('已裁定，无需重复裁定');
  const status = itemDeclineMachine.next(decline.status, decision);
  const unit = await unitOf(ctx, item, { decision, unit: given, note });
  const patch = { decidedUnit: unit, decisionNote: note, decidedBy: signatureOf(ctx.actor, right), decidedAt: ctx.now };
  await move(ctx, decline, { status, patch, event: decision, right });
  const decided = { ...decline, ...patch, status };
  const detail = { declineId, ...(note ? { reason: note } : {}) };
  if (decision === 'reassign' && unit !== null) {
    const newBookId = await registerReassignedBook(ctx, { year: item.year, unitCode: unit, itemIds: [item.id], right });
    const handed = await handToUnit(ctx, item, { unit, keepsFormer: true, bookId: newBookId, right, detail });
    return { item: handed.item, decline: decided, newBookId };
  }
  if (decision === 'cancel') {
    const cancelled = await advanceItem(ctx, item, { event: 'cancel', right, detail });
    await lapseCompletion(ctx, item.id, { reason: note ?? '事项已撤销', right });
    if (item.parentId) await rollUp(ctx, item.parentId, right);
    return { item: cancelled, decline: decided, newBookId: null };
  }
  const signed = (await findBook(ctx.tx, decline.bookId))?.acknowledgedAt ?? null;
  const kept = await advanceItem(ctx, item, {
    event: signed ? 'uphold' : 'upholdUnsigned',
    patch: { acknowledgedAt: signed },
    right,
    detail,
  });
  return { item: kept, decline: decided, newBookId: null };
}

async function unitOf(ctx: Context, item: WorkItem, { decision, unit }: DeclineProposal): Promise<string | null> {
  if (decision !== 'reassign') return null;
  if (unit === null) throw new InvalidError('改派须选择新的牵头单位');
  await assertOtherUnit(ctx, item.leadUnit, unit);
  return unit;
}

async function move(
  ctx: Context,
  decline: ItemDecline,
  { status, patch, event, right }: { status: ItemDecline['status']; patch: Partial<ItemDecline>; event: string; right: Right },
): Promise<void> {
  if (!(await moveDecline(ctx.tx, { id: decline.id, from: decline.status, to: status, patch }))) throw new ConflictError();
  const { itemId } = decline;
  ctx.audit.record({ subject: { type: 'itemDecline', id: decline.id }, event, before: decline.status, after: status, detail: { itemId }, ...right });
}

async function getDecline(ctx: Context, declineId: string): Promise<{ item: WorkItem; decline: ItemDecline }> {
  const decline = await findDecline(ctx.tx, declineId);
  const item = decline && (await findItem(ctx.tx, decline.itemId));
  if (!decline || !item) throw new NotFoundError('没有这次退件，请以最新卡片为准', `no decline ${declineId}`);
  return { item, decline };
}
