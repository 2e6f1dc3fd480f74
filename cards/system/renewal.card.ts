import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, note, row, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { reopen } from './actions.ts';

export interface RenewalProps {
  /** 换下的卡片，一张一行 */
  readonly entries: readonly { readonly cardKey: string; readonly title: string; readonly summary: string }[];
}

/** 卡片换新 — several cards of one person that the platform is about to switch off: one message, each opened with a tap. */
export const renewalCard = defineCard<RenewalProps>(
  'system.renewal',
  '卡片换新',
  ({ entries }) => ({
    title: '还有事等您办',
    color: 'orange',
    tags: [{ text: '卡片换新', color: 'orange' }],
    summary: `${entries.length}件事等您办：${entries.map(({ title }) => clip(title, 12)).join('、')}`,
    elements: [
      text(`${entries.length}张卡片发出快满14天，按钮将失效，已换下。点“打开”得到新的。`, { lines: 3 }),
      ...entries.map(({ cardKey, title, summary }) =>
        row(`${clip(title, 40)}\n${clip(summary, 60)}`, button('打开', { action: bind(reopen, { cardKey }) })),
      ),
      note('办完的不会再出现。'),
    ],
  }),
  [
    {
      name: 'several',
      props: {
        entries: [
          { cardKey: 'waiting:signOff:p1', title: '待审签', summary: '待审签3件，其中1件须单独看' },
          { cardKey: 'task-book:b1', title: '2026年重点工作任务书', summary: '南屿办事处任务书3项，请签收' },
        ],
      },
    },
  ],
);
