import type { Context } from '#core/context';
import type { ReviewSession } from '#domain/review/model';
import { findLiveSessions } from '#domain/review/store';

const inTheHall = ['signIn', 'inSession', 'voted'];

/** 这一场结束了的说法 — a slip of a former session that is scanned in another hall must not say thanks and leave it at that. */
export async function endedWords(ctx: Pick<Context, 'tx'>, { id, number }: Pick<ReviewSession, 'id' | 'number'>): Promise<string> {
  const other = (await findLiveSessions(ctx.tx)).find((session) => session.id !== id && inTheHall.includes(session.state));
  if (!other) return '全部测评已结束，谢谢参加。';
  return `这张票是${number}的，那一场已经结束。${other.number}的票另发，请向现场工作人员领取。`;
}
