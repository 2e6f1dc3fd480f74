import type { Tx } from '#core/context';
import { newId } from '#core/ids';
import { rows } from '#db/rows';
import type { BallotRound, PlannedSlot, ReviewPromise, ReviewQuestion, ReviewSession, RoundCounts, SessionPlan } from '../model.ts';
import type { DrawRow } from '../store.ts';

// 这里的每个写入都改变状态；只有 ../advance.ts 可以引用本文件，它在同一口气里记下留痕。

/** 记一次方案预检 */
export async function insertSession(
  tx: Tx,
  session: Pick<ReviewSession, 'id' | 'number' | 'title' | 'state' | 'trial' | 'plan' | 'fileName' | 'blobId' | 'createdById'> & { createdAt: Date },
): Promise<void> {
  const { heldOn, startsAt, place } = session.plan;
  await rows(tx).reviewSession.create({ data: { ...session, plan: session.plan as unknown as object, heldOn, startsAt, place, confirmedBy: [] } });
}

/** 改场次 — false: somebody was faster. */
export async function moveSession(tx: Tx, { id, from, to, patch }: { id: string; from: string; to: string; patch: object }): Promise<boolean> {
  const { count } = await rows(tx).reviewSession.updateMany({ where: { id, state: from }, data: { state: to, ...patch } });
  return count === 1;
}

/** 改方案 — after it was locked only who watches may change. */
export async function putPlan(tx: Tx, { id, plan }: { id: string; plan: SessionPlan }): Promise<void> {
  await rows(tx).reviewSession.update({ where: { id }, data: { plan: plan as unknown as object } });
}

/** 登记单元和名册 @param people by telephone */
export async function insertSlotsAndVoters(
  tx: Tx,
  { sessionId, plan, people }: { sessionId: string; plan: SessionPlan; people: ReadonlyMap<string, { id: string }> },
): Promise<void> {
  await rows(tx).reviewSlot.createMany({
    data: plan.onStage.map((slot: PlannedSlot) => ({ id: newId(), sessionId, ...slot, position: 0, state: 'waiting' })),
  });
  await rows(tx).reviewVoter.createMany({
    data: plan.voters.map((voter, position) => ({
      id: newId(),
      sessionId,
      ...voter,
      personId: voter.mobile === null ? null : (people.get(voter.mobile)?.id ?? null),
      position,
    })),
  });
}

/** 记下述职人在名册上的那一行 */
export async function putPresenters(
  tx: Tx,
  { sessionId, found }: { sessionId: string; found: readonly { readonly slotId: string; readonly voterId: string }[] },
): Promise<void> {
  await rows(tx).reviewSlot.updateMany({ where: { sessionId }, data: { voterId: null } });
  for (const { slotId, voterId } of found) await rows(tx).reviewSlot.update({ where: { id: slotId }, data: { voterId } });
}

/** 记承诺 */
export async function insertDraw(tx: Tx, draw: Pick<DrawRow, 'id' | 'sessionId' | 'secret' | 'items' | 'commitment'>): Promise<void> {
  await rows(tx).draw.create({ data: { ...draw, items: [...draw.items], inputs: {}, state: 'committed', order: [] } });
}

/** 记一位监督员的数 — false: he has given one already, or the draw is open. The row stays locked until the commit. */
export async function putDrawInput(
  tx: Tx,
  { sessionId, observer, digits }: { sessionId: string; observer: string; digits: string },
): Promise<boolean> {
  const changed = await rows(tx).$executeRaw`
    UPDATE "Draw" SET inputs = inputs || jsonb_build_object(${observer}::text, ${digits}::text)
    WHERE "sessionId" = ${sessionId} AND state = 'committed' AND NOT inputs ? ${observer}`;
  return changed === 1;
}

/** 开签 — the order becomes the positions of the slots. */
export async function openDrawRow(
  tx: Tx,
  { sessionId, seed, order }: { sessionId: string; seed: string; order: readonly string[] },
): Promise<boolean> {
  const { count } = await rows(tx).draw.updateMany({ where: { sessionId, state: 'committed' }, data: { state: 'opened', seed, order: [...order] } });
  for (const [index, item] of order.entries()) {
    const unitCode = item.slice(0, item.indexOf(' '));
    await rows(tx).reviewSlot.updateMany({ where: { sessionId, unitCode }, data: { position: index + 1 } });
  }
  return count === 1;
}

/** 提出抽签作废 — false: it was asked for already, or is void. */
export async function askDrawVoid(tx: Tx, { id, askedBy, reason }: { id: string; askedBy: string; reason: string }): Promise<boolean> {
  const { count } = await rows(tx).draw.updateMany({
    where: { id, state: { not: 'voided' }, voidAskedBy: null },
    data: { voidAskedBy: askedBy, voidReason: reason },
  });
  return count === 1;
}

/** 抽签作废 — its commitment and its numbers stay; the slots have no order any more. false: it is void already. */
export async function voidDrawRow(tx: Tx, { id, sessionId }: { id: string; sessionId: string }): Promise<boolean> {
  const { count } = await rows(tx).draw.updateMany({
    where: { id, state: { not: 'voided' }, voidAskedBy: { not: null } },
    data: { state: 'voided' },
  });
  await rows(tx).reviewSlot.updateMany({ where: { sessionId }, data: { position: 0 } });
  return count === 1;
}

/** 改到会 — returns how many changed. */
export async function setPresent(tx: Tx, { ids, present }: { ids: readonly string[]; present: boolean }): Promise<number> {
  const { count } = await rows(tx).reviewVoter.updateMany({ where: { id: { in: [...ids] }, present: !present }, data: { present } });
  return count;
}

/** 改单元 — false: somebody was faster. */
export async function moveSlot(tx: Tx, { id, from, to, patch }: { id: string; from: string; to: string; patch: object }): Promise<boolean> {
  const { count } = await rows(tx).reviewSlot.updateMany({ where: { id, state: from }, data: { state: to, phase: { increment: 1 }, ...patch } });
  return count === 1;
}

/** 记提问 */
export async function insertQuestion(tx: Tx, question: ReviewQuestion & { queuedAt: Date }): Promise<void> {
  await rows(tx).reviewQuestion.create({ data: question });
}

/** 改提问 — false: somebody was faster. */
export async function moveQuestion(tx: Tx, { id, from, to, askedAt }: { id: string; from: string; to: string; askedAt: Date }): Promise<boolean> {
  const { count } = await rows(tx).reviewQuestion.updateMany({ where: { id, state: from }, data: { state: to, askedAt } });
  return count === 1;
}

/** 记承诺 */
export async function insertPromise(tx: Tx, promise: ReviewPromise & { recordedAt: Date }): Promise<void> {
  await rows(tx).reviewPromise.create({ data: promise });
}

/** 开一轮 */
export async function insertRound(
  tx: Tx,
  round: {
    id: string;
    sessionId: string;
    slotId: string;
    number: number;
    choices: readonly string[];
    closesAt: Date;
    roundKey: string | null;
    openingId: string | null;
    commentKey: string | null;
  },
): Promise<void> {
  await rows(tx).ballotRound.create({ data: { ...round, choices: [...round.choices], state: 'open' } });
}

/** 改轮次 — false: somebody was faster. While ballots are on their way into the box it waits for them. */
export async function moveRound(tx: Tx, { id, from, to, patch }: { id: string; from: string; to: string; patch: object }): Promise<boolean> {
  const { count } = await rows(tx).ballotRound.updateMany({ where: { id, state: from }, data: { state: to, ...patch } });
  return count === 1;
}

/** 记票数，和即时公布的结果 */
export async function putCounts(
  tx: Tx,
  { id, counts, shown }: { id: string; counts: readonly RoundCounts[]; shown: BallotRound['shown'] },
): Promise<void> {
  const data = { counts: counts.map((each) => ({ ...each })), ...(shown ? { shown: shown as unknown as object } : {}) };
  await rows(tx).ballotRound.update({ where: { id }, data });
}

/** 提出作废 — false: it was asked for already, or there is nothing to void. */
export async function askVoid(tx: Tx, { id, askedBy, reason }: { id: string; askedBy: string; reason: string }): Promise<boolean> {
  const { count } = await rows(tx).ballotRound.updateMany({
    where: { id, state: { not: 'voided' }, voidAskedBy: null },
    data: { voidAskedBy: askedBy, voidReason: reason },
  });
  return count === 1;
}

/** 记一位监督员确认票数 — false: he has confirmed already. */
export async function addConfirmation(tx: Tx, { id, name }: { id: string; name: string }): Promise<boolean> {
  const { count } = await rows(tx).reviewSession.updateMany({
    where: { id, state: 'tallied', NOT: { confirmedBy: { has: name } } },
    data: { confirmedBy: { push: name } },
  });
  return count === 1;
}

/** 试测清空 — nothing of the trial stays but its line in the trail. */
export async function deleteAllOf(tx: Tx, sessionId: string): Promise<void> {
  const db = rows(tx);
  const rounds = await db.ballotRound.findMany({ where: { sessionId }, select: { id: true, openingId: true } });
  const [roundIds, openingIds] = [rounds.map(({ id }) => id), rounds.flatMap(({ openingId }) => openingId ?? [])];
  await db.ballot.deleteMany({ where: { roundId: { in: roundIds } } });
  await db.ballotComment.deleteMany({ where: { roundId: { in: roundIds } } });
  await db.ballotMark.deleteMany({ where: { roundId: { in: roundIds } } });
  await db.ballotRound.deleteMany({ where: { sessionId } });
  await db.ballotKey.deleteMany({ where: { openingId: { in: openingIds } } });
  await db.ballotIssue.deleteMany({ where: { openingId: { in: openingIds } } });
  await db.ballotPass.deleteMany({ where: { sessionId } });
  await db.ballotSlip.deleteMany({ where: { sessionId } });
  await db.reviewLink.deleteMany({ where: { sessionId } });
  await db.draw.deleteMany({ where: { sessionId } });
  await db.reviewVoter.deleteMany({ where: { sessionId } });
  await db.reviewSlot.deleteMany({ where: { sessionId } });
}
