import type { MovableClock } from '#core/clock';
import { instantAt, localDateOf } from '#core/dates';
import { withTransaction } from '#db/transaction';
import { loadCalendar } from '#domain/calendar/store';
import { addWorkingDays } from '#domain/calendar/working-days';
import type { Acts } from '#platform/emulator/act';
import type { EmulatorControls } from '#platform/emulator/controls';
import { recentEntries } from '#runtime/outbox/store';
import { type App, moveClockTo } from './app.ts';

/** 模拟平台的遥控 — what its page may ask of the product. */
export function createControls({
  app,
  clock,
  acts,
  cast = [],
}: {
  app: App;
  clock: Pick<MovableClock, 'now' | 'set'>;
  acts: Acts;
  cast?: readonly string[];
}): EmulatorControls {
  return {
    now: () => clock.now(),
    async moveClockTo(at) {
      await moveClockTo(app, clock, at);
      // 没有确认的事件，平台到点还会再送。
      await acts.runRetries(clock.now());
      await app.settled();
    },
    nextWorkingDay: async () => {
      const calendar = await withTransaction(app.database, loadCalendar);
      return instantAt(addWorkingDays(calendar, localDateOf(clock.now()), 1), '09:00');
    },
    outbox: async (limit) => {
      const entries = await withTransaction(app.database, (tx) => recentEntries(tx, limit));
      return entries.map(({ createdAt, ...entry }) => ({ ...entry, createdAt: createdAt.toISOString() }));
    },
    cast,
    cards: app.registry.contributions.features.flatMap(({ cards }) => cards),
  };
}
