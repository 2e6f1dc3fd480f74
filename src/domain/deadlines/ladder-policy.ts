import { z } from 'zod';

/** 提醒的级别 — domain B5; the machine sends the first four. L4 督办令 is only ever drafted, and what follows it (约谈、通报) hangs on the order. */
export const reminderLevels = ['L0', 'L1', 'L2', 'L3', 'L4'] as const;
export type ReminderLevel = (typeof reminderLevels)[number];

/** 一步 — so many working days from the limit; negative is before it. */
export interface LadderStep {
  readonly level: ReminderLevel;
  readonly offset: number;
}

/** 提醒规则 */
export interface LadderRules {
  /** by offset, ascending */
  readonly steps: readonly LadderStep[];
}

/** 预置的规则：提前7、3、1个工作日，当天，过1个、3个工作日；过5个工作日拟督办令 */
export const defaultRules: LadderRules = {
  steps: [
    { level: 'L0', offset: -7 },
    { level: 'L0', offset: -3 },
    { level: 'L0', offset: -1 },
    { level: 'L1', offset: 0 },
    { level: 'L2', offset: 1 },
    { level: 'L3', offset: 3 },
    { level: 'L4', offset: 5 },
  ],
};

const shape = z.object({ steps: z.array(z.object({ level: z.enum(reminderLevels), offset: z.number().int() })).min(1) });

/** 读规则 — as stored. */
export function readRules(stored: unknown): LadderRules {
  return shape.parse(stored);
}

/** 步的名字 — `T-7`, `T`, `T+1`. */
export function stepName({ offset }: LadderStep): string {
  return offset === 0 ? 'T' : offset < 0 ? `T${offset}` : `T+${offset}`;
}

/** 须回复的级别 — from 催办 on the clock stops only by a reply that was accepted. */
export function needsReply(level: ReminderLevel): boolean {
  return level === 'L2' || level === 'L3';
}

/** 只拟不发的级别 — a human signs. */
export function isDraftOnly(level: ReminderLevel): boolean {
  return level === 'L4';
}
