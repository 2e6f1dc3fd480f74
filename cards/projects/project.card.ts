import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { form, note, panel, progress, select, submit, table, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';
import { closePart } from './actions.ts';

export interface ProjectProps {
  readonly projectId: string;
  readonly name: string;
  readonly unitName: string;
  readonly today: string;
  readonly dueOn: string;
  readonly closed: boolean;
  /** 48.36 */
  readonly percent: string;
  readonly tasks: number;
  readonly done: number;
  readonly parts: readonly {
    readonly partId: string;
    readonly title: string;
    readonly percent: string;
    readonly tasks: number;
    readonly done: number;
    readonly dueOn: string;
    readonly closed: boolean;
  }[];
  readonly late: readonly {
    readonly number: string;
    readonly title: string;
    readonly owner: string;
    readonly dueOn: string;
    readonly percent: number;
  }[];
  /** 责任党员，按名册次序 */
  readonly owners: readonly { readonly name: string; readonly tasks: number; readonly done: number }[];
  /** the reader may close parts */
  readonly manages: boolean;
}

const lateMax = 20;

/** 项目进度 — the whole by its tasks, part by part; who carries what is folded in. */
export const projectCard = defineCard<ProjectProps>('projects.project', '项目进度', build, samples());

function build({ projectId, name, unitName, today, dueOn, closed, percent, tasks, done, parts, late, owners, manages }: ProjectProps) {
  const line = `总进度${percent}%｜${tasks}个任务，已完成${done}`;
  const open = parts.filter((part) => !part.closed);
  return {
    title: name,
    subtitle: `${unitName}　时限${formatDay(dueOn, today)}`,
    color: closed ? ('green' as const) : ('blue' as const),
    tags: [closed ? { text: '已办结', color: 'green' as const } : { text: '办理中', color: 'blue' as const }],
    summary: `${name}：${line}`,
    elements: [
      text(line, { size: 'heading', lines: 2 }),
      progress('按任务汇总', Number(percent)),
      table({
        columns: [
          { name: 'title', title: '部分' },
          { name: 'done', title: '进度', width: '22%' },
          { name: 'dueOn', title: '时限', width: '24%' },
          { name: 'status', title: '状态', type: 'options', width: '20%' },
        ],
        rows: parts.map((part) => ({
          title: part.title,
          done: `${part.percent}% ${part.done}/${part.tasks}`,
          dueOn: formatDay(part.dueOn, today),
          status: [
            part.closed
              ? { text: '已办结', color: 'green' }
              : part.done === part.tasks
                ? { text: '待办结', color: 'orange' }
                : { text: '办理中', color: 'blue' },
          ],
        })),
        pageSize: 10,
      }),
      late.length > 0 && panel(`过了时限没有完成的${late.length}项`, lateLines(late, today)),
      owners.length > 0 &&
        panel(`责任党员${owners.length}人`, [
          text(
            owners
              .slice(0, 60)
              .map((owner) => `${owner.name}${owner.done}/${owner.tasks}`)
              .join('、'),
            { lines: 12 },
          ),
        ]),
      manages &&
        open.length > 0 &&
        form(`close_${projectId.replace(/\W/g, '').slice(0, 24)}_${open.length}`, [
          select('branchId', '办结一个部分', {
            options: open.map(({ partId, title }) => ({ text: title, value: partId })),
            placeholder: '选择部分',
            required: true,
          }),
          submit('办结部分', bind(closePart, { projectId }), {
            style: 'default',
            confirm: { title: '办结部分', text: '必办任务没有办完的不能办结；办结后其中的任务不再更正。' },
          }),
        ]),
      !manages && note('责任党员发送“项目任务”可打开自己的任务卡。'),
    ],
  };
}

function lateLines(late: ProjectProps['late'], today: string) {
  const lines = late
    .slice(0, lateMax)
    .map(({ number, title, owner, dueOn, percent }) => `${number} ${title}（${owner}，${formatDay(dueOn, today)}，完成${percent}%）`);
  const chunks = Array.from({ length: Math.ceil(lines.length / 5) }, (_, index) =>
    text(lines.slice(index * 5, index * 5 + 5).join('\n'), { lines: 12 }),
  );
  return late.length > lateMax ? [...chunks, note(`另有${late.length - lateMax}项。`)] : chunks;
}

function samples() {
  const rows = [
    ['一、立项报批与资金', '100.00', 16, 16],
    ['二、方案与功能布局', '95.00', 22, 20],
    ['三、采购招标', '75.93', 27, 18],
    ['四、拆除与土建', '48.00', 41, 17],
    ['五、机电与厨房设备', '25.00', 36, 0],
    ['六、验收与许可', '0.00', 21, 0],
    ['七、试营业与评价', '0.00', 15, 0],
  ] as const;
  const late = { number: '3.6.2', title: '发布中标结果公告', owner: '许锐', dueOn: '2026-09-20', percent: 50 };
  const base: ProjectProps = {
    projectId: 'w1',
    name: '食堂改造',
    unitName: '机关事务管理局',
    today: '2026-09-22',
    dueOn: '2026-12-25',
    closed: false,
    percent: '48.36',
    tasks: 178,
    done: 71,
    parts: rows.map(([title, percent, tasks, done], index) => ({
      partId: `w${index + 2}`,
      title,
      percent,
      tasks,
      done,
      dueOn: `2026-${String(7 + Math.min(index, 5)).padStart(2, '0')}-18`,
      closed: false,
    })),
    late: [late],
    owners: Array.from({ length: 24 }, (_, index) => ({ name: `党员${index + 1}`, tasks: 7, done: index % 7 })),
    manages: true,
  };
  const closed = base.parts.map((part) => ({ ...part, closed: true, percent: '100.00', done: part.tasks }));
  return [
    { name: 'managed', props: base },
    { name: 'read', props: { ...base, manages: false, late: [] } },
    { name: 'much-late', props: { ...base, late: Array.from({ length: 32 }, () => ({ ...late, title: '编制施工组织设计并报监理单位审查确认' })) } },
    { name: 'part-closed', props: { ...base, parts: base.parts.map((part, index) => ({ ...part, closed: index === 0 })) } },
    { name: 'closed', props: { ...base, closed: true, percent: '100.00', done: 178, parts: closed, late: [] } },
  ];
}
