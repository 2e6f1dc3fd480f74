/** 防重放 — remembers signatures for as long as they could be sent once more. */
export interface ReplayGuard {
  /** @returns false when this signature was seen before */
  admit(signature: string, nowMs: number): boolean;
  forget(signature: string): void;
}

/** 每代最多记这么多，两代合计约 20 MB；满了提前换代，其时还有业务键兜底。 */
const generationSizeMax = 1 << 18;

/** 建防重放 @param lifeMs how long a signature must be remembered */
export function createReplayGuard(lifeMs: number): ReplayGuard {
  let young = new Set<number>();
  let old = new Set<number>();
  let youngSince = 0;
  return {
    admit: (signature, nowMs) => {
      if (nowMs - youngSince >= lifeMs || young.size >= generationSizeMax) {
        old = nowMs - youngSince >= 2 * lifeMs ? new Set() : young;
        young = new Set();
        youngSince = nowMs;
      }
      const mark = markOf(signature);
      if (young.has(mark) || old.has(mark)) return false;
      young.add(mark);
      return true;
    },
    forget: (signature) => {
      young.delete(markOf(signature));
      old.delete(markOf(signature));
    },
  };
}

/** 52 位足以区分几十万个签名，又是一个整数，比 64 个字符省得多。 */
function markOf(signature: string): number {
  return Number.parseInt(signature.slice(0, 13), 16);
}
