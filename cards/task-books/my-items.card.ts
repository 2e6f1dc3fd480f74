import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { type DueSpan, dueWords } from '../kit/due-line.ts';
import { button, buttons, note, row, text } from '../kit/elements.ts';
import { openForm } from '../progress/actions.ts';
import { openMyItems } from './actions.ts';

export interface MyItem {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly dueOn: string;
  readonly originalDueOn: string;
  readonly span: DueSpan;
  readonly percent: number;
  /** 延期待批 */
  readonly extensionPending: boolean;
  /** `办理中`, `待单位审签` … */
  readonly status: string;
  readonly reportable: boolean;
}

export interface MyItemsProps {
  readonly personName: string;
  readonly today: string;
  readonly items: readonly MyItem[];
  readonly page: number;
}

/** 一页的事项数：每行约 6 个元素，整卡不过 150 个。 */
export const itemsPerPage = 10;

/** 我的任务 — every item in one card, each answerable in place. */
export const myItemsCard = defineCard<MyItemsProps>(
  'task-books.my-items',
  '我的任务',
  ({ personName, today, items, page }) => {
    const pages = Math.max(1, Math.ceil(items.length / itemsPerPage));
    const shown = items.slice(page * itemsPerPage, (page + 1) * itemsPerPage);
    return {
      title: '我的任务',
      subtitle: personName,
      color: 'blue',
      summary: items.length === 0 ? '目前没有您负责的在办事项' : `您负责的在办事项${items.length}项`,
      elements: [
        text(
          items.length === 0 ? '目前没有您负责的在办事项。' : `在办${items.length}项，按时限排列${pages > 1 ? `（第${page + 1}/${pages}页）` : ''}`,
        ),
        ...shown.map(({ itemId, code, title, dueOn, originalDueOn, span, percent, extensionPending, status, reportable }) =>
          row(
            `${code} ${title}\n${dueWords({ dueOn, originalDueOn, span }, today)}\n完成${percent}%　${status}${extensionPending ? '　延期待批' : ''}`,
            reportable ? button('反馈', { action: bind(openForm, { itemId }) }) : undefined,
          ),
        ),
        pages > 1 &&
          buttons(
            page > 0 && button('上一页', { action: bind(openMyItems, { page: page - 1 }) }),
            page + 1 < pages && button('下一页', { action: bind(openMyItems, { page: page + 1 }) }),
          ),
        items.length > 0 && note('没有进展的，点“反馈”后选“本期无变化”即可。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const item = (index: number): MyItem => ({
    itemId: `i${index}`,
    code: `管-${String(60 + index).padStart(3, '0')}`,
    title: ['渔排清退协商签约', '老旧小区改造', '燃气管网更新'][index % 3] ?? '',
    dueOn: `2026-0${7 + (index % 3)}-15`,
    originalDueOn: '2026-07-15',
    span: index === 3 ? { when: 'overdue', days: 6, remark: '' } : { when: 'ahead', days: 15 + index, remark: index % 3 === 1 ? '含端午假期' : '' },
    extensionPending: index === 2,
    percent: index * 7,
    status: index % 3 === 0 ? '待单位审签' : '办理中',
    reportable: index % 3 !== 0,
  });
  return [
    { name: 'few', props: { personName: '方伟', today: '2026-06-24', items: [1, 2, 3].map(item), page: 0 } },
    { name: 'many', props: { personName: '马骁', today: '2026-06-24', items: Array.from({ length: 23 }, (_, index) => item(index)), page: 1 } },
    { name: 'none', props: { personName: '白露', today: '2026-06-24', items: [], page: 0 } },
  ];
}
