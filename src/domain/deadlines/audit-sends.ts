import type { Tx } from '#core/context';
import { addDays, instantAt, type LocalDate, localDateOf } from '#core/dates';
import { countAutomaticOn, messagesPerDayMax } from '../burden/store.ts';
import { sendingInstants } from '../calendar/sending-hours.ts';
import { calendarChangedAt } from '../calendar/store.ts';
import { addWorkingDays, type Calendar, isWorkingDay, workingDayOnOrBefore } from '../calendar/working-days.ts';
import { feedbackDayFor, feedbackOpensOn } from './feedback-days.ts';
import { dueAt } from './ladder.ts';
import type { ReminderLevel } from './ladder-policy.ts';
import { findAuditCandidates, findChangedSince, findEarliestOffset, findPlanned, type PlannedItem } from './plan/store.ts';
import { recipientsOf } from './recipients.ts';
import { findPeopleReminded } from './sends/store.ts';

/** 漏发 */
export interface Omission {
  readonly code: string;
  readonly what: 'unplanned' | 'step' | 'feedback';
}

/** 一批在这么久之内该记下了 */
const graceMs = 4 * 60_000;
const periods = ['weekly', 'monthly', 'quarterly'];

/**
 * 核对提醒 — recomputed from the items, their reports and the records alone; when the plan says to look is not believed. Only items
 * near or past their limit are read (by its index), and those of a feedback period whose window is open and that were not reminded.
 * @returns what should have been sent by the last sending time, but was not
 */
export async function findOmissions(tx: Tx, calendar: Calendar, now: Date): Promise<Omission[]> {
  const by = lastSending(calendar, now);
  // 日历在那之后改过：按新日历该发的，要到下一格才发。
  const changedAt = await calendarChangedAt(tx);
  if (changedAt !== null && changedAt >= by) return [];
  const today = localDateOf(by);
  const candidates = await findAuditCandidates(tx, {
    horizon: horizonOf(calendar, today, await findEarliestOffset(tx)),
    feedbacks: openWindows(calendar, by),
  });
  const items = await findPlanned(
    tx,
    candidates.map(({ id }) => id),
  );
  const planned = new Set(items.map(({ id }) => id));
  const suspects = items.flatMap((item) => {
    const { step, feedbackOn } = dueAt(calendar, item.facts, by);
    const feedbackMissed = feedbackOn !== null && feedbackOn >= localDateOf(now);
    return step || feedbackMissed ? [{ item, level: step?.level ?? null, what: step ? ('step' as const) : ('feedback' as const) }] : [];
  });
  const excused = await excusedOf(
    tx,
    suspects.map(({ item, level }) => ({ ...item, level })),
    { by, calendarChangedAt: changedAt },
  );
  return [
    ...candidates.filter(({ id }) => !planned.has(id)).map(({ code }) => ({ code, what: 'unplanned' as const })),
    ...suspects.filter(({ item }) => !excused.has(item.id)).map(({ item, what }) => ({ code: item.code, what })),
  ];
}

/** 那一格之后才变的，下一格再发；有人当天已有一张提醒卡、或已满两张的，整项留到下一个工作日。 */
async function excusedOf(
  tx: Tx,
  suspects: readonly (PlannedItem & { level: ReminderLevel | null })[],
  { by, calendarChangedAt: calendarAt }: { by: Date; calendarChangedAt: Date | null },
): Promise<Set<string>> {
  if (suspects.length === 0) return new Set();
  const ids = suspects.map(({ id }) => id);
  const excused = new Set(await findChangedSince(tx, ids, by));
  const day = localDateOf(by);
  const told = await recipientsOf(tx, day, suspects);
  const people = [...new Set([...told.values()].flat().map(({ openId }) => openId))];
  const counts = await countAutomaticOn(tx, day, people);
  for (const [id, recipients] of told) if (recipients.some(({ openId }) => (counts.get(openId ?? '') ?? 0) >= messagesPerDayMax)) excused.add(id);
  // 早一格已有一张提醒卡的人，那之后才变的（事项变了，或日历变了）不再添一张；那之前就该发的，不在此例。
  const personIds = [...new Set([...told.values()].flat().map(({ personId }) => personId))];
  const reminded = await findPeopleReminded(tx, { day, personIds, before: by });
  if (reminded.size === 0) return excused;
  const since = new Date(Math.min(...[...reminded.values()].map((at) => at.getTime())));
  const changed = new Set(calendarAt !== null && calendarAt >= since ? ids : await findChangedSince(tx, ids, since));
  for (const [id, recipients] of told) if (changed.has(id) && recipients.some(({ personId }) => reminded.has(personId))) excused.add(id);
  return excused;
}

/** 最晚的时限：再晚的，连第一步也还没到。 */
function horizonOf(calendar: Calendar, today: LocalDate, earliestOffset: number): LocalDate {
  return addDays(addWorkingDays(calendar, workingDayOnOrBefore(calendar, today), Math.max(0, -earliestOffset) + 1), -1);
}

/** 正在收的反馈 — by period, since when. */
function openWindows(calendar: Calendar, by: Date): { period: string; opensAt: Date; opensOn: LocalDate }[] {
  const day = localDateOf(by);
  return periods.flatMap((period) => {
    const feedbackOn = feedbackDayFor(calendar, period, { startOn: addDays(day, -200), day });
    if (feedbackOn === null || feedbackOn < day) return [];
    const opensOn = feedbackOpensOn(calendar, feedbackOn);
    return [{ period, opensOn, opensAt: instantAt(opensOn) }];
  });
}

/** 最近的一格 — of any sending time that lies long enough back. */
function lastSending(calendar: Calendar, now: Date): Date {
  const settled = new Date(now.getTime() - graceMs);
  for (let day = localDateOf(settled); ; day = addDays(day, -1)) {
    if (!isWorkingDay(calendar, day)) continue;
    const at = sendingInstants(day).findLast((slot) => slot <= settled);
    if (at) return at;
  }
}
