import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { findBearer, findKeys, findPublicKeys, insertPass, recordIssue } from '../ballots/blind/store.ts';
import { blindSign, requestHashOf, tokenHandle } from '../ballots/blind/tokens.ts';
import { type CastOutcome, castBlind, holdOpen } from '../ballots/box/store.ts';
import { putBlindComments } from '../ballots/comments/store.ts';
import { findSlip } from '../ballots/slips/store.ts';
import { assertMay } from '../roster/policy.ts';
import { ownUnit, type ReviewSession } from './model.ts';
import { getSession } from './setup.ts';
import { newKey, slipHash } from './slips.ts';
import { findRounds, findSlots, findVoter } from './store.ts';

// 可证明匿名模式。领票认人（名册记“领过”），投票不认人（只验签名）；两件事之间没有一个字相同：签名时看到的是遮住的票。

/** 持票人 — who asks for a ticket: a voter by the link of his card, or a guest by his slip. */
export interface Bearer {
  readonly holder: string;
  readonly sessionId: string;
  readonly voterClass: string;
  /** absent 没有签到或已离会 · void 票已作废 · spare 备用票还没有启用 */
  readonly standing: 'good' | 'absent' | 'void' | 'spare';
}

/** 发投票页的钥匙 — to a voter who is in the hall; good for the whole session. */
export async function grantPass(ctx: Context, sessionId: string): Promise<{ session: ReviewSession; key: string }> {
  const session = await getSession(ctx, sessionId);
  const voter = await findVoter(ctx.tx, { sessionId, personId: ctx.actor.personId });
  assertMay(ctx.actor, 'castBallot', { voter: voter?.personId ?? null });
  if (!voter?.present) throw new InvalidError('您还没有签到，请先签到再投票');
  const key = newKey();
  await insertPass(ctx.tx, { keyHash: slipHash(key), sessionId, voterId: voter.id });
  return { session, key };
}

/** 凭钥匙认持票人 @throws NotFoundError */
export async function bearerOf(ctx: Pick<Context, 'tx'>, key: string): Promise<Bearer> {
  const slip = await findSlip(ctx.tx, slipHash(key));
  if (slip)
    return { holder: slip.id, sessionId: slip.sessionId, voterClass: slip.voterClass, standing: slip.state === 'valid' ? 'good' : slip.state };
  const voter = await findBearer(ctx.tx, slipHash(key));
  if (!voter) throw new NotFoundError('认不出这个地址。请从自己的测评卡重新打开，或重新扫描票上的二维码。');
  return { holder: voter.voterId, sessionId: voter.sessionId, voterClass: voter.voterClass, standing: voter.present ? 'good' : 'absent' };
}

const refusals = {
  absent: '您还没有签到，请先签到再投票',
  void: '这张票已经作废，请换领一张新票',
  spare: '这是备用票，还没有启用。请现场工作人员办理换票',
} as const;

/** 领匿名票 — one blind signature a bearer and opening; the same request again gets the same answer, another one is refused. */
export async function issueTicket(
  ctx: Context,
  { key, openingId, blinded }: { key: string; openingId: string; blinded: string },
): Promise<{ readonly signature: string }> {
  const { holder, sessionId, voterClass, standing } = await bearerOf(ctx, key);
  if (standing !== 'good') throw new InvalidError(refusals[standing]);
  const open = (await holdOpen(ctx.tx, openingId)).filter((round) => round.sessionId === sessionId && round.closesAt > ctx.now);
  const rounds = new Set(open.map(({ id }) => id));
  const slots = await findSlots(ctx.tx, sessionId);
  const presented = slots.find((slot) => slot.voterId === holder);
  if (presented && (await findRounds(ctx.tx, sessionId)).some((round) => rounds.has(round.id) && round.slotId === presented.id))
    throw new InvalidError(ownUnit);
  const keys = open.length > 0 ? await findKeys(ctx.tx, { openingId, voterClass }) : null;
  if (!keys) throw new ConflictError('测评已关闭，不再发票');
  // 先签后记：签不出来的不算领过。
  const signature = blindSign(keys, blinded);
  const recorded = await recordIssue(ctx.tx, { openingId, holder, voterClass, requestHash: requestHashOf(blinded) });
  if (recorded === 'other') throw new ConflictError('这一轮的匿名票已在别的手机或浏览器里领过，请用那一个投票');
  return { signature };
}

/** 投匿名票 — nobody is asked who he is: the signature is the right to vote. */
export async function castTicket(
  ctx: Context,
  given: {
    readonly openingId: string;
    readonly voterClass: string;
    readonly token: string;
    readonly signature: string;
    /** by round; null: 弃权 */
    readonly choices: ReadonlyMap<string, string | null>;
    /** by round; kept only where the ballot was */
    readonly comments: ReadonlyMap<string, string>;
  },
): Promise<CastOutcome[]> {
  const { openingId, voterClass, token, signature, choices, comments } = given;
  const key = (await findPublicKeys(ctx.tx, openingId)).find((one) => one.voterClass === voterClass);
  if (!key) return [...choices].map(() => 'closed');
  const handle = tokenHandle(key.publicKey, { token, signature });
  if (handle === null) throw new InvalidError('这不是系统签发的匿名票，没有计入');
  const ballots = [...choices].map(([roundId, choice]) => ({ roundId, ballotId: newId(), choice }));
  const outcomes = await castBlind(ctx.tx, { openingId, voterClass, handle, ballots, now: ctx.now });
  const counted = ballots.flatMap(({ roundId }, index) => (outcomes[index] === 'cast' || outcomes[index] === 'changed' ? [roundId] : []));
  const written = counted.flatMap((roundId) => {
    const body = comments.get(roundId);
    return body === undefined ? [] : [{ roundId, commentId: newId(), body }];
  });
  if (written.length > 0) await putBlindComments(ctx.tx, { openingId, handle, comments: written });
  return outcomes;
}

/** 正在发票的一次开放 — null: nothing is open. */
export async function currentOpening(ctx: Pick<Context, 'tx' | 'now'>, sessionId: string) {
  const rounds = (await findRounds(ctx.tx, sessionId)).filter(({ state, closesAt }) => state === 'open' && closesAt > ctx.now);
  const openingId = rounds[0]?.openingId ?? null;
  if (openingId === null) return null;
  return { openingId, rounds, keys: await findPublicKeys(ctx.tx, openingId) };
}
