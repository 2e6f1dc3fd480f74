import { type LocalDate, localDateOf } from '#core/dates';
import { remembered } from '../calendar/remembered.ts';
import { nextSendingInstant, sendingInstant } from '../calendar/sending-hours.ts';
import { addWorkingDays, type Calendar, workingDayOnOrBefore } from '../calendar/working-days.ts';
import { answeredDay, feedbackDayFor, feedbackOpensOn, isSamePeriod, nextFeedbackDay } from './feedback-days.ts';
import { isDraftOnly, type LadderRules, type LadderStep, type ReminderLevel } from './ladder-policy.ts';

/** 提醒所看的事实 — all that decides what an item's people are told next. */
export interface LadderFacts {
  readonly rules: LadderRules;
  readonly status: string;
  /** 下达（或采纳承诺日期）的时刻；之前的步不算错过 */
  readonly since: Date | null;
  /** 下达日；之后的反馈日才算 */
  readonly startOn: LocalDate;
  /** 时限；采纳了回复的，是承诺的日期 */
  readonly baseOn: LocalDate;
  /** 这个时限已发到哪一步 */
  readonly sentOffset: number | null;
  /** 这个时限已发过的级别 */
  readonly sentLevels: readonly ReminderLevel[];
  readonly feedbackPeriod: string;
  /** 延期待批：催办照发，督办令先不拟（S6） */
  readonly orderHeld: boolean;
  /** 有下级的事项不直接反馈 */
  readonly hasChildren: boolean;
  readonly lastReportedOn: LocalDate | null;
  /** 最近提醒过的反馈日 */
  readonly remindedFeedbackOn: LocalDate | null;
}

/** 到点该说的 */
export interface Due {
  readonly step: LadderStep | null;
  /** the feedback day that is reminded of */
  readonly feedbackOn: LocalDate | null;
}

const chased: ReadonlySet<string> = new Set(['issued', 'inProgress']);

/** 还要提醒 — 申请办结、中止、退件待裁和办结之后不再提醒。 */
export function isChased(status: string): boolean {
  return chased.has(status);
}

/** 一步的时刻 — a limit on a day off counts as the working day before it: earlier, never later. */
export function stepAt(calendar: Calendar, baseOn: LocalDate, { offset }: LadderStep): Date {
  return remembered(calendar, `step ${baseOn} ${offset}`, () =>
    sendingInstant(addWorkingDays(calendar, workingDayOnOrBefore(calendar, baseOn), offset)),
  );
}

/** 现在走得到的各步 */
function stepsOf({ rules, orderHeld }: LadderFacts): readonly LadderStep[] {
  return orderHeld ? rules.steps.filter(({ level }) => !isDraftOnly(level)) : rules.steps;
}

/** 走到的一步 — the highest that is due, whether it was sent or not; what was missed below it is not made up for. */
export function reachedStep(calendar: Calendar, facts: LadderFacts, now: Date): LadderStep | null {
  if (!isChased(facts.status)) return null;
  const highest = stepsOf(facts).findLast((step) => stepAt(calendar, facts.baseOn, step) <= now);
  if (!highest) return null;
  return facts.since !== null && stepAt(calendar, facts.baseOn, highest) <= facts.since ? null : highest;
}

/** 该走的一步 — the one that is reached. null: nothing, or it was sent already. */
export function dueStep(calendar: Calendar, facts: LadderFacts, now: Date): LadderStep | null {
  const reached = reachedStep(calendar, facts, now);
  if (!reached || (facts.sentOffset !== null && reached.offset <= facts.sentOffset)) return null;
  // 预告有几次，其余各级至多一次；规则改过，也不再发一回。
  return reached.level !== 'L0' && facts.sentLevels.includes(reached.level) ? null : reached;
}

/** 并过去的各步 — fell due since the last one that was sent, and are not made up for because `step` is reached already (quality I3: known, not guessed). */
export function passedSteps(calendar: Calendar, facts: LadderFacts, step: LadderStep): LadderStep[] {
  const { since, sentOffset, sentLevels, baseOn } = facts;
  return stepsOf(facts).filter(
    (other) =>
      other.offset < step.offset &&
      (sentOffset === null || other.offset > sentOffset) &&
      (since === null || stepAt(calendar, baseOn, other) > since) &&
      (other.level === 'L0' || !sentLevels.includes(other.level)),
  );
}

/** 该提醒的反馈日 — its window is open, nobody has reported in it, and it has not passed. */
function dueFeedback(calendar: Calendar, facts: LadderFacts, now: Date): LocalDate | null {
  if (facts.status !== 'inProgress' || facts.hasChildren) return null;
  const today = localDateOf(now);
  const { startOn } = facts;
  const feedbackOn = feedbackDayFor(calendar, facts.feedbackPeriod, { startOn, day: today });
  if (feedbackOn === null || feedbackOn < today || sendingInstant(feedbackOpensOn(calendar, feedbackOn)) > now) return null;
  const { remindedFeedbackOn: reminded, feedbackPeriod } = facts;
  if (reminded !== null && (reminded >= feedbackOn || isSamePeriod(calendar, feedbackPeriod, [reminded, feedbackOn]))) return null;
  const answered = facts.lastReportedOn === null ? null : answeredDay(calendar, facts.feedbackPeriod, { startOn, day: facts.lastReportedOn });
  return answered !== null && answered >= feedbackOn ? null : feedbackOn;
}

/** 此刻该说的 */
export function dueAt(calendar: Calendar, facts: LadderFacts, now: Date): Due {
  return { step: dueStep(calendar, facts, now), feedbackOn: dueFeedback(calendar, facts, now) };
}

/** 说过之后的事实 */
export function afterwards(facts: LadderFacts, { step, feedbackOn }: Due): LadderFacts {
  const sentLevels = step ? [...facts.sentLevels, step.level] : facts.sentLevels;
  return { ...facts, sentOffset: step?.offset ?? facts.sentOffset, sentLevels, remindedFeedbackOn: feedbackOn ?? facts.remindedFeedbackOn };
}

/** 下一次要看的时刻 — after what is due now was sent; null when the item is not chased. */
export function nextLook(calendar: Calendar, facts: LadderFacts, now: Date): Date | null {
  if (!isChased(facts.status)) return null;
  const ahead = facts.rules.steps.map((step) => stepAt(calendar, facts.baseOn, step)).filter((at) => at > now);
  // 押着的一步已经到了：批下来之前，每个工作日看一次。
  if (facts.orderHeld) ahead.push(nextSendingInstant(calendar, now));
  // 反馈按期一直要报，所以总有下一次；签收之前也先记着。
  const opened = feedbackDayFor(calendar, facts.feedbackPeriod, { startOn: facts.startOn, day: localDateOf(now) });
  const today = opened === null ? null : sendingInstant(feedbackOpensOn(calendar, opened));
  const next = nextFeedbackDay(calendar, facts.feedbackPeriod, opened ?? facts.startOn);
  const feedback = today !== null && today > now ? today : sendingInstant(feedbackOpensOn(calendar, next));
  return [...(facts.hasChildren ? [] : [feedback]), ...ahead].reduce<Date | null>((least, at) => (least === null || at < least ? at : least), null);
}
