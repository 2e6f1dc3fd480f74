import type { Clock } from '#core/clock';
import type { Tx } from '#core/context';
import { glance, withStatements } from '#db/transaction';
import type { Log } from '../log.ts';
import type { Surroundings } from '../unit-of-work.ts';
import { exhaustedTargets, pickWithin, windowsMs } from './budget.ts';
import { type ClaimedEntry, claim, findDue, findDueJobs, findSpent, lockClaims, lookForDue, releaseAbandoned, sendLeaseMs } from './claims/store.ts';

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
  readonly pace?: Pace;
  /** a great many will be sent within the next minute: what is sent now counts in their budget */
  readonly expectsBulk?: (now: Date) => boolean;
  /** clicks are waiting for their turn: what nobody waits for steps back */
  readonly crowded?: () => boolean;
}

/** 步调 — how much goes on at once, and what a pause is; a simulation takes one step at a time and lets its own clock pass. */
export interface Pace {
  readonly deliveriesMax: number;
  readonly jobsMax: number;
  /** nothing else begins while a delivery or a job is under way */
  readonly oneByOne: boolean;
  /**
   * Calls `wake` after `ms`; returns what prevents it.
   * @param why `work`: something is under way, its end wakes anyway; `time`: rows are due but must wait; `news`: nothing is due
   */
  pause(ms: number, why: 'work' | 'time' | 'news', wake: () => void): () => void;
}

const jobLeaseMs = 120_000;
/** while clicks queue up, jobs begin only this often: what they refresh changes with the next click again */
const crowdedGapMs = 200;
const candidatesMax = 64;
const realPace: Pace = {
  deliveriesMax: 24,
  jobsMax: 2,
  oneByOne: false,
  pause(ms, _why, wake) {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};
/** other processes and the passing of time are noticed at least this often */
const pollMs = 1_000;
/** rows are due, and the last look found some that could go */
const soonMs = 40;
/** rows are due but leased or behind another row of their lane */
const leasedMs = 60;
/** how soon the rows of a process that is gone are taken over */
const takeOverMs = 5_000;
/** after a look in vain, calls to wake are heard only this much later: with a thousand clicks a second there would be no end of looking */
const deafMs = 30;

interface Round {
  readonly entries: readonly ClaimedEntry[];
  readonly due: boolean;
  readonly againMs: number | null;
}

/** 建工人 */
export function createOutboxWorker(parts: WorkerParts): OutboxWorker {
  const owner = parts.database.processName;
  const { deliveriesMax, jobsMax, oneByOne, pause } = parts.pace ?? realPace;
  const underWay = { deliveries: new Set<Promise<void>>(), jobs: new Set<Promise<void>>() };
  /** ids of the rows that are under way here */
  const held = new Set<string>();
  let timer: (() => void) | undefined;
  let deaf: (() => void) | undefined;
  let round: Promise<void> | undefined;
  let again = false;
  let stopped = true;
  let tookOverAt = Number.NEGATIVE_INFINITY;
  let jobsBegunAt = Number.NEGATIVE_INFINITY;
  let resting: (() => void)[] = [];

  const later = (ms: number, why: Parameters<Pace['pause']>[1]): void => {
    timer?.();
    if (!stopped) timer = pause(ms, why, wake);
  };
  const isBusy = (): boolean => underWay.deliveries.size + underWay.jobs.size > 0;
  const wake = (): void => {
    // 一次只办一件的，办完自会来叫。
    if (stopped || (oneByOne && isBusy())) return;
    if (round !== undefined || deaf !== undefined) {
      again = true;
      return;
    }
    round = runRound().finally(() => {
      round = undefined;
      if (again && deaf === undefined) hear();
    });
  };
  const hear = (): void => {
    deaf = undefined;
    if (!again) return;
    again = false;
    wake();
  };
  const runRound = async (): Promise<void> => {
    try {
      const found = await claimRound();
      for (const entry of found.entries) follow(entry);
      if (found.entries.length > 0) again = true;
      else if (found.due) deaf = pause(deafMs, isBusy() ? 'work' : 'time', hear);
      rest(found);
    } catch (error) {
      parts.log.warn({ err: error }, 'outbox: could not claim, will try again');
      later(pollMs, 'time');
    }
  };
  const mayTakeOver = (): boolean => !oneByOne && performance.now() - tookOverAt > takeOverMs;
  const claimRound = async (): Promise<Round> => {
    // 多半是看一眼就走：没有到期的，或者都有人在办，一个来回就够。都在办的，等到最早的一件放开再看。
    const freeInMs = await glance(parts.database, (tx) => lookForDue(tx, parts.clock.now()));
    if (freeInMs === null) return { entries: [], due: false, againMs: null };
    if (freeInMs > 0 && !mayTakeOver()) return { entries: [], due: true, againMs: Math.min(freeInMs, pollMs) };
    return withStatements(parts.database, async (tx) => {
      // 别的进程正在认领：过一会儿再看。
      if (!(await lockClaims(tx, null))) return { entries: [], due: true, againMs: null };
      if (mayTakeOver()) {
        tookOverAt = performance.now();
        await releaseAbandoned(tx, { owner, held: [...held] });
      }
      const now = parts.clock.now();
      const sends = await claimSends(tx, now);
      const jobs = oneByOne && sends.entries.length > 0 ? [] : await claimJobs(tx, now);
      const entries = [...sends.entries, ...jobs];
      entries.sort((left, right) => left.priority - right.priority || Number(left.seq - right.seq));
      return { entries, due: entries.length > 0 || (await lookForDue(tx, now)) !== null, againMs: sends.againMs };
    });
  };
  const claimSends = async (tx: Tx, now: Date): Promise<Pick<Round, 'entries' | 'againMs'>> => {
    const room = deliveriesMax - underWay.deliveries.size;
    if (room <= 0) return { entries: [], againMs: null };
    const spent = await findSpent(tx, windowsMs);
    const due = await findDue(tx, { now, limit: candidatesMax, exhausted: exhaustedTargets(spent) });
    const { picked, uses, replies, againMs } = pickWithin(due, spent, room, parts.expectsBulk?.(now) === true);
    if (picked.length === 0) return { entries: [], againMs };
    return { entries: await claim(tx, { ids: picked.map(({ id }) => id), owner, leaseMs: sendLeaseMs, uses, replies }), againMs };
  };
  const claimJobs = async (tx: Tx, now: Date): Promise<ClaimedEntry[]> => {
    if (parts.crowded?.() === true && performance.now() - jobsBegunAt < crowdedGapMs) return [];
    const room = jobsMax - underWay.jobs.size;
    const jobs = room > 0 ? await findDueJobs(tx, { now, limit: room }) : [];
    if (jobs.length === 0) return [];
    jobsBegunAt = performance.now();
    return claim(tx, { ids: jobs.map(({ id }) => id), owner, leaseMs: jobLeaseMs, uses: [] });
  };
  const follow = (entry: ClaimedEntry): void => {
    const set = entry.kind === 'job' ? underWay.jobs : underWay.deliveries;
    const wasFull = set.size >= (entry.kind === 'job' ? jobsMax : deliveriesMax) - 1;
    held.add(entry.id);
    const delivery = parts.deliver(entry).finally(() => {
      held.delete(entry.id);
      set.delete(delivery);
      // 一轮里送出的多半一起回来：都回来了再看，不必每回来一个看一次。
      if (set.size === 0 || wasFull) wake();
    });
    set.add(delivery);
  };
  /** 歇一歇 — decides when to look again, and tells those who wait that the outbox is at rest. */
  const rest = ({ entries, due, againMs }: Round): void => {
    const busy = entries.length > 0 || isBusy();
    if (due) later(againMs ?? (entries.length > 0 ? soonMs : leasedMs), busy ? 'work' : 'time');
    else later(pollMs, busy ? 'work' : 'news');
    if (busy || due || again) return;
    for (const rested of resting) rested();
    resting = [];
  };
  return {
    start() {
      stopped = false;
      // 先接手，再认领：这期间来的都等着。
      round = withStatements(parts.database, (tx) => releaseAbandoned(tx, { owner, held: [...held] }))
        .then(
          () => undefined,
          (error: unknown) => parts.log.warn({ err: error }, 'outbox: could not take over, leases will run out'),
        )
        .finally(() => {
          round = undefined;
          again = false;
          wake();
        });
    },
    wake,
    settled: () =>
      new Promise((resolve) => {
        resting.push(resolve);
        wake();
      }),
    async stop() {
      stopped = true;
      timer?.();
      deaf?.();
      deaf = undefined;
      await round;
      await Promise.all([...underWay.deliveries, ...underWay.jobs]);
      for (const rested of resting) rested();
      resting = [];
    },
  };
}
