import { createHash, randomBytes } from 'node:crypto';
import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { passIssues } from '../ballots/blind/store.ts';
import { passMarks } from '../ballots/box/store.ts';
import { passComments } from '../ballots/comments/store.ts';
import {
  activateSpare,
  askSlipVoid,
  findLink,
  findSlipBySerial,
  findSpare,
  insertLink,
  replaceSlips,
  type Slip,
  spendLink,
  voidSlip,
} from '../ballots/slips/store.ts';
import { assertMay } from '../roster/policy.ts';
import type { ReviewSession } from './model.ts';
import { askerOf, assertAnother, assertObserver } from './observers.ts';
import { takeSession } from './setup.ts';

const printMinutes = 15;
const screenHours = 48;
/** 能印票的几步 — before the start: whoever prints another batch makes the former worthless. */
export const printable: readonly string[] = ['locked', 'drawn', 'signIn'];

/** 票的指纹 — all that is kept of a token. */
export const slipHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** 新钥匙 — 128 bits; whoever has it has the right. */
export const newKey = (): string => randomBytes(16).toString('base64url');

/** 给一个打印的地址 — good once, for a quarter of an hour. */
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

/** 一张要印的票 */
export interface SlipToPrint {
  readonly token: string;
  readonly voterClass: string;
  readonly serial: number;
  readonly spare: boolean;
}

/**
 * 印票 — makes the tokens, keeps their fingerprints and hands the tokens out once, class by class; spares are a fifth of each class, two
 * at least. A spare is worth nothing until it takes the place of a void slip.
 */
export async function printSlips(ctx: Context, key: string): Promise<{ session: ReviewSession; slips: readonly SlipToPrint[] }> {
  const link = await findLink(ctx.tx, { key, kind: 'print', now: ctx.now });
  if (!link || !(await spendLink(ctx.tx, key))) throw new NotFoundError('这个打印地址已用过或已过期，请在主持台重新取一个');
  const session = await takeSession(ctx, link.sessionId);
  if (!printable.includes(session.state)) throw new ConflictError('已经开场，不能再换一批票');
  const slips = slipClasses(session).flatMap(({ name, guests }) => {
    const spares = Math.max(2, Math.ceil(guests / 5));
    return Array.from({ length: guests + spares }, (_, index) => ({ token: newKey(), voterClass: name, spare: index >= guests }));
  });
  const printed = slips.map(({ token, ...slip }) => ({ ...slip, tokenHash: slipHash(token) }));
  await replaceSlips(ctx.tx, { sessionId: session.id, slips: printed });
  ctx.audit.record({ subject: { type: 'reviewSession', id: session.id }, event: 'printSlips', detail: { slips: slips.length } });
  return { session, slips: slips.map((slip, index) => ({ ...slip, serial: index + 1 })) };
}

/** 用纸质票的类别 — in the order of the plan, with how many guests each has. */
export function slipClasses({ plan }: ReviewSession): { readonly name: string; readonly guests: number }[] {
  return plan.rules.classes.flatMap(({ name }) => {
    const guests = plan.voters.filter(({ channel, voterClass }) => channel === 'slip' && voterClass === name).length;
    return guests > 0 ? [{ name, guests }] : [];
  });
}

/** 提出换一张票 — by its serial; whoever held it gets a spare after an observer has agreed. */
export async function askSlipReplacement(
  ctx: Context,
  { sessionId, serial }: { sessionId: string; serial: number },
): Promise<{ session: ReviewSession; slip: Slip }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  const slip = await findSlipBySerial(ctx.tx, { sessionId, serial });
  if (!slip) throw new InvalidError(`没有${serial}号票`);
  if (slip.state === 'void') throw new InvalidError(`${serial}号票已经作废`);
  if (slip.state === 'spare') throw new InvalidError(`${serial}号是备用票，还没有发出。请写明要换下的那一张的票号`);
  if (!(await findSpare(ctx.tx, slip))) throw new InvalidError(`${slip.voterClass}的备用票已经用完，不能再换`);
  if (!(await askSlipVoid(ctx.tx, { id: slip.id, askedBy: askerOf(ctx.actor) }))) throw new InvalidError(`${serial}号票已提出作废，等监督员同意`);
  ctx.audit.record({ subject: { type: 'ballotSlip', id: slip.id }, event: 'askVoid', before: 'valid', detail: { serial }, ...right });
  return { session, slip };
}

/** 同意换票 — by another person. The spare carries on where the old slip stood: a round it has voted in stays voted in. */
export async function agreeSlipReplacement(
  ctx: Context,
  { sessionId, serial }: { sessionId: string; serial: number },
): Promise<{ session: ReviewSession; slip: Slip; spare: Slip }> {
  const right = assertMay(ctx.actor, 'observeReview');
  const session = await takeSession(ctx, sessionId);
  const slip = await findSlipBySerial(ctx.tx, { sessionId, serial });
  if (!slip?.voidAskedBy) throw new ConflictError();
  assertObserver(session.plan, ctx.actor);
  assertAnother(slip.voidAskedBy, ctx.actor);
  if (slip.state === 'void') throw new ConflictError('这张票已经作废');
  const spare = await findSpare(ctx.tx, slip);
  if (!spare) throw new ConflictError(`${slip.voterClass}的备用票已经用完，不能再换`);
  if (!(await voidSlip(ctx.tx, slip.id)) || !(await activateSpare(ctx.tx, spare.id))) throw new ConflictError('这张票已经作废');
  const change = { sessionId, from: slip.id, to: spare.id };
  await passMarks(ctx.tx, change);
  await passIssues(ctx.tx, change);
  await passComments(ctx.tx, change);
  const detail = { serial, spare: spare.serial };
  ctx.audit.record({ subject: { type: 'ballotSlip', id: slip.id }, event: 'void', before: 'valid', after: 'void', detail, ...right });
  return { session, slip, spare };
}
