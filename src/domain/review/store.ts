import type { Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import { rows } from '#db/rows';
import type { BallotRound, ReviewPromise, ReviewQuestion, ReviewSession, ReviewSlot, ReviewVoter } from './model.ts';
import type { RollSource } from './plan-form.ts';

const gone = ['checked', 'replaced', 'wiped', 'archived'];

/** 找场次 */
export async function findSession(tx: Tx, id: string): Promise<ReviewSession | null> {
  return (await rows(tx).reviewSession.findUnique({ where: { id } })) as unknown as ReviewSession | null;
}

/** 人在会场里的几步 */
const inTheHall = ['signIn', 'inSession', 'voted', 'tallied'];
/** 先是正在开的，正式的在试测之前；其余的新的在前 */
const orderOf = ({ state, trial }: ReviewSession): number => (!inTheHall.includes(state) ? 2 : trial ? 1 : 0);

/**
 * 进行中的场次 — confirmed and not yet put on file. What is said in the hall is about the session that is being held: a trial that was
 * left behind, or the next one's plan, comes after it.
 */
export async function findLiveSessions(tx: Tx): Promise<ReviewSession[]> {
  const found = await rows(tx).reviewSession.findMany({ where: { state: { notIn: gone } }, orderBy: { createdAt: 'desc' } });
  return (found as unknown as ReviewSession[]).sort((left, right) => orderOf(left) - orderOf(right));
}

/**
 * 还问得到的场次 — what was published may be asked for again: those that are live, and as long as none of them has a result, those on
 * file, the newest first. With a number, the one that has it, on file or not.
 */
export async function findSessionsInReach(tx: Tx, number = ''): Promise<ReviewSession[]> {
  const live = await findLiveSessions(tx);
  const where = { state: 'archived' };
  const onFile = (await rows(tx).reviewSession.findMany({ where, orderBy: { createdAt: 'desc' } })) as unknown as ReviewSession[];
  if (number !== '') return [...live, ...onFile].filter((session) => session.number.toUpperCase() === number.toUpperCase());
  return live.some(({ results }) => results !== null) ? live : [...live, ...onFile];
}

/** 最近的一场 — confirmed once, whatever became of it: the next one may be made like it. */
export async function findLastSession(tx: Tx): Promise<ReviewSession | null> {
  const where = { state: { notIn: ['checked', 'replaced'] } };
  return (await rows(tx).reviewSession.findFirst({ where, orderBy: { createdAt: 'desc' } })) as unknown as ReviewSession | null;
}

/** 用着这个编号的场次 */
export async function findSessionsByNumber(tx: Tx, number: string): Promise<ReviewSession[]> {
  return (await rows(tx).reviewSession.findMany({
    where: { number, state: { notIn: ['checked', 'replaced', 'wiped'] } },
  })) as unknown as ReviewSession[];
}

/** 占住场次 — the console's clicks follow one another. */
export async function lockSession(tx: Tx, id: string): Promise<void> {
  await rows(tx).$queryRaw`SELECT id FROM "ReviewSession" WHERE id = ${id} FOR UPDATE`;
}

/** 全部单元 — in the order of the draw; before it, by unit code. */
export async function findSlots(tx: Tx, sessionId: string): Promise<ReviewSlot[]> {
  return (await rows(tx).reviewSlot.findMany({
    where: { sessionId },
    orderBy: [{ position: 'asc' }, { unitCode: 'asc' }],
  })) as unknown as ReviewSlot[];
}

/** 名册 — in the order of the sheet. */
export async function findVoters(tx: Tx, sessionId: string): Promise<ReviewVoter[]> {
  return (await rows(tx).reviewVoter.findMany({ where: { sessionId }, orderBy: { position: 'asc' } })) as unknown as ReviewVoter[];
}

/** 名册上的某人 */
export async function findVoter(tx: Tx, { sessionId, personId }: { sessionId: string; personId: string | null }): Promise<ReviewVoter | null> {
  if (personId === null) return null;
  return (await rows(tx).reviewVoter.findUnique({ where: { sessionId_personId: { sessionId, personId } } })) as unknown as ReviewVoter | null;
}

/** 用卡片的测评人的账号 — with whether they are in the hall. */
export async function findCardAccounts(tx: Tx, sessionId: string): Promise<{ voterId: string; openId: string; present: boolean; name: string }[]> {
  return rows(tx).$queryRaw`
    SELECT v.id AS "voterId", p."openId", v.present, v.name FROM "ReviewVoter" v JOIN "Person" p ON p.id = v."personId" AND p.active AND p."openId" IS NOT NULL
    WHERE v."sessionId" = ${sessionId} AND v.channel = 'card' ORDER BY v.position`;
}

/** 花名册里办一场用得着的人 — by unit, then by post. */
export async function findRollSource(tx: Tx, today: LocalDate): Promise<RollSource[]> {
  const roles = ['principalLeader', 'leaderInCharge', 'voter', 'observer', 'unitHead'];
  return rows(tx).$queryRaw`
    SELECT p.id AS "personId", p.name, p.mobile, post.role, post.title, post."unitCode", u.name AS "unitName"
    FROM "Post" post JOIN "PostHolding" h ON h."postId" = post.id AND h."fromOn" <= ${today} AND (h."toOn" IS NULL OR h."toOn" >= ${today})
    JOIN "Person" p ON p.id = h."personId" AND p.active LEFT JOIN "Unit" u ON u.code = post."unitCode" AND u.active
    WHERE post.role = ANY(${roles}::text[]) AND (post."unitCode" IS NULL OR u.code IS NOT NULL)
    ORDER BY array_position(${roles}::text[], post.role), u.position NULLS FIRST, post.position, p.name`;
}

/** 上次的承诺 — what the unit promised at the last session before this one, trials aside; what was recorded by mistake has been cancelled. */
export async function findFormerPromises(
  tx: Tx,
  { sessionId, unitCode }: { sessionId: string; unitCode: string },
): Promise<{ status: string; dueOn: string }[]> {
  return rows(tx).$queryRaw`
    SELECT i.status, i."dueOn" FROM "ReviewPromise" p
    JOIN "ReviewSlot" s ON s.id = p."slotId" AND s."unitCode" = ${unitCode} JOIN "WorkItem" i ON i.id = p."itemId" AND i.status <> 'cancelled'
    WHERE s."sessionId" = (
      SELECT e.id FROM "ReviewSession" e JOIN "ReviewSlot" o ON o."sessionId" = e.id AND o."unitCode" = ${unitCode} AND o.state <> 'absent'
      WHERE NOT e.trial AND e.state IN ('published', 'archived') AND e."heldOn" < (SELECT "heldOn" FROM "ReviewSession" WHERE id = ${sessionId})
      ORDER BY e."heldOn" DESC, e."createdAt" DESC LIMIT 1)`;
}

/** 也在名册上的述职人 — by the name in the plan and a post in the unit. */
export async function findPresentingVoters(
  tx: Tx,
  { sessionId, today }: { sessionId: string; today: LocalDate },
): Promise<{ slotId: string; unitName: string; voterId: string; name: string }[]> {
  return rows(tx).$queryRaw`
    SELECT DISTINCT s.id AS "slotId", s."unitName", v.id AS "voterId", v.name FROM "ReviewSlot" s
    JOIN "Post" post ON post."unitCode" = s."unitCode"
    JOIN "PostHolding" h ON h."postId" = post.id AND h."fromOn" <= ${today} AND (h."toOn" IS NULL OR h."toOn" >= ${today})
    JOIN "ReviewVoter" v ON v."sessionId" = s."sessionId" AND v."personId" = h."personId" AND v.name = s.presenter AND v.channel = 'card'
    WHERE s."sessionId" = ${sessionId} ORDER BY s.id`;
}

/** 名册里按手机号找人 */
export async function findPeopleByMobile(tx: Tx, mobiles: readonly string[]): Promise<Map<string, { id: string; openId: string | null }>> {
  const found = await rows(tx).person.findMany({ where: { mobile: { in: [...mobiles] } }, select: { id: true, mobile: true, openId: true } });
  return new Map(found.map(({ id, mobile, openId }) => [mobile, { id, openId }]));
}

/** 来过的人数，按类别 — whoever is here, and whoever was and has left (登记离会); a guest who was noted by mistake is not among them. */
export async function countAttended(tx: Tx, sessionId: string): Promise<ReadonlyMap<string, number>> {
  const found = await rows(tx).$queryRaw<{ voterClass: string; attended: number }[]>`
    SELECT v."voterClass", count(*)::int AS attended FROM "ReviewVoter" v
    WHERE v."sessionId" = ${sessionId}
      AND (v.present OR EXISTS (SELECT 1 FROM "AuditEntry" e WHERE e."subjectType" = 'reviewVoter' AND e."subjectId" = v.id AND e.event = 'leave'))
    GROUP BY v."voterClass"`;
  return new Map(found.map(({ voterClass, attended }) => [voterClass, attended]));
}

/** 各类的应到、实到和发出 — slips that were handed out count as issued; whoever votes by card is issued with his seat. */
export async function countRoll(tx: Tx, sessionId: string): Promise<{ voterClass: string; entitled: number; present: number; issued: number }[]> {
  return rows(tx).$queryRaw`
    SELECT v."voterClass", count(*)::int AS entitled, count(*) FILTER (WHERE v.present)::int AS present,
           count(*) FILTER (WHERE v.present)::int AS issued
    FROM "ReviewVoter" v WHERE v."sessionId" = ${sessionId} GROUP BY v."voterClass" ORDER BY min(v.position)`;
}

/** 等着投这一轮的 — whoever is here, but for the presenter himself. */
export async function countAwaited(tx: Tx, { id, sessionId }: Pick<BallotRound, 'id' | 'sessionId'>): Promise<number> {
  const [found] = await rows(tx).$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM "ReviewVoter" v
    WHERE v."sessionId" = ${sessionId} AND v.present
      AND NOT EXISTS (SELECT 1 FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" WHERE r.id = ${id} AND s."voterId" = v.id)`;
  return found?.n ?? 0;
}

/** 抽签 */
export interface DrawRow {
  readonly id: string;
  readonly sessionId: string;
  readonly secret: string;
  readonly items: readonly string[];
  readonly commitment: string;
  /** by the observer's name */
  readonly inputs: Readonly<Record<string, string>>;
  readonly state: 'committed' | 'opened' | 'voided';
  readonly order: readonly string[];
  readonly seed: string | null;
  readonly voidAskedBy: string | null;
  readonly voidReason: string | null;
}

/** 找抽签 — the one that counts. */
export async function findDraw(tx: Tx, sessionId: string): Promise<DrawRow | null> {
  return (await rows(tx).draw.findFirst({ where: { sessionId, state: { not: 'voided' } } })) as unknown as DrawRow | null;
}

/** 作废的抽签 — of the session, the oldest first. */
export async function findVoidDraws(tx: Tx, sessionId: string): Promise<DrawRow[]> {
  return (await rows(tx).draw.findMany({ where: { sessionId, state: 'voided' }, orderBy: { id: 'asc' } })) as unknown as DrawRow[];
}

/** 用过的抽签编号 — this one, and those that begin with it. */
export async function findDrawIds(tx: Tx, drawId: string): Promise<string[]> {
  const found = await rows(tx).draw.findMany({ where: { id: { startsWith: drawId } }, select: { id: true } });
  return found.map(({ id }) => id);
}

/** 凭承诺找抽签 */
export async function findDrawByCommitment(tx: Tx, commitment: string): Promise<DrawRow | null> {
  return (await rows(tx).draw.findFirst({ where: { commitment } })) as unknown as DrawRow | null;
}

const roundFields = {
  id: true,
  sessionId: true,
  slotId: true,
  number: true,
  state: true,
  choices: true,
  closesAt: true,
  counts: true,
  voidReason: true,
  voidAskedBy: true,
  openingId: true,
  shown: true,
} as const;

/** 一场的全部轮次 — of each slot, the newest last; those that were opened together as the draw has them: so they stand on the ballots. */
export async function findRounds(tx: Tx, sessionId: string): Promise<BallotRound[]> {
  const found = (await rows(tx).ballotRound.findMany({ where: { sessionId }, select: roundFields })) as unknown as BallotRound[];
  const slots = await rows(tx).reviewSlot.findMany({ where: { sessionId }, select: { id: true, position: true } });
  const placeOf = new Map(slots.map(({ id, position }) => [id, position]));
  const place = ({ slotId }: BallotRound): number => placeOf.get(slotId) ?? 0;
  return found.sort((left, right) => left.number - right.number || place(left) - place(right));
}

/** 找轮次 */
export async function findRound(tx: Tx, id: string): Promise<BallotRound | null> {
  return (await rows(tx).ballotRound.findUnique({ where: { id }, select: roundFields })) as unknown as BallotRound | null;
}

/** 一场的提问 — in the order in which they came; with a slot, those of that slot alone. */
export async function findQuestions(tx: Tx, { sessionId, slotId }: { sessionId: string; slotId?: string }): Promise<ReviewQuestion[]> {
  return (await rows(tx).reviewQuestion.findMany({
    where: { sessionId, ...(slotId === undefined ? {} : { slotId }) },
    orderBy: [{ queuedAt: 'asc' }, { id: 'asc' }],
    omit: { queuedAt: true, askedAt: true },
  })) as ReviewQuestion[];
}

/** 正在问的一问 — the one that was put last. */
export async function findQuestionPut(tx: Tx, slotId: string): Promise<ReviewQuestion | null> {
  return (await rows(tx).reviewQuestion.findFirst({
    where: { slotId, state: 'asked' },
    orderBy: [{ askedAt: 'desc' }, { id: 'desc' }],
    omit: { queuedAt: true, askedAt: true },
  })) as ReviewQuestion | null;
}

/** 一场的承诺 — in the order in which they were made; with a slot, those of that slot alone. */
export async function findPromises(tx: Tx, { sessionId, slotId }: { sessionId: string; slotId?: string }): Promise<ReviewPromise[]> {
  return rows(tx).reviewPromise.findMany({
    where: { sessionId, ...(slotId === undefined ? {} : { slotId }) },
    orderBy: [{ recordedAt: 'asc' }, { id: 'asc' }],
    omit: { recordedAt: true },
  });
}
