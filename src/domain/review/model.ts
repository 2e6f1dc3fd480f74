import { defineMachine } from '#core/machine';
import type { QuorumRule } from '../ballots/counts.ts';
import type { ShownTally } from '../ballots/disclose.ts';
import type { BallotCounts, TallyRules } from '../ballots/model.ts';

/** 述职场次的一生 — domain A3 */
export const reviewSessionMachine = defineMachine({
  states: ['checked', 'preparing', 'locked', 'drawn', 'signIn', 'inSession', 'voted', 'tallied', 'published', 'archived', 'replaced', 'wiped'],
  initial: 'checked',
  transitions: {
    confirm: { from: ['checked'], to: 'preparing' }, //               确认方案
    replace: { from: ['checked', 'preparing'], to: 'replaced' }, //   换成新方案
    lock: { from: ['preparing'], to: 'locked' }, //                   锁定名册，公布承诺
    draw: { from: ['locked'], to: 'drawn' }, //                       监督员取数，开签
    unlock: { from: ['locked', 'drawn'], to: 'preparing' }, //        抽签作废：须两人；改好名单再锁
    openSignIn: { from: ['drawn'], to: 'signIn' }, //                 开始签到
    start: { from: ['signIn'], to: 'inSession' }, //                  达到法定人数，开场
    finish: { from: ['inSession'], to: 'voted' }, //                  全部测评关闭
    resume: { from: ['voted'], to: 'inSession' }, //                  最后一轮作废，重测
    tally: { from: ['voted'], to: 'tallied' }, //                     计票
    release: { from: ['tallied', 'published'], to: 'published' }, //  放行一级
    archive: { from: ['published'], to: 'archived' }, //              归档
    wipe: { from: ['preparing', 'locked', 'drawn', 'signIn', 'inSession', 'voted', 'tallied', 'published'], to: 'wiped' }, // 试测清空
  },
});
export type ReviewSessionState = (typeof reviewSessionMachine.states)[number];

/** 述职单元：一位述职人从待述到测评关闭 */
export const reviewSlotMachine = defineMachine({
  states: ['waiting', 'reporting', 'questioning', 'heard', 'voting', 'voted', 'absent'],
  initial: 'waiting',
  transitions: {
    report: { from: ['waiting'], to: 'reporting' }, //                                 开始述职
    question: { from: ['reporting'], to: 'questioning' }, //                           开始问答
    hear: { from: ['reporting', 'questioning'], to: 'heard' }, //                      述职完毕，等集中测评
    openVote: { from: ['reporting', 'questioning', 'heard'], to: 'voting' }, //        开放测评
    closeVote: { from: ['voting'], to: 'voted' }, //                                   测评关闭
    revote: { from: ['voting', 'voted'], to: 'heard' }, //                             作废，等重测
    stepBack: { from: ['reporting', 'questioning'], to: 'waiting' }, //                退回待述：按错了，或者述职人走开了
    markAbsent: { from: ['waiting'], to: 'absent' }, //                                述职人缺席：不述、不评、不排名
    makeUp: { from: ['absent'], to: 'waiting' }, //                                    到场补述
  },
});
export type ReviewSlotState = (typeof reviewSlotMachine.states)[number];

/** 测评轮次 */
export const ballotRoundMachine = defineMachine({
  states: ['open', 'closed', 'voided'],
  initial: 'open',
  transitions: {
    close: { from: ['open'], to: 'closed' }, //           到时或人工关闭
    void: { from: ['open', 'closed'], to: 'voided' }, //  作废重测：须两人，或票数异常
  },
});
export type BallotRoundState = (typeof ballotRoundMachine.states)[number];

/** 抽签 */
export const drawMachine = defineMachine({
  states: ['committed', 'opened', 'voided'],
  initial: 'committed',
  transitions: {
    open: { from: ['committed'], to: 'opened' }, //            最后一位监督员取数，当即开签并公布
    void: { from: ['committed', 'opened'], to: 'voided' }, //  作废：须两人，有原因；另开一次
  },
});

/** 提问：排队，轮到 */
export const reviewQuestionMachine = defineMachine({
  states: ['queued', 'asked'],
  initial: 'queued',
  transitions: { put: { from: ['queued'], to: 'asked' } }, // 请提问：点名或随机
});
export type ReviewQuestionState = (typeof reviewQuestionMachine.states)[number];

/** 参加方式 */
export type VotingChannel = 'card' | 'slip';

/** 述职单位 */
export interface PlannedSlot {
  readonly unitCode: string;
  readonly unitName: string;
  readonly presenter: string;
}

/** 名册上的测评人 */
export interface PlannedVoter {
  readonly name: string;
  readonly voterClass: string;
  readonly identity: string;
  readonly workplace: string;
  /** digits only; null: no account, votes by slip */
  readonly mobile: string | null;
  readonly channel: VotingChannel;
}

/** 换监督员：第几席，谁换成谁，谁提出、谁同意 */
export interface ObserverChange {
  readonly seat: number;
  readonly from: string;
  readonly to: string;
  readonly askedBy: string;
  readonly agreedBy: string;
}

/** 提出了的更换 @property askedById the one who may not agree himself */
export interface AskedObserver extends Omit<ObserverChange, 'agreedBy'> {
  readonly toId: string;
  readonly askedById: string;
}

/** 场次方案 — everything that the workbook says; frozen when the roll is locked. */
export interface SessionPlan {
  readonly number: string;
  readonly title: string;
  readonly heldOn: string;
  readonly startsAt: string;
  readonly place: string;
  readonly trial: boolean;
  readonly drawId: string;
  /** each 一述一评 · together 集中测评 */
  readonly method: 'each' | 'together';
  readonly reportMinutes: number;
  readonly questionMinutes: number;
  readonly voteSeconds: number;
  /** first 首次有效 · last 末次有效 */
  readonly press: 'first' | 'last';
  /** simple 简易模式 · blind 可证明匿名模式；早先的方案里没有，就是简易模式 */
  readonly secrecy?: 'simple' | 'blind';
  /** 收评语；早先的方案里没有，就是不收 */
  readonly comments?: boolean;
  /** immediate 每家关闭测评就公布；早先的方案里没有，就是延迟公布 */
  readonly show?: 'delayed' | 'immediate';
  /** 早先的方案里没有，就是超过二分之一 */
  readonly quorum?: QuorumRule;
  readonly rules: TallyRules;
  readonly observers: readonly string[];
  /** 监督员是哪几位，与 observers 一一对应；在聊天里选的新建时就有，表格里写的锁定名册时认出 */
  readonly observerIds?: readonly string[];
  /** 锁定之后换下的监督员，先换的在前；没有换过就没有 */
  readonly observerChanges?: readonly ObserverChange[];
  /** 等人同意的一次更换 */
  readonly observerAsked?: AskedObserver;
  readonly onStage: readonly PlannedSlot[];
  readonly written: readonly PlannedSlot[];
  readonly voters: readonly PlannedVoter[];
}

/** 述职场次 */
export interface ReviewSession {
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly state: ReviewSessionState;
  readonly trial: boolean;
  readonly plan: SessionPlan;
  readonly rollHash: string | null;
  readonly released: ReleaseLevel;
  readonly fileName: string;
  readonly blobId: string;
  readonly createdById: string;
  readonly ballotsHash: string | null;
  readonly ballotsBlobId: string | null;
  readonly results: readonly SlotResult[] | null;
  readonly confirmedBy: readonly string[];
}

/** 公布到哪一级：仅领导 → 参会者 → 各单位 → 公开 */
export const releaseLevels = ['none', 'leaders', 'hall', 'units', 'all'] as const;
export type ReleaseLevel = (typeof releaseLevels)[number];

/** 一位述职人的公布结果 — already covered where single ballots would show (`ballots/disclose`). */
export interface SlotResult {
  readonly slotId: string;
  readonly unitCode: string;
  readonly unitName: string;
  readonly presenter: string;
  readonly rank: number | null;
  readonly round: number;
  readonly shown: ShownTally;
  /** 总分里有任务成绩的：测评分，和按时办结的几分之几 */
  readonly task?: { readonly vote: string | null; readonly onTime: number; readonly due: number };
}

/** 述职单元 */
export interface ReviewSlot {
  readonly id: string;
  readonly sessionId: string;
  readonly unitCode: string;
  readonly unitName: string;
  readonly presenter: string;
  readonly position: number;
  readonly state: ReviewSlotState;
  readonly phaseSince: Date | null;
  readonly phaseUntil: Date | null;
  readonly phase: number;
  /** null: has not begun to speak */
  readonly yearResult: YearResult | null;
  /** 述职人自己也是测评人的，名册上的那一行：他评别家，不评自己 */
  readonly voterId: string | null;
}

/** 述职人自己来投这一轮 — what he is told. */
export const ownUnit = '这一轮是您自己述职，由别人测评';

/** 年度办理情况 — the unit's own items as the ledger had them when the speaker began. */
export interface YearResult {
  readonly total: number;
  readonly completed: number;
  readonly due: number;
  readonly onTime: number;
  readonly overdue: number;
  readonly red: number;
  /** 上次述职的承诺；没有承诺过、早先记下的，没有这一项 */
  readonly promised?: { readonly made: number; readonly kept: number; readonly overdue: number };
}

/** 问答的一问 */
export interface ReviewQuestion {
  readonly id: string;
  readonly sessionId: string;
  readonly slotId: string;
  readonly voterClass: string;
  readonly asker: string;
  readonly text: string;
  readonly state: ReviewQuestionState;
}

/** 现场承诺 @property itemCode null: a trial, nothing is set up */
export interface ReviewPromise {
  readonly id: string;
  readonly sessionId: string;
  readonly slotId: string;
  readonly content: string;
  readonly dueOn: string;
  readonly itemId: string | null;
  readonly itemCode: string | null;
  readonly recordedBy: string;
}

/** 名册的一行 */
export interface ReviewVoter extends PlannedVoter {
  readonly id: string;
  readonly sessionId: string;
  readonly personId: string | null;
  readonly present: boolean;
}

/** 测评轮次 */
export interface BallotRound {
  readonly id: string;
  readonly sessionId: string;
  readonly slotId: string;
  readonly number: number;
  readonly state: BallotRoundState;
  readonly choices: readonly string[];
  readonly closesAt: Date;
  readonly counts: readonly RoundCounts[] | null;
  readonly voidReason: string | null;
  readonly voidAskedBy: string | null;
  /** 可证明匿名模式：同时开放的几轮共用的一次领票；简易模式为null */
  readonly openingId: string | null;
  /** 即时公布的，关闭时算好；延迟公布的为null */
  readonly shown: ShownTally | null;
}

/** 一类的票数，关闭时记下 */
export interface RoundCounts extends BallotCounts {
  readonly abstained: number;
}

/** 测评人可选的 — the grades, or every score from 0 to 100; 弃权 is no choice. */
export function choicesOf({ method, grades }: TallyRules): string[] {
  return method === 'grades' ? grades.map(({ name }) => name) : Array.from({ length: 101 }, (_, score) => String(score));
}
