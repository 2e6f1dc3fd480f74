import type { Card } from '#cards/kit/card';
import { formatDay } from '#cards/kit/format';
import { type BallotProps, ballotCard } from '#cards/review/ballot.card';
import { deskCard } from '#cards/review/desk.card';
import { hearingCard } from '#cards/review/hearing.card';
import { planCard } from '#cards/review/plan.card';
import type { Context } from '#core/context';
import { countCast, countMarksOf } from '#domain/ballots/box/store';
import type { TallyRules } from '#domain/ballots/model';
import { currentQuorum } from '#domain/review/attend';
import type { BallotRound, ReviewSession, ReviewSlot, ReviewVoter, SessionPlan } from '#domain/review/model';
import { currentSlot, everyoneHeard } from '#domain/review/stage';
import { countAwaited, findDraw, findPromises, findQuestions, findRounds, findSlots } from '#domain/review/store';
import { yearWords } from '#domain/review/year-result';
import type { Finding } from '#domain/workbook-import/model';
import { waitWords } from './waits.ts';
import { lastWarning } from './warnings.ts';

/** 卡片键 */
export const planKey = (sessionId: string): string => `review-plan:${sessionId}`;
export const consoleKey = (sessionId: string): string => `review-console:${sessionId}`;
export const signInKey = (sessionId: string): string => `review-sign-in:${sessionId}`;
export const ballotKey = (sessionId: string): string => `review-ballot:${sessionId}`;
export const drawKey = (commitment: string): string => `review-draw:${commitment}`;
export const hearingKey = (slotId: string): string => `review-hearing:${slotId}`;
export const countsKey = (sessionId: string): string => `review-counts:${sessionId}`;
export const voidKey = (roundId: string): string => `review-void:${roundId}`;
export const releaseKey = (sessionId: string): string => `review-release:${sessionId}`;
export const commentsKey = (sessionId: string): string => `review-comments:${sessionId}`;
export const resultsKey = (sessionId: string): string => `review-results:${sessionId}`;

const clock = (instant: Date | null): string => (instant ? new Date(instant.getTime() + 8 * 3_600_000).toISOString().slice(11, 19) : '');

/** 方案卡 */
export function planView({ id, fileName, plan, state }: ReviewSession, errors: readonly Finding[]): Card {
  const { number, title, heldOn, startsAt, place, trial, rules, method, press } = plan;
  const each = `述职${plan.reportMinutes}分钟、问答${plan.questionMinutes}分钟、测评${plan.voteSeconds}秒`;
  const votes = method === 'each' ? plan.onStage.length : 1;
  const minutes = plan.onStage.length * (plan.reportMinutes + plan.questionMinutes) + (votes * plan.voteSeconds) / 60;
  return planCard({
    sessionId: id,
    fileName,
    ...{ number, title, heldOn, startsAt, place, trial },
    onStage: plan.onStage.length,
    written: plan.written.length,
    method: `${method === 'each' ? '一述一评' : '集中测评'}，${each}，预计共${Math.ceil(minutes)}分钟`,
    scale: `${scaleOf(rules)}，${press === 'first' ? '首次有效' : '末次有效'}，${secrecyWords(plan, true)}${plan.comments ? '，收评语' : ''}${plan.quorum === 'twoThirds' ? '，法定人数三分之二' : ''}${plan.show === 'immediate' ? '，即时公布' : ''}`,
    observers: plan.observers.join('、') || '没有写',
    classes: rules.classes.map(({ name, weight }) => {
      const own = plan.voters.filter(({ voterClass }) => voterClass === name);
      return { name, weight, entitled: own.length, bySlip: own.filter(({ channel }) => channel === 'slip').length };
    }),
    errors: [...errors],
    state: state === 'checked' ? 'checked' : state === 'replaced' ? 'replaced' : 'confirmed',
  });
}

/** 等次与分值的写法 */
export function scaleOf({ method, grades }: TallyRules): string {
  return method === 'scores' ? '0—100分' : grades.map(({ name, points }) => `${name}${points}`).join(' ');
}

/** 主持台 */
export async function consoleView(ctx: Context, session: ReviewSession): Promise<Card> {
  const { id, plan, state } = session;
  const [slots, rounds, quorum, draw] = [
    await findSlots(ctx.tx, id),
    await findRounds(ctx.tx, id),
    await currentQuorum(ctx, session),
    await findDraw(ctx.tx, id),
  ];
  const slot = state === 'inSession' ? currentSlot(slots, session.plan) : null;
  const open = rounds.find((round) => round.state === 'open');
  const together = togetherWords(rounds);
  const last = lastClosed(slots, rounds);
  const present = quorum.present;
  return deskCard({
    sessionId: id,
    ...{ number: session.number, title: session.title, state, trial: session.trial, method: plan.method },
    units: plan.onStage.length,
    numbers: { given: Object.keys(draw?.inputs ?? {}).length, wanted: plan.observers.length },
    roll: {
      ...{ entitled: quorum.entitled, present, reached: quorum.reached },
      classes: quorum.classes.map(({ voterClass, entitled, present: here }) => ({ name: voterClass, entitled, present: here })),
    },
    stage: slot && {
      ...{
        slotId: slot.id,
        unitName: together || slot.unitName,
        presenter: slot.presenter,
        position: slot.position,
        state: slot.state,
        until: clock(slot.phaseUntil),
        warning: lastWarning(slot, ctx.now),
      },
      everyoneHeard: everyoneHeard(slots),
      year: slot.yearResult && together === '' ? yearWords(slot.yearResult) : '',
    },
    round: open ? { roundId: open.id, number: open.number, cast: await countCast(ctx.tx, open), present: await countAwaited(ctx.tx, open) } : null,
    last: last && { roundId: last.id, voidAsked: last.voidAskedBy !== null },
    slots: slots.map(({ id: slotId, position, unitName, state: at }) => ({ position, unitName, state: at, result: piecesOf(rounds, slotId) })),
    confirmations: { given: session.confirmedBy.length, wanted: plan.observers.length },
    released: session.released,
    waits: await waitWords(ctx, session, { slots, rounds, draw }),
  });
}

/** 几家一起测评的写法 — empty: not more than one is open, the unit on stage is the one that is voted on. */
export function togetherWords(rounds: readonly BallotRound[]): string {
  const open = rounds.filter(({ state }) => state === 'open').length;
  return open > 1 ? `${open}家集中测评` : '';
}

/** 问答记录 */
export async function hearingView(ctx: Context, session: ReviewSession, slot: ReviewSlot): Promise<Card> {
  const questions = await findQuestions(ctx.tx, { sessionId: session.id, slotId: slot.id });
  const promises = await findPromises(ctx.tx, { sessionId: session.id, slotId: slot.id });
  const asked = questions.filter(({ state }) => state === 'asked');
  const queue = questions.filter(({ state }) => state === 'queued');
  const words = ({ voterClass, asker, text }: (typeof questions)[number]) => ({ voterClass, asker, text });
  const countOf = (list: typeof questions, name: string): number => list.filter(({ voterClass }) => voterClass === name).length;
  return hearingCard({
    ...{ sessionId: session.id, slotId: slot.id, number: session.number, unitName: slot.unitName, presenter: slot.presenter },
    year: slot.yearResult ? yearWords(slot.yearResult) : '',
    classes: session.plan.rules.classes.map(({ name }) => ({ name, asked: countOf(asked, name), queued: countOf(queue, name) })),
    asked: asked.map(words),
    queue: queue.map((question) => ({ id: question.id, ...words(question) })),
    promises: promises.map(({ content, dueOn, itemCode }) => ({ content, dueOn: formatDay(dueOn, ctx.today), code: itemCode ?? '' })),
    version: questions.length + promises.length,
  });
}

/** 可以作废的一轮 — the open one, or the one that was closed last. */
function lastClosed(slots: readonly ReviewSlot[], rounds: readonly BallotRound[]): BallotRound | null {
  const open = rounds.find(({ state }) => state === 'open');
  if (open) return open;
  const since = ({ phaseSince }: ReviewSlot): number => phaseSince?.getTime() ?? 0;
  const [voted] = slots.filter(({ state }) => state === 'voted').sort((left, right) => since(right) - since(left) || right.position - left.position);
  return rounds.findLast(({ slotId, state }) => slotId === voted?.id && state === 'closed') ?? null;
}

function piecesOf(rounds: readonly BallotRound[], slotId: string): string {
  const round = rounds.findLast((each) => each.slotId === slotId && each.state === 'closed');
  if (!round?.counts) return '—';
  const add = (of: (one: NonNullable<BallotRound['counts']>[number]) => number): number =>
    (round.counts ?? []).reduce((all, one) => all + of(one), 0);
  return `${add(({ used }) => used)}/${add(({ issued }) => issued)}${round.shown?.total ? `　${round.shown.total}` : ''}`;
}

/** 测评卡 — the same for the whole hall; with a voter, what he has done already. */
export async function ballotView(ctx: Context, session: ReviewSession, voter: ReviewVoter | null = null): Promise<Card> {
  const [slots, rounds] = [await findSlots(ctx.tx, session.id), await findRounds(ctx.tx, session.id)];
  const open = rounds.filter(({ state }) => state === 'open');
  const base = ballotBase(session);
  if (voter && !voter.present)
    return ballotCard({ ...base, phase: session.state === 'signIn' || session.state === 'inSession' ? 'signIn' : 'absent' });
  if (session.state === 'wiped') return ballotCard({ ...base, phase: 'wiped' });
  if (session.state !== 'inSession') return ballotCard({ ...base, phase: session.state === 'signIn' ? 'waiting' : 'done' });
  const unitOf = (slotId: string, roundId: string) => {
    const slot = slots.find(({ id }) => id === slotId);
    return { roundId, name: slot?.unitName ?? '', presenter: slot?.presenter ?? '', position: slot?.position ?? 0 };
  };
  const units = open.map(({ slotId, id }) => unitOf(slotId, id));
  // 述职人自己也是测评人的，单子上没有他自己那一家。
  const others = open.filter(({ slotId }) => voter === null || !slots.some(({ id, voterId }) => id === slotId && voterId === voter.id));
  const [first] = others;
  if (open.length > 0 && !first) return ballotCard({ ...base, phase: 'own', units });
  if (first) {
    const roundIds = others.map(({ id }) => id);
    const voted = voter ? (await countMarksOf(ctx.tx, { roundIds, holder: voter.id })) === roundIds.length : false;
    const again = voted && session.plan.press === 'first';
    return ballotCard({
      ...base,
      phase: again ? 'cast' : 'open',
      units: units.filter(({ roundId }) => roundIds.includes(roundId)),
      round: first.number,
      closesAt: clock(first.closesAt),
    });
  }
  const slot = currentSlot(slots, session.plan);
  return ballotCard({ ...base, phase: 'waiting', units: slot ? [unitOf(slot.id, slot.id)] : [] });
}

/** 用了哪种投票方式 */
const secrecyOf = ({ secrecy }: SessionPlan): 'simple' | 'blind' => secrecy ?? 'simple';

/** 投票方式的写法 — printed on every result. @param plain for the big screen */
export function secrecyWords(plan: SessionPlan, plain = false): string {
  if (secrecyOf(plan) === 'simple') return plain ? '简易模式' : '简易模式（分开存放，不留对应；不是可证明匿名）';
  return plain ? '可证明匿名模式' : '可证明匿名模式（盲签名，RFC 9474；领票认人，投票不认人）';
}

/** 测评卡里不变的部分 */
export function ballotBase({ id, number, title, plan }: ReviewSession): BallotProps {
  return {
    sessionId: id,
    number,
    title,
    phase: 'waiting',
    where: `${formatDay(plan.heldOn)}${plan.startsAt}　${plan.place}`,
    units: [],
    total: plan.onStage.length,
    round: 1,
    closesAt: '',
    grades: plan.rules.method === 'grades' ? plan.rules.grades.map(({ name }) => name) : [],
    press: plan.press,
    secrecy: secrecyOf(plan),
    comments: plan.comments ? 'asked' : 'none',
  };
}

/** 时刻到秒 */
export const clockOf = clock;
