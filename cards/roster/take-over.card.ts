import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, note, row, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { reopen } from '../system/actions.ts';

export interface TakeOverProps {
  /** `自7月31日起接任南屿办事处主任` */
  readonly occasion: string;
  /** 等他办的，一件一行 */
  readonly entries: readonly { readonly cardKey: string; readonly title: string; readonly summary: string }[];
  /** how many more there are */
  readonly more: number;
}

/** 接手之后等您办的 — what was sent to whoever had the post before, each opened with a tap. */
export const takeOverCard = defineCard<TakeOverProps>(
  'roster.take-over',
  '接手之后等您办的',
  ({ occasion, entries, more }) => ({
    title: '接手之后等您办的',
    color: 'orange',
    summary: `${entries.length + more}件事等您办：${entries
      .slice(0, 3)
      .map(({ title }) => clip(title, 12))
      .join('、')}`,
    elements: [
      text(`${occasion}，下面${entries.length + more}件正等着办。点“打开”得到卡片。`, { lines: 3 }),
      ...entries.map(({ cardKey, title, summary }) =>
        row(`${clip(title, 40)}\n${clip(summary, 60)}`, button('打开', { action: bind(reopen, { cardKey }) })),
      ),
      note(more > 0 ? `另有${more}件，发送“我的任务”“待审签”“督办令”可查看。` : '别人先办了的，打开时会告诉您。'),
    ],
  }),
  samples(),
);

function samples() {
  const entries = [
    { cardKey: 'waiting:signOff:p1', title: '待审签', summary: '待审签3件，其中1件须单独看' },
    { cardKey: 'task-book:b1', title: '2026年重点工作任务书', summary: '南屿办事处任务书3项，请于6月2日（周二）18:00前签收' },
    { cardKey: 'completion:q1:head', title: '管-063 渔排清退协商签约', summary: '管-063 申请办结｜待单位审签' },
  ];
  return [
    { name: 'several', props: { occasion: '自7月31日起接任南屿办事处主任', entries, more: 0 } },
    {
      name: 'many',
      props: {
        occasion: '8月3日至8月12日代袁梦洁办理',
        entries: Array.from({ length: 12 }, (_, index) => ({
          cardKey: `completion:q${index}:head`,
          title: '督'.repeat(60),
          summary: '查'.repeat(90),
        })),
        more: 9,
      },
    },
  ];
}
