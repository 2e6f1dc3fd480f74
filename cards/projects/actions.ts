import { z } from 'zod';
import { defineAction } from '../kit/action.ts';
import { percentValue } from '../kit/form-values.ts';

const taskId = z.object({ taskId: z.string() });
const projectId = z.object({ projectId: z.string() });

/** 确认导入项目 */
export const confirmProject = defineAction('projects.confirm-import', z.object({ importId: z.string() }));
/** 看项目 */
export const openProject = defineAction('projects.open', projectId);
/** 办结部分 */
export const closePart = defineAction('projects.close-part', projectId, { form: z.object({ branchId: z.string('请选择要办结的部分') }) });
/** 完成任务 */
export const finishTask = defineAction('projects.finish-task', taskId);
/** 进展一半 */
export const halfTask = defineAction('projects.half-task', taskId);
/** 打开填写表单 */
export const openTaskForm = defineAction('projects.open-task-form', taskId);
/** 回到自己的任务 */
export const openTasks = defineAction('projects.open-tasks', taskId);
/** 填写进展 */
export const reportTask = defineAction('projects.report-task', taskId, {
  form: z.object({
    percent: percentValue,
    content: z.string().max(200, '进展情况不超过200字').optional(),
  }),
});
