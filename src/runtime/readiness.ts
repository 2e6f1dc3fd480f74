import type { Clock } from '#core/clock';
import type { HealthCheck } from '#core/health';
import type { Database } from '#db/client';
import { withTransaction } from '#db/transaction';
import type { Log } from './log.ts';
import { outboxState } from './outbox/store.ts';

/** 就绪与否，逐项 */
export interface ReadinessState {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** 就绪 — the database answers, and nothing that should have gone out is missing. */
export interface Readiness {
  current(): Promise<ReadinessState>;
  start(): void;
  stop(): void;
}

const minuteMs = 60_000;
/** 问得再勤，这么久才查一次 */
const cachedMs = 20_000;

/**
 * 建就绪 — a second pair of eyes beside the scheduler: it looks by itself each minute and whenever it is asked, with a timer of its own,
 * and says so in the log the moment something is missing.
 */
export function createReadiness({
  database,
  clock,
  checks,
  log,
}: {
  database: Database;
  clock: Clock;
  checks: readonly HealthCheck[];
  log: Log;
}): Readiness {
  let last: { at: number; state: ReadinessState } | undefined;
  let wasReady = true;
  let timer: ReturnType<typeof setInterval> | undefined;

  const look = async (): Promise<ReadinessState> => {
    const now = clock.now();
    try {
      const found: Record<string, string> = {};
      let ready = true;
      await withTransaction(database, async (tx) => {
        await outboxState(tx, new Date(0));
        found['database'] = 'ok';
        for (const check of checks) {
          const { status, finding } = await check.run(tx, now);
          found[check.name] = status === 'fail' ? finding : 'ok';
          if (status === 'fail') ready = false;
        }
      });
      return { ready, checks: found };
    } catch (error) {
      return { ready: false, checks: { database: error instanceof Error ? error.message : String(error) } };
    }
  };
  const current = async (): Promise<ReadinessState> => {
    const at = clock.now().getTime();
    if (last && at >= last.at && at - last.at < cachedMs) return last.state;
    const state = await look();
    last = { at, state };
    if (state.ready !== wasReady)
      log[state.ready ? 'info' : 'error'](
        { checks: state.checks },
        state.ready ? 'ready again' : 'not ready: something that should be done is missing',
      );
    wasReady = state.ready;
    return state;
  };
  return {
    current,
    start() {
      timer = setInterval(() => void current(), minuteMs);
      timer.unref();
    },
    stop() {
      clearInterval(timer);
    },
  };
}
