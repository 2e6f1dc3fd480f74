import type { Clock } from '#core/clock';

/** 对钟 — how far our clock is from the platform's, learned from the `Date` of its answers. */
export interface PlatformTime {
  /** Called when a call goes out. @returns to be told the `Date` of its answer; what is no date says nothing */
  asking(): (date: unknown) => void;
  /** ms by which our clock is fast, negative: slow; null: the platform has not been heard yet */
  fastMs(): number | null;
}

/** ms; beyond this the clock counts as wrong (quality F9) */
const clockOffMaxMs = 60_000;
/** HTTP 的 Date 只到秒 */
const halfSecondMs = 500;

/** 建对钟 — says once in the log that our clock is wrong, and once that it is right again. */
export function createPlatformTime(clock: Pick<Clock, 'now'>, log: { warn(fields: object, message: string): void }): PlatformTime {
  let fastMs: number | null = null;
  const hear = (said: number, askedAt: number): void => {
    const wasOff = isOff(fastMs);
    fastMs = Math.round((askedAt + clock.now().getTime()) / 2 - said - halfSecondMs);
    if (isOff(fastMs) !== wasOff) log.warn({ fastMs }, wasOff ? 'feishu: our clock is right again' : 'feishu: our clock is wrong');
  };
  return {
    asking: () => {
      const askedAt = clock.now().getTime();
      return (date) => {
        const said = typeof date === 'string' ? Date.parse(date) : Number.NaN;
        if (!Number.isNaN(said)) hear(said, askedAt);
      };
    },
    fastMs: () => fastMs,
  };
}

/** 钟不准 */
export function isOff(fastMs: number | null): fastMs is number {
  return fastMs !== null && Math.abs(fastMs) > clockOffMaxMs;
}

/** 按哪个钟看 — ours; once it is known to be wrong, the platform's: a wrong clock must not lock everybody out, nor widen the window. @returns ms */
export function nowFor(oursMs: number, fastMs: number | null): number {
  return isOff(fastMs) ? oursMs - fastMs : oursMs;
}
