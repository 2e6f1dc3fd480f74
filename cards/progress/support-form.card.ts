import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, form, input, note, panel, submit, text } from '../kit/elements.ts';
import { giveSupport, openSupport } from './actions.ts';

export interface SupportFormProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly leadUnit: string;
  /** 配合单位 */
  readonly unitName: string;
  /** 已有的分工反馈，近的在后 */
  readonly former: readonly { readonly unitName: string; readonly content: string; readonly by: string }[];
  /** 提交之后 */
  readonly done: boolean;
}

/** 分工反馈 — a supporting unit tells the lead unit about its own part. */
export const supportFormCard = defineCard<SupportFormProps>(
  'progress.support-form',
  '分工反馈',
  ({ itemId, code, title, leadUnit, unitName, former, done }) => ({
    title: `分工反馈 ${code}`,
    subtitle: title,
    color: done ? 'green' : 'blue',
    ...(done ? { tags: [{ text: '已告知牵头单位', color: 'green' as const }] } : {}),
    summary: `${code}分工反馈：${done ? '已告知牵头单位' : unitName}`,
    elements: [
      text(`牵头单位：${leadUnit}。${unitName}写自己的部分，由牵头单位并入反馈。`, { lines: 3 }),
      former.length > 0 &&
        panel(
          '各配合单位的情况',
          former.slice(-6).map(({ unitName: who, content, by }) => text(`${who}：${content}\n${by}`, { lines: 5 })),
          done,
        ),
      !done &&
        form(`support_${itemId.replace(/\W/g, '').slice(0, 24)}_${former.length}`, [
          input('content', '本单位的进展', { required: true, multiline: true, maxLength: 300, placeholder: '做了什么、还差什么' }),
          submit('提交分工反馈', bind(giveSupport, { itemId })),
        ]),
      done ? buttons(button('再补充', { action: bind(openSupport, { itemId }) })) : note('没有进展的不用填。内容不得涉密。'),
    ],
  }),
  samples(),
);

function samples() {
  const base: SupportFormProps = {
    ...{ itemId: 'i63', code: '管-063', title: '渔排清退协商签约', leadUnit: '南屿办事处', unitName: '生态环境管理局', done: false },
    former: [],
  };
  const former = [{ unitName: '生态环境管理局', content: '已完成水质复核', by: '许蓉　6月24日（周三）10:00' }];
  return [
    { name: 'first', props: base },
    { name: 'again', props: { ...base, former } },
    { name: 'done', props: { ...base, former, done: true } },
  ];
}
