import { defineMachine } from '#core/machine';

/**
 * 事项的一生。亮灯、逾期、延期、升级都不是状态，而是由时限和记录算出来的。
 * 维持和恢复都回到原来的状态：去向不止一个，各写一条，由办理的程序按任务书签收没有、中止之前在哪一步来选。
 */
export const workItemMachine = defineMachine({
  states: [
    'draft',
    'issued',
    'declinePending',
    'inProgress',
    'underVerification',
    'onSiteVerification',
    'completed',
    'suspended',
    'cancelled',
    'archived',
  ],
  initial: 'draft',
  transitions: {
    issue: { from: ['draft'], to: 'issued' }, //                                         下达
    issueClosed: { from: ['draft'], to: 'completed' }, //                                下达，启用前已办结的
    acknowledge: { from: ['issued'], to: 'inProgress' }, //                              签收
    decline: { from: ['issued', 'inProgress'], to: 'declinePending' }, //                退件
    uphold: { from: ['declinePending'], to: 'inProgress' }, //                           维持原单位
    upholdUnsigned: { from: ['declinePending'], to: 'issued' }, //                       维持原单位，任务书还没签收
    reassign: {
      from: ['declinePending', 'issued', 'inProgress', 'underVerification', 'onSiteVerification'],
      to: 'issued',
    }, //                                                                                改派：退件裁定的，主任自己定的
    passOn: { from: ['inProgress', 'underVerification', 'onSiteVerification'], to: 'inProgress' }, // 子任务随上级改派
    requestCompletion: { from: ['inProgress'], to: 'underVerification' }, //             申请办结（单位已审签）
    requireOnSite: { from: ['underVerification'], to: 'onSiteVerification' }, //         要求现场核查
    complete: { from: ['underVerification', 'onSiteVerification'], to: 'completed' }, // 办结
    sendBack: { from: ['underVerification', 'onSiteVerification'], to: 'inProgress' }, // 退回重办
    suspend: { from: ['issued', 'inProgress', 'underVerification', 'onSiteVerification'], to: 'suspended' }, // 中止
    resume: { from: ['suspended'], to: 'inProgress' }, //                                恢复
    resumeUnsigned: { from: ['suspended'], to: 'issued' }, //                            恢复，任务书还没签收
    resumeVerification: { from: ['suspended'], to: 'underVerification' }, //             恢复到待核查
    cancel: {
      from: ['draft', 'issued', 'declinePending', 'inProgress', 'underVerification', 'onSiteVerification', 'suspended'],
      to: 'cancelled',
    }, //                                                                                撤销
    archive: { from: ['completed'], to: 'archived' }, //                                 归档
    finish: { from: ['inProgress'], to: 'completed' }, //                                项目任务完成，项目的部分销号
    reopen: { from: ['completed'], to: 'inProgress' }, //                                项目任务更正为未完成
  },
});
export type WorkItemStatus = (typeof workItemMachine.states)[number];
/** 在办 — somebody still has something to do with it. */
export const openStatuses: readonly WorkItemStatus[] = ['issued', 'declinePending', 'inProgress', 'underVerification', 'onSiteVerification'];

/** 了结的 — nobody has anything to do with it any more. */
export const endedStatuses: readonly WorkItemStatus[] = ['completed', 'archived', 'cancelled'];

/** 停着的 — nobody is pressed until a decision lets it go on. */
export const haltedStatuses: readonly WorkItemStatus[] = ['suspended', 'declinePending'];

/** 还能审签、采纳反馈的状态 — before and after them nothing is decided about a report. */
export const decidableStatuses: readonly WorkItemStatus[] = ['inProgress', 'underVerification', 'onSiteVerification'];

/** 项目分解（7-60-178）的种类：项目、部分、事项、任务。它们由责任党员直接办理，不进全区的台账、简报和催办。 */
export const projectKinds = ['project', 'part', 'projectItem', 'task'] as const;

/** 任务书的一生：待审定 → 待下达 → 已下达 → 已签收 */
export const taskBookMachine = defineMachine({
  states: ['pendingApproval', 'approved', 'issued', 'acknowledged'],
  initial: 'pendingApproval',
  transitions: {
    approve: { from: ['pendingApproval'], to: 'approved' }, //  审定
    issue: { from: ['approved'], to: 'issued' }, //             下达
    acknowledge: { from: ['issued'], to: 'acknowledged' }, //   签收
  },
});
export type TaskBookStatus = (typeof taskBookMachine.states)[number];

/** 反馈的一生：已提交（待单位审签）→ 已审签（待采纳）→ 已采纳；或退回补充 */
export const progressReportMachine = defineMachine({
  states: ['submitted', 'signedOff', 'adopted', 'returned'],
  initial: 'submitted',
  transitions: {
    signOff: { from: ['submitted'], to: 'signedOff' }, //           单位审签
    adopt: { from: ['signedOff'], to: 'adopted' }, //               采纳
    return: { from: ['submitted', 'signedOff'], to: 'returned' }, // 退回补充
  },
});
export type ProgressReportStatus = (typeof progressReportMachine.states)[number];

/** 退件的一生：已退件（待督查室提意见）→ 待裁定 → 维持、改派或撤销 */
export const itemDeclineMachine = defineMachine({
  states: ['filed', 'proposed', 'upheld', 'reassigned', 'cancelled'],
  initial: 'filed',
  transitions: {
    propose: { from: ['filed'], to: 'proposed' }, //                提出意见
    uphold: { from: ['proposed'], to: 'upheld' }, //                裁定维持
    reassign: { from: ['proposed'], to: 'reassigned' }, //          裁定改派
    cancel: { from: ['filed', 'proposed'], to: 'cancelled' }, //    裁定撤销，或事项另被撤销
  },
});
export type ItemDeclineStatus = (typeof itemDeclineMachine.states)[number];

/** 裁定：维持原单位、改派、撤销事项 */
export const declineDecisions = ['uphold', 'reassign', 'cancel'] as const;
export type DeclineDecision = (typeof declineDecisions)[number];

/** 办结申请的一生：待单位审签 → 待督查室核查 → 通过或退回重办；单位也可退回，事项撤销则失效 */
export const completionRequestMachine = defineMachine({
  states: ['submitted', 'signedOff', 'accepted', 'sentBack', 'returned', 'lapsed'],
  initial: 'submitted',
  transitions: {
    signOff: { from: ['submitted'], to: 'signedOff' }, //           单位审签
    return: { from: ['submitted'], to: 'returned' }, //             单位退回
    accept: { from: ['signedOff'], to: 'accepted' }, //             核查通过
    sendBack: { from: ['signedOff'], to: 'sentBack' }, //           退回重办
    lapse: { from: ['submitted', 'signedOff'], to: 'lapsed' }, //   失效
  },
});
export type CompletionRequestStatus = (typeof completionRequestMachine.states)[number];

/** 核查要点（domain B1 第 9 步） */
export const completionCriteria = ['事实清楚', '问题解决', '任务完成', '结论正确', '措施合法', '形式规范'] as const;

/** 量化指标 */
export interface Metric {
  readonly name: string;
  readonly target: number;
  readonly unit: string;
  readonly baseline: number;
  readonly current: number;
}

/** 启用前已办结 — it came in finished with its table, before any book was issued. */
export function isClosedBefore({ completedAt, issuedAt }: { readonly completedAt: Date | null; readonly issuedAt: Date | null }): boolean {
  return completedAt !== null && (issuedAt === null || completedAt < issuedAt);
}

export type FeedbackPeriod = 'weekly' | 'monthly' | 'quarterly';

/** 导入的一行 — a row of the office's workbook after every cell was read and every name was found in the roster. */
export interface ImportedItem {
  /** 党 | 管 */
  readonly series: string;
  readonly number: number;
  /** 管-063 */
  readonly code: string;
  readonly category: string;
  readonly title: string;
  readonly goal: string;
  readonly measures: string;
  readonly leadUnit: string;
  readonly supportingUnits: readonly string[];
  /** 分管领导的姓名 */
  readonly leaderInCharge: string | null;
  readonly responsiblePostId: string | null;
  readonly liaisonPostId: string | null;
  readonly issueOn: string | null;
  readonly dueOn: string;
  readonly feedbackPeriod: FeedbackPeriod;
  readonly metrics: readonly Metric[];
  readonly theme: string | null;
  readonly internalNote: string | null;
  /** 带入的进度；没有带的不写 */
  readonly percent?: number;
  /** 启用前已办结的，办结那天；没有办结的不写 */
  readonly completedAt?: string;
}

/** 带进度 — what a table of the middle of a year says is done already, of an item that is not finished. */
export function isUnderWay({ percent = 0, completedAt, metrics }: ImportedItem): boolean {
  return completedAt === undefined && (percent > 0 || metrics.some(({ baseline, current }) => current !== baseline));
}
