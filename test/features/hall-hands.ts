import { expect } from 'vitest';
import { type ActionValue, bind } from '#cards/kit/action';
import {
  agreeSlip,
  agreeVoid,
  archiveSession,
  closeVote,
  confirmCounts,
  markAbsent,
  openSignIn,
  openVote,
  proposeVoid,
  putQuestion,
  recordPromise,
  registerQuestion,
  releaseResults,
  signIn,
  signInGuests,
  startPhase,
  startSession,
  stepBack,
  tallySession,
} from '#cards/review/actions';
import type { Hall } from './hall-model.ts';
import { cardVoters, classes, type Level, secretaries, slips, units } from './hall-people.ts';
import { plainOf } from './hall-post.ts';
import type { RealHall } from './hall-real.ts';
import type { Answer, At, Entry } from './hall-rounds.ts';

/** 一个人的一下：模型说该怎样答，真的去按 @property act 是哪一种举动 */
export interface Try {
  readonly act: string;
  readonly who: string;
  readonly model: () => Answer;
  readonly real: () => Promise<Answer>;
}

export type Hands = ReturnType<typeof handsOf>;
type Hear = 'reporting' | 'questioning' | 'heard';
const phases = { reporting: 'report', questioning: 'question', heard: 'hear' } as const;
const hearing = { reporting: '开始述职', questioning: '开始问答', heard: '述职完毕' } as const;

/** 场上人人能做的事 — each as the two sides of one press. */
export function handsOf(model: Hall, hall: RealHall) {
  const { id: sessionId } = hall;
  const press = (who: string, button: ActionValue, form?: Readonly<Record<string, unknown>>): Promise<Answer> =>
    hall.presses(who, button, form).then(({ answer }) => answer);
  const says = async (who: string, words: string, done: RegExp): Promise<Answer> =>
    done.test(await hall.world.says(who, words)) ? 'done' : 'refused';
  const onSlot = (slot: number) => ({ sessionId, slotId: hall.slotId(slot) });
  const onRound = async (at: At) => ({ sessionId, roundId: await hall.roundId(at) });
  /** 问一句，答的与模型一字不差 @param told null: nobody is told */
  const asks = (who: string, { words, told }: { words: string; told: () => string | null }): Try => {
    let wanted: string | null = null;
    return {
      ...{ act: words, who },
      model: () => {
        wanted = secretaries.includes(who) ? told() : null;
        return wanted === null ? 'refused' : 'done';
      },
      real: async () => {
        const said = await hall.world.says(who, `述职 ${words}`);
        if (wanted === null) return /到会|还有\d+位|已投票|已领票/.test(said) ? 'done' : 'refused';
        expect({ words, said: said.includes(JSON.stringify(wanted).slice(1, -1)) ? wanted : said }).toEqual({ words, said: wanted });
        return 'done';
      },
    };
  };
  const serialOf = (slip: string): number => slips.indexOf(slip) + 1;
  return {
    openSignIn: (who: string): Try => ({
      ...{ act: '开始签到', who, model: () => model.openSignIn(who), real: () => press(who, bind(openSignIn, { sessionId })) },
    }),
    signIn: (who: string): Try => ({ act: '签到', who, model: () => model.signIn(who), real: () => press(who, bind(signIn, { sessionId })) }),
    guests: (who: string, absent: readonly string[]): Try => ({
      ...{ act: '登记来宾', who, model: () => model.registerGuests(who, absent) },
      real: () => press(who, bind(signInGuests, { sessionId }), { absent: absent.map((guest) => `${sessionId}-${guest}`) }),
    }),
    leave: (who: string, name: string): Try => ({
      ...{ act: '登记离会', who, model: () => model.leave(who, name) },
      real: () => says(who, `述职 离会 ${name}`, /已登记\w+离会/),
    }),
    start: (who: string): Try => ({ act: '开场', who, model: () => model.start(who), real: () => press(who, bind(startSession, { sessionId })) }),
    begin: (who: string, slot: number, next: Hear): Try => ({
      ...{ act: hearing[next], who, model: () => model.begin(who, slot, next) },
      real: () => press(who, bind(startPhase, { ...onSlot(slot), phase: phases[next] })),
    }),
    markAbsent: (who: string, slot: number): Try => ({
      ...{ act: '记缺席', who, model: () => model.markAbsent(who, slot), real: () => press(who, bind(markAbsent, onSlot(slot))) },
    }),
    stepBack: (who: string, slot: number): Try => ({
      ...{ act: '退回待述', who, model: () => model.stepBack(who, slot), real: () => press(who, bind(stepBack, onSlot(slot))) },
    }),
    makeUp: (who: string, slot: number): Try => ({
      ...{ act: '补述', who, model: () => model.makeUp(who, slot) },
      real: () => says(who, `述职 补述 ${units[slot]}`, /已改为待述/),
    }),
    openVote: (who: string, slot: number): Try => ({
      ...{ act: '开放测评', who, model: () => model.openVote(who, slot), real: () => press(who, bind(openVote, onSlot(slot))) },
    }),
    /** 凭卡片，或凭纸质票在网页上 */
    vote: (who: string, entries: readonly Entry[]): Try => ({
      ...{ act: slips.includes(who) ? '来宾投票' : '投票', who, model: () => model.vote(who, entries) },
      real: () => (slips.includes(who) ? hall.votesOnPage(who, entries) : hall.votesByCard(who, entries)),
    }),
    fetchTicket: (who: string, paper: readonly At[], phone = 'a'): Try => ({
      ...{ act: '领匿名票', who, model: () => model.fetchTicket(who, phone, paper), real: () => hall.phoneOf(who, phone).fetches(paper) },
    }),
    /** 打开投票页：领了票就投 */
    blindVote: (who: string, entries: readonly Entry[], phone = 'a'): Try => {
      const paper = entries.map(({ at }) => at);
      return {
        ...{ act: '投匿名票', who },
        model: () => {
          model.fetchTicket(who, phone, paper);
          return model.castTicket(who, phone, entries);
        },
        real: async () => {
          await hall.phoneOf(who, phone).fetches(paper);
          return hall.phoneOf(who, phone).casts(entries);
        },
      };
    },
    comment: (who: string, paper: readonly At[], { about, words }: { about: number; words: string }): Try => ({
      ...{ act: '写评语', who, model: () => model.comment(who, paper[about], words), real: () => hall.comments(who, { paper, about, words }) },
    }),
    judge: (who: string, holds: (words: string) => boolean): Try => ({
      ...{ act: '审看评语', who, model: () => model.judge(who, holds), real: () => hall.judges(who, holds) },
    }),
    askSlip: (who: string, slip: string): Try => ({
      ...{ act: '提出换票', who, model: () => model.askSlip(who, slip) },
      real: () => says(who, `述职 换票 ${serialOf(slip)}`, /已请监督员同意作废/),
    }),
    agreeSlip: (who: string, slip: string): Try => ({
      ...{ act: '同意换票', who, model: () => model.agreeSlip(who, slip) },
      real: () => press(who, bind(agreeSlip, { sessionId, serial: serialOf(slip) })),
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
    /** 要一张作废单：哪一家的都要得到，写着它最近的一轮 */
    voidForm: (who: string, slot: number): Try => {
      const number = model.slots[slot]?.rounds.findLastIndex(({ state }) => state !== 'voided') ?? -1;
      return {
        ...{ act: '要作废单', who, model: () => (model.mayVoid(who, { slot, number: number + 1 }) ? 'done' : 'refused') },
        real: async () => {
          const said = await hall.world.says(who, `述职 作废 ${units[slot]}`);
          if (!said.includes('提出作废')) return 'refused';
          return said.includes(await hall.roundId({ slot, number: number + 1 })) ? 'done' : 'partly';
        },
      };
    },
    tally: (who: string): Try => ({ act: '计票', who, model: () => model.tally(who), real: () => press(who, bind(tallySession, { sessionId })) }),
    confirm: (who: string): Try => ({
      act: '确认票数',
      who,
      model: () => model.confirm(who),
      real: () => press(who, bind(confirmCounts, { sessionId })),
    }),
    release: (who: string, level: Level): Try => ({
      ...{ act: `放行${level}`, who, model: () => model.release(who, level) },
      real: () => press(who, { action: releaseResults.name, payload: { sessionId, level } }),
    }),
    archive: (who: string): Try => ({
      ...{ act: '归档', who, model: () => model.archive(who), real: () => press(who, bind(archiveSession, { sessionId })) },
    }),
    /** 要大屏的地址：投影的电脑坏了，换一台；是这一场的 */
    screen: (who: string): Try => ({
      ...{ act: '要大屏', who, model: () => (secretaries.includes(who) && model.phase !== 'archived' ? 'done' : 'refused') },
      real: async () => {
        const [, key = ''] = /\/p\/screen\/([\w-]+)/.exec(await hall.world.says(who, '述职 大屏')) ?? [];
        const [link] = await hall.world.query<{ sessionId: string }>(`SELECT "sessionId" FROM "ReviewLink" WHERE key = $1`, [key]);
        return link?.sessionId === sessionId ? 'done' : 'refused';
      },
    }),
    /** 卡片找不到了，说一句“签到”：来的是这一场的 */
    ownCard: (who: string): Try => ({
      ...{ act: '要自己的卡片', who, model: () => (model.hasPart(who) ? 'done' : 'refused') },
      real: async () => (new RegExp(`${sessionId}(?![-\\d])`).test(plainOf(await hall.world.says(who, '签到'))) ? 'done' : 'refused'),
    }),
    /** 签到表、未投：说的与模型一字不差 */
    signInList: (who: string): Try =>
      asks(who, { words: '签到表', told: () => (model.phase === 'archived' ? null : [`${sessionId}签到表`, ...model.signInLines].join('\n')) }),
    unvoted: (who: string): Try => asks(who, { words: '未投', told: () => unvotedWords(model) }),
    remind: (who: string): Try => ({
      ...{ act: '催投', who, model: () => model.remind(who), real: () => says(who, '述职 催投', /已提醒\d+位/) },
    }),
    minutes: (who: string): Try => ({
      ...{
        act: '再要纪要',
        who,
        model: () => model.askMinutes(who),
        real: () => says(who, `述职 纪要 ${sessionId}`, new RegExp(`正在整理${sessionId}的`)),
      },
    }),
    print: (who: string): Try => ({ act: '印票', who, model: () => model.print(who), real: () => hall.prints(who) }),
    ask: (who: string, text: string): Try => ({
      ...{ act: '提问', who, model: () => model.ask(who, text), real: () => says(who, `述职 提问 ${text}`, /已登记，向/) },
    }),
    /** 在这一家的问答记录上代为登记 */
    register: (who: string, slot: number, { at, asker, text }: { at: number; asker: string; text: string }): Try => ({
      ...{ act: '登记提问', who },
      model: () => model.register(who, slot, { asker, voterClass: classes[at]?.name ?? '', text }),
      real: () => press(who, bind(registerQuestion, onSlot(slot)), { voterClass: String(at), asker, question: text }),
    }),
    promise: (who: string, slot: number, given: { content: string; dueOn: string }): Try => ({
      ...{ act: '记承诺', who, model: () => model.recordPromise(who, slot, given) },
      real: () => press(who, bind(recordPromise, onSlot(slot)), { promise: given.content, promiseDueOn: given.dueOn }),
    }),
    putQuestion: (who: string, slot: number, place: number): Try => {
      // 问的是哪一条，按之前就定下。
      const text = model.questions.waiting(slot, place)?.text;
      return {
        ...{ act: '请提问', who, model: () => model.putQuestion(who, slot, place) },
        real: async () => press(who, bind(putQuestion, { ...onSlot(slot), questionId: await hall.questionId(slot, text) })),
      };
    },
  };
}

/** 还有谁没有投 — null: nothing is open. */
function unvotedWords({ unvoted, shape }: Hall): string | null {
  if (unvoted === null) return null;
  const blind = shape.secrecy === 'blind';
  if (unvoted.length === 0) return blind ? '有账号的都已领票。' : '用卡片投票的都已投票。';
  return `还有${unvoted.length}位没有${blind ? '领票' : '投票'}：${unvoted.join('、')}`;
}

/** 照这一场的规矩投：匿名的一场凭匿名票，别的凭卡片、凭纸质票；不在名册上的只有一张不是他的卡片 */
export function voteIn({ shape }: Hall, by: Hands, who: string, entries: readonly Entry[]): Try {
  return shape.secrecy === 'blind' && (cardVoters.includes(who) || slips.includes(who)) ? by.blindVote(who, entries) : by.vote(who, entries);
}
