const depthMax = 32;
const keysMax = 1_000;

/**
 * 不过分 — at most 32 levels deep and 1,000 keys (quality S17), and no `__proto__`: nothing genuine has that key, and whoever
 * copies the object later need not think of it.
 */
export function isReasonable(value: unknown): boolean {
  return keysLeft(value, depthMax, keysMax) >= 0;
}

/** @returns how many keys may still come; negative when there were too many or it went too deep */
function keysLeft(value: unknown, levels: number, budget: number): number {
  if (typeof value !== 'object' || value === null) return budget;
  if (levels === 0) return -1;
  let left = budget;
  if (Array.isArray(value)) {
    for (const item of value) {
      left = keysLeft(item, levels - 1, left);
      if (left < 0) return left;
    }
    return left;
  }
  for (const key in value) {
    if (left === 0 || key === '__proto__') return -1;
    left = keysLeft((value as Record<string, unknown>)[key], levels - 1, left - 1);
    if (left < 0) return left;
  }
  return left;
}
