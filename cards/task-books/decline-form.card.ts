import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { form, input, note, select, submit, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { declineItem } from './actions.ts';

export interface DeclineFormProps {
  readonly bookId: string;
  readonly unitName: string;
  /** 还能退的事项 */
  readonly items: readonly { readonly itemId: string; readonly code: string; readonly title: string }[];
  /** 从事项卡点进来的，已选好 */
  readonly chosen: string | null;
  readonly units: readonly { readonly code: string; readonly name: string }[];
  /** `6月2日（周二）` */
  readonly until: string;
}

/** 退件单 — which item, why, and whose it is. */
export const declineFormCard = defineCard<DeclineFormProps>(
  'task-books.decline-form',
  '退件单',
  ({ bookId, unitName, items, chosen, units, until }) => ({
    title: '退件',
    subtitle: unitName,
    color: 'blue',
    summary: `退件：${unitName}，${until}前可以提出`,
    elements: [
      text(`不属于本单位职责的事项，可在${until}前退件，由督查室裁定。裁定之前，事项仍由本单位牵头。`, { lines: 4 }),
      form(`decline_${bookId.replace(/\W/g, '').slice(0, 24)}_${items.length}`, [
        select('item', '退哪一项', {
          options: items.map(({ itemId, code, title }) => ({ value: itemId, text: clip(`${code} ${title}`, 40) })),
          required: true,
          ...(chosen ? { initial: chosen } : {}),
        }),
        select('unit', '建议由哪个单位牵头', { options: units.map(({ code, name }) => ({ value: code, text: name })), required: true }),
        input('reason', '退件理由', { required: true, multiline: true, maxLength: 300, placeholder: '依据的职责分工、文件' }),
        submit('提交退件', bind(declineItem, { bookId })),
      ]),
      note('一次退一项。提交后由督查员提出意见，督查室主任裁定。'),
    ],
  }),
  samples(),
);

function samples() {
  const base: DeclineFormProps = {
    bookId: 'b22',
    unitName: '土地整备事务中心',
    items: [
      { itemId: 'i58', code: '党-058', title: '土地历史遗留问题处置' },
      { itemId: 'i59', code: '党-059', title: '征拆一线党员突击队建设' },
    ],
    chosen: null,
    units: [
      { code: 'U15', name: '规划和自然资源管理局' },
      { code: 'U09', name: '住房和建设局' },
    ],
    until: '6月2日（周二）',
  };
  return [
    { name: 'book', props: base },
    { name: 'item', props: { ...base, chosen: 'i58' } },
    {
      name: 'long',
      props: {
        ...base,
        items: Array.from({ length: 30 }, (_, index) => ({
          itemId: `i${index}`,
          code: `管-${101 + index}`,
          title: '滨湾新区重点片区城市更新项目搬迁补偿安置协商签约及历史遗留问题处置专项工作',
        })),
        units: Array.from({ length: 30 }, (_, index) => ({ code: `U${index}`, name: '城市管理和综合执法局' })),
      },
    },
  ];
}
