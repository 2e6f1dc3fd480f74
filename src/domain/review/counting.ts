import { randomBytes } from 'node:crypto';
import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import { type BallotLine, ballotsFile } from '../ballots/ballots-file.ts';
import { openBox } from '../ballots/box/store.ts';
import { compositeOf } from '../ballots/composite.ts';
import { countFaults } from '../ballots/counts.ts';
import { coveredClasses, disclose, isTooFew, type ShownTally } from '../ballots/disclose.ts';
import type { Ballot, TallyRules } from '../ballots/model.ts';
import { rank, type SlotTally, tally } from '../ballots/tally.ts';
import { saveBlob } from '../blobs/store.ts';
import { assertMay } from '../roster/policy.ts';
import { advanceSession, confirmCounts as confirm } from './advance.ts';
import { type BallotRound, type ReleaseLevel, type ReviewSession, type ReviewSlot, releaseLevels, type SlotResult } from './model.ts';
import { assertObserver, namesOfSeat } from './observers.ts';
import { takeSession } from './setup.ts';
import { findRounds, findSlots } from './store.ts';

/** 算数的一轮 — the newest of a slot that was closed and not voided. */
export function validRound(rounds: readonly BallotRound[], slotId: string): BallotRound | null {
  return rounds.findLast((round) => round.slotId === slotId && round.state === 'closed') ?? null;
}

/** 分出封存的票 — of a unit the classes that are covered on the cards; all the others are in the file for everybody. */
export function partBallots(
  results: readonly Pick<SlotResult, 'unitCode' | 'shown'>[],
  ballots: readonly BallotLine[],
): { readonly open: readonly BallotLine[]; readonly sealed: readonly BallotLine[] } {
  const covered = results.flatMap(({ unitCode, shown }) => coveredClasses(shown).map(({ voterClass }) => ({ unitCode, voterClass })));
  const isCovered = (line: BallotLine): boolean => covered.some((each) => each.unitCode === line.unitCode && each.voterClass === line.voterClass);
  return { open: ballots.filter((line) => !isCovered(line)), sealed: ballots.filter(isCovered) };
}

/**
 * 有的票为什么封存 — what is covered on the cards would stand in the file ballot by ballot. Null: nothing is covered.
 * @returns small: the classes with too few valid ballots; none: somewhere a whole class voted alike, and it isn't said which
 */
export function whySealed({ results, plan }: Pick<ReviewSession, 'results' | 'plan'>): { readonly small: readonly string[] } | null {
  const covered = (results ?? []).flatMap(({ shown }) => coveredClasses(shown));
  if (covered.length === 0) return null;
  const small = covered.filter(isTooFew).map(({ voterClass }) => voterClass);
  return { small: plan.rules.classes.map(({ name }) => name).filter((name) => small.includes(name)) };
}

/** 计票 — opens every box once: what may be shown is kept, and the ballots as a file with its fingerprint. */
export async function tallySession(
  ctx: Context,
  sessionId: string,
): Promise<{ session: ReviewSession; file: { readonly blobId: string; readonly sha256: string } }> {
  const right = assertMay(ctx.actor, 'runReview');
  const session = await takeSession(ctx, sessionId);
  if (session.state === 'tallied') throw new ConflictError('已计票，无需重复计票');
  const { rules } = session.plan;
  const [slots, rounds] = [(await findSlots(ctx.tx, sessionId)).filter(({ state }) => state !== 'absent'), await findRounds(ctx.tx, sessionId)];
  const counted = [];
  const lines: BallotLine[] = [];
  for (const slot of slots) {
    const round = validRound(rounds, slot.id);
    if (!round) throw new ConflictError(`${slot.unitName}还没有测评`);
    const faults = countFaults(round.counts ?? []);
    if (faults.length > 0) throw new ConflictError(`${slot.unitName}票数异常：${faults.join('；')}，不能计票`);
    const ballots = await openBox(ctx.tx, round.id);
    const own = tallySlot(rules, slot, ballots);
    assertAsSealed(slot, round, own.vote);
    lines.push(...ballots.map((ballot) => ({ unitCode: slot.unitCode, unitName: slot.unitName, ...ballot })));
    counted.push({ slot, round, ...own });
  }
  const results = rank(counted, rules.smallClass).map(
    ({ slot, round, vote, tally: own, rank: place }): SlotResult => ({
      ...{ slotId: slot.id, unitCode: slot.unitCode, unitName: slot.unitName, presenter: slot.presenter },
      ...{ rank: place, round: round.number },
      shown: disclose(own, rules.smallClass),
      ...taskPartOf(rules.taskWeight, slot, disclose(vote, rules.smallClass).total),
    }),
  );
  const { open, sealed } = partBallots(results, lines);
  const secret = sealed.length === 0 ? null : { salt: randomBytes(16).toString('hex'), ballots: sealed };
  const { bytes, sha256, kept } = ballotsFile(session.number, open, secret);
  const blobId = await saveBlob(ctx.tx, bytes, ctx.now);
  // 封存的接在后面，只留在库里。
  const ballotsBlobId = secret === null ? blobId : await saveBlob(ctx.tx, Buffer.concat([bytes, kept]), ctx.now);
  const patch = { results, ballotsHash: sha256, ballotsBlobId };
  const tallied = await advanceSession(ctx, session, { event: 'tally', patch, right, detail: { ballots: lines.length, sha256 } });
  return { session: tallied, file: { blobId, sha256 } };
}

/** 核票箱 — class by class it holds what was counted when it was sealed; if not, somebody was at it, and nothing is published of it. */
function assertAsSealed({ unitName }: ReviewSlot, { counts }: BallotRound, { classes }: SlotTally): void {
  for (const { voterClass, used, abstained } of counts ?? []) {
    const found = classes.find((each) => each.voterClass === voterClass) ?? { valid: 0, abstained: 0, invalid: 0 };
    const now = found.valid + found.abstained + found.invalid;
    if (now !== used || found.abstained !== abstained)
      throw new ConflictError(
        `${unitName}的票箱变了：${voterClass}关闭时${used}票，现在${now}票${now === used ? '，弃权的张数不同' : ''}，不能计票。请系统管理员查明，再作废重测。`,
      );
  }
}

/** 一家的票 — by themselves, and with its task results where these count. */
function tallySlot(rules: TallyRules, { yearResult }: ReviewSlot, ballots: readonly Ballot[]): { vote: SlotTally; tally: SlotTally } {
  const vote = tally(rules, ballots);
  return { vote, tally: { ...vote, total: compositeOf(vote.total, yearResult, rules.taskWeight) } };
}

/** 即时公布的一家 — what may be shown of it as soon as its box is sealed; the ranks wait for the tally as ever. */
export async function showAtOnce(
  ctx: Pick<Context, 'tx'>,
  { plan: { rules } }: ReviewSession,
  slot: ReviewSlot,
  roundId: string,
): Promise<ShownTally> {
  return disclose(tallySlot(rules, slot, await openBox(ctx.tx, roundId)).tally, rules.smallClass);
}

/** 任务成绩另列 — beside the composite stand the two numbers that it is made of. */
function taskPartOf(weight: string | undefined, { yearResult }: ReviewSlot, vote: string | null): Pick<SlotResult, 'task'> {
  if (weight === undefined || yearResult === null) return {};
  return { task: { vote, onTime: yearResult.onTime, due: yearResult.due } };
}

/** 确认票数 — each observer of the session, once. */
export async function confirmCounts(ctx: Context, sessionId: string): Promise<ReviewSession> {
  const right = assertMay(ctx.actor, 'observeReview');
  const session = await takeSession(ctx, sessionId);
  const name = assertObserver(session.plan, ctx.actor);
  if (session.state !== 'tallied') throw new ConflictError(session.results ? '结果已经放行' : '还没有计票');
  return confirm(ctx, session, { name, right });
}

/** 全部监督员都确认了 */
export const allConfirmed = ({ plan, confirmedBy }: ReviewSession): boolean =>
  plan.observers.every((_name, seat) => namesOfSeat(plan, seat).some((name) => confirmedBy.includes(name)));

/** 下一级 — null: everything is released. */
export function nextLevel(released: ReleaseLevel): Exclude<ReleaseLevel, 'none'> | null {
  return (releaseLevels[releaseLevels.indexOf(released) + 1] ?? null) as Exclude<ReleaseLevel, 'none'> | null;
}

/** 放行 — one level after the other, and only after all observers have confirmed the counts. */
export async function releaseResults(ctx: Context, { sessionId, level }: { sessionId: string; level: ReleaseLevel }): Promise<ReviewSession> {
  const right = assertMay(ctx.actor, 'releaseResults');
  const session = await takeSession(ctx, sessionId);
  if (!allConfirmed(session)) throw new InvalidError('监督员还没有全部确认票数，不能放行');
  if (nextLevel(session.released) !== level) throw new ConflictError('这一级已经放行，请以最新卡片为准');
  return advanceSession(ctx, session, { event: 'release', patch: { released: level }, right, detail: { level } });
}
