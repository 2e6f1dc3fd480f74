import { z } from 'zod';
import { reminderCard } from '#cards/reminders/reminder.card';
import { inParts } from '#core/breathe';
import type { Context } from '#core/context';
import { newId } from '#core/ids';
import { defineJob } from '#core/job';
import { type Bundle, mergeByPerson } from '#domain/deadlines/merge';
import type { Sending } from '#domain/deadlines/run';
import { findReminderCards, insertCards, type ReminderEntry } from '#domain/deadlines/sends/store';
import { urgeInstant } from '#domain/deadlines/urge';
import { type Around, aroundOf, readAround, reminderKey, reminderProps } from './views.ts';

/** 发提醒 — one merged card for each person. @param urgedBy who chases by hand, held until the quiet hours are over; null: the rules do */
export async function sendReminders(ctx: Context, sendings: readonly Sending[], { urgedBy }: { urgedBy: string | null }): Promise<readonly Bundle[]> {
  const bundles = mergeByPerson(sendings);
  const cards = bundles.map((bundle) => ({ ...bundle, cardId: newId() }));
  await insertCards(
    ctx.tx,
    cards.map(({ cardId: id, personId, lines }) => ({
      id,
      personId,
      on: ctx.today,
      at: ctx.now,
      auto: urgedBy === null,
      byName: urgedBy ?? '系统',
      lines,
    })),
  );
  const until = urgedBy === null ? ctx.now : await urgeInstant(ctx);
  if (until > ctx.now) hold(ctx, { urgedBy, cards: cards.map(({ cardId, openId, name }) => ({ cardId, openId, name })) }, until);
  else await queue(ctx, await aroundOf(ctx, sendings), { urgedBy, cards });
  return bundles;
}

/** 一口气画这么多张，再让一让：全区的一批有几千张 */
const drawnAtOnce = 25;

async function queue(
  ctx: Context,
  around: Around,
  { urgedBy, cards }: Pick<Held, 'urgedBy'> & { readonly cards: readonly (Held['cards'][number] & { readonly lines: readonly ReminderEntry[] })[] },
): Promise<void> {
  await inParts(cards, drawnAtOnce, (part) => {
    for (const { cardId, openId, name: personName, lines: entries } of part) {
      ctx.outbox.sendCard({
        to: { person: openId },
        cardKey: reminderKey(cardId),
        card: reminderCard(reminderProps(around, { cardId, personName, urgedBy, page: 0, entries })),
        dedupeKey: reminderKey(cardId),
        priority: 'reminder',
      });
    }
  });
}

const heldShape = z.object({
  urgedBy: z.string().nullable(),
  cards: z.array(z.object({ cardId: z.string(), openId: z.string(), name: z.string() })),
});
type Held = z.infer<typeof heldShape>;

function hold(ctx: Context, held: Held, until: Date): void {
  const dedupeKey = `urge-held:${held.cards[0]?.cardId ?? ''}:${until.toISOString()}`;
  if (held.cards.length > 0) ctx.outbox.job(sendHeldJob, held, { dedupeKey, notBefore: until, priority: 'reminder' });
}

/** 放出押下的催办 — drawn as things stand then; has that day become a day off meanwhile (a typhoon), it waits for the next working day. */
export const sendHeldJob = defineJob<Held, null>({
  name: 'reminders.send-held',
  payload: heldShape,
  prepare: () => Promise.resolve(null),
  apply: async (ctx, held) => {
    const at = await urgeInstant(ctx);
    if (at > ctx.now) return hold(ctx, held, at);
    const stored = await findReminderCards(
      ctx.tx,
      held.cards.map(({ cardId }) => cardId),
    );
    const linesOf = new Map(stored.map(({ id, lines }) => [id, lines]));
    const around = await readAround(ctx, [...new Set(stored.flatMap(({ lines }) => lines.map(({ subjectId }) => subjectId)))]);
    await queue(ctx, around, { ...held, cards: held.cards.map((card) => ({ ...card, lines: linesOf.get(card.cardId) ?? [] })) });
  },
});
