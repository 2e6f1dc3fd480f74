import { type ActionValue, bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { fields, form, input, note, panel, select, submit, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { reassignItem, reassignUnit } from './actions.ts';

export interface ReassignProps {
  /** the one item; null: everything of the unit */
  readonly itemId: string | null;
  /** 现在的牵头单位 */
  readonly from: { readonly code: string; readonly name: string };
  /** `管-063 渔排清退协商签约` */
  readonly items: readonly string[];
  /** 一并走的子任务数 */
  readonly parts: number;
  /** 改派不了的，一项一句 */
  readonly left: readonly string[];
  /** 它作配合单位的事项数 */
  readonly supports: number;
  readonly units: readonly { readonly code: string; readonly name: string }[];
  readonly initial: { readonly unit: string | null; readonly former: 'keep' | 'drop' };
  /** changes with every opening */
  readonly version: number;
  readonly done: { readonly words: string; readonly by: string; readonly reason: string; readonly unheard: string | null } | null;
}

/** 改派单 — the chief gives an item, or all that a unit leads, to another unit; afterwards the result. */
export const reassignCard = defineCard<ReassignProps>(
  'task-books.reassign',
  '改派',
  (props) => {
    const { itemId, from, items, parts, left, supports, done } = props;
    const [first = ''] = items;
    const what = itemId === null ? `${from.name}牵头的${items.length}项` : first;
    return {
      title: itemId === null ? `改派${from.name}的事项` : '改派',
      subtitle: what,
      color: done ? 'green' : 'blue',
      ...(done ? { tags: [{ text: '已改派', color: 'green' as const }] } : {}),
      summary: done ? done.words : `改派：${clip(what, 60)}`,
      elements: [
        done && text(done.words, { size: 'heading', lines: 3 }),
        fields([
          { label: done ? '原牵头单位' : '现牵头单位', value: from.name },
          ...(itemId === null ? [{ label: '改派', value: `${items.length}项${parts > 0 ? `，连同子任务${parts}个` : ''}` }] : []),
          ...(itemId !== null && parts > 0 ? [{ label: '子任务', value: `${parts}个，一并改派` }] : []),
          ...(supports > 0
            ? [{ label: '配合的事项', value: `${supports}项${done ? '，改由新单位配合' : '，原单位已撤并的，改由新单位配合'}`, wide: true }]
            : []),
          ...(done ? [{ label: '依据', value: `${done.reason}（${done.by}）`, wide: true }] : []),
        ]),
        done !== null && done.unheard !== null && text(`${done.unheard}。`, { color: 'orange', lines: 4 }),
        itemId === null && items.length > 0 && panel('改派的事项', listed(items), items.length <= 5),
        left.length > 0 && panel(`改派不了的${left.length}项`, listed(left), true),
        !done && decisionForm(props),
        !done && note('时限不变。原单位报上来还没有办完的反馈、申请到此为止，已下的督办令销号；新单位另收任务书，重新签收。'),
      ],
    };
  },
  samples(),
);

/** 一份单子里至多列这么多项 */
const listedMax = 30;

function listed(lines: readonly string[]) {
  return [
    ...lines.slice(0, listedMax).map((line) => text(clip(line, 80), { lines: 2 })),
    ...(lines.length > listedMax ? [note(`另有${lines.length - listedMax}项，见台账。`)] : []),
  ];
}

function decisionForm({ itemId, from, items, supports, units, initial, version }: ReassignProps) {
  const count = items.length;
  if (count === 0 && supports === 0) return note('没有可以改派的事项。');
  const action: ActionValue = itemId === null ? bind(reassignUnit, { from: from.code, count }) : bind(reassignItem, { itemId, from: from.code });
  const label = itemId === null ? (count > 0 ? `改派${count}项` : '改由新单位配合') : '改派';
  return form(`reassign_${(itemId ?? from.code).replace(/\W/g, '').slice(0, 24)}_${version}`, [
    select('unit', '新的牵头单位', {
      options: units.map(({ code, name }) => ({ value: code, text: name })),
      ...(initial.unit === null ? {} : { initial: initial.unit }),
      required: true,
    }),
    select('former', '原牵头单位', {
      options: [
        { value: 'keep', text: '转为配合单位' },
        { value: 'drop', text: '已撤并，不再承担' },
      ],
      initial: initial.former,
      required: true,
    }),
    input('reason', '依据', { required: true, multiline: true, maxLength: 300, placeholder: '文件、会议或领导批示' }),
    submit(label, action, {
      style: 'primary',
      confirm: { title: itemId === null ? `改派${from.name}的${count}项` : '改派这一项', text: '改派之后要改回，须再改派一次。继续吗？' },
    }),
  ]);
}

function samples() {
  const base: ReassignProps = {
    itemId: 'i63',
    from: { code: 'U22', name: '土地整备事务中心' },
    items: ['党-058 青螺山废弃采石场修复用地整备'],
    parts: 0,
    left: [],
    supports: 0,
    units: [
      { code: 'U15', name: '规划和自然资源管理局' },
      { code: 'U09', name: '住房和建设局' },
    ],
    initial: { unit: null, former: 'keep' },
    version: 1,
    done: null,
  };
  const unit: ReassignProps = {
    ...base,
    itemId: null,
    items: ['党-058 青螺山废弃采石场修复用地整备', '管-040 产业空间土地整备入库', '管-041 征拆安置房建设'],
    parts: 2,
    left: ['管-042已中止，请先恢复办理，再改派'],
    supports: 3,
    initial: { unit: 'U15', former: 'drop' },
  };
  const done = { words: '已改派3项，改由规划和自然资源管理局牵头', by: '周启明', reason: '机构改革方案', unheard: null };
  return [
    { name: 'item', props: { ...base, parts: 2 } },
    { name: 'unit', props: unit },
    { name: 'unit-nothing', props: { ...unit, items: [], parts: 0, left: [], supports: 0 } },
    { name: 'unit-supports', props: { ...unit, items: [], parts: 0, left: [] } },
    { name: 'done', props: { ...unit, left: [], done } },
    {
      name: 'done-unheard',
      props: {
        ...base,
        done: {
          ...done,
          words: '已改派，改由规划和自然资源管理局牵头',
          unheard: '规划和自然资源管理局的主要负责人、联络员没有飞书账号，收不到，请当面告知',
        },
      },
    },
    {
      name: 'unit-many',
      props: {
        ...unit,
        items: Array.from(
          { length: 50 },
          (_, index) => `管-${101 + index} 滨湾新区重点片区城市更新项目搬迁补偿安置协商签约及历史遗留问题处置专项工作`,
        ),
        units: Array.from({ length: 30 }, (_, index) => ({ code: `U${index}`, name: '城市管理和综合执法局' })),
      },
    },
  ];
}
