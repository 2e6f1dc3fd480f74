import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, form, input, note, submit, submits, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';
import { term, urgeReplyStatus } from '../kit/terms.ts';
import { acceptReply, openReply, returnReply } from './actions.ts';

export interface ReplyProps {
  readonly audience: 'replier' | 'inspector';
  readonly replyId: string;
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly status: 'incomplete' | 'submitted' | 'accepted' | 'returned';
  readonly dueLine: string;
  readonly cause: string | null;
  readonly measure: string | null;
  readonly promisedOn: string | null;
  readonly by: string;
  readonly at: string;
  readonly decidedBy: string | null;
  readonly returnReason: string | null;
  /** 事项已改派：原单位的这一份到此为止 */
  readonly lapsed: boolean;
}

const statusColor = { incomplete: 'orange', submitted: 'orange', accepted: 'green', returned: 'red' } as const;

/** 催办回复 — what was answered and whether the clock stands still. */
export const replyCard = defineCard<ReplyProps>(
  'reminders.reply',
  '催办回复',
  (props) => {
    const { audience, replyId, itemId, code, title, unitName, status, dueLine, cause, measure, promisedOn, by, at, decidedBy, returnReason, lapsed } =
      props;
    const word = lapsed ? '已失效' : term(urgeReplyStatus, status);
    const color = lapsed ? 'grey' : statusColor[status];
    return {
      title: `催办回复 ${code}`,
      subtitle: `${unitName}　${title}`,
      color,
      tags: [{ text: word, color: color === 'grey' ? 'neutral' : color }],
      summary: `催办回复 ${code}：${word}`,
      elements: [
        text(headlineOf(props), { size: 'heading', lines: 2 }),
        fields([
          { label: '时限', value: dueLine, wide: true },
          { label: '原因', value: cause ?? '未写', wide: true },
          { label: '措施', value: measure ?? '未写', wide: true },
          { label: '完成日期', value: promisedOn === null ? '未写' : formatDay(promisedOn) },
          { label: '回复人', value: `${by}　${at}` },
        ]),
        returnReason !== null && !lapsed && text(`${decidedBy ?? ''}退回：${returnReason}`, { color: 'red', lines: 4 }),
        status === 'accepted' && note(`${decidedBy ?? ''}已采纳`),
        audience === 'inspector' &&
          !lapsed &&
          status === 'submitted' &&
          form(`decide_${replyId.replace(/\W/g, '').slice(0, 24)}`, [
            input('reason', '退回原因（退回时填写）', { maxLength: 200 }),
            submits(
              submit('采纳', bind(acceptReply, { replyId })),
              submit('退回', bind(returnReply, { replyId }), {
                style: 'danger',
                confirm: { title: '退回这份回复？', text: '回复人会收到退回原因，时钟不停。' },
              }),
            ),
          ]),
        audience === 'replier' &&
          !lapsed &&
          (status === 'incomplete' || status === 'returned') &&
          buttons(button('重新回复', { style: 'primary', action: bind(openReply, { itemId }) })),
      ],
    };
  },
  samples(),
);

function headlineOf({ status, promisedOn, lapsed }: ReplyProps): string {
  if (lapsed) return '事项已改派，这份回复到此为止，由新的牵头单位回复';
  if (status === 'incomplete') return '未停表:请补充原因、措施、完成日期';
  if (status === 'submitted') return '已提交，待督查室采纳；采纳之前不停表';
  if (status === 'returned') return '已退回，未停表:请补充后重新回复';
  return `已停表，按${promisedOn === null ? '' : formatDay(promisedOn)}完成提醒`;
}

function samples() {
  const base: ReplyProps = {
    audience: 'inspector',
    replyId: 'r1',
    itemId: 'i31',
    code: '党-031',
    title: '老旧小区改造',
    unitName: '住房和建设局',
    status: 'submitted',
    dueLine: '时限9月16日(周三)｜已逾期3个工作日',
    cause: '管线迁改未批',
    measure: '9月22日前完成迁改并增加两个班组',
    promisedOn: '2026-10-15',
    by: '丁一凡',
    at: '9月21日（周一）15:20',
    decidedBy: null,
    returnReason: null,
    lapsed: false,
  };
  const none = { cause: null, measure: null, promisedOn: null };
  return [
    { name: 'waiting', props: base },
    { name: 'incomplete', props: { ...base, ...none, audience: 'replier' as const, status: 'incomplete' as const } },
    { name: 'sent', props: { ...base, audience: 'replier' as const } },
    { name: 'accepted', props: { ...base, audience: 'replier' as const, status: 'accepted' as const, decidedBy: '林晓' } },
    { name: 'lapsed', props: { ...base, audience: 'replier' as const, status: 'returned' as const, lapsed: true } },
    {
      name: 'returned',
      props: { ...base, audience: 'replier' as const, status: 'returned' as const, decidedBy: '林晓', returnReason: '请写明每栋楼的完成时间' },
    },
  ];
}
