import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, row, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { ask } from './actions.ts';

export interface DidYouMeanProps {
  readonly text: string;
  readonly suggestions: readonly { readonly example: string; readonly summary: string }[];
}

/** 没听懂 — the three nearest things that can be said; no lecture. */
export const didYouMeanCard = defineCard<DidYouMeanProps>(
  'system.did-you-mean',
  '没听懂',
  ({ text: said, suggestions }) => ({
    title: '没听懂这句话',
    color: 'grey',
    summary: '没听懂这句话，看看是不是要办这几件事',
    elements: [
      text(`“${clip(said, 40)}”不在我能办的事里。您是不是要：`, { lines: 2 }),
      ...suggestions.map(({ example, summary }) =>
        row(`${example}：${summary}`, button('发送', { action: bind(ask, { text: example.slice(0, 60) }) })),
      ),
    ],
  }),
  [
    {
      name: 'three',
      props: {
        text: '我任务呢',
        suggestions: [
          { example: '我的任务', summary: '查看您负责的事项' },
          { example: '任务 管-063', summary: '查看一个事项' },
          { example: '帮助', summary: '查看能办的事' },
        ],
      },
    },
  ],
);
