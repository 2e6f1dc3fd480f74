import type { Context } from '#core/context';
import { ConflictError } from '#core/errors';
import { countKept, findKept, findReleased, judge } from '../ballots/comments/store.ts';
import { assertMay } from '../roster/policy.ts';
import { recordJudgement } from './advance.ts';
import { validRound } from './counting.ts';
import type { BallotRound, ReviewSession, ReviewSlot } from './model.ts';
import { takeSession } from './setup.ts';
import { findRounds, findSlots } from './store.ts';

// 评语与票一样封存；计票之后由人逐条看过，认不出是谁写的才放行，只给本单位。作废的轮次、票数少的轮次，评语谁也不给看。

/** 一次看几条 */
const pageSize = 10;

/** 等审看的一页 @property left 这一家还有几条，这一页在内 */
export interface CommentPage {
  readonly slot: ReviewSlot;
  readonly roundId: string;
  readonly comments: readonly { readonly id: string; readonly body: string }[];
  readonly left: number;
  /** 全场还有几条 */
  readonly leftInAll: number;
}

/** 下一页等审看的评语 — null: there is none (any more). */
export async function nextComments(ctx: Context, session: ReviewSession): Promise<CommentPage | null> {
  if (!session.results) return null;
  const [slots, rounds] = [await findSlots(ctx.tx, session.id), await findRounds(ctx.tx, session.id)];
  const shown = slots.flatMap((slot) => {
    const round = validRound(rounds, slot.id);
    return round && isEnough(session, round) ? [{ slot, roundId: round.id }] : [];
  });
  const kept = await countKept(
    ctx.tx,
    shown.map(({ roundId }) => roundId),
  );
  const next = shown.find(({ roundId }) => kept.has(roundId));
  if (!next) return null;
  const leftInAll = [...kept.values()].reduce((all, one) => all + one, 0);
  return { ...next, comments: await findKept(ctx.tx, { roundId: next.roundId, limit: pageSize }), left: kept.get(next.roundId) ?? 0, leftInAll };
}

/** 票数够不够 — where single ballots are covered up, what was written with them is too. */
function isEnough({ plan }: ReviewSession, { counts }: BallotRound): boolean {
  return (counts ?? []).reduce((all, { used }) => all + used, 0) >= plan.rules.smallClass;
}

/** 审看评语 — those named are held back for good, the others of the page released. */
export async function judgeComments(
  ctx: Context,
  { session: { id }, roundId, ids, held }: { session: Pick<ReviewSession, 'id'>; roundId: string; ids: readonly string[]; held: readonly string[] },
): Promise<ReviewSession> {
  const right = assertMay(ctx.actor, 'releaseResults');
  const session = await takeSession(ctx, id);
  const round = (await findRounds(ctx.tx, id)).find((each) => each.id === roundId);
  if (!session.results || !round || validRound(await findRounds(ctx.tx, id), round.slotId)?.id !== roundId) throw new ConflictError();
  const released = await judge(ctx.tx, { roundId, ids: ids.filter((one) => !held.includes(one)), state: 'released' });
  const kept = await judge(ctx.tx, { roundId, ids: ids.filter((one) => held.includes(one)), state: 'held' });
  if (released + kept === 0) throw new ConflictError('这几条已有人审看过，请以最新卡片为准');
  recordJudgement(ctx, { roundId, released, held: kept, right });
  return session;
}

/** 已放行的评语 — of one unit's valid round, for that unit alone. */
export async function releasedComments(ctx: Pick<Context, 'tx'>, { id }: ReviewSession, slotId: string): Promise<string[]> {
  const round = validRound(await findRounds(ctx.tx, id), slotId);
  return round ? findReleased(ctx.tx, round.id) : [];
}
