import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { daysWords } from '../kit/due-line.ts';
import { button, buttons, fields, form, input, submit } from '../kit/elements.ts';
import { openTasks, reportTask } from './actions.ts';

export interface TaskFormProps {
  readonly taskId: string;
  /** 2.8.3 */
  readonly number: string;
  readonly title: string;
  readonly partTitle: string;
  readonly today: string;
  readonly dueOn: string;
  readonly originalDueOn: string;
  readonly mandatory: boolean;
  readonly evidence: string;
  readonly percent: number;
  /** changes with every report: the client locks a form that was used */
  readonly revision: number;
}

/** 填写进展 — any percentage, with a line of words if there is something to say. */
export const taskFormCard = defineCard<TaskFormProps>(
  'projects.task-form',
  '项目任务填写',
  ({ taskId, number, title, partTitle, today, dueOn, originalDueOn, mandatory, evidence, percent, revision }) => ({
    title: `填写 ${number}`,
    subtitle: title,
    color: 'blue',
    summary: `填写 ${number} ${title}`,
    elements: [
      fields([
        { label: '部分', value: partTitle },
        { label: '时限', value: `${daysWords(dueOn, originalDueOn, today)}${mandatory ? '（必办）' : '（非必办）'}` },
        ...(evidence ? [{ label: '佐证材料', value: evidence }] : []),
      ]),
      form(`task_${taskId.replace(/\W/g, '').slice(0, 24)}_${revision}`, [
        input('percent', '完成百分比（0–100）', { initial: String(percent), required: true, maxLength: 4 }),
        input('content', '进展情况（没有可不填）', { multiline: true, maxLength: 200 }),
        submit('提交进展', bind(reportTask, { taskId })),
      ]),
      buttons(button('返回我的任务', { style: 'text', action: bind(openTasks, { taskId }) })),
    ],
  }),
  samples(),
);

function samples() {
  const base: TaskFormProps = {
    taskId: 't1',
    number: '2.8.3',
    title: '逐条回复意见采纳情况',
    partTitle: '二、方案与功能布局',
    today: '2026-09-22',
    dueOn: '2026-09-24',
    originalDueOn: '2026-09-24',
    mandatory: true,
    evidence: '签字扫描件',
    percent: 90,
    revision: 1,
  };
  return [
    { name: 'mandatory', props: base },
    {
      name: 'optional',
      props: { ...base, number: '2.3.3', title: '设计母婴洗手区', originalDueOn: '2026-09-18', mandatory: false, evidence: '', percent: 0 },
    },
  ];
}
