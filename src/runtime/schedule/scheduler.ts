import cron from 'node-cron';
import type { Clock } from '#core/clock';
import { systemActor } from '#core/context';
import { passedOver, type Schedule } from '#core/schedule';
import { glance, withTransaction } from '#db/transaction';
import type { Log } from '../log.ts';
import { performAlone, type Surroundings } from '../unit-of-work.ts';
import { slotsOf } from './slots.ts';
import { claimSlot, findLastSlots } from './store.ts';

/**
 * 定时 — node-cron is only an alarm clock: each minute (and at each start) the newest slot that is due and not yet run is looked up
 * in the database. A missed ring, a restart or a jump of the clock delays a slot; it never loses or repeats one.
 */
export interface Scheduler {
  start(): Promise<void>;
  /** Runs what is due now; slots that were missed meanwhile are passed over for the newest one, which is recorded. */
  tick(): Promise<void>;
  /** The next slot of any schedule after `after`, not later than `until`. */
  nextSlot(after: Date, until: Date): Date | null;
  /** A great many will be sent by a schedule that says so: from a minute before its slot until what it wrote is in the outbox. */
  expectsBulk(now: Date): boolean;
  stop(): Promise<void>;
}

export interface SchedulerParts extends Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly schedules: readonly Schedule[];
  /** rings by itself each real minute */
  readonly alarm: boolean;
  /** effects were written */
  readonly afterRun: () => void;
}

const timezone = 'Asia/Shanghai';
const minuteMs = 60_000;
/** 停机再久也只回头看这么远：每个定时只补最近的一格。 */
const lookBackMs = 40 * 24 * 60 * minuteMs;

/** 一格至多办这么久：全区的一批分段办，机器忙时要十几秒 */
const sweepMaxMs = 60_000;

/** 建定时 */
export function createScheduler(parts: SchedulerParts): Scheduler {
  const schedules = parts.schedules.map((schedule) => ({ schedule, slots: slotsOf(schedule.cron) }));
  let alarm: ReturnType<typeof cron.schedule> | undefined;
  let ticking: Promise<void> | undefined;
  /** 已经查到哪一分钟：一分钟一响，不必每次从上一格查起。 */
  const lookedUntil = new Map<string, Date>();
  /** 成批的正在办：闹钟晚响、补办错过的一格，都不在那一分钟里 */
  let bulkUnderWay = 0;

  const tick = (): Promise<void> => {
    ticking ??= runDue().finally(() => {
      ticking = undefined;
    });
    return ticking;
  };
  const runDue = async (): Promise<void> => {
    const now = parts.clock.now();
    const last = await glance(parts.database, (tx) => findLastSlots(tx, null));
    for (const { schedule, slots } of schedules) {
      const since = last.get(schedule.name);
      if (!since) {
        // 第一次见到：从这一刻起算，不补过去的。
        await withTransaction(parts.database, (tx) => claimSlot(tx, { name: schedule.name, slot: floorMinute(now), now }));
        continue;
      }
      const looked = lookedUntil.get(schedule.name);
      const from = Math.max(since.getTime(), looked?.getTime() ?? 0, now.getTime() - lookBackMs);
      const slot = slots.newest(new Date(from), now);
      const passed = slot ? slots.between(new Date(from), slot) : [];
      if (!slot || (await runSlot(schedule, { slot, passed, now }))) lookedUntil.set(schedule.name, floorMinute(now));
    }
  };
  const runSlot = async (schedule: Schedule, { slot, passed, now }: { slot: Date; passed: readonly Date[]; now: Date }): Promise<boolean> => {
    const bulk = schedule.bulk === true ? 1 : 0;
    bulkUnderWay += bulk;
    try {
      await performAlone(parts, {
        now,
        eventKey: null,
        timeoutMs: sweepMaxMs,
        actor: () => Promise.resolve(systemActor),
        work: async (ctx) => {
          if (!(await claimSlot(ctx.tx, { name: schedule.name, slot, now }))) return;
          if (passed.length > 0) ctx.audit.record(passedOver(schedule.name, passed, '到点时没有运行，并入之后的一格'));
          await schedule.sweep(ctx, slot);
        },
      });
      parts.afterRun();
      return true;
    } catch (error) {
      // 这一格没有记下，下一分钟再来；别的定时照常。
      parts.log.error({ schedule: schedule.name, slot: slot.toISOString(), err: error }, 'schedule failed, will be tried again');
      return false;
    } finally {
      bulkUnderWay -= bulk;
    }
  };
  return {
    async start() {
      await tick();
      if (!parts.alarm) return;
      alarm = cron.schedule(
        '* * * * *',
        () => tick().catch((error: unknown) => parts.log.error({ err: error }, 'the alarm could not look for due work')),
        {
          timezone,
          noOverlap: true,
        },
      );
    },
    tick,
    nextSlot(after, until) {
      const found = schedules.flatMap(({ slots }) => slots.next(after, until) ?? []);
      return found.length === 0 ? null : new Date(Math.min(...found.map((slot) => slot.getTime())));
    },
    expectsBulk(now) {
      const [from, until] = [new Date(now.getTime() - minuteMs), new Date(now.getTime() + minuteMs)];
      return bulkUnderWay > 0 || schedules.some(({ schedule, slots }) => schedule.bulk === true && slots.next(from, until) !== null);
    },
    async stop() {
      await alarm?.destroy();
      await ticking;
    },
  };
}

function floorMinute(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / minuteMs) * minuteMs);
}
