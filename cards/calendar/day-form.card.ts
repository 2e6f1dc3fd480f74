import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { datePicker, form, input, note, select, submit } from '../kit/elements.ts';
import { changeDay } from './actions.ts';

export interface DayFormProps {
  readonly date: string;
  /** differs from one form to the next */
  readonly occasion: string;
}

/** 调整一天的单子 — a local holiday, a typhoon day, a Saturday at work. */
export const dayFormCard = defineCard<DayFormProps>(
  'calendar.day-form',
  '调整一天',
  ({ date, occasion }) => ({
    title: '调整一天',
    color: 'blue',
    summary: '调整工作日历的一天',
    elements: [
      form(`day_${occasion}`, [
        datePicker('date', '日期', { required: true, initial: date }),
        select('kind', '改为', {
          required: true,
          options: [
            { text: '放假', value: 'off' },
            { text: '上班', value: 'work' },
            { text: '恢复全国安排', value: 'national' },
          ],
        }),
        input('reason', '原因', { required: true, maxLength: 30, placeholder: '例如：台风停工' }),
        submit('保存', bind(changeDay, {})),
      ]),
      note('只改本区的日历。时限、提醒和反馈日随即按它重算，已发过的不重发。'),
    ],
  }),
  [{ name: 'open', props: { date: '2026-08-19', occasion: 'k1' } }],
);
