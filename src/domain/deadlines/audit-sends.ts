import type { Tx } from '#core/context';
import { addDays, type LocalDate, localDateOf } from '#core/dates';
import { sendingInstant } from '../calendar/sending-hours.ts';
import { type Calendar, workingDayOnOrBefore } from '../calendar/working-days.ts';
import { dueAt } from './ladder.ts';
import { findChasedItemIds, findPlanned } from './plan/store.ts';

/** 漏发 */
export interface Omission {
  readonly code: string;
  readonly what: 'unplanned' | 'step' | 'feedback';
}

/**
 * 核对提醒 — recomputed from the items, their reports and the records alone; when the plan says to look is not believed.
 * @returns what should have been sent by the last sending time, but was not
 */
export async function findOmissions(tx: Tx, calendar: Calendar, now: Date): Promise<Omission[]> {
  const { planned, unplanned } = await findChasedItemIds(tx);
  const by = lastSending(calendar, now);
  const items = await findPlanned(tx, planned);
  return [
    ...unplanned.map((id) => ({ code: id, what: 'unplanned' as const })),
    ...items.flatMap(({ code, facts }): Omission[] => {
      const { step, feedbackOn } = dueAt(calendar, facts, by);
      const feedbackMissed = feedbackOn !== null && feedbackOn >= localDateOf(now);
      return [...(step ? [{ code, what: 'step' as const }] : []), ...(feedbackMissed ? [{ code, what: 'feedback' as const }] : [])];
    }),
  ];
}

/** 给一刻钟：09:05 的一批要发完。 */
const graceMs = 15 * 60_000;

function lastSending(calendar: Calendar, now: Date): Date {
  const settled = new Date(now.getTime() - graceMs);
  const today = workingDayOnOrBefore(calendar, localDateOf(settled));
  const at = sendingInstant(today);
  return at <= settled ? at : sendingInstant(workingDayOnOrBefore(calendar, dayBefore(today)));
}

function dayBefore(day: LocalDate): LocalDate {
  return addDays(day, -1);
}
