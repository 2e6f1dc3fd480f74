import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { type DueSpan, daysWords, spanWords } from '../kit/due-line.ts';
import { button, buttons, fields, form, input, note, panel, submit, text } from '../kit/elements.ts';
import { formatNumber } from '../kit/format.ts';
import { openMyItems } from '../task-books/actions.ts';
import { reportNoChange, submitReport } from './actions.ts';

export interface ProgressFormProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly dueOn: string;
  readonly originalDueOn: string;
  readonly today: string;
  readonly span: DueSpan;
  /** which report this will be */
  readonly round: number;
  readonly percent: number;
  readonly content: string;
  readonly difficulties: string;
  readonly metrics: readonly { readonly name: string; readonly value: number; readonly target: number; readonly unit: string }[];
  /** 退回补充时的原因 */
  readonly returned: { readonly by: string; readonly reason: string } | null;
  /** 上次反馈之后，配合单位说的 */
  readonly support: readonly { readonly unitName: string; readonly content: string; readonly by: string }[];
  /** 一句话报的数：读出了什么，没听懂什么，哪里比上次小 */
  readonly quick: { readonly read: readonly string[]; readonly notes: readonly string[]; readonly reason: string } | null;
}

/** 填报 — the last values are filled in; one tap when nothing changed. */
export const progressFormCard = defineCard<ProgressFormProps>(
  'progress.progress-form',
  '反馈填报',
  (props) => {
    const { itemId, code, title, dueOn, originalDueOn, today, span, round, percent, content, difficulties, metrics, returned, support, quick } =
      props;
    return {
      title: `反馈 ${code}`,
      subtitle: title,
      color: returned || quick ? 'orange' : 'blue',
      ...(returned ? { tags: [{ text: '退回补充', color: 'orange' as const }] } : {}),
      ...(quick ? { tags: [{ text: '待您确认', color: 'orange' as const }] } : {}),
      summary: quick ? `反馈 ${code}：${quick.read.join('，')}，请确认` : `反馈 ${code}：${title}`,
      elements: [
        quick && text(`读到：${quick.read.length > 0 ? quick.read.join('；') : '没有读到数值'}。核对后点“提交反馈”，还没有提交。`, { lines: 4 }),
        ...(quick?.notes ?? []).map((words) => text(words, { color: 'orange', lines: 3 })),
        fields([
          { label: '时限', value: daysWords(dueOn, originalDueOn, today) },
          { label: '距时限', value: spanWords(span) },
        ]),
        returned && text(`${returned.by}退回：${returned.reason}`, { color: 'orange', lines: 4 }),
        support.length > 0 &&
          panel(
            `配合单位的情况（${support.length}条）`,
            support.slice(-6).map(({ unitName, content: words, by }) => text(`${unitName}：${words}\n${by}`, { lines: 5 })),
            true,
          ),
        form(`report_${itemId.replace(/\W/g, '').slice(0, 24)}_r${round}`, [
          ...metrics.map(({ name, value, target, unit }, index) =>
            input(`metric${index + 1}`, `${name}（目标${formatNumber(target)}${unit}）`, {
              initial: formatNumber(value),
              required: true,
              maxLength: 20,
            }),
          ),
          input('percent', '完成百分比（0–100）', { initial: String(percent), required: true, maxLength: 4 }),
          input('content', '进展情况', { initial: content, required: true, multiline: true, maxLength: 500, placeholder: '做了什么、到了哪一步' }),
          input('difficulties', '存在困难（没有可不填）', { initial: difficulties, multiline: true, maxLength: 500 }),
          input('reason', '下调原因（比上次小时填写）', { maxLength: 200, initial: quick?.reason ?? '' }),
          submit('提交反馈', bind(submitReport, { itemId, round })),
        ]),
        buttons(
          button('本期无变化', { action: bind(reportNoChange, { itemId, round }) }),
          button('返回我的任务', { style: 'text', action: bind(openMyItems, { page: 0 }) }),
        ),
        note('照片等附件不作要求。内容不得涉密。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const base: ProgressFormProps = {
    itemId: 'i63',
    code: '管-063',
    title: '渔排清退协商签约',
    dueOn: '2026-07-31',
    originalDueOn: '2026-07-31',
    today: '2026-06-24',
    span: { when: 'ahead', days: 27, remark: '' },
    round: 2,
    percent: 95,
    content: '已签约209户',
    difficulties: '',
    metrics: [{ name: '签约户数', value: 209, target: 218, unit: '户' }],
    returned: null,
    support: [],
    quick: null,
  };
  return [
    { name: 'metric', props: base },
    {
      name: 'support',
      props: { ...base, support: [{ unitName: '生态环境管理局', content: '已完成水质复核', by: '许蓉　6月24日（周三）10:00' }] },
    },
    {
      name: 'plain',
      props: {
        ...base,
        code: '党-031',
        title: '老旧小区改造',
        metrics: [],
        percent: 70,
        span: { when: 'overdue' as const, days: 2, remark: '含调休' },
      },
    },
    {
      name: 'quick',
      props: {
        ...base,
        metrics: [{ name: '签约户数', value: 216, target: 218, unit: '户' }],
        percent: 99,
        content: '签约户数216户，比上次多7户',
        quick: { read: ['签约户数216户', '完成99%'], notes: ['没听懂“上周”，没有采用。'], reason: '' },
      },
    },
    {
      name: 'quick-lowered',
      props: {
        ...base,
        metrics: [{ name: '签约户数', value: 204, target: 218, unit: '户' }],
        quick: { read: ['签约户数204户'], notes: ['签约户数由209户降为204户，请写明下调原因再提交。'], reason: '5户重复统计' },
      },
    },
    { name: 'returned', props: { ...base, returned: { by: '林晓', reason: '请补充未签约的2户的情况和下一步措施' } } },
  ];
}
