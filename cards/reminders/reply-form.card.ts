import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { datePicker, fields, form, input, note, submit, text } from '../kit/elements.ts';
import { replyToUrge } from './actions.ts';

export interface ReplyFormProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly dueLine: string;
  /** `9月17日(周四) 催办` … */
  readonly sends: readonly string[];
  readonly cause: string;
  readonly measure: string;
  readonly promisedOn: string | null;
  /** 上一次为什么没停表 */
  readonly lastReply: string | null;
  /** differs from one form to the next */
  readonly occasion: string;
}

/** 回复催办 — cause, measure and date; what was written before is filled in. */
export const replyFormCard = defineCard<ReplyFormProps>(
  'reminders.reply-form',
  '回复催办的表单',
  ({ itemId, code, title, dueLine, sends, cause, measure, promisedOn, lastReply, occasion }) => ({
    title: `回复催办 ${code}`,
    subtitle: title,
    color: 'red',
    tags: [{ text: '逾期待回复', color: 'red' }],
    summary: `回复催办 ${code}：请写明原因、措施和完成日期`,
    elements: [
      fields([
        { label: '时限', value: dueLine, wide: true },
        { label: '提醒记录', value: sends.join('\n'), wide: true },
      ]),
      lastReply !== null && text(lastReply, { color: 'orange', lines: 6 }),
      form(`reply_${occasion}`, [
        input('cause', '原因', { initial: cause, multiline: true, maxLength: 300, placeholder: '为什么没有按时完成' }),
        input('measure', '措施', { initial: measure, multiline: true, maxLength: 300, placeholder: '谁、做什么、怎么赶上' }),
        datePicker('promisedOn', '完成日期', promisedOn === null ? {} : { initial: promisedOn }),
        submit('提交回复', bind(replyToUrge, { itemId })),
      ]),
      note('三项齐全并经督查室采纳后停表，此后按您写的日期提醒；原定时限不变。内容不得涉密。'),
    ],
  }),
  samples(),
);

function samples() {
  const base: ReplyFormProps = {
    itemId: 'i31',
    code: '党-031',
    title: '老旧小区改造',
    dueLine: '时限9月16日(周三)｜已逾期1个工作日',
    sends: ['9月15日(周二) 到期预告', '9月16日(周三) 今天到期', '9月17日(周四) 催办'],
    cause: '',
    measure: '',
    promisedOn: null,
    lastReply: null,
    occasion: 'k1',
  };
  const again = {
    cause: '管线迁改未批',
    measure: '9月22日前完成迁改并增加两个班组',
    promisedOn: '2026-10-15',
    lastReply: '林晓退回：请写明每栋楼的完成时间',
  };
  return [
    { name: 'first', props: base },
    { name: 'again', props: { ...base, ...again } },
  ];
}
