import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { daysWords } from '../kit/due-line.ts';
import { button, buttons, fields, form, note, select, submit } from '../kit/elements.ts';
import { openMyItems } from '../task-books/actions.ts';
import { assignResponsible } from './actions.ts';

interface Choice {
  readonly postId: string;
  readonly words: string;
}

export interface AssignProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly dueOn: string;
  readonly originalDueOn: string;
  readonly today: string;
  readonly responsible: string;
  readonly liaison: string;
  /** 表单：可选的岗位；null：已经调整，这是结果 */
  readonly choices: {
    readonly responsible: readonly Choice[];
    readonly liaison: readonly Choice[];
    readonly chosen: { readonly responsible: string; readonly liaison: string };
  } | null;
  /** 表单的版本 */
  readonly version: number;
  /** 收不到卡片的人 */
  readonly unreachable: readonly string[];
}

/** 责任人 — who answers for the item, and the form with which the liaison changes it. */
export const assignCard = defineCard<AssignProps>(
  'break-down.assign',
  '责任人',
  ({ itemId, code, title, dueOn, originalDueOn, today, responsible, liaison, choices, version, unreachable }) => ({
    title: choices ? `调整责任人 ${code}` : `责任人已调整 ${code}`,
    subtitle: title,
    color: choices ? 'blue' : 'green',
    summary: choices ? `调整${code}的责任人` : `${code}的责任人：${responsible}`,
    elements: [
      fields([
        { label: choices ? '现在的责任人' : '责任人', value: responsible },
        { label: choices ? '现在的联络员' : '联络员', value: liaison },
        { label: '时限', value: daysWords(dueOn, originalDueOn, today), wide: true },
      ]),
      choices
        ? form(`assign_${itemId.replace(/\W/g, '').slice(0, 24)}_${version}`, [
            select('responsible', '责任人', {
              options: choices.responsible.map(({ postId, words }) => ({ value: postId, text: words })),
              required: true,
              ...(choices.chosen.responsible ? { initial: choices.chosen.responsible } : {}),
            }),
            select('liaison', '联络员', {
              options: choices.liaison.map(({ postId, words }) => ({ value: postId, text: words })),
              ...(choices.chosen.liaison ? { initial: choices.chosen.liaison } : {}),
            }),
            submit('提交调整', bind(assignResponsible, { itemId })),
          ])
        : buttons(button('我的任务', { action: bind(openMyItems, { page: 0 }) })),
      unreachable.length > 0 && note(`没有飞书账号、收不到卡片：${unreachable.join('、')}，请当面告知。`),
      choices && note('只能在本单位内调整；责任随岗位走。'),
    ],
  }),
  samples(),
);

function samples() {
  const base: AssignProps = {
    itemId: 'i63',
    code: '管-063',
    title: '渔排清退协商签约',
    dueOn: '2026-10-30',
    originalDueOn: '2026-09-30',
    today: '2026-06-02',
    responsible: '方伟',
    liaison: '曾小雨',
    choices: {
      responsible: [
        { postId: 'p1', words: '方伟　渔业办负责人' },
        { postId: 'p2', words: '徐立新　综治办负责人' },
      ],
      liaison: [
        { postId: 'l1', words: '曾小雨　党政办主任' },
        { postId: 'l2', words: '蒋程远　党政办科员（备用）' },
      ],
      chosen: { responsible: 'p1', liaison: 'l1' },
    },
    version: 3,
    unreachable: [],
  };
  return [
    { name: 'form', props: base },
    { name: 'unreachable', props: { ...base, unreachable: ['徐立新'] } },
    { name: 'assigned', props: { ...base, choices: null, responsible: '徐立新' } },
  ];
}
