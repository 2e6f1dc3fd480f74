import { type ActionValue, bind } from '#cards/kit/action';
import {
  agreeVoid,
  castBallot,
  closeVote,
  confirmCounts,
  openSignIn,
  openVote,
  proposeVoid,
  releaseResults,
  signIn,
  signInGuests,
  startPhase,
  startSession,
  tallySession,
} from '#cards/review/actions';
import type { RealHall } from './hall-given.ts';
import { type Answer, type Hall, slips } from './hall-model.ts';

/** 一个人的一下：模型说该怎样答，真的去按 @property act 是哪一种举动 */
export interface Try {
  readonly act: string;
  readonly who: string;
  readonly model: () => Answer;
  readonly real: () => Promise<Answer>;
}

/** 哪一家的第几轮 */
export type At = { readonly slot: number; readonly number: number };
export type Hands = ReturnType<typeof handsOf>;

/** 场上人人能做的事 — each as the two sides of one press. */
export function handsOf(model: Hall, hall: RealHall) {
  const { id: sessionId } = hall;
  const press = (who: string, button: ActionValue, form?: Readonly<Record<string, unknown>>): Promise<Answer> =>
    hall.presses(who, button, form).then(({ answer }) => answer);
  const onSlot = (slot: number) => ({ sessionId, slotId: hall.slotId(slot) });
  const onRound = async (at: At) => ({ sessionId, roundId: await hall.roundId(at) });
  return {
    openSignIn: (who: string): Try => ({
      ...{ act: '开始签到', who, model: () => model.openSignIn(who), real: () => press(who, bind(openSignIn, { sessionId })) },
    }),
    signIn: (who: string): Try => ({ act: '签到', who, model: () => model.signIn(who), real: () => press(who, bind(signIn, { sessionId })) }),
    guests: (who: string, absent: readonly string[]): Try => ({
      ...{ act: '登记来宾', who, model: () => model.registerGuests(who, absent) },
      real: () => press(who, bind(signInGuests, { sessionId }), { absent: absent.map((guest) => `${sessionId}-${guest}`) }),
    }),
    start: (who: string): Try => ({ act: '开场', who, model: () => model.start(who), real: () => press(who, bind(startSession, { sessionId })) }),
    begin: (who: string, slot: number, next: 'reporting' | 'questioning'): Try => ({
      ...{ act: next === 'reporting' ? '开始述职' : '开始问答', who, model: () => model.begin(who, slot, next) },
      real: () => press(who, bind(startPhase, { ...onSlot(slot), phase: next === 'reporting' ? 'report' : 'question' })),
    }),
    openVote: (who: string, slot: number): Try => ({
      ...{ act: '开放测评', who, model: () => model.openVote(who, slot), real: () => press(who, bind(openVote, onSlot(slot))) },
    }),
    /** 凭卡片，或凭纸质票在网页上 */
    vote: (who: string, at: At, choice: string | null): Try => ({
      ...{ act: slips.includes(who) ? '来宾投票' : '投票', who, model: () => model.vote(who, at, choice) },
      real: async () => {
        const round = await onRound(at);
        if (slips.includes(who))
          return /已投票，谢谢|已改投/.test(await hall.votesBySlip(who, { roundId: round.roundId, choice })) ? 'done' : 'refused';
        return press(who, bind(castBallot, { ...round, ...(choice === null ? {} : { choice }) }));
      },
    }),
    close: (who: string, at: At): Try => ({
      ...{ act: '关闭测评', who, model: () => model.close(who, at), real: async () => press(who, bind(closeVote, await onRound(at))) },
    }),
    askVoid: (who: string, at: At): Try => ({
      ...{ act: '提出作废', who, model: () => model.askVoid(who, at) },
      real: async () => press(who, bind(proposeVoid, await onRound(at)), { reason: '会场断网' }),
    }),
    agreeVoid: (who: string, at: At): Try => ({
      ...{ act: '同意作废', who, model: () => model.agreeVoid(who, at), real: async () => press(who, bind(agreeVoid, await onRound(at))) },
    }),
    tally: (who: string): Try => ({ act: '计票', who, model: () => model.tally(who), real: () => press(who, bind(tallySession, { sessionId })) }),
    confirm: (who: string): Try => ({
      act: '确认票数',
      who,
      model: () => model.confirm(who),
      real: () => press(who, bind(confirmCounts, { sessionId })),
    }),
    release: (who: string): Try => ({
      ...{ act: '放行', who, model: () => model.release(who), real: () => press(who, bind(releaseResults, { sessionId, level: 'leaders' })) },
    }),
  };
}
