import { defineMachine } from '#core/machine';

/** 催办回复的一生：三样不齐的收下但不停表；齐全的等督查室采纳 */
export const urgeReplyMachine = defineMachine({
  states: ['incomplete', 'submitted', 'accepted', 'returned'],
  initial: 'submitted',
  transitions: {
    accept: { from: ['submitted'], to: 'accepted' }, // 采纳，停表
    return: { from: ['submitted'], to: 'returned' }, // 退回，不停表
  },
});
export type UrgeReplyStatus = (typeof urgeReplyMachine.states)[number];
