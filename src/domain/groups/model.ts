import { defineMachine } from '#core/machine';
import type { Finding } from '../workbook-import/model.ts';

/** 小组名单的一生：预检 → 生效 → 被新名单替换 */
export const groupRollMachine = defineMachine({
  states: ['checked', 'inForce', 'replaced'],
  initial: 'checked',
  transitions: {
    confirm: { from: ['checked'], to: 'inForce' }, //  确认导入
    replace: { from: ['inForce'], to: 'replaced' }, // 换成新名单
  },
});
export type GroupRollState = (typeof groupRollMachine.states)[number];

/** 一个组员 */
export interface GroupMember {
  readonly name: string;
  /** digits only: the key of a person, since names repeat */
  readonly mobile: string;
}

/** 读出的小组：一名组长带五名组员 */
export interface GroupDraft {
  readonly code: string;
  readonly line: string;
  readonly leader: GroupMember;
  readonly members: readonly GroupMember[];
}

/** 小组预检摘要 */
export interface GroupSummary {
  readonly groups: number;
  /** filled places; more than people when somebody stands in two groups */
  readonly places: number;
  readonly people: number;
  readonly errors: readonly Finding[];
  readonly lines: readonly { readonly name: string; readonly groups: number; readonly people: number }[];
}

/** 月记的四条：思想、技能、业绩、作风 */
export const noteFields = ['thought', 'skill', 'results', 'style'] as const;
export type NoteField = (typeof noteFields)[number];

/** 组长月记 */
export type GroupNote = Readonly<Record<NoteField, string>> & { readonly groupCode: string; readonly month: string };
