import type { LocalDate } from '#core/dates';
import { type Calendar, workingDaysBetween } from '../calendar/working-days.ts';
import { feedbackLateDays } from '../deadlines/feedback-days.ts';
import { openStatuses, type WorkItemStatus } from '../work-items/model.ts';

/** 亮灯 — a function of an item's facts and the day (domain B4), never a column. */
export const signalLights = ['red', 'yellow', 'green', 'blue', 'grey'] as const;
export type SignalLight = (typeof signalLights)[number];

/** 人工可以定的灯 — 蓝灯和灰灯说的是状态，不由人定。 */
export const settableLights = ['red', 'yellow', 'green'] as const;
export type SettableLight = (typeof settableLights)[number];

/** 亮灯的缘由 — all that speak for the colour, not only the first. */
export type LightReason =
  | { readonly kind: 'overdue' | 'dueSoon' | 'feedbackLate' | 'reworkWaiting'; readonly days: number }
  | { readonly kind: 'behind'; readonly points: number }
  | { readonly kind: 'orderUnanswered' | 'notStarted' | 'suspended' | 'declinePending' };

export interface Lit {
  readonly light: SignalLight;
  readonly reasons: readonly LightReason[];
}

/** 亮灯所看的事实 */
export interface LightFacts {
  readonly status: WorkItemStatus;
  /** 已采纳的进度 */
  readonly percent: number;
  /** 计划开始日；没写的是下达日 */
  readonly startOn: LocalDate;
  readonly dueOn: LocalDate;
  /** null: 有下级的由下级反馈；办结申请已在核查的不再催反馈 */
  readonly feedback: { readonly period: string; readonly startOn: LocalDate; readonly lastReportedOn: LocalDate | null } | null;
  /** 退回重办的日子；又申请了的为 null */
  readonly sentBackOn: LocalDate | null;
  /** 在办的督办令过了回复时限 */
  readonly orderUnanswered: boolean;
}

const limits = { soonDays: 3, behindYellow: 10, behindRed: 30, feedbackDays: 3, reworkDays: 3 };

/** 亮灯规则 — counts working days by one calendar; the same question is asked for many items and answered once. */
export function createLamp(calendar: Calendar): { readonly lightOf: (facts: LightFacts, today: LocalDate) => Lit } {
  const between = remember((from: string, to: string) => workingDaysBetween(calendar, from, to));
  const lateDays = remember((period: string, startOn: string, lastReportedOn: string, today: string) =>
    feedbackLateDays(calendar, { period, startOn, lastReportedOn: lastReportedOn || null, today }),
  );
  const planned = (startOn: LocalDate, dueOn: LocalDate, today: LocalDate): number => {
    const total = between(startOn, dueOn);
    if (total <= 0) return today >= dueOn ? 100 : 0;
    return Math.max(0, Math.min(100, Math.floor((between(startOn, today) * 100) / total)));
  };
  return {
    lightOf: (facts, today) => {
      const { status, percent, startOn, dueOn, feedback, sentBackOn, orderUnanswered } = facts;
      if (status === 'suspended') return { light: 'grey', reasons: [{ kind: 'suspended' }] };
      if (status === 'declinePending') return { light: 'grey', reasons: [{ kind: 'declinePending' }] };
      if (!openStatuses.includes(status)) return { light: 'blue', reasons: [] };
      if (startOn > today) return { light: 'grey', reasons: [{ kind: 'notStarted' }] };
      const left = between(today, dueOn);
      const behind = planned(startOn, dueOn, today) - percent;
      const late = feedback ? lateDays(feedback.period, feedback.startOn, feedback.lastReportedOn ?? '', today) : 0;
      const waiting = sentBackOn === null ? 0 : between(sentBackOn, today);
      const red: readonly (LightReason | false)[] = [
        left < 0 && { kind: 'overdue', days: -left },
        behind > limits.behindRed && { kind: 'behind', points: behind },
        late > limits.feedbackDays && { kind: 'feedbackLate', days: late },
        orderUnanswered && { kind: 'orderUnanswered' },
      ];
      const yellow: readonly (LightReason | false)[] = [
        left >= 0 && left <= limits.soonDays && { kind: 'dueSoon', days: left },
        behind >= limits.behindYellow && behind <= limits.behindRed && { kind: 'behind', points: behind },
        late >= 1 && late <= limits.feedbackDays && { kind: 'feedbackLate', days: late },
        waiting > limits.reworkDays && { kind: 'reworkWaiting', days: waiting },
      ];
      const [reds, yellows] = [red.filter(isReason), yellow.filter(isReason)];
      if (reds.length > 0) return { light: 'red', reasons: reds };
      return yellows.length > 0 ? { light: 'yellow', reasons: yellows } : { light: 'green', reasons: [] };
    },
  };
}

function isReason(reason: LightReason | false): reason is LightReason {
  return reason !== false;
}

function remember<Given extends readonly string[]>(count: (...given: Given) => number): (...given: Given) => number {
  const known = new Map<string, number>();
  return (...given) => {
    const key = given.join('|');
    const found = known.get(key) ?? count(...given);
    known.set(key, found);
    return found;
  };
}

/** 人工亮灯 — holds until its last day, or until it is taken down. */
export interface LightOverride {
  readonly id: string;
  readonly itemId: string;
  readonly light: SettableLight;
  readonly reason: string;
  readonly untilOn: LocalDate;
  readonly setBy: string;
  readonly setAt: Date;
}

/** 显示的灯 — a person's decision prevails over red, yellow and green; what is closed or stands still stays blue or grey. */
export function shownLight(lit: Lit, override: LightOverride | null, today: LocalDate): Lit & { readonly override: LightOverride | null } {
  const holds = override !== null && override.untilOn >= today && (settableLights as readonly string[]).includes(lit.light);
  return holds ? { light: override.light, reasons: lit.reasons, override } : { ...lit, override: null };
}
