import { suggest } from '#cards/burden/actions';
import { type SuggestionProps, suggestionCard } from '#cards/burden/suggestion.card';
import { formatInstant } from '#cards/kit/format';
import { on, type Toast } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { administratorsDesk, chiefDesk, findDesk } from '#domain/roster/desk';
import { assertMay } from '#domain/roster/policy';

const wordsMax = 500;

/** 投诉建议 — with the words at once, or by the form. */
export const suggestion: Command = command({
  words: ['投诉建议', '意见建议', 'feedback'],
  summary: '对本系统、对重复填报的意见，直接转督查室主任',
  example: '投诉建议',
  handle: async (ctx, argument) => {
    assertMay(ctx.actor, 'suggest');
    if (argument === '') return { card: suggestionCard(props(ctx, 'asks', '')), privately: true };
    return { card: (await hand(ctx, argument)).card, privately: true };
  },
});

/** 提交意见 */
export const onSuggest = on(suggest, async (ctx, _payload, { words }) => {
  assertMay(ctx.actor, 'suggest');
  const { toast, card } = await hand(ctx, words);
  return { toast, card };
});

/** 转交 — without a chief on the platform it goes to the administrators; where they can't be reached either, the one who wrote it is told. */
async function hand(ctx: Context, given: string): Promise<{ toast: string | Toast; card: ReturnType<typeof suggestionCard> }> {
  const words = given.trim();
  if (words.length > wordsMax) throw new InvalidError(`意见不超过${wordsMax}字，请精简后再发`);
  const id = newId();
  ctx.audit.record({ subject: { type: 'suggestion', id }, event: 'suggest', detail: { words } });
  const card = suggestionCard(props(ctx, 'received', words));
  for (const desk of [chiefDesk, administratorsDesk]) {
    const { people } = await findDesk(ctx, desk);
    const accounts = new Set(people.flatMap(({ openId }) => (openId ? [openId] : [])));
    for (const openId of accounts) {
      const key = `suggestion:${id}`;
      ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: `${key}:${openId}`, priority: 'task' });
    }
    if (accounts.size > 0)
      return { toast: `已转${desk.title}`, card: suggestionCard({ ...props(ctx, 'sent', words), sentTo: `已转${desk.title}。` }) };
  }
  const { unheard } = await findDesk(ctx, chiefDesk);
  const sentTo = `已记下；${unheard ?? ''}`;
  return { toast: { type: 'warning', text: sentTo }, card: suggestionCard({ ...props(ctx, 'sent', words), sentTo: `${sentTo}。` }) };
}

function props(ctx: Context, state: SuggestionProps['state'], words: string): SuggestionProps {
  const version = Math.floor(ctx.now.getTime() / 1000) % 100_000;
  return { state, version, words, sentTo: '', by: ctx.actor.name, at: formatInstant(ctx.now, ctx.today) };
}
