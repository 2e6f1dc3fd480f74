import { BusyError } from '#core/errors';

/**
 * 排队 — so many works at once; whoever comes after them waits here, first come first served and without a connection of the pool
 * in hand. Nobody waits longer than the platform would: then the answer is that nothing was begun.
 */
export interface Gate {
  /** @throws BusyError when the turn does not come in time */
  pass<T>(work: () => Promise<T>): Promise<T>;
}

/** 建排队 */
export function createGate({ inFlightMax, waitMaxMs }: { inFlightMax: number; waitMaxMs: number }): Gate {
  let free = inFlightMax;
  const waiting: (() => void)[] = [];

  const turn = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const enter = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(new BusyError(`no turn within ${waitMaxMs} ms, ${waiting.length} others waiting`));
      }, waitMaxMs);
      waiting.push(enter);
    });
  const leave = (): void => {
    const next = waiting.shift();
    // 位子直接交给下一个，别人插不进来。
    if (next) next();
    else free += 1;
  };
  return {
    async pass(work) {
      if (free > 0) free -= 1;
      else await turn();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
