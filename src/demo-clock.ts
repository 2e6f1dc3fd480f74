import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MovableClock } from '#core/clock';

/** 演示时钟 — goes on from where the last run stood; the first run begins at the start of the story. */
export interface DemoClock {
  readonly clock: MovableClock;
  /** Writes down where it stands. */
  save(): void;
}

/** 开演示时钟 @param start the instant of the very first start */
export function openDemoClock(dataDir: string, start: Date): DemoClock {
  const file = join(dataDir, 'emulator-clock.txt');
  const saved = existsSync(file) ? new Date(readFileSync(file, 'utf8').trim()) : start;
  const clock = new MovableClock(Number.isNaN(saved.getTime()) ? start : saved);
  const save = (): void => writeFileSync(file, `${clock.now().toISOString()}\n`);
  clock.onMove(save);
  save();
  return { clock, save };
}
