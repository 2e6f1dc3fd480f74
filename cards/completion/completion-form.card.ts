import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { type DueSpan, daysWords, spanWords } from '../kit/due-line.ts';
import { fields, form, input, note, submit, text } from '../kit/elements.ts';
import { requestCompletion } from './actions.ts';

export interface CompletionFormProps {
  readonly itemId: string;
  readonly round: number;
  readonly code: string;
  readonly title: string;
  readonly dueOn: string;
  readonly originalDueOn: string;
  readonly today: string;
  readonly span: DueSpan;
  readonly percent: number;
  /** 最近一次反馈的内容，作为底稿 */
  readonly draft: string;
  /** 还没有办结的必办子任务 */
  readonly open: readonly { readonly code: string; readonly title: string }[];
  /** 上次退回的原因 */
  readonly returned: string | null;
}

/** 办结申请单 — the result in words; a photo is never asked for. */
export const completionFormCard = defineCard<CompletionFormProps>(
  'completion.form',
  '办结申请单',
  ({ itemId, round, code, title, dueOn, originalDueOn, today, span, percent, draft, open, returned }) => ({
    title: `申请办结 ${code}`,
    subtitle: title,
    color: returned ? 'orange' : 'blue',
    summary: `申请办结 ${code}：${title}`,
    elements: [
      fields([
        { label: '时限', value: `${daysWords(dueOn, originalDueOn, today)}｜${spanWords(span)}`, wide: true },
        { label: '台账进度', value: `${percent}%` },
      ]),
      returned !== null && text(`上次退回：${returned}`, { color: 'orange', lines: 4 }),
      open.length > 0 &&
        text(`还有${open.length}个必办的子任务没有办结：${open.map((part) => `${part.code} ${part.title}`).join('、')}`, {
          color: 'orange',
          lines: 4,
        }),
      form(`complete_${itemId.replace(/\W/g, '').slice(0, 24)}_r${round}`, [
        input('result', '办理结果', { initial: draft, required: true, multiline: true, maxLength: 500, placeholder: '任务怎样完成，达到什么效果' }),
        input('evidence', '佐证说明（可不填）', { maxLength: 300, placeholder: '文件名称、文号、存放处' }),
        open.length > 0 && input('waiver', '书面说明（子任务没有全办结时填写）', { multiline: true, maxLength: 300, placeholder: '依据和理由' }),
        submit('提交申请', bind(requestCompletion, { itemId, round })),
      ]),
      note('由本单位主要负责人审签后转督查室核查。照片等附件不作要求，内容不得涉密。'),
    ],
  }),
  samples(),
);

function samples() {
  const base: CompletionFormProps = {
    itemId: 'i63',
    round: 1,
    code: '管-063',
    title: '渔排清退协商签约',
    dueOn: '2026-09-30',
    originalDueOn: '2026-09-30',
    today: '2026-09-20',
    span: { when: 'ahead', days: 7, remark: '含中秋假期' },
    percent: 100,
    draft: '218户全部签约',
    open: [],
    returned: null,
  };
  return [
    { name: 'plain', props: base },
    { name: 'again', props: { ...base, dueOn: '2026-12-18', round: 2, returned: '请补充签约台账的存放处' } },
    { name: 'open-parts', props: { ...base, code: '管-003', open: [{ code: '管-003-2', title: '第二批兑付' }] } },
    {
      name: 'long',
      props: {
        ...base,
        draft: '办'.repeat(300),
        open: Array.from({ length: 8 }, (_, index) => ({ code: `管-003-${index + 1}`, title: '重点片区城市更新项目搬迁补偿安置协商签约' })),
      },
    },
  ];
}
