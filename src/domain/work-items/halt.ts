import type { Context } from '#core/context';
import type { LocalDate } from '#core/dates';
import { ConflictError, InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, type Right, signatureOf } from '../roster/policy.ts';
import { advanceItem, rollUp } from './advance-items.ts';
import { lapseCompletion } from './complete.ts';
import { findOpenDecline, moveDecline } from './declines/store.ts';
import { viewItem } from './item-view.ts';
import { workItemMachine } from './model.ts';
import type { Suspension, WorkItem } from './records.ts';
import { findBook, findItem } from './store.ts';
import { closeSuspension, findOpenSuspension, insertSuspension } from './suspensions/store.ts';
import { lockTree } from './tree/store.ts';
import { writtenCode } from './written-code.ts';

/** 中止 — the item and its parts stand still, with the basis in writing. */
export async function suspendItem(ctx: Context, itemId: string, basis: string): Promise<WorkItem> {
  const right = assertMay(ctx.actor, 'suspendItem');
  await lockTree(ctx.tx, itemId);
  const { item, children } = await viewItem(ctx, itemId);
  if (item.status === 'suspended') throw new ConflictError('已中止，无需重复中止');
  for (const child of children) if (workItemMachine.can(child.status, 'suspend')) await suspend(ctx, child, { basis, right });
  return suspend(ctx, item, { basis, right });
}

/** 恢复 — to where it stood before, with the limit that the decision sets; the parts that stopped with it go on too. */
export async function resumeItem(ctx: Context, itemId: string, { dueOn, basis }: { dueOn: LocalDate; basis: string }): Promise<WorkItem> {
  const right = assertMay(ctx.actor, 'suspendItem');
  await lockTree(ctx.tx, itemId);
  const { item, children } = await viewItem(ctx, itemId);
  const suspension = item.status === 'suspended' ? await findOpenSuspension(ctx.tx, itemId) : null;
  if (!suspension) throw new ConflictError(`${await writtenCode(ctx, item)}没有中止，无需恢复`);
  if (dueOn < ctx.today) throw new InvalidError(`时限${dueOn}已经过去，请另选日期`);
  const parent = item.parentId ? await findItem(ctx.tx, item.parentId) : null;
  if (parent && dueOn > parent.dueOn) throw new InvalidError(`子任务时限不得晚于上级事项${parent.dueOn}`);
  for (const child of children) {
    const stopped = child.status === 'suspended' ? await findOpenSuspension(ctx.tx, child.id) : null;
    if (stopped?.suspendedAt.getTime() === suspension.suspendedAt.getTime()) {
      await resume(ctx, child, { suspension: stopped, dueOn: child.dueOn, basis, right });
    }
  }
  return resume(ctx, item, { suspension, dueOn, basis, right });
}

/** 撤销 — the item and its open parts; what was being asked for it lapses. */
export async function cancelItem(ctx: Context, itemId: string, basis: string): Promise<WorkItem> {
  const right = assertMay(ctx.actor, 'cancelItem');
  await lockTree(ctx.tx, itemId);
  const { item, children } = await viewItem(ctx, itemId);
  if (item.status === 'cancelled') throw new ConflictError('已撤销，无需重复撤销');
  for (const child of children) if (workItemMachine.can(child.status, 'cancel')) await cancel(ctx, child, { basis, right });
  const cancelled = await cancel(ctx, item, { basis, right });
  if (item.parentId) await rollUp(ctx, item.parentId, right);
  return cancelled;
}

/** 归档 — a closed item is put on file. */
export async function archiveItem(ctx: Context, itemId: string): Promise<WorkItem> {
  const right = assertMay(ctx.actor, 'archiveItem');
  const { item } = await viewItem(ctx, itemId);
  if (item.status === 'archived') throw new ConflictError('已归档，无需重复归档');
  return advanceItem(ctx, item, { event: 'archive', right });
}

async function suspend(ctx: Context, item: WorkItem, { basis, right }: { basis: string; right: Right }): Promise<WorkItem> {
  const suspension: Suspension = {
    id: newId(),
    itemId: item.id,
    formerStatus: item.status,
    basis,
    suspendedBy: signatureOf(ctx.actor, right),
    suspendedAt: ctx.now,
    dueBefore: item.dueOn,
    ...{ resumeBasis: null, resumedBy: null, resumedAt: null, dueAfter: null },
  };
  const stopped = await advanceItem(ctx, item, { event: 'suspend', right, detail: { suspensionId: suspension.id, reason: basis } });
  await insertSuspension(ctx.tx, suspension);
  return stopped;
}

async function resume(
  ctx: Context,
  item: WorkItem,
  { suspension, dueOn, basis, right }: { suspension: Suspension; dueOn: LocalDate; basis: string; right: Right },
): Promise<WorkItem> {
  const acknowledgedAt = item.bookId ? ((await findBook(ctx.tx, item.bookId))?.acknowledgedAt ?? null) : item.acknowledgedAt;
  const verifying = suspension.formerStatus === 'underVerification' || suspension.formerStatus === 'onSiteVerification';
  const event = verifying ? 'resumeVerification' : suspension.formerStatus === 'issued' && !acknowledgedAt ? 'resumeUnsigned' : 'resume';
  const resumedBy = signatureOf(ctx.actor, right);
  if (!(await closeSuspension(ctx.tx, suspension.id, { resumeBasis: basis, resumedBy, resumedAt: ctx.now, dueAfter: dueOn })))
    throw new ConflictError();
  const detail = { suspensionId: suspension.id, dueBefore: item.dueOn, dueAfter: dueOn, reason: basis };
  return advanceItem(ctx, item, { event, patch: { dueOn, acknowledgedAt }, right, detail });
}

async function cancel(ctx: Context, item: WorkItem, { basis, right }: { basis: string; right: Right }): Promise<WorkItem> {
  const cancelled = await advanceItem(ctx, item, { event: 'cancel', right, detail: { reason: basis } });
  await lapseCompletion(ctx, item.id, { reason: basis, right });
  const decline = await findOpenDecline(ctx.tx, item.id);
  if (decline) {
    const patch = { decisionNote: basis, decidedBy: signatureOf(ctx.actor, right), decidedAt: ctx.now };
    if (!(await moveDecline(ctx.tx, { id: decline.id, from: decline.status, to: 'cancelled', patch }))) throw new ConflictError();
    ctx.audit.record({ subject: { type: 'itemDecline', id: decline.id }, event: 'cancel', before: decline.status, after: 'cancelled', ...right });
  }
  return cancelled;
}
