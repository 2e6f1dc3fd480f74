import type { LocalDate } from '#core/dates';
import { defineMachine } from '#core/machine';
import type { Finding } from '../workbook-import/model.ts';

/** 项目导入的一生；写成之后，树上的事项各走各的 */
export const projectImportMachine = defineMachine({
  states: ['checked', 'confirmed'],
  initial: 'checked',
  transitions: { confirm: { from: ['checked'], to: 'confirmed' } }, // 确认导入
});
export type ProjectImportState = (typeof projectImportMachine.states)[number];

/** 项目任务 — a row of the sheet after every cell was read and its one owner was found in the roster. */
export interface ProjectTask {
  /** 1.1.1 = part.item.task */
  readonly number: string;
  readonly part: string;
  readonly item: string;
  readonly title: string;
  readonly ownerPostId: string;
  readonly startOn: LocalDate | null;
  readonly dueOn: LocalDate;
  readonly mandatory: boolean;
  /** 佐证材料 */
  readonly evidence: string;
  readonly remark: string;
  /** from the snapshot; 0 without one */
  readonly percent: number;
}

/** 项目预检摘要 — what the card shows and the table keeps. */
export interface ProjectSummary {
  readonly total: number;
  readonly faultyRows: number;
  readonly errors: readonly Finding[];
  readonly parts: readonly { readonly title: string; readonly items: number; readonly tasks: number }[];
  readonly items: number;
  /** 责任党员，按表里的次序 */
  readonly owners: readonly { readonly name: string; readonly tasks: number }[];
  readonly snapshotOn: LocalDate | null;
}

/** 项目预检 */
export interface ProjectCheck {
  /** null: no owner was found in any unit */
  readonly unitCode: string | null;
  readonly tasks: readonly ProjectTask[];
  readonly summary: ProjectSummary;
}
