import type { Context } from '#core/context';
import { isRealDate, type LocalDate } from '#core/dates';
import { ConflictError, InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, may, type Right, signatureOf } from '../roster/policy.ts';
import { matterOf, viewItem } from './item-view.ts';
import type { WorkItem } from './records.ts';
import { standingWords } from './standing.ts';
import {
  answerAsk,
  closeAsks,
  findOpenAsks,
  findSupportNotes,
  insertSupportAsk,
  insertSupportNote,
  type SupportAsk,
  type SupportNote,
} from './support/store.ts';
import { asWritten } from './written-code.ts';

/** 可以分工反馈的事项 — with what was said before. @throws ForbiddenError, ConflictError */
export async function openSupport(ctx: Context, itemId: string): Promise<{ item: WorkItem; notes: readonly SupportNote[]; unitCode: string }> {
  const { item } = await viewItem(ctx, itemId);
  assertMay(ctx.actor, 'giveSupportNote', matterOf(item));
  if (item.status !== 'issued' && item.status !== 'inProgress') throw new ConflictError(standingWords(await asWritten(ctx, item), '分工反馈'));
  return { item, notes: await findSupportNotes(ctx.tx, itemId, null), unitCode: await supporterOf(ctx, item) };
}

/** 替哪个配合单位说 — of whoever stands in two of them, first for the one that was asked and has not answered. */
async function supporterOf(ctx: Context, item: WorkItem): Promise<string> {
  const own = item.supportingUnits.filter((code) => may(ctx.actor, 'giveSupportNote', { supportingUnits: [code] }));
  const asked = (await findOpenAsks(ctx.tx, item.id)).find(({ unitCode }) => own.includes(unitCode));
  return asked?.unitCode ?? own[0] ?? '';
}

/** 分工反馈 — the lead unit answers for the whole and takes it into its own report. */
export async function giveSupportNote(
  ctx: Context,
  itemId: string,
  content: string,
): Promise<{ item: WorkItem; note: SupportNote; answered: SupportAsk | null }> {
  const { item, unitCode } = await openSupport(ctx, itemId);
  const right = assertMay(ctx.actor, 'giveSupportNote', matterOf(item));
  const byName = signatureOf(ctx.actor, right);
  const note: SupportNote = { id: newId(), itemId, unitCode, content, byId: ctx.actor.personId ?? '', byName, at: ctx.now };
  await insertSupportNote(ctx.tx, note);
  ctx.audit.record({ subject: { type: 'workItem', id: itemId }, event: 'supportNote', detail: { unitCode, reason: content }, ...right });
  return { item, note, answered: await answerAsk(ctx.tx, note) };
}

/** 可以请谁 — the supporting units that have not been asked, or have answered. @throws ForbiddenError, ConflictError */
export async function openSupportAsk(
  ctx: Context,
  itemId: string,
): Promise<{ item: WorkItem; unitCodes: readonly string[]; open: readonly SupportAsk[] }> {
  const { item } = await viewItem(ctx, itemId);
  assertMay(ctx.actor, 'reportProgress', matterOf(item));
  if (!isAskable(item)) throw new ConflictError(standingWords(await asWritten(ctx, item), '请配合单位反馈'));
  const open = await findOpenAsks(ctx.tx, itemId);
  return { item, open, unitCodes: item.supportingUnits.filter((code) => !open.some(({ unitCode }) => unitCode === code)) };
}

/** 可以请配合单位反馈的事项 */
export function isAskable({ status, supportingUnits }: Pick<WorkItem, 'status' | 'supportingUnits'>): boolean {
  return status === 'inProgress' && supportingUnits.length > 0;
}

/**
 * 请配合单位反馈 — by a day; a unit that lets it pass gets a copy when the lead unit is chased (domain B5 g).
 * @param unitCode null: all that have not been asked
 */
export async function askSupport(
  ctx: Context,
  itemId: string,
  { unitCode, dueOn, words }: { unitCode: string | null; dueOn: LocalDate; words: string },
): Promise<{ item: WorkItem; asks: readonly SupportAsk[] }> {
  const { item, unitCodes } = await openSupportAsk(ctx, itemId);
  const right = assertMay(ctx.actor, 'reportProgress', matterOf(item));
  const wanted = unitCode === null ? unitCodes : unitCodes.filter((code) => code === unitCode);
  if (wanted.length === 0) throw new ConflictError('已请过，还没有答复，无需重复请');
  if (!isRealDate(dueOn)) throw new InvalidError('日期看不懂，请重新选择');
  if (dueOn < ctx.today) throw new InvalidError('这一天已经过去，请另选日期');
  const asks: SupportAsk[] = [];
  for (const code of wanted) {
    const byName = signatureOf(ctx.actor, right);
    const ask = { id: newId(), itemId, unitCode: code, words, dueOn, byId: ctx.actor.personId ?? '', byName, at: ctx.now, answeredAt: null };
    if (!(await insertSupportAsk(ctx.tx, ask))) throw new ConflictError();
    ctx.audit.record({ subject: { type: 'workItem', id: itemId }, event: 'askSupport', detail: { unitCode: code, dueOn, reason: words }, ...right });
    asks.push(ask);
  }
  return { item, asks };
}

/** 不再请配合 — the unit leads the item by now, or supports it no more: nobody waits for its part. */
export async function endSupportAsks(
  ctx: Context,
  itemId: string,
  { unitCodes, right }: { unitCodes: readonly string[]; right: Right },
): Promise<void> {
  for (const unitCode of await closeAsks(ctx.tx, itemId, { unitCodes, at: ctx.now }))
    ctx.audit.record({ subject: { type: 'workItem', id: itemId }, event: 'endSupportAsk', detail: { unitCode }, ...right });
}
