import type { LocalDate } from '#core/dates';
import type {
  CompletionRequestStatus,
  DeclineDecision,
  FeedbackPeriod,
  ItemDeclineStatus,
  Metric,
  ProgressReportStatus,
  TaskBookStatus,
  WorkItemStatus,
} from './model.ts';

/** 任务书 */
export interface TaskBook {
  readonly id: string;
  readonly year: number;
  readonly unitCode: string;
  readonly kind: 'annual' | 'supplementary' | 'reassigned';
  /** null: 改派来的一本没有导入 */
  readonly importId: string | null;
  readonly status: TaskBookStatus;
  readonly itemCount: number;
  readonly issuedAt: Date | null;
  readonly acknowledgeBy: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedById: string | null;
  /** 署名，代办的写明代谁 */
  readonly acknowledgedBy: string | null;
  /** 下达的次数 */
  readonly issueRound: number;
  /** 没有下达成的缘由 */
  readonly issueFault: string | null;
  /** 下达时的成文 */
  readonly documentBlobId: string | null;
  readonly documentName: string | null;
  readonly cardsSent: number;
  /** 收不到的人和群 */
  readonly unreached: readonly string[];
}

/** 事项；内部备注不在其中，它不离开数据表 */
export interface WorkItem {
  readonly id: string;
  readonly year: number;
  readonly code: string;
  readonly series: string;
  readonly number: number;
  /** keyTask 重点任务 | subTask 分解出的子任务 | … */
  readonly kind: string;
  readonly bookId: string | null;
  readonly parentId: string | null;
  readonly position: number;
  /** percent of the parent; null: equal shares */
  readonly weight: number | null;
  /** 必办 */
  readonly mandatory: boolean;
  readonly status: WorkItemStatus;
  readonly title: string;
  readonly category: string;
  readonly goal: string;
  readonly measures: string;
  readonly leadUnit: string;
  readonly supportingUnits: readonly string[];
  readonly leaderInCharge: string | null;
  readonly responsiblePostId: string | null;
  readonly liaisonPostId: string | null;
  /** 下达日期，按表上所写 */
  readonly issueOn: LocalDate | null;
  /** 计划开始日；null 即下达日 */
  readonly startOn: LocalDate | null;
  readonly dueOn: LocalDate;
  readonly originalDueOn: LocalDate;
  readonly feedbackPeriod: FeedbackPeriod;
  readonly theme: string | null;
  readonly metrics: readonly Metric[];
  readonly percent: number;
  readonly lastReportAt: Date | null;
  readonly issuedAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly completedAt: Date | null;
  /** 退回重办的次数 */
  readonly reworkCount: number;
}

/** 反馈里的一个指标值 */
export interface ReportedMetric {
  readonly name: string;
  readonly value: number;
  /** the value before this report */
  readonly previous: number;
  /** 下调原因 */
  readonly reason?: string;
}

/** 反馈 */
export interface ProgressReport {
  readonly id: string;
  readonly itemId: string;
  readonly round: number;
  readonly status: ProgressReportStatus;
  readonly percent: number;
  /** what the ledger said when this was reported; null: not noted then */
  readonly previousPercent: number | null;
  readonly content: string;
  readonly difficulties: string | null;
  /** 百分比下调的原因 */
  readonly reason: string | null;
  readonly metrics: readonly ReportedMetric[];
  readonly noChange: boolean;
  readonly reporterId: string;
  readonly reporterName: string;
  readonly submittedAt: Date;
  readonly signedOffAt: Date | null;
  readonly signedOffBy: string | null;
  readonly adoptedBy: string | null;
  readonly returnedBy: string | null;
  readonly returnReason: string | null;
}

/** 退件 */
export interface ItemDecline {
  readonly id: string;
  readonly itemId: string;
  /** the book in which the item was when it was declined */
  readonly bookId: string;
  /** 退件的单位 */
  readonly unitCode: string;
  readonly status: ItemDeclineStatus;
  readonly reason: string;
  readonly suggestedUnit: string;
  readonly filedById: string;
  readonly filedBy: string;
  readonly filedAt: Date;
  readonly proposal: DeclineDecision | null;
  readonly proposedUnit: string | null;
  readonly proposalNote: string | null;
  readonly proposedBy: string | null;
  readonly proposedAt: Date | null;
  readonly decidedUnit: string | null;
  readonly decisionNote: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

/** 办结申请 */
export interface CompletionRequest {
  readonly id: string;
  readonly itemId: string;
  readonly round: number;
  readonly status: CompletionRequestStatus;
  readonly result: string;
  readonly evidence: string | null;
  /** 必办的子任务没有全办结时的书面说明 */
  readonly waiver: string | null;
  readonly requesterId: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly signedOffBy: string | null;
  readonly signedOffAt: Date | null;
  readonly onSiteNote: string | null;
  readonly onSiteBy: string | null;
  readonly onSiteAt: Date | null;
  /** 核查记录 */
  readonly findings: string | null;
  readonly returnReason: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

/** 中止 */
export interface Suspension {
  readonly id: string;
  readonly itemId: string;
  readonly formerStatus: WorkItemStatus;
  readonly basis: string;
  readonly suspendedBy: string;
  readonly suspendedAt: Date;
  readonly dueBefore: LocalDate;
  readonly resumeBasis: string | null;
  readonly resumedBy: string | null;
  readonly resumedAt: Date | null;
  readonly dueAfter: LocalDate | null;
}
