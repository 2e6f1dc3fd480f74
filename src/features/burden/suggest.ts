import { suggest } from '#cards/burden/actions';
import { type SuggestionProps, suggestionCard } from '#cards/burden/suggestion.card';
import { formatInstant } from '#cards/kit/format';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { type Command, command, on } from '#core/feature';
import { newId } from '#core/ids';
import { assertMay } from '#domain/roster/policy';
import { findHolders } from '#domain/roster/store';

const wordsMax = 500;

/** 投诉建议 — with the words at once, or by the form. */
export const suggestion: Command = command({
  words: ['投诉建议', '意见建议', 'feedback'],
  summary: '对本系统、对重复填报的意见，直接转督查室主任',
  example: '投诉建议',
  handle: async (ctx, argument) => {
    assertMay(ctx.actor, 'suggest');
    if (argument === '') return { card: suggestionCard(props(ctx, 'asks', '')), privately: true };
    return { card: await hand(ctx, argument), privately: true };
  },
});

/** 提交意见 */
export const onSuggest = on(suggest, async (ctx, _payload, { words }) => {
  assertMay(ctx.actor, 'suggest');
  return { toast: '已转督查室主任', card: await hand(ctx, words) };
});

/** 转交 — without a chief on the platform it goes to the administrators: nobody's word is lost. */
async function hand(ctx: Context, given: string): Promise<ReturnType<typeof suggestionCard>> {
  const words = given.trim();
  if (words.length > wordsMax) throw new InvalidError(`意见不超过${wordsMax}字，请精简后再发`);
  const id = newId();
  ctx.audit.record({ subject: { type: 'suggestion', id }, event: 'suggest', detail: { words } });
  const card = suggestionCard(props(ctx, 'received', words));
  for (const role of ['chiefInspector', 'administrator'] as const) {
    const people = await findHolders(ctx.tx, { roles: [role] }, ctx.today);
    const accounts = new Set(people.flatMap(({ openId }) => (openId ? [openId] : [])));
    for (const openId of accounts) {
      const key = `suggestion:${id}`;
      ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: `${key}:${openId}`, priority: 'task' });
    }
    if (accounts.size > 0) break;
  }
  return suggestionCard(props(ctx, 'sent', words));
}

function props(ctx: Context, state: SuggestionProps['state'], words: string): SuggestionProps {
  const version = Math.floor(ctx.now.getTime() / 1000) % 100_000;
  return { state, version, words, by: ctx.actor.name, at: formatInstant(ctx.now, ctx.today) };
}
