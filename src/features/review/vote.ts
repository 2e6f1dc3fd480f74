import type { Card } from '#cards/kit/card';
import { castBallot, castForm } from '#cards/review/actions';
import { ballotCard } from '#cards/review/ballot.card';
import { type ActionReply, on } from '#core/click';
import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { type CastOutcome, cast, type RoundView, viewRound } from '#domain/ballots/box/store';
import { ownUnit } from '#domain/review/model';
import { assertMay } from '#domain/roster/policy';
import { clockOf } from './views.ts';

// 这里不留下任何东西：没有留痕，没有发件，没有日志。成批的动作里只用成批语句，答复的卡片就在答复里。

/** 投票 */
export const onCastBallot = on(castBallot, async (ctx, { sessionId, roundId, choice }) => {
  const [outcome, view] = await Promise.all([put(ctx, roundId, choice ?? null), viewRound(ctx.tx, roundId)]);
  return answer(ctx, { sessionId, outcomes: [outcome], views: [view] });
});

/** 投票单 — all of its rounds in the same batch. */
export const onCastForm = on(castForm, async (ctx, { sessionId, rounds }, form) => {
  const views = await Promise.all(rounds.map((roundId) => viewRound(ctx.tx, roundId)));
  const choices = views.map((view, index) => choiceOf(view, (form as Record<string, string | undefined>)[`s${index + 1}`]));
  const outcomes = await Promise.all(rounds.map((roundId, index) => put(ctx, roundId, choices[index] ?? null)));
  return answer(ctx, { sessionId, outcomes, views });
});

function put(ctx: Context, roundId: string, choice: string | null): Promise<CastOutcome> {
  return cast(ctx.tx, { roundId, personId: ctx.actor.personId, tokenHash: null, ballotId: newId(), choice, now: ctx.now });
}

/** 单子上所填 — the place of a grade in the list, or a score. @throws InvalidError curable in the form */
function choiceOf(view: RoundView | null, typed: string | undefined): string | null {
  if (view === null || typed === undefined) return null;
  if (view.method === 'grades') return view.choices[Number(typed) - 1] ?? refuseChoice(view);
  const score = typed.normalize('NFKC').trim();
  return view.choices.includes(score) ? score : refuseChoice(view);
}

function refuseChoice({ unitName, method }: RoundView): never {
  throw new InvalidError(method === 'scores' ? `${unitName}的分数应为0到100的整数` : `${unitName}的等次看不懂，请重新选择`);
}

function answer(
  ctx: Context,
  { sessionId, outcomes, views }: { sessionId: string; outcomes: readonly CastOutcome[]; views: readonly (RoundView | null)[] },
): ActionReply {
  if (outcomes.includes('stranger')) assertMay(ctx.actor, 'castBallot', { voter: null });
  if (outcomes.includes('absent')) throw new InvalidError('您还没有签到，请先签到再投票');
  if (outcomes.includes('elsewhere')) throw new ConflictError('这一场用可证明匿名模式，请在您的匿名投票页投票');
  if (outcomes.includes('unknown')) throw new ConflictError('没有这个等次，请以最新卡片为准');
  if (outcomes.every((outcome) => outcome === 'own')) throw new ConflictError(ownUnit);
  const [view] = views;
  if (!view || outcomes.every((outcome) => outcome === 'closed' || outcome === 'own')) throw new InvalidError('测评已关闭，这一票没有计入');
  const card = castCard(sessionId, [view, ...views.slice(1)]);
  if (outcomes.includes('closed')) return { toast: { type: 'warning', text: '其中有的已经关闭，没有计入' }, card };
  if (outcomes.every((outcome) => outcome === 'already' || outcome === 'own'))
    return { toast: { type: 'info', text: '您已投票，以第一次为准' }, card };
  const toast = outcomes.includes('changed') ? '已改投，以这一次为准' : '已投票';
  return { toast: outcomes.includes('own') ? `${toast}；您自己述职的一家由别人测评` : toast, card };
}

/** 同一轮的人看到的是同一张：批里读出的同一轮只有一份，照它只做一次。 */
const cardOfRound = new WeakMap<RoundView, Card>();

/** 已投票的卡片 @param said 评语也送过了 */
export function castCard(sessionId: string, views: readonly [RoundView, ...(RoundView | null)[]], said = false): Card {
  const [first] = views;
  const known = views.length === 1 && !said ? cardOfRound.get(first) : undefined;
  if (known) return known;
  const units = views.flatMap((each) =>
    each ? [{ roundId: each.roundId, name: each.unitName, presenter: each.presenter, position: each.position }] : [],
  );
  const card = ballotCard({
    sessionId,
    number: first.number,
    title: first.title,
    phase: 'cast',
    where: '',
    units,
    total: first.total,
    round: first.round,
    closesAt: clockOf(first.closesAt),
    grades: first.method === 'grades' ? first.choices : [],
    press: first.press,
    secrecy: 'simple',
    comments: said ? 'said' : first.comments ? 'asked' : 'none',
  });
  if (views.length === 1 && !said) cardOfRound.set(first, card);
  return card;
}
