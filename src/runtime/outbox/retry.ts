import { randomFraction } from '#core/chance';
import { PlatformError } from '#platform/errors';
import type { ClaimedEntry } from './claims/store.ts';

/** 平台按 uuid 防重只有一小时（contract 4.2）；试过的发送过了这个点，先查有没有送到，再发。 */
export const uuidLifeMs = 55 * 60 * 1000;
const retryMsMax = 60_000;
const attemptsMaxOther = 5;
/** 平台不在时，至多隔这么久看一次：它回来之后一分钟之内都试过 */
const absentMsMax = 40_000;
/** 认领时才起算的，是这一次起算的 */
const justNowMs = 1_000;
/** 这里认不得的，先快快地试几次：旁边若有认得的，一两秒就轮到它；试过几次才隔得久 */
const quickTurns = 3;

export interface End {
  readonly state: 'dead' | 'pending' | 'sent';
  readonly error: string;
  readonly retryInMs?: number;
  readonly refundAttempt?: boolean;
  /** nothing has reached the platform yet: the hour of the uuid has not begun */
  readonly untried?: boolean;
}

/** 结果不明 — a send was tried more than an hour ago, and whether it arrived can't be found out: better seen by somebody than sent twice. */
export class OutcomeUnknown extends Error {
  constructor(why: string) {
    super(`发送结果不明，已停止重试：${why}`);
    this.name = 'OutcomeUnknown';
  }
}

/** 这里认不得 — a row that a newer version wrote, which may be running beside this one or have been taken back: it waits for that version. */
export class NotKnownHere extends Error {
  constructor(what: string) {
    super(`${what} is not known here: a newer version wrote it`);
    this.name = 'NotKnownHere';
  }
}

/** 这次尝试的结局 — by the kind of the platform's error; anything that is not the platform's is a bug of ours and is tried a few times. */
export function endOf(entry: Pick<ClaimedEntry, 'attempts' | 'tryingMs'>, error: unknown): End {
  const message = error instanceof Error ? error.message : String(error);
  const retryInMs = Math.min(retryMsMax, 250 * 2 ** Math.min(entry.attempts, 10)) * (0.75 + randomFraction() / 2);
  if (error instanceof OutcomeUnknown) return { state: 'dead', error: message };
  if (error instanceof NotKnownHere) {
    const slow = entry.attempts > quickTurns;
    const untried = entry.tryingMs < justNowMs;
    // 没有真试过：次数还给它，换回认得它的版本，照样能试那么多次。
    return { state: 'pending', error: message, retryInMs: slow ? retryMsMax : retryInMs, refundAttempt: slow, untried };
  }
  if (!(error instanceof PlatformError)) {
    return entry.attempts >= attemptsMaxOther ? { state: 'dead', error: message } : { state: 'pending', error: message, retryInMs };
  }
  switch (error.kind) {
    case 'rate-limited':
      return { state: 'pending', error: message, retryInMs: (error.retryAfterMs ?? 1_000) + randomFraction() * 200, refundAttempt: true };
    case 'unauthorized':
      return { state: 'pending', error: message, retryInMs: retryMsMax };
    case 'unknown':
      // 根本没有到平台的，停多久都可以再发；先前若有结果不明的一次，那一次起算的照旧。
      if (!error.reached)
        return { state: 'pending', error: message, retryInMs: Math.min(retryInMs, absentMsMax), untried: entry.tryingMs < justNowMs };
      return { state: 'pending', error: message, retryInMs };
    case 'gone':
    case 'unreachable':
    case 'rejected':
      return { state: 'dead', error: error.reason === null ? message : `${error.reason}（${message}）` };
  }
}
