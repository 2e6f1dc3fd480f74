import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, note, row, text } from '../kit/elements.ts';
import { orderStatus, term } from '../kit/terms.ts';
import { openOrder, openRegister } from './actions.ts';

export interface RegisterRow {
  readonly orderId: string;
  readonly number: string;
  readonly status: string;
  readonly unitName: string;
  readonly code: string;
  readonly title: string;
  /** `签收9月23日（周三）18:00前`, `限10月15日(周四)完成` … */
  readonly limit: string;
  readonly late: boolean;
}

export interface RegisterProps {
  /** register 登记簿（含销号、作废） · active 在督 */
  readonly scope: 'register' | 'active';
  readonly rows: readonly RegisterRow[];
  readonly total: number;
  readonly page: number;
}

/** 一页的行数：一行六个元素，整卡不过150个。 */
export const rowsPerPage = 10;

/** 督办令登记簿 — newest first; 在督 is the part that is not closed. */
export const registerCard = defineCard<RegisterProps>(
  'orders.register',
  '督办令登记簿',
  ({ scope, rows, total, page }) => {
    const pages = Math.max(1, Math.ceil(total / rowsPerPage));
    const title = scope === 'active' ? '在督' : '督办令登记簿';
    const late = rows.filter((order) => order.late).length;
    return {
      title,
      color: 'blue',
      tags: [{ text: `${total}道`, color: 'blue' }],
      summary: `${title}：共${total}道`,
      elements: [
        text(
          total === 0
            ? scope === 'active'
              ? '现在没有在督的督办令。'
              : '还没有签发过督办令。'
            : `共${total}道${late > 0 ? `，本页${late}道过了时限` : ''}${pages > 1 ? `（第${page + 1}/${pages}页）` : ''}`,
          { lines: 2 },
        ),
        ...rows.map(({ orderId, number, status, unitName, code, title: item, limit, late: isLate }) =>
          row(
            `${number}｜${term(orderStatus, status)}${isLate ? '（过了时限）' : ''}\n${unitName}　${code} ${item}${limit === '' ? '' : `\n${limit}`}`,
            button('打开', { action: bind(openOrder, { orderId }) }),
          ),
        ),
        pages > 1 &&
          buttons(
            page > 0 && button('上一页', { action: bind(openRegister, { scope, page: page - 1 }) }),
            page + 1 < pages && button('下一页', { action: bind(openRegister, { scope, page: page + 1 }) }),
          ),
        note(scope === 'active' ? '查一道：发送“督办令 3号”。' : '号一经取用不收回，作废的注明原因。发送“督办令 导出”得到登记簿的表格。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const line = (index: number, more: Partial<RegisterRow> = {}): RegisterRow => ({
    ...{ orderId: `o${index}`, number: `湾督〔2026〕${index}号`, status: 'acknowledged', unitName: '住房和建设局', code: '党-031' },
    ...{ title: '老旧小区改造', limit: '回复9月28日（周一）18:00前', late: false },
    ...more,
  });
  const some = [line(3, { late: true }), line(2, { status: 'voided', limit: '作废：主送单位写错' }), line(1, { status: 'closed', limit: '' })];
  return [
    { name: 'register', props: { scope: 'register' as const, rows: some, total: 3, page: 0 } },
    { name: 'active', props: { scope: 'active' as const, rows: some.slice(0, 1), total: 1, page: 0 } },
    { name: 'none', props: { scope: 'active' as const, rows: [], total: 0, page: 0 } },
    { name: 'empty', props: { scope: 'register' as const, rows: [], total: 0, page: 0 } },
    {
      name: 'many',
      props: { scope: 'register' as const, rows: Array.from({ length: 10 }, (_, index) => line(30 - index)), total: 35, page: 1 },
    },
  ];
}
