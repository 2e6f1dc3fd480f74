import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { datePicker, fields, form, input, note, select, submit, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';
import { clip } from '../kit/markdown.ts';
import { breakDown } from './actions.ts';

export interface BreakDownFormProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly dueOn: string;
  readonly today: string;
  readonly percent: number;
  /** 已有的子任务 */
  readonly parts: readonly { readonly code: string; readonly title: string; readonly weight: string }[];
  /** 可选的责任人 */
  readonly people: readonly { readonly postId: string; readonly words: string }[];
  /** 责任人里没有飞书账号的 */
  readonly unreachable: readonly string[];
}

/** 一次能添的子任务数；再多就再分解一次。 */
export const slots = 4;
/** 已有子任务最多几个能在这张单上改权重 */
export const partsMax = 12;

/** 分解单 — several parts at once, and the weights of those that exist. */
export const breakDownFormCard = defineCard<BreakDownFormProps>(
  'break-down.form',
  '分解单',
  ({ itemId, code, title, dueOn, today, percent, parts, people, unreachable }) => ({
    title: `分解 ${code}`,
    subtitle: title,
    color: 'blue',
    summary: `分解 ${code}：${title}`,
    elements: [
      fields([
        { label: '上级时限', value: formatDay(dueOn, today) },
        { label: '台账进度', value: `${percent}%` },
      ]),
      percent > 0 && parts.length === 0 && text('分解之后，进度由子任务汇总，从各子任务的反馈重新算起。', { color: 'orange', lines: 2 }),
      form(`parts_${itemId.replace(/\W/g, '').slice(0, 24)}_${parts.length}`, [
        ...parts.map((part, index) =>
          input(`share${index + 1}`, `${part.code} ${clip(part.title, 24)}的权重`, { initial: part.weight, maxLength: 4 }),
        ),
        ...Array.from({ length: slots }, (_, index) => index + 1).flatMap((slot) => [
          input(`title${slot}`, `子任务${slot}的名称${slot === 1 ? '' : '（没有可不填）'}`, { maxLength: 60, required: slot === 1 }),
          datePicker(`due${slot}`, `子任务${slot}的时限`),
          input(`weight${slot}`, `子任务${slot}的权重（可不填）`, { maxLength: 4 }),
          select(`person${slot}`, `子任务${slot}的责任人`, { options: people.map(({ postId, words }) => ({ value: postId, text: words })) }),
        ]),
        submit('提交分解', bind(breakDown, { itemId, known: parts.length })),
      ]),
      note(
        `权重合计100，或全部不填（平均）。责任人不选的，同上级事项。${unreachable.length > 0 ? `没有飞书账号、收不到卡片：${unreachable.join('、')}。` : ''}`,
      ),
    ],
  }),
  samples(),
);

function samples() {
  const base: BreakDownFormProps = {
    itemId: 'i3',
    code: '管-003',
    title: '惠企纾困资金三批直达兑付',
    dueOn: '2026-12-18',
    today: '2026-06-02',
    percent: 0,
    parts: [],
    people: [
      { postId: 'p1', words: '梁月明　综合规划科科长' },
      { postId: 'p2', words: '周立新　投资科科长' },
    ],
    unreachable: [],
  };
  return [
    { name: 'first', props: base },
    { name: 'reported', props: { ...base, percent: 30, unreachable: ['何雅雯'] } },
    {
      name: 'more',
      props: {
        ...base,
        parts: Array.from({ length: 12 }, (_, index) => ({
          code: `管-003-${index + 1}`,
          title: '重点片区城市更新项目搬迁补偿安置协商签约',
          weight: '8',
        })),
        people: Array.from({ length: 12 }, (_, index) => ({ postId: `p${index}`, words: '欧阳月明　政府采购和绩效评价科负责人' })),
      },
    },
  ];
}
