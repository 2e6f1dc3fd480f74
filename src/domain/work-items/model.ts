import { defineMachine } from '#core/machine';

/** 事项的一生。亮灯、逾期、延期、升级都不是状态，而是由时限和记录算出来的。 */
export const workItemMachine = defineMachine({
  states: ['draft', 'issued', 'inProgress', 'underVerification', 'completed', 'suspended', 'cancelled'],
  initial: 'draft',
  transitions: {
    issue: { from: ['draft'], to: 'issued' }, //                            下达
    acknowledge: { from: ['issued'], to: 'inProgress' }, //                 签收
    requestCompletion: { from: ['inProgress'], to: 'underVerification' }, // 申请办结
    complete: { from: ['underVerification'], to: 'completed' }, //          办结
    sendBack: { from: ['underVerification'], to: 'inProgress' }, //         退回重办
    suspend: { from: ['inProgress'], to: 'suspended' }, //                  中止
    resume: { from: ['suspended'], to: 'inProgress' }, //                   恢复
    cancel: { from: ['draft', 'issued', 'inProgress'], to: 'cancelled' }, // 撤销
  },
});
export type WorkItemStatus = (typeof workItemMachine.states)[number];

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

/** 量化指标 */
export interface Metric {
  readonly name: string;
  readonly target: number;
  readonly unit: string;
  readonly baseline: number;
  readonly current: number;
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
}
