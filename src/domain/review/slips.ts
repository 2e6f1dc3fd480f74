import { createHash, randomBytes } from 'node:crypto';
import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { askSlipVoid, findLink, findSlipBySerial, insertLink, replaceSlips, type Slip, spendLink, voidSlip } from '../ballots/slips/store.ts';
import { assertMay } from '../roster/policy.ts';
import type { ReviewSession } from './model.ts';
import { getSession, takeSession } from './setup.ts';

const printMinutes = 30;
const screenHours = 48;
/** 开场之后换一批票，先前的票就不作数了：只许在开场之前 */
const printable = ['locked', 'drawn', 'signIn'];

/** 票的指纹 — all that is kept of a token. */
export const slipHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** 新钥匙 — 128 bits; whoever has it has the right. */
export const newKey = (): string => randomBytes(16).toString('base64url');

/** 给一个打印的地址 — good once, for half an hour. */
export async function grantPrinting(ctx: Context, sessionId: string): Promise<{ session: ReviewSession; key: string }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  if (!printable.includes(session.state)) throw new ConflictError('纸质票在锁定名册之后、开场之前打印');
  if (!session.plan.voters.some(({ channel }) => channel === 'slip')) throw new InvalidError('方案里没有用纸质票的测评人');
  const key = newKey();
  await insertLink(ctx.tx, { key, sessionId, kind: 'print', validUntil: new Date(ctx.now.getTime() + printMinutes * 60_000) });
  ctx.audit.record({ subject: { type: 'reviewSession', id: sessionId }, event: 'grantPrinting', ...right });
  return { session, key };
}

/** 给一个大屏的地址 */
export async function grantScreen(ctx: Context, sessionId: string): Promise<{ session: ReviewSession; key: string }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const key = newKey();
  await insertLink(ctx.tx, { key, sessionId, kind: 'screen', validUntil: new Date(ctx.now.getTime() + screenHours * 3_600_000) });
  ctx.audit.record({ subject: { type: 'reviewSession', id: sessionId }, event: 'grantScreen', ...right });
  return { session, key };
}

/** 印票 — makes the tokens, keeps their fingerprints and hands the tokens out once; spares are a fifth, two at least. */
export async function printSlips(
  ctx: Context,
  key: string,
): Promise<{ session: ReviewSession; voterClass: string; tokens: readonly string[]; spare: number }> {
  const link = await findLink(ctx.tx, { key, kind: 'print', now: ctx.now });
  if (!link || !(await spendLink(ctx.tx, key))) throw new NotFoundError('这个打印地址已用过或已过期，请在主持台重新取一个');
  const session = await takeSession(ctx, link.sessionId);
  if (!printable.includes(session.state)) throw new ConflictError('已经开场，不能再换一批票');
  const guests = session.plan.voters.filter(({ channel }) => channel === 'slip');
  const spare = Math.max(2, Math.ceil(guests.length / 5));
  const tokens = Array.from({ length: guests.length + spare }, newKey);
  const voterClass = guests[0]?.voterClass ?? '';
  await replaceSlips(ctx.tx, { sessionId: session.id, voterClass, hashes: tokens.map(slipHash) });
  ctx.audit.record({ subject: { type: 'reviewSession', id: session.id }, event: 'printSlips', detail: { voterClass, slips: tokens.length } });
  return { session, voterClass, tokens, spare };
}

/** 提出作废一张票 — by its serial; whoever held it gets a spare after an observer has agreed. */
export async function askSlipReplacement(
  ctx: Context,
  { sessionId, serial }: { sessionId: string; serial: number },
): Promise<{ session: ReviewSession; slip: Slip }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const slip = await findSlipBySerial(ctx.tx, { sessionId, serial });
  if (!slip) throw new InvalidError(`没有${serial}号票`);
  if (slip.state === 'void') throw new InvalidError(`${serial}号票已经作废`);
  if (!(await askSlipVoid(ctx.tx, { id: slip.id, askedBy: ctx.actor.name }))) throw new InvalidError(`${serial}号票已提出作废，等监督员同意`);
  ctx.audit.record({ subject: { type: 'ballotSlip', id: slip.id }, event: 'askVoid', before: 'valid', detail: { serial }, ...right });
  return { session, slip };
}

/** 同意作废一张票 — by another person; what it has voted already stays, so that the counts stay equal. */
export async function agreeSlipReplacement(
  ctx: Context,
  { sessionId, serial }: { sessionId: string; serial: number },
): Promise<{ session: ReviewSession; slip: Slip }> {
  const right = assertMay(ctx.actor, 'observeReview');
  const session = await getSession(ctx, sessionId);
  const slip = await findSlipBySerial(ctx.tx, { sessionId, serial });
  if (!slip?.voidAskedBy) throw new ConflictError();
  if (!session.plan.observers.includes(ctx.actor.name)) throw new InvalidError('您不是这一场的监督员');
  if (slip.voidAskedBy === ctx.actor.name) throw new InvalidError('提出的人不能自己同意，须另一位监督员同意');
  if (!(await voidSlip(ctx.tx, slip.id))) throw new ConflictError('这张票已经作废');
  ctx.audit.record({ subject: { type: 'ballotSlip', id: slip.id }, event: 'void', before: 'valid', after: 'void', detail: { serial }, ...right });
  return { session, slip };
}
