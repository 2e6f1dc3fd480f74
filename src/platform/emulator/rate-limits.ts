/** 限频窗口 — at most `max` calls in any `ms` milliseconds. */
export interface RateWindow {
  readonly ms: number;
  readonly max: number;
}

/** 超限 — what the headers of a 429 say. */
export interface OverLimit {
  readonly limit: number;
  /** whole seconds until the window has room again, at least 1 */
  readonly resetSeconds: number;
}

export interface RateLimits {
  /** 记一次 — counts the call unless one of the windows is full; a refused call is not counted. */
  take(key: string, windows: readonly RateWindow[]): OverLimit | null;
}

/** contract 5: tier 4, the tier of every call that we make */
export const tier4: readonly RateWindow[] = [
  { ms: 1_000, max: 50 },
  { ms: 60_000, max: 1_000 },
];
/** contract 5: one person, one group (all bots together), one message */
export const perTarget: readonly RateWindow[] = [{ ms: 1_000, max: 5 }];

const keysMax = 10_000;

/** 限频 — sliding windows over real time. @param monotonicMs milliseconds that only grow */
export function createRateLimits(monotonicMs: () => number): RateLimits {
  const calls = new Map<string, number[]>();
  return {
    take(key, windows) {
      const now = monotonicMs();
      const longest = Math.max(...windows.map(({ ms }) => ms));
      const recent = (calls.get(key) ?? []).filter((at) => at > now - longest);
      for (const { ms, max } of windows) {
        const inside = recent.filter((at) => at > now - ms);
        const oldest = inside[inside.length - max];
        if (oldest !== undefined) return { limit: max, resetSeconds: Math.max(1, Math.ceil((oldest + ms - now) / 1_000)) };
      }
      recent.push(now);
      // 重新放入，使最久没用的键排在最前，好让下面清理。
      calls.delete(key);
      calls.set(key, recent);
      const stalest = calls.keys().next();
      if (calls.size > keysMax && !stalest.done) calls.delete(stalest.value);
      return null;
    },
  };
}
