/** 限次 — how much one person may ask for within a while (quality S21); kept in memory and nowhere else. */
export interface Pace {
  /** @returns false: too much, too fast; nothing is counted then */
  take(who: string): boolean;
}

/** 记着这么多人就清一遍早已过去的 */
const peopleMax = 10_000;

/** 建限次 @param max 0: no limit @param nowMs real time: a clock that is set back must not lock anybody out */
export function createPace({ max, perMs, nowMs = () => performance.now() }: { max: number; perMs: number; nowMs?: () => number }): Pace {
  const taken = new Map<string, number[]>();
  const forgetOld = (now: number): void => {
    for (const [who, times] of taken) if ((times.at(-1) ?? 0) <= now - perMs) taken.delete(who);
  };
  return {
    take: (who) => {
      if (max === 0) return true;
      const now = nowMs();
      const recent = (taken.get(who) ?? []).filter((at) => at > now - perMs);
      if (recent.length >= max) return false;
      taken.set(who, [...recent, now]);
      if (taken.size > peopleMax) forgetOld(now);
      return true;
    },
  };
}
