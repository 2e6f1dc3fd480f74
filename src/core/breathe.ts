import { performance } from 'node:perf_hooks';

/** 忙过这么久才歇：几件小事不必 */
const busyMs = 8;
/** 至多歇这么久 */
const restMaxMs = 25;

/**
 * 分段办 — so many at a time; between the parts whoever waits at the door is served first. After a part that kept the process busy it rests
 * as long as that took: an answer has some twenty steps of its own, and would else wait for a part at each of them.
 */
export async function inParts<Item>(items: readonly Item[], size: number, work: (part: readonly Item[]) => Promise<void> | void): Promise<void> {
  let before = performance.eventLoopUtilization();
  for (let from = 0; from < items.length; from += size) {
    if (from > 0) {
      await rest(performance.eventLoopUtilization(before).active);
      before = performance.eventLoopUtilization();
    }
    await work(items.slice(from, from + size));
  }
}

function rest(activeMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (activeMs < busyMs) setImmediate(resolve);
    else setTimeout(resolve, Math.min(activeMs, restMaxMs));
  });
}
