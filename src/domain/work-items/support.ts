import type { Context } from '#core/context';
import { ConflictError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, signatureOf } from '../roster/policy.ts';
import { matterOf, viewItem } from './item-view.ts';
import type { WorkItem } from './records.ts';
import { standingWords } from './standing.ts';
import { findSupportNotes, insertSupportNote, type SupportNote } from './support/store.ts';

/** 可以分工反馈的事项 — with what was said before. @throws ForbiddenError, ConflictError */
export async function openSupport(ctx: Context, itemId: string): Promise<{ item: WorkItem; notes: readonly SupportNote[]; unitCode: string }> {
  const { item } = await viewItem(ctx, itemId);
  assertMay(ctx.actor, 'giveSupportNote', matterOf(item));
  if (item.status !== 'issued' && item.status !== 'inProgress') throw new ConflictError(standingWords(item, '分工反馈'));
  const unitCode = ctx.actor.posts.find((post) => post.unitCode !== null && item.supportingUnits.includes(post.unitCode))?.unitCode ?? '';
  return { item, notes: await findSupportNotes(ctx.tx, itemId, null), unitCode };
}

/** 分工反馈 — the lead unit answers for the whole and takes it into its own report. */
export async function giveSupportNote(ctx: Context, itemId: string, content: string): Promise<{ item: WorkItem; note: SupportNote }> {
  const { item, unitCode } = await openSupport(ctx, itemId);
  const right = assertMay(ctx.actor, 'giveSupportNote', matterOf(item));
  const byName = signatureOf(ctx.actor, right);
  const note: SupportNote = { id: newId(), itemId, unitCode, content, byId: ctx.actor.personId ?? '', byName, at: ctx.now };
  await insertSupportNote(ctx.tx, note);
  ctx.audit.record({ subject: { type: 'workItem', id: itemId }, event: 'supportNote', detail: { unitCode, reason: content }, ...right });
  return { item, note };
}
