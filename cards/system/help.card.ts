import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, panel, text } from '../kit/elements.ts';
import { ask } from './actions.ts';

export interface HelpProps {
  readonly botName: string;
  readonly commands: readonly { readonly word: string; readonly example: string; readonly summary: string }[];
}

/** 帮助 — what the person may say, each with one example. */
export const helpCard = defineCard<HelpProps>(
  'system.help',
  '帮助',
  ({ botName, commands }) => ({
    title: `${botName}能办的事`,
    color: 'blue',
    summary: `能办的事：${commands.map(({ word }) => word).join('、')}`,
    elements: [
      text('按钮优先；也可以直接发送下面的话，前面加不加“/”都行。', { lines: 2 }),
      fields(commands.slice(0, 12).map(({ example, summary }) => ({ label: example, value: summary, wide: true }))),
      commands.length > 12 &&
        panel('更多', [fields(commands.slice(12).map(({ example, summary }) => ({ label: example, value: summary, wide: true })))]),
      buttons(button('查看我的任务', { style: 'primary', action: bind(ask, { text: '我的任务' }) })),
      note('内容不得涉密。有意见，请发送“投诉建议”，直接转督查室主任。'),
    ],
  }),
  [
    {
      name: 'liaison',
      props: {
        botName: '督查助手',
        commands: [
          { word: '我的任务', example: '我的任务', summary: '查看您负责的事项，逐项反馈' },
          { word: '任务', example: '任务 管-063', summary: '查看一个事项' },
          { word: '帮助', example: '帮助', summary: '查看能办的事' },
        ],
      },
    },
  ],
);
