import { defineMachine } from '#core/machine';
import type { WorkItem } from '../work-items/records.ts';

/** 更正的一生：待主任批准 → 已更正或已退回；提出的人可以撤回，事项不再办理就失效 */
export const correctionMachine = defineMachine({
  states: ['proposed', 'approved', 'rejected', 'withdrawn', 'lapsed'],
  initial: 'proposed',
  transitions: {
    approve: { from: ['proposed'], to: 'approved' }, //   主任批准，当即更正
    reject: { from: ['proposed'], to: 'rejected' }, //    主任退回
    withdraw: { from: ['proposed'], to: 'withdrawn' }, // 提出的人撤回
    lapse: { from: ['proposed'], to: 'lapsed' }, //       事项办结、撤销，失效
  },
});
export type CorrectionStatus = (typeof correctionMachine.states)[number];
export type CorrectionEvent = (typeof correctionMachine.events)[number];

/** 可以更正的几样；时限归延期，牵头单位归改派 */
export const correctable = ['title', 'goal', 'metrics', 'leaderInCharge', 'supportingUnits'] as const;
export type Corrected = Pick<WorkItem, (typeof correctable)[number]>;

/** 更正 */
export interface ItemCorrection {
  readonly id: string;
  readonly itemId: string;
  readonly status: CorrectionStatus;
  /** only what differs */
  readonly before: Partial<Corrected>;
  readonly after: Partial<Corrected>;
  readonly reason: string;
  readonly proposedById: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
}

/** 一份更正与它的事项 */
export interface Correction {
  readonly item: WorkItem;
  readonly request: ItemCorrection;
}
