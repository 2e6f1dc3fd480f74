import { defineCard } from '../kit/card.ts';
import { daysWords } from '../kit/due-line.ts';
import { note, table, text } from '../kit/elements.ts';
import { term, workItemStatus } from '../kit/terms.ts';

export interface ThemeProps {
  readonly theme: string;
  readonly year: number;
  readonly today: string;
  readonly items: readonly {
    readonly code: string;
    readonly title: string;
    readonly unitName: string;
    readonly dueOn: string;
    readonly originalDueOn: string;
    readonly percent: number;
    readonly status: string;
  }[];
  /** items of the theme that the reader may not see */
  readonly withheld: number;
}

/** 专题 — the items of a theme pack, and nothing else. */
export const themeCard = defineCard<ThemeProps>(
  'themes.theme',
  '专题',
  ({ theme, year, today, items, withheld }) => {
    const done = items.filter(({ status }) => status === 'completed' || status === 'archived').length;
    const line = `${year}年专题${items.length}项，已办结${done}项`;
    return {
      title: theme,
      color: 'blue',
      summary: `${theme}：${line}`,
      elements: [
        text(line, { size: 'heading', lines: 2 }),
        table({
          columns: [
            { name: 'item', title: '事项' },
            { name: 'unit', title: '牵头单位', width: '22%' },
            { name: 'due', title: '时限', width: '27%' },
            { name: 'progress', title: '进度', width: '20%' },
          ],
          rows: items.map((item) => ({
            item: `${item.code} ${item.title}`,
            unit: item.unitName,
            due: daysWords(item.dueOn, item.originalDueOn, today),
            progress: `${item.percent}% ${term(workItemStatus, item.status)}`,
          })),
          pageSize: 10,
        }),
        withheld > 0 && note(`另有${withheld}项不属您查看的范围。`),
        note('发送编号（如 管-001）查看一项的详情。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const item = {
    code: 'G',
    title: '规上工业企业稳产增产',
    unitName: '发展和财政局',
    dueOn: '2026-12-18',
    originalDueOn: '2026-11-20',
    percent: 40,
    status: 'inProgress',
  };
  const items = Array.from({ length: 8 }, (_, index) => ({ ...item, code: `管-00${index + 1}`, status: index === 7 ? 'completed' : 'inProgress' }));
  const base: ThemeProps = { theme: '经济稳住', year: 2026, today: '2026-06-02', items, withheld: 0 };
  return [
    { name: 'whole', props: base },
    { name: 'partly', props: { ...base, items: items.slice(0, 3), withheld: 5 } },
  ];
}
