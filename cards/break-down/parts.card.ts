import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, note, table, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';
import { openMyItems } from '../task-books/actions.ts';

export interface PartsProps {
  readonly audience: 'liaison' | 'responsible';
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly today: string;
  readonly by: string;
  readonly parts: readonly {
    readonly code: string;
    readonly title: string;
    readonly dueOn: string;
    readonly weight: string;
    readonly responsible: string;
  }[];
  /** 提醒：时限不是工作日、有人收不到 */
  readonly warnings: readonly string[];
}

/** 子任务 — for the liaison what was set down, for a responsible person what is his. */
export const partsCard = defineCard<PartsProps>(
  'break-down.parts',
  '子任务',
  ({ audience, code, title, unitName, today, by, parts, warnings }) => ({
    title: audience === 'liaison' ? `已分解 ${code}` : `新的子任务 ${code}`,
    subtitle: `${unitName}　${title}`,
    color: audience === 'liaison' ? 'green' : 'blue',
    summary: audience === 'liaison' ? `${code}已分解为${parts.length}个子任务` : `${by}请您负责${parts.length}个子任务`,
    elements: [
      text(
        audience === 'liaison'
          ? `共${parts.length}个子任务，进度自动汇总到${code}。`
          : `${by}分解了${code}，请您负责以下${parts.length}项，按期反馈。`,
        {
          lines: 3,
        },
      ),
      table({
        pageSize: 6,
        columns: [
          { name: 'code', title: '编号', width: '18%' },
          { name: 'title', title: '子任务' },
          { name: 'due', title: '时限', width: '22%' },
          { name: 'weight', title: '权重', width: '13%' },
          { name: 'who', title: '责任人', width: '15%' },
        ],
        rows: parts.map((part) => ({
          code: part.code,
          title: part.title,
          due: formatDay(part.dueOn, today),
          weight: part.weight,
          who: part.responsible,
        })),
      }),
      warnings.length > 0 && text(warnings.join('\n'), { color: 'orange', lines: 8 }),
      buttons(button('我的任务', { ...(audience === 'responsible' ? { style: 'primary' as const } : {}), action: bind(openMyItems, { page: 0 }) })),
      note(`发送“${code}”可随时查看进展。`),
    ],
  }),
  samples(),
);

function samples() {
  const base: PartsProps = {
    audience: 'liaison',
    code: '管-003',
    title: '惠企纾困资金三批直达兑付',
    unitName: '发展和财政局',
    today: '2026-06-02',
    by: '许蓉',
    parts: [
      { code: '管-003-1', title: '第一批兑付', dueOn: '2026-08-28', weight: '30%', responsible: '梁月明' },
      { code: '管-003-2', title: '第二批兑付', dueOn: '2026-10-30', weight: '30%', responsible: '周立新' },
      { code: '管-003-3', title: '第三批兑付', dueOn: '2026-12-18', weight: '40%', responsible: '余锐' },
    ],
    warnings: [],
  };
  return [
    { name: 'broken-down', props: base },
    { name: 'responsible', props: { ...base, audience: 'responsible' as const, parts: base.parts.slice(0, 1) } },
    {
      name: 'warned',
      props: {
        ...base,
        warnings: ['管-003-1的时限8月29日（周六）不是工作日，提醒按前一个工作日8月28日（周五）。', '余锐没有飞书账号，收不到卡片，请当面告知。'],
      },
    },
    {
      name: 'long',
      props: {
        ...base,
        parts: Array.from({ length: 12 }, (_, index) => ({
          code: `管-003-${index + 1}`,
          title: '滨湾新区重点片区城市更新项目搬迁补偿安置协商签约及历史遗留问题处置专项工作',
          dueOn: '2027-01-15',
          weight: '平均',
          responsible: '欧阳月明',
        })),
      },
    },
  ];
}
