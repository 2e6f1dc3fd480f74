import type { Context } from '#core/context';
import { isRealDate, type LocalDate } from '#core/dates';
import { ConflictError, InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { loadCalendar } from '../calendar/store.ts';
import { addWorkingDays, type Calendar, workingDayOnOrBefore } from '../calendar/working-days.ts';
import { assertMay, type Right, signatureOf } from '../roster/policy.ts';
import { matterOf, viewItem } from '../work-items/item-view.ts';
import { openStatuses, projectKinds } from '../work-items/model.ts';
import type { WorkItem } from '../work-items/records.ts';
import { standingWords } from '../work-items/standing.ts';
import { findItem } from '../work-items/store.ts';
import { asWritten, writtenCode } from '../work-items/written-code.ts';
import { type ExtensionRequest, extensionMachine, pendingStatuses } from './model.ts';
import { countApproved, findLastExtension, insertExtension } from './store.ts';

/** 至少提前几个工作日申请（domain B3） */
export const leadDays = 3;

/** 申请延期的最后一天 — three working days before the limit, that day included. */
export function lastApplicationDay(calendar: Calendar, dueOn: LocalDate): LocalDate {
  return addWorkingDays(calendar, workingDayOnOrBefore(calendar, dueOn), -leadDays);
}

/** 可以谈延期的事项 — under way, and not a task of a project, which has no limit of the district's. */
export function isExtendable({ status, kind }: Pick<WorkItem, 'status' | 'kind'>): boolean {
  return (status === 'issued' || status === 'inProgress') && !(projectKinds as readonly string[]).includes(kind);
}

/** 申请前的处境 */
export interface ExtensionSituation {
  readonly item: WorkItem;
  readonly last: ExtensionRequest | null;
  /** 此前已批准延期的次数 */
  readonly former: number;
  readonly lastDay: LocalDate;
  /** 过了申请期限：只能说明情况 */
  readonly isLate: boolean;
  readonly right: Right;
}

/** 看处境 @throws ForbiddenError, ConflictError when nothing can be asked for now */
export async function extensionSituation(ctx: Context, itemId: string): Promise<ExtensionSituation> {
  const { item } = await viewItem(ctx, itemId);
  const right = assertMay(ctx.actor, 'requestExtension', matterOf(item));
  if (!isExtendable(item)) throw new ConflictError(standingWords(await asWritten(ctx, item), '申请延期'));
  const last = await findLastExtension(ctx.tx, itemId);
  if (last && pendingStatuses.includes(last.status)) throw new ConflictError(`${await writtenCode(ctx, item)}的延期申请还没有结果，无需重复申请`);
  const lastDay = lastApplicationDay(await loadCalendar(ctx.tx), item.dueOn);
  return { item, last, former: await countApproved(ctx.tx, { itemId }), lastDay, isLate: ctx.today > lastDay, right };
}

/** 申请的内容 */
export interface ExtensionWish {
  readonly requestedOn: LocalDate;
  readonly reason: string;
  readonly progress: string;
}

/** 申请延期 — in time, it goes up the chain; too late, only an explanation can be given, and it takes an instruction to move the limit. */
export async function requestExtension(
  ctx: Context,
  { itemId, round, explains }: { itemId: string; round: number; explains: boolean },
  wish: ExtensionWish,
): Promise<{ item: WorkItem; request: ExtensionRequest }> {
  const { item, last, former, lastDay, isLate, right } = await extensionSituation(ctx, itemId);
  if (round !== (last?.round ?? 0) + 1) throw new ConflictError('这张申请单已经用过，请重新打开');
  if (isLate && !explains) throw new InvalidError(`延期最晚应在${lastDay}前申请（提前${leadDays}个工作日），已过期限。请重新打开，改为说明情况`);
  if (!isLate && explains) throw new InvalidError('还在申请期限之内，请重新打开，直接申请延期');
  await assertLater(ctx, item, wish.requestedOn);
  const request: ExtensionRequest = {
    ...{ id: newId(), itemId, round, status: explains ? 'explained' : extensionMachine.initial, dueBefore: item.dueOn, ...wish, former },
    ...{ requesterId: ctx.actor.personId ?? '', requestedBy: signatureOf(ctx.actor, right), requestedAt: ctx.now },
    ...{ signedOffBy: null, signedOffAt: null, checkedBy: null, checkedAt: null, checkNote: null, agreedBy: null, agreedAt: null },
    ...{ decidedBy: null, decidedAt: null, approvedOn: null, note: null },
  };
  if (!(await insertExtension(ctx.tx, request))) throw new ConflictError('已申请延期，无需重复申请');
  const detail = { requestId: request.id, round, requestedOn: wish.requestedOn, reason: wish.reason };
  const event = explains ? 'explainDelay' : 'requestExtension';
  ctx.audit.record({ subject: { type: 'workItem', id: itemId }, event, after: request.status, detail, ...right });
  return { item, request };
}

/** 必须更晚 @throws InvalidError that names the bound */
export async function assertLater(ctx: Context, item: WorkItem, day: LocalDate): Promise<void> {
  if (!isRealDate(day)) throw new InvalidError('新时限看不懂，请重新选择');
  if (day <= item.dueOn) throw new InvalidError(`新时限须晚于现时限${item.dueOn}，请重新选择`);
  if (day < ctx.today) throw new InvalidError(`新时限${day}已经过去，请重新选择`);
  const parent = item.parentId ? await findItem(ctx.tx, item.parentId) : null;
  if (parent && openStatuses.includes(parent.status) && day > parent.dueOn)
    throw new InvalidError(`子任务时限不得晚于上级事项${parent.dueOn}；请先为上级事项申请延期`);
}
