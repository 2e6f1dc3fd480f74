import type pg from 'pg';
import type { TestClock } from '#core/clock';
import type { Time } from '#runtime/outbox/throttle';
import type { Pace } from '#runtime/outbox/worker';

/** 自己的时间 — alarms ring in order on a clock that stands still until everything is quiet, so that no wait is real and none is skipped. */
export interface VirtualTime {
  /** the outbox's pace in service, but for whose waits these are */
  readonly pace: Pace;
  readonly throttleTime: Time;
  /** Something is under way that keeps the clock from moving. */
  during<Got>(work: () => Promise<Got>): Promise<Got>;
  /** Statements over this pool keep the clock from moving too. */
  follow(pool: pg.Pool): void;
  forget(pool: pg.Pool): void;
  quiet(): Promise<void>;
  advance(ms: number): Promise<void>;
}

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
}

/** 这么多轮里什么也没有起头，才算静下来：凑批、画卡片之间隔着一两轮。 */
const quietTurns = 5;

/** 造时间 @param told the database looks at the same clock */
export function createVirtualTime(clock: TestClock, told: (at: Date) => Promise<unknown>): VirtualTime {
  let alarms: Alarm[] = [];
  let busy = 0;
  let changed: () => void = () => undefined;
  const pools = new Set<pg.Pool>();
  const isBusy = (): boolean => busy > 0 || [...pools].some(({ totalCount, idleCount, waitingCount }) => totalCount > idleCount || waitingCount > 0);
  const noted = (): void => changed();
  const after = (ms: number, ring: () => void): (() => void) => {
    const alarm = { at: clock.now().getTime() + ms, ring };
    alarms.push(alarm);
    return () => {
      alarms = alarms.filter((other) => other !== alarm);
    };
  };
  const quiet = async (): Promise<void> => {
    for (let turns = 0; turns < quietTurns; ) {
      if (isBusy()) {
        turns = 0;
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
      await new Promise((resolve) => setImmediate(resolve));
      if (!isBusy()) turns += 1;
    }
  };
  const setClock = async (at: number): Promise<void> => {
    if (at <= clock.now().getTime()) return;
    clock.set(new Date(at));
    await told(new Date(at));
  };
  return {
    pace: { deliveriesMax: 24, jobsMax: 2, oneByOne: false, pause: (ms, _why, wake) => after(ms, wake) },
    throttleTime: { nowMs: () => clock.now().getTime(), after },
    during: async (work) => {
      busy += 1;
      try {
        return await work();
      } finally {
        busy -= 1;
        noted();
      }
    },
    follow: (pool) => {
      pools.add(pool);
      for (const event of ['release', 'remove', 'connect'] as const) pool.on(event, noted);
    },
    forget: (pool) => {
      pools.delete(pool);
      noted();
    },
    quiet,
    async advance(ms) {
      const until = clock.now().getTime() + ms;
      for (await quiet(); ; await quiet()) {
        const next = alarms.reduce<Alarm | undefined>((first, alarm) => (first === undefined || alarm.at < first.at ? alarm : first), undefined);
        if (next === undefined || next.at > until) break;
        alarms = alarms.filter((other) => other !== next);
        await setClock(next.at);
        next.ring();
      }
      await setClock(until);
    },
  };
}
