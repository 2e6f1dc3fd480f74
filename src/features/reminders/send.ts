import { reminderCard } from '#cards/reminders/reminder.card';
import { inParts } from '#core/breathe';
import type { Context } from '#core/context';
import { newId } from '#core/ids';
import { type Bundle, mergeByPerson } from '#domain/deadlines/merge';
import type { Sending } from '#domain/deadlines/run';
import { insertCards } from '#domain/deadlines/sends/store';
import { type Around, aroundOf, reminderKey, reminderProps } from './views.ts';

/** 发提醒 — one merged card for each person. @param urgedBy who chases by hand; null: the rules do */
export async function sendReminders(
  ctx: Context,
  sendings: readonly Sending[],
  { urgedBy, notBefore }: { urgedBy: string | null; notBefore?: Date },
): Promise<readonly Bundle[]> {
  const bundles = mergeByPerson(sendings);
  const around = await aroundOf(ctx, sendings);
  const cards = bundles.map((bundle) => ({ bundle, cardId: newId() }));
  await insertCards(
    ctx.tx,
    cards.map(({ cardId: id, bundle: { personId, lines } }) => ({
      id,
      personId,
      on: ctx.today,
      at: ctx.now,
      auto: urgedBy === null,
      byName: urgedBy ?? '系统',
      lines,
    })),
  );
  await inParts(cards, drawnAtOnce, (part) => queue(ctx, part, { around, urgedBy, notBefore }));
  return bundles;
}

/** 一口气画这么多张，再让一让：全区的一批有几千张 */
const drawnAtOnce = 25;

function queue(
  ctx: Context,
  cards: readonly { cardId: string; bundle: Bundle }[],
  { around, urgedBy, notBefore }: { around: Around; urgedBy: string | null; notBefore: Date | undefined },
): void {
  for (const { cardId, bundle } of cards) {
    const { openId, name: personName, lines: entries } = bundle;
    ctx.outbox.sendCard({
      to: { person: openId },
      cardKey: reminderKey(cardId),
      card: reminderCard(reminderProps(around, { cardId, personName, urgedBy, page: 0, entries })),
      dedupeKey: reminderKey(cardId),
      priority: 'reminder',
      ...(notBefore ? { notBefore } : {}),
    });
  }
}
