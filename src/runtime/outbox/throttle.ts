import { systemClock } from '#core/clock';
import type { ChatWriter } from '#platform/port';

/** 窗口 — at most `max` calls of one API in any `ms` milliseconds (contract 5). */
interface Window {
  readonly ms: number;
  readonly max: number;
}
const windows: readonly Window[] = [
  { ms: 1_000, max: 50 },
  { ms: 60_000, max: 1_000 },
];

/** 时间 — real time, not the clock that tests and the demo move: the platform counts real seconds. */
export interface Time {
  nowMs(): number;
  /** Calls `then` after `ms`. */
  after(ms: number, then: () => void): void;
}
const realTime: Time = {
  nowMs: systemClock.monotonicMs,
  after: (ms, then) => void setTimeout(then, ms),
};

/**
 * 出门闸 — the last look before a call leaves this process: the same writer, whose calls wait until the platform cannot refuse them.
 * 额度在认领时记账，几个进程合着算；从认领到真的出门，机器忙时隔得有长有短，会挤到同一秒里。所以出门再数一遍：一次调用从开始占到
 * 答复之后一个窗口，它到达平台的时刻必在其间，任何一个窗口里都不会多。
 */
export function throttled(writer: ChatWriter, time: Time = realTime): ChatWriter {
  const gated = <Given extends readonly unknown[], Got>(call: (...given: Given) => Promise<Got>): ((...given: Given) => Promise<Got>) => {
    const pass = createPassage(time);
    return (...given) => pass(() => call(...given));
  };
  return {
    send: gated((to, content, uuid) => writer.send(to, content, uuid)),
    reply: gated((messageId, content, uuid) => writer.reply(messageId, content, uuid)),
    update: gated((messageId, card) => writer.update(messageId, card)),
    urge: gated((messageId, openIds) => writer.urge(messageId, openIds)),
    uploadFile: gated((fileName, content) => writer.uploadFile(fileName, content)),
  };
}

/** 一道门 — of one API: first come, first served. */
function createPassage({ nowMs, after }: Time): <Got>(call: () => Promise<Got>) => Promise<Got> {
  const waiting: (() => void)[] = [];
  /** when calls ended, oldest first; older than the longest window are forgotten */
  const ended: number[] = [];
  let inFlight = 0;
  let alarm = false;

  /** 还要等多久；正无穷：等在途的回来 */
  const roomIn = (): number =>
    Math.max(
      ...windows.map(({ ms, max }) => {
        if (inFlight >= max) return Number.POSITIVE_INFINITY;
        const oldest = ended[ended.length - (max - inFlight)];
        return oldest === undefined ? 0 : oldest + ms - nowMs();
      }),
    );
  const look = (): void => {
    let wait = roomIn();
    for (; waiting.length > 0 && wait <= 0; wait = roomIn()) {
      inFlight += 1;
      waiting.shift()?.();
    }
    if (waiting.length === 0 || alarm || !Number.isFinite(wait)) return;
    alarm = true;
    after(Math.ceil(wait), () => {
      alarm = false;
      look();
    });
  };
  return async (call) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      look();
    });
    try {
      return await call();
    } finally {
      inFlight -= 1;
      ended.push(nowMs());
      const longest = windows.reduce((most, { max }) => Math.max(most, max), 0);
      if (ended.length > longest) ended.shift();
      look();
    }
  };
}
