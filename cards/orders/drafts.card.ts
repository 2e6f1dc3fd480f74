import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, note, row, text } from '../kit/elements.ts';
import { openOrder } from './actions.ts';

export interface DraftsProps {
  readonly drafts: readonly {
    readonly orderId: string;
    readonly code: string;
    readonly title: string;
    readonly unitName: string;
    readonly dueLine: string;
  }[];
  /** 一页放不下的 */
  readonly more: number;
}

/** 一次拟了几份 — one merged card for an inspector, each draft one tap away. */
export const draftsCard = defineCard<DraftsProps>(
  'orders.drafts',
  '几份督办令拟稿',
  ({ drafts, more }) => ({
    title: '督办令拟稿待核稿',
    color: 'orange',
    tags: [{ text: `${drafts.length + more}份`, color: 'orange' }],
    summary: `督办令拟稿${drafts.length + more}份待核稿`,
    elements: [
      text(`已拟${drafts.length + more}份督办令，待核稿。逾期满5个工作日、回复没有采纳的，由系统拟稿。`, { lines: 3 }),
      ...drafts.map(({ orderId, code, title, unitName, dueLine }) =>
        row(`${code} ${title}\n${unitName}｜${dueLine}`, button('核稿', { action: bind(openOrder, { orderId }) })),
      ),
      note(more > 0 ? `另有${more}份，核完这些，发送“督办令 拟稿”看其余的。` : '没有核稿、签发之前，不取号，不发给单位。'),
    ],
  }),
  samples(),
);

function samples() {
  const draft = (index: number) => ({
    orderId: `o${index}`,
    code: `管-0${index}`,
    title: '既有建筑幕墙安全排查',
    unitName: '住房和建设局',
    dueLine: '时限9月16日(周三)｜已逾期4个工作日(含调休)',
  });
  return [
    { name: 'two', props: { drafts: [draft(61), draft(62)], more: 0 } },
    { name: 'many', props: { drafts: Array.from({ length: 15 }, (_, index) => draft(61 + index)), more: 4 } },
  ];
}
