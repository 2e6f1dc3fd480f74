import { defineMachine } from '#core/machine';

/** 放假安排的一生：预览 → 已导入 → 被同一年更新的一份取代 */
export const calendarNoticeMachine = defineMachine({
  states: ['offered', 'imported', 'superseded'],
  initial: 'offered',
  transitions: {
    import: { from: ['offered'], to: 'imported' }, //       确认导入
    supersede: { from: ['imported'], to: 'superseded' }, // 同一年又导入了一份
  },
});
export type CalendarNoticeState = (typeof calendarNoticeMachine.states)[number];
