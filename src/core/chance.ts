import { randomUUID } from 'node:crypto';

/** 偶然 — where ids and fractions come from. Secrets never come from here: they ask the machine itself. */
export interface Chance {
  uuid(): string;
  /** 0 ≤ x < 1 */
  fraction(): number;
}

let source: Chance = { uuid: randomUUID, fraction: Math.random };

/** 换偶然的来处 — a simulation puts a seeded one here, so that a run can be repeated to the last id. */
export function drawFrom(chance: Chance): void {
  source = chance;
}

/** 随机编号 */
export const randomId = (): string => source.uuid();

/** 随机小数 — for jitter. */
export const randomFraction = (): number => source.fraction();
