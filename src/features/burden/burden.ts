import { burdenCard } from '#cards/burden/burden.card';
import { type Command, command } from '#core/command';
import { addDays, instantAt } from '#core/dates';
import { countBurden, countOverCap, messagesPerDayMax } from '#domain/burden/store';
import { assertMay, may } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';

const days = 7;

/** 减负 — what was asked of the units in the last seven days. */
export const showBurden: Command = command({
  words: ['减负', '减负情况', 'burden'],
  summary: '近七天给各单位发了多少、要了几次填报',
  example: '减负',
  visibleTo: (actor) => may(actor, 'readBurden'),
  handle: async (ctx) => {
    assertMay(ctx.actor, 'readBurden');
    const first = addDays(ctx.today, 1 - days);
    const span = { from: instantAt(first), to: ctx.now };
    const names = new Map((await listUnits(ctx.tx)).map(({ code, shortName }) => [code, shortName]));
    const units = (await countBurden(ctx.tx, { ...span, today: ctx.today })).map(({ unitCode, ...counts }) => ({
      unitName: names.get(unitCode) ?? unitCode,
      ...counts,
    }));
    const overCap = await countOverCap(ctx.tx, { ...span, max: messagesPerDayMax });
    return { card: burdenCard({ from: first, to: ctx.today, units, overCap }), privately: true };
  },
});
