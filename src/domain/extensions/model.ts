import type { LocalDate } from '#core/dates';
import { defineMachine } from '#core/machine';

/** 延期申请的一生：待单位审签 → 待初审 → 已初审 →（第二次起）主任已同意 → 批准；过了申请期限的只能说明情况，有批示才延期 */
export const extensionMachine = defineMachine({
  states: ['submitted', 'signedOff', 'checked', 'agreed', 'approved', 'rejected', 'withdrawn', 'lapsed', 'explained'],
  initial: 'submitted',
  transitions: {
    signOff: { from: ['submitted'], to: 'signedOff' }, //   单位审签
    check: { from: ['signedOff'], to: 'checked' }, //       督查室初审
    agree: { from: ['checked'], to: 'agreed' }, //          督查室主任同意（第二次起）
    approve: { from: ['checked', 'agreed'], to: 'approved' }, // 分管领导批准
    instruct: { from: ['explained'], to: 'approved' }, //   按批示延期
    reject: { from: ['submitted', 'signedOff', 'checked', 'agreed', 'explained'], to: 'rejected' }, //    不予延期
    withdraw: { from: ['submitted', 'signedOff', 'checked', 'agreed', 'explained'], to: 'withdrawn' }, // 撤回
    lapse: { from: ['submitted', 'signedOff', 'checked', 'agreed', 'explained'], to: 'lapsed' }, //       事项不再办理，失效
  },
});
export type ExtensionStatus = (typeof extensionMachine.states)[number];
export type ExtensionEvent = (typeof extensionMachine.events)[number];

/** 还没有结果的 — the item shows 延期待批 meanwhile. */
export const pendingStatuses: readonly ExtensionStatus[] = ['submitted', 'signedOff', 'checked', 'agreed', 'explained'];

/** 延期申请 */
export interface ExtensionRequest {
  readonly id: string;
  readonly itemId: string;
  readonly round: number;
  readonly status: ExtensionStatus;
  /** 申请时的时限 */
  readonly dueBefore: LocalDate;
  readonly requestedOn: LocalDate;
  readonly reason: string;
  /** 目前进展 */
  readonly progress: string;
  /** 此前已批准延期的次数 */
  readonly former: number;
  readonly requesterId: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly signedOffBy: string | null;
  readonly signedOffAt: Date | null;
  readonly checkedBy: string | null;
  readonly checkedAt: Date | null;
  readonly checkNote: string | null;
  readonly agreedBy: string | null;
  readonly agreedAt: Date | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly approvedOn: LocalDate | null;
  readonly note: string | null;
}

/** 再次延期 — from the second on the chief inspector has to agree before the leader approves. */
export function needsAgreement({ former }: Pick<ExtensionRequest, 'former'>): boolean {
  return former > 0;
}
