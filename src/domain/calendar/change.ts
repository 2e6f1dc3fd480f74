import type { Context } from '#core/context';
import { isRealDate, type LocalDate } from '#core/dates';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, signatureOf } from '../roster/policy.ts';
import type { Arrangement } from './arrangement.ts';
import { calendarNoticeMachine } from './notice-model.ts';
import { type CalendarNotice, findImported, findNotice, insertNotice, moveNotice } from './notices/store.ts';
import { deleteLocalDay, loadCalendar, replaceNoticeDays, saveLocalDay } from './store.ts';
import { type Calendar, isWorkingDay } from './working-days.ts';

/** 收下放假安排 — nothing is in force before it is confirmed. */
export async function offerNotice(ctx: Context, arrangement: Arrangement, origin: CalendarNotice['origin']): Promise<CalendarNotice> {
  assertMay(ctx.actor, 'manageCalendar');
  const notice: CalendarNotice = {
    ...arrangement,
    ...{ id: newId(), origin, state: calendarNoticeMachine.initial, byName: ctx.actor.name, at: ctx.now, importedBy: null, importedAt: null },
  };
  await insertNotice(ctx.tx, notice);
  return notice;
}

/**
 * 导入放假安排 — from now on every date is counted by it; `former` is the one of the same year that it takes the place of.
 * @throws ConflictError the second time, and when another one of that year was imported after this preview was drawn
 */
export async function importNotice(ctx: Context, noticeId: string): Promise<{ notice: CalendarNotice; former: CalendarNotice | null }> {
  const right = assertMay(ctx.actor, 'manageCalendar');
  const notice = await findNotice(ctx.tx, noticeId);
  if (!notice) throw new NotFoundError('没有这份放假安排，请重新发送通知', `no notice ${noticeId}`);
  if (notice.state !== 'offered') throw new ConflictError('已导入，无需重复导入');
  if (notice.problems.length > 0) throw new ConflictError('这份安排有矛盾之处，不能导入；请核对原文后重新发送');
  const former = await findImported(ctx.tx, notice.year);
  // 更正的一份已经导入，先收到的旧的那份还摆在聊天里：再点它，就悄悄改回去了。
  if (former?.importedAt && former.importedAt > notice.at)
    throw new ConflictError(`${notice.year}年的放假安排在这份预览之后又导入过一份，这份作废；仍要用这份，请重新发送通知全文`);
  if (former) {
    await moveNotice(ctx.tx, { id: former.id, from: former.state, to: calendarNoticeMachine.next(former.state, 'supersede'), patch: {} });
    ctx.audit.record({ subject: { type: 'calendarNotice', id: former.id }, event: 'supersede', before: former.state, after: 'superseded', ...right });
  }
  const patch = { importedBy: signatureOf(ctx.actor, right), importedAt: ctx.now };
  const state = calendarNoticeMachine.next(notice.state, 'import');
  if (!(await moveNotice(ctx.tx, { id: noticeId, from: notice.state, to: state, patch }))) throw new ConflictError();
  const { year, days } = notice;
  await replaceNoticeDays(ctx.tx, { year, days, by: patch.importedBy, at: ctx.now });
  const detail = { year, off: days.filter(({ kind }) => kind === 'off').length, work: days.filter(({ kind }) => kind === 'work').length };
  ctx.audit.record({ subject: { type: 'calendarNotice', id: noticeId }, event: 'import', before: notice.state, after: state, detail, ...right });
  return { notice: { ...notice, ...patch, state }, former: former && { ...former, state: 'superseded' } };
}

/** 调整一天 — for this district only, with the reason. @param kind `national`: back to what the country does */
export async function changeDay(
  ctx: Context,
  { date, kind, reason }: { date: LocalDate; kind: 'off' | 'work' | 'national'; reason: string },
): Promise<void> {
  const right = assertMay(ctx.actor, 'manageCalendar');
  if (!isRealDate(date)) throw new InvalidError('日期看不懂，请重新选择');
  const calendar = await loadCalendar(ctx.tx);
  const before = wordOf(calendar, date);
  if (kind === 'national') {
    if (!(await deleteLocalDay(ctx.tx, date))) throw new InvalidError('这一天没有本区的调整，无需恢复');
  } else {
    if ((kind === 'work') === isWorkingDay(calendar, date)) throw new InvalidError(`这一天本来就${kind === 'work' ? '上班' : '休息'}，无需调整`);
    await saveLocalDay(ctx.tx, { date, kind, name: reason, by: signatureOf(ctx.actor, right), at: ctx.now });
  }
  const after = wordOf(await loadCalendar(ctx.tx), date);
  ctx.audit.record({ subject: { type: 'calendarDay', id: date }, event: 'change', before, after, detail: { reason }, ...right });
}

/** 通知各功能 — dates that hang on the calendar are reckoned anew. @returns what has changed, one sentence each */
export async function announceCalendar(ctx: Context): Promise<string[]> {
  const said: string[] = [];
  for (const { calendarChanged } of ctx.contributions.features) {
    const sentence = await calendarChanged?.(ctx);
    if (sentence) said.push(sentence);
  }
  return said;
}

/** 用上新预置的日子 — a newer program brought the days of another year: like a notice, but nobody has to confirm it. */
export async function adoptSeed(ctx: Context): Promise<void> {
  ctx.audit.record({ subject: { type: 'calendarDay', id: 'seed' }, event: 'seed' });
  await announceCalendar(ctx);
}

function wordOf(calendar: Calendar, date: LocalDate): 'work' | 'off' {
  return isWorkingDay(calendar, date) ? 'work' : 'off';
}
