import { shortDay } from '#cards/kit/due-line';
import { reminderLevel, term } from '#cards/kit/terms';
import { rehearsalCard } from '#cards/reminders/rehearsal.card';
import { type Command, command } from '#core/command';
import { localDateOf } from '#core/dates';
import { loadCalendar } from '#domain/calendar/store';
import { needsReply } from '#domain/deadlines/ladder-policy';
import { mergeByPerson } from '#domain/deadlines/merge';
import { rehearse } from '#domain/deadlines/run';
import { assertMay, may } from '#domain/roster/policy';
import { codeWriter } from '#domain/work-items/written-code';

const daysAhead = 10;

/** 预演 — what would be sent in the next ten working days, by the same rules that send it. */
export const rehearsal: Command = command({
  words: ['预演', 'rehearse'],
  summary: '预演今后十个工作日将发出的提醒和催办',
  example: '预演',
  visibleTo: (actor) => may(actor, 'urge'),
  handle: async (ctx) => {
    assertMay(ctx.actor, 'urge');
    const runs = await rehearse(ctx.tx, await loadCalendar(ctx.tx), { now: ctx.now, days: daysAhead });
    const codeOf = await codeWriter(
      ctx,
      runs.flatMap(({ sendings }) => sendings.flatMap(({ item }) => item ?? [])),
    );
    const dayOf = (at: Date): string => shortDay(localDateOf(at), ctx.today);
    const card = rehearsalCard({
      days: runs.map(({ at, sendings }) => {
        const count = (wanted: string): number => sendings.filter(({ level, kind }) => (level ?? kind) === wanted).length;
        return {
          day: dayOf(at),
          cards: mergeByPerson(sendings).length,
          soon: count('L0'),
          today: count('L1'),
          urges: count('L2'),
          secondUrges: count('L3'),
          orders: count('L4'),
          feedbacks: count('feedback'),
          receipts: count('receipt'),
        };
      }),
      urged: runs.flatMap(({ at, sendings }) =>
        sendings.flatMap(({ item, level, recipients }) =>
          item && level !== null && needsReply(level)
            ? [
                {
                  day: dayOf(at),
                  item: `${codeOf(item)} ${item.title}`,
                  level: term(reminderLevel, level),
                  to: recipients.map(({ name }) => name).join('、'),
                },
              ]
            : [],
        ),
      ),
    });
    return { card, privately: true };
  },
});
