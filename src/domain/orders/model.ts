import type { LocalDate } from '#core/dates';
import { defineMachine } from '#core/machine';

/**
 * 督办令的一生（domain A3）。逾期未签收、逾期未回复不是状态，由时限算出来；约谈建议、通报另有草稿，不改令的状态。
 * 签发取号之后只有作废，没有删除。
 */
export const orderMachine = defineMachine({
  states: ['draft', 'checked', 'dropped', 'signed', 'issued', 'acknowledged', 'replied', 'adopted', 'closed', 'voided'],
  initial: 'draft',
  transitions: {
    check: { from: ['draft'], to: 'checked' }, //                                      核稿，报签发
    return: { from: ['checked'], to: 'draft' }, //                                     签发人退回修改
    drop: { from: ['draft', 'checked'], to: 'dropped' }, //                            不予印发，不占号
    sign: { from: ['checked'], to: 'signed' }, //                                      签发，取号
    issue: { from: ['signed'], to: 'issued' }, //                                      下达
    acknowledge: { from: ['issued'], to: 'acknowledged' }, //                          签收
    reply: { from: ['acknowledged'], to: 'replied' }, //                               回复
    adopt: { from: ['replied'], to: 'adopted' }, //                                    采纳
    sendBack: { from: ['replied'], to: 'acknowledged' }, //                            退回重办
    close: { from: ['signed', 'issued', 'acknowledged', 'replied', 'adopted'], to: 'closed' }, // 销号
    void: { from: ['signed', 'issued', 'acknowledged', 'replied', 'adopted', 'closed'], to: 'voided' }, // 作废，号不收回
  },
});
export type OrderStatus = (typeof orderMachine.states)[number];
export type OrderEvent = (typeof orderMachine.events)[number];

/** 在督 — a number has been taken, and the matter is not closed. */
export const activeStatuses: readonly OrderStatus[] = ['signed', 'issued', 'acknowledged', 'replied', 'adopted'];
/** 等单位签收、回复的 — the order's own limits are running. */
export const owedStatuses: readonly OrderStatus[] = ['issued', 'acknowledged'];
/** 还没签发的 */
export const draftStatuses: readonly OrderStatus[] = ['draft', 'checked'];

/** 一条事实 — what the record says, with its time; the words are made when it is shown. */
export interface OrderFact {
  /** ISO instant */
  readonly at: string;
  readonly kind: 'issue' | 'acknowledge' | 'report' | 'send' | 'reply' | 'due' | 'light' | 'order';
  /** 提醒的级别（send） */
  readonly level?: string;
  /** 发给谁，或谁办的 */
  readonly people?: readonly string[];
  /** 反馈、回复的状态 */
  readonly status?: string;
  readonly percent?: number;
  /** 回复的原话、变动的缘由、文号 */
  readonly text?: string;
  /** 时限或亮灯，由什么变为什么 */
  readonly from?: string;
  readonly to?: string;
}

/** 令上的事实 — frozen when the draft is checked: what the signer saw is what the unit gets. */
export interface OrderFacts {
  readonly dueOn: LocalDate;
  readonly originalDueOn: LocalDate;
  readonly percent: number;
  readonly lines: readonly OrderFact[];
  /** 此前就该事项印发的令的文号 */
  readonly formerNumbers: readonly string[];
}

/** 督办令 */
export interface SupervisionOrder {
  readonly id: string;
  readonly itemId: string;
  readonly status: OrderStatus;
  readonly origin: 'ladder' | 'manual';
  readonly basis: string | null;
  readonly baseOn: LocalDate;
  readonly facts: OrderFacts;
  readonly requirement: string;
  readonly evidence: string;
  readonly draftedBy: string;
  readonly draftedAt: Date;
  readonly checkedBy: string | null;
  readonly checkedAt: Date | null;
  readonly returnReason: string | null;
  readonly returnedBy: string | null;
  readonly dropReason: string | null;
  readonly droppedBy: string | null;
  readonly signedBy: string | null;
  readonly signedAt: Date | null;
  readonly number: string | null;
  readonly acknowledgeBy: Date | null;
  readonly replyBy: Date | null;
  readonly documentBlobId: string | null;
  readonly documentName: string | null;
  readonly printBlobId: string | null;
  readonly printName: string | null;
  /** 令的网址里的钥匙：印在纸上的二维码，谁拿着纸谁看得到 */
  readonly accessKey: string;
  /** 盖了印章（系统之外），由人记下 */
  readonly sealedBy: string | null;
  readonly sealedAt: Date | null;
  readonly issueRound: number;
  readonly issueFault: string | null;
  readonly issuedAt: Date | null;
  readonly unreached: readonly string[];
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: Date | null;
  readonly dueBefore: LocalDate | null;
  readonly promisedOn: LocalDate | null;
  readonly closedBy: string | null;
  readonly closedAt: Date | null;
  readonly voidReason: string | null;
  readonly voidAskedBy: string | null;
  readonly voidAskedById: string | null;
  readonly voidAskedAt: Date | null;
  readonly voidedBy: string | null;
  readonly voidedAt: Date | null;
  readonly replacesId: string | null;
  readonly previousId: string | null;
  readonly version: number;
}

/** 对令的回复 */
export interface OrderReply {
  readonly id: string;
  readonly orderId: string;
  readonly round: number;
  readonly status: 'submitted' | 'adopted' | 'sentBack';
  readonly cause: string;
  readonly measure: string;
  readonly promisedOn: LocalDate;
  readonly byId: string;
  readonly byName: string;
  readonly at: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
}
