import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { daysWords } from '../kit/due-line.ts';
import { button, note, row, text } from '../kit/elements.ts';
import { finishTask, halfTask, openTaskForm } from './actions.ts';

export interface ProjectTasksProps {
  readonly projectName: string;
  readonly ownerName: string;
  readonly today: string;
  readonly tasks: readonly {
    readonly taskId: string;
    /** 2.8.3 */
    readonly number: string;
    readonly title: string;
    readonly dueOn: string;
    readonly originalDueOn: string;
    readonly mandatory: boolean;
    readonly percent: number;
    readonly done: boolean;
  }[];
  /** tasks beyond what one card can carry */
  readonly hidden: number;
}

/** 一张卡片里的任务数：每项约十四个元素，整卡不过 150 个。 */
export const tasksPerCard = 8;
const half = 50;

/** 项目任务 — the tasks of one owner, each settled with one tap. */
export const projectTasksCard = defineCard<ProjectTasksProps>('projects.tasks', '项目任务', build, samples());

function build({ projectName, ownerName, today, tasks, hidden }: ProjectTasksProps) {
  const open = tasks.filter(({ done }) => !done);
  const line = open.length === 0 && hidden === 0 ? `${tasks.length}项任务全部完成` : `还有${open.length + hidden}项没有完成，时限早的在前`;
  return {
    title: `${projectName}：我的任务`,
    subtitle: ownerName,
    color: open.length === 0 ? ('green' as const) : ('blue' as const),
    tags: [
      { text: `${tasks.length - open.length}/${tasks.length + hidden}已完成`, color: open.length === 0 ? ('green' as const) : ('blue' as const) },
    ],
    summary: `${projectName}：${ownerName}${line}`,
    elements: [
      text(line),
      ...tasks.map(({ taskId, number, title, dueOn, originalDueOn, mandatory, percent, done }) => {
        const due = `${daysWords(dueOn, originalDueOn, today)}${!done && dueOn < today ? '　已过时限' : ''}${mandatory ? '' : '　非必办'}`;
        const words = `${number} ${title}\n${due}　${done ? '已完成' : `完成${percent}%`}`;
        const fill = button(done ? '更正' : '填写', { style: 'text', action: bind(openTaskForm, { taskId }) });
        if (done) return row(words, fill);
        const finish = button('完成', { action: bind(finishTask, { taskId }) });
        return percent < half ? row(words, finish, button('进展50%', { action: bind(halfTask, { taskId }) }), fill) : row(words, finish, fill);
      }),
      hidden > 0 && note(`另有${hidden}项，办完上面的会依次列出。`),
      note('点错了可用“填写”“更正”改回。佐证材料自行留存，不作上传要求。'),
    ],
  };
}

function samples() {
  const task = (index: number): ProjectTasksProps['tasks'][number] => ({
    taskId: `t${index}`,
    number: `${index % 7}.${index + 1}.3`,
    title: ['逐条回复意见采纳情况', '设计母婴洗手区', '计算用电负荷并报装', '发放就餐需求问卷并回收420份'][index % 4] ?? '',
    dueOn: `2026-${index % 2 === 0 ? '09-18' : '10-23'}`,
    originalDueOn: `2026-${index % 2 === 0 ? '09-18' : index === 1 ? '09-30' : '10-23'}`,
    mandatory: index !== 1,
    percent: [90, 0, 50, 20][index % 4] ?? 0,
    done: false,
  });
  const base: ProjectTasksProps = { projectName: '食堂改造', ownerName: '朱浩然', today: '2026-09-22', tasks: [0, 1, 2].map(task), hidden: 0 };
  const all = Array.from({ length: tasksPerCard }, (_, index) => task(index));
  return [
    { name: 'few', props: base },
    {
      name: 'eight-untouched',
      props: { ...base, tasks: all.map((each) => ({ ...each, percent: 0, title: '完成1860平方米现状建筑测绘并复核消防疏散距离' })) },
    },
    { name: 'some-done', props: { ...base, tasks: all.map((each, index) => (index > 4 ? { ...each, percent: 100, done: true } : each)) } },
    { name: 'more-than-fit', props: { ...base, tasks: all, hidden: 5 } },
    { name: 'all-done', props: { ...base, tasks: all.map((each) => ({ ...each, percent: 100, done: true })) } },
  ];
}
