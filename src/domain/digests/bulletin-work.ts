import type { Context } from '#core/context';
import { instantAt, type LocalDate } from '#core/dates';
import { ConflictError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { loadCalendar } from '../calendar/store.ts';
import { addWorkingDays, type Calendar } from '../calendar/working-days.ts';
import { monthlyFeedbackDay } from '../deadlines/feedback-days.ts';
import { countExtendedItems } from '../extensions/store.ts';
import { readEntries } from '../ledger/entries.ts';
import { findReportTimes } from '../ledger/store.ts';
import { assertMay, signatureOf } from '../roster/policy.ts';
import { listUnits } from '../roster/store.ts';
import { findWorkYear } from '../work-items/store.ts';
import { type BulletinFigures, bulletinFigures, bulletinMachine } from './bulletin.ts';
import { findBulletin, findFormerBulletin, insertBulletin, type MonthlyBulletin, moveBulletin } from './bulletins/store.ts';
import { olderWords, readOlder } from './daily.ts';
import { type BulletinPeriod, bulletinPeriods } from './periods.ts';

/** 起草的时刻：反馈日之后的第一个工作日 */
const draftingTime = '09:40';

/** 起草日 */
export function draftingDay(calendar: Calendar, month: string): LocalDate {
  return addWorkingDays(calendar, monthlyFeedbackDay(calendar, month), 1);
}

/** 该起草哪个月的 — this month's from its drafting day on; last month's, when a long holiday has put that day into this month. null: none yet. */
export function monthToDraft(calendar: Calendar, today: LocalDate): string | null {
  const month = today.slice(0, 7);
  if (today >= draftingDay(calendar, month)) return month;
  const last = monthBefore(month);
  const day = draftingDay(calendar, last);
  return day.startsWith(month) && today >= day ? last : null;
}

/** 起草通报 — figures as of now, beside those of the last bulletin; null: the month has one. */
export async function draftBulletin(ctx: Context, month: string): Promise<MonthlyBulletin | null> {
  if (await findBulletin(ctx.tx, { month })) return null;
  const calendar = await loadCalendar(ctx.tx);
  const previousAt = (await findFormerBulletin(ctx.tx, ctx.now))?.at ?? instantAt(draftingDay(calendar, monthBefore(month)), draftingTime);
  const figures = await figuresOf(ctx, { month, previousAt, reportsFrom: instantAt(`${monthBefore(month)}-01`) });
  const bulletin = newDraft(ctx, { month, previousAt, figures });
  if (!(await insertBulletin(ctx.tx, bulletin))) return null;
  ctx.audit.record({ subject: { type: 'bulletin', id: bulletin.id }, event: 'draft', after: 'draft', detail: { month } });
  return bulletin;
}

/**
 * 起草别的周期 — of the week, the quarter or the year in which it is asked for, beside how things stood when it began. Until it is released
 * each asking reckons it anew.
 */
export async function draftPeriod(ctx: Context, kind: BulletinPeriod['kind']): Promise<MonthlyBulletin> {
  assertMay(ctx.actor, 'editBulletin');
  const period = bulletinPeriods.find((one) => one.kind === kind);
  if (!period) throw new Error(`no period ${kind}`);
  // 新一年的任务书还没有下达，说的年度是上一年的。
  const lastDay = `${await findWorkYear(ctx.tx, ctx.now)}-12-31`;
  const month = period.keyOf(kind === 'year' && lastDay < ctx.today ? lastDay : ctx.today);
  const former = await findBulletin(ctx.tx, { month });
  if (former?.state === 'released') return former;
  const previousAt = instantAt(period.beginsOn(month));
  const figures = await figuresOf(ctx, { month, previousAt, reportsFrom: previousAt });
  if (former) {
    const patch = { figures, at: ctx.now, previousAt };
    if (!(await moveBulletin(ctx.tx, { id: former.id, from: former.state, patch }))) throw new ConflictError();
    return { ...former, ...patch };
  }
  const bulletin = newDraft(ctx, { month, previousAt, figures });
  if (!(await insertBulletin(ctx.tx, bulletin))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'bulletin', id: bulletin.id }, event: 'draft', after: 'draft', detail: { month } });
  return bulletin;
}

async function figuresOf(
  ctx: Context,
  { month, previousAt, reportsFrom }: { month: string; previousAt: Date; reportsFrom: Date },
): Promise<BulletinFigures> {
  const year = await findWorkYear(ctx.tx, ctx.now);
  const entries = await readEntries(ctx, { year, at: ctx.now });
  const itemIds = entries.map(({ id }) => id);
  return bulletinFigures(await loadCalendar(ctx.tx), {
    ...{ month, at: ctx.now, previousAt, entries, approvedExtensions: await countExtendedItems(ctx.tx, { itemIds, at: ctx.now }) },
    previous: await readEntries(ctx, { year, at: previousAt }),
    reports: await findReportTimes(ctx.tx, { from: reportsFrom, to: ctx.now }),
    unitCodes: (await listUnits(ctx.tx)).map(({ code }) => code),
    older: olderWords({ older: await readOlder(ctx, { year, at: ctx.now }) }, () => true),
  });
}

function newDraft(ctx: Context, { month, previousAt, figures }: Pick<MonthlyBulletin, 'month' | 'previousAt' | 'figures'>): MonthlyBulletin {
  return {
    ...{ id: newId(), month, at: ctx.now, previousAt, state: bulletinMachine.initial, figures, highlights: '', draftedAt: ctx.now },
    ...{ editedBy: null, releasedBy: null, releasedAt: null, documentBlobId: null },
  };
}

/** 写亮点 — people's words, only until the bulletin is released. */
export async function editBulletin(ctx: Context, id: string, highlights: string): Promise<MonthlyBulletin> {
  const right = assertMay(ctx.actor, 'editBulletin');
  const bulletin = await getBulletin(ctx, id);
  bulletinMachine.next(bulletin.state, 'edit');
  const patch = { highlights, editedBy: signatureOf(ctx.actor, right) };
  if (!(await moveBulletin(ctx.tx, { id, from: bulletin.state, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'bulletin', id }, event: 'edit', detail: { highlights }, ...right });
  return { ...bulletin, ...patch };
}

/** 发布 — a person's act, once; nothing that was drafted goes out before it. */
export async function releaseBulletin(ctx: Context, id: string): Promise<MonthlyBulletin> {
  const right = assertMay(ctx.actor, 'releaseBulletin');
  const bulletin = await getBulletin(ctx, id);
  if (bulletin.state === 'released') throw new ConflictError('已发布，无需重复发布');
  const state = bulletinMachine.next(bulletin.state, 'release');
  const patch = { state, releasedBy: signatureOf(ctx.actor, right), releasedAt: ctx.now };
  if (!(await moveBulletin(ctx.tx, { id, from: bulletin.state, patch }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'bulletin', id }, event: 'release', before: bulletin.state, after: state, ...right });
  return { ...bulletin, ...patch };
}

/** 记下排印好的一份 */
export async function noteDocument(ctx: Context, id: string, { state, blobId }: { state: MonthlyBulletin['state']; blobId: string }): Promise<void> {
  await moveBulletin(ctx.tx, { id, from: state, patch: { documentBlobId: blobId } });
}

/** 取通报月报 @throws NotFoundError */
export async function getBulletin(ctx: Pick<Context, 'tx'>, id: string): Promise<MonthlyBulletin> {
  const bulletin = await findBulletin(ctx.tx, { id });
  if (!bulletin) throw new NotFoundError('没有这期通报，请以最新卡片为准', `no bulletin ${id}`);
  return bulletin;
}

/** 上个月 @param month `2026-09` */
export function monthBefore(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}
