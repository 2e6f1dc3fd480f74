import type { Clock } from '#core/clock';
import type { Tx } from '#core/context';
import { newId } from '#core/ids';
import { withTransaction } from '#db/transaction';
import type { Log } from '../log.ts';
import type { Surroundings } from '../unit-of-work.ts';
import { pickWithin } from './budget.ts';
import { type ClaimedEntry, claim, findDue, findUsage, hasDue, lockClaims } from './store.ts';

/** 发件工人 — claims what is due, within every budget, hands it to the sender and settles the end. */
export interface OutboxWorker {
  start(): void;
  /** Something new may be due. */
  wake(): void;
  /** Resolves when nothing is due and nothing is under way. */
  settled(): Promise<void>;
  /** Stops claiming and waits for what is under way. */
  stop(): Promise<void>;
}

export interface WorkerParts extends Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  /** Sends one entry and settles its row; never throws. */
  readonly deliver: (entry: ClaimedEntry) => Promise<void>;
}

const leaseMs = 30_000;
const jobLeaseMs = 120_000;
const candidatesMax = 100;
const deliveriesMax = 24;
const jobsMax = 2;
/** other processes and the passing of time are noticed at least this often */
const pollMs = 1_000;
/** rows are due, and the last look found some that could go */
const soonMs = 40;
/** rows are due but a budget is spent or a lane is busy; whatever somebody waits for wakes the worker by itself */
const budgetMs = 120;

/** 建工人 */
export function createOutboxWorker(parts: WorkerParts): OutboxWorker {
  const owner = newId();
  const underWay = { deliveries: new Set<Promise<void>>(), jobs: new Set<Promise<void>>() };
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let again = false;
  let stopped = true;
  let resting: (() => void)[] = [];

  const later = (ms: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(wake, ms);
  };
  const wake = (): void => {
    if (stopped) return;
    if (round !== undefined) {
      again = true;
      return;
    }
    round = runRound().finally(() => {
      round = undefined;
      if (again) {
        again = false;
        wake();
      }
    });
  };
  const runRound = async (): Promise<void> => {
    try {
      const { entries, due } = await claimRound();
      for (const entry of entries) follow(entry);
      if (entries.length > 0) again = true;
      rest(entries.length, due);
    } catch (error) {
      parts.log.warn({ err: error }, 'outbox: could not claim, will try again');
      later(pollMs);
    }
  };
  const claimRound = (): Promise<{ entries: ClaimedEntry[]; due: boolean }> =>
    withTransaction(parts.database, async (tx) => {
      // 别的进程正在认领：过一会儿再看。
      if (!(await lockClaims(tx))) return { entries: [], due: true };
      const now = parts.clock.now();
      const entries = [...(await claimSends(tx, now)), ...(await claimJobs(tx, now))];
      entries.sort((left, right) => left.priority - right.priority || Number(left.seq - right.seq));
      return { entries, due: entries.length > 0 || (await hasDue(tx, now)) };
    });
  const claimSends = async (tx: Tx, now: Date): Promise<ClaimedEntry[]> => {
    const room = deliveriesMax - underWay.deliveries.size;
    if (room <= 0) return [];
    const due = await findDue(tx, { now, limit: candidatesMax, jobs: false });
    if (due.length === 0) return [];
    const { picked, uses } = pickWithin(due, await findUsage(tx), room);
    if (picked.length === 0) return [];
    return claim(
      tx,
      picked.map(({ id }) => id),
      { owner, leaseMs, uses },
    );
  };
  const claimJobs = async (tx: Tx, now: Date): Promise<ClaimedEntry[]> => {
    const room = jobsMax - underWay.jobs.size;
    const jobs = room > 0 ? await findDue(tx, { now, limit: room, jobs: true }) : [];
    if (jobs.length === 0) return [];
    return claim(
      tx,
      jobs.map(({ id }) => id),
      { owner, leaseMs: jobLeaseMs, uses: [] },
    );
  };
  const follow = (entry: ClaimedEntry): void => {
    const set = entry.kind === 'job' ? underWay.jobs : underWay.deliveries;
    const delivery = parts.deliver(entry).finally(() => {
      set.delete(delivery);
      wake();
    });
    set.add(delivery);
  };
  /** 歇一歇 — decides when to look again, and tells those who wait that the outbox is at rest. */
  const rest = (claimedCount: number, due: boolean): void => {
    const busy = claimedCount > 0 || underWay.deliveries.size > 0 || underWay.jobs.size > 0;
    if (due) later(claimedCount > 0 ? soonMs : budgetMs);
    else later(pollMs);
    if (busy || due || again) return;
    for (const rested of resting) rested();
    resting = [];
  };
  return {
    start() {
      stopped = false;
      wake();
    },
    wake,
    settled: () =>
      new Promise((resolve) => {
        resting.push(resolve);
        wake();
      }),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
      await Promise.all([...underWay.deliveries, ...underWay.jobs]);
      for (const rested of resting) rested();
      resting = [];
    },
  };
}
