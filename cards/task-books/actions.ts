import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const importId = z.object({ importId: z.string() });
const bookId = z.object({ bookId: z.string() });
const reportId = z.object({ reportId: z.string() });
const round = z.object({ itemId: z.string(), round: z.number().int() });

/** 确认导入 */
export const confirmImport = defineAction('task-books.confirm-import', importId);
/** 撤销导入 */
export const cancelImport = defineAction('task-books.cancel-import', importId);
/** 审定 */
export const approve = defineAction('task-books.approve', importId);
/** 下达 */
export const issue = defineAction('task-books.issue', importId);
/** 签收 */
export const acknowledge = defineAction('task-books.acknowledge', bookId);
/** 打开填报表单 */
export const openForm = defineAction('task-books.open-form', z.object({ itemId: z.string() }));
/** 回到我的任务 */
export const openMyItems = defineAction('task-books.my-items', z.object({ page: z.number().int() }));

const percentMessage = '完成百分比请填0到100的整数';
const metric = z.string().max(20, '指标数值过长');

/** 提交反馈；metric1… 依次是事项的各个指标 */
export const submitReport = defineAction('task-books.report', round, {
  form: z.object({
    percent: z
      .string(percentMessage)
      .transform((text) => text.normalize('NFKC').replace(/[\s%]/g, ''))
      .pipe(z.string().regex(/^(100|\d{1,2})$/, percentMessage))
      .transform(Number),
    content: z.string('请填写进展情况').max(500, '进展情况不超过500字'),
    difficulties: z.string().max(500, '存在困难不超过500字').optional(),
    reason: z.string().max(200, '下调原因不超过200字').optional(),
    metric1: metric.optional(),
    metric2: metric.optional(),
    metric3: metric.optional(),
  }),
  burst: true,
});
/** 本期无变化 */
export const reportNoChange = defineAction('task-books.no-change', round, { burst: true });

const remark = z.object({ reason: z.string().max(200, '退回原因不超过200字').optional() });
/** 审签 */
export const signOff = defineAction('task-books.sign-off', reportId, { form: remark });
/** 采纳 */
export const adopt = defineAction('task-books.adopt', reportId, { form: remark });
/** 退回补充 */
export const returnReport = defineAction('task-books.return', reportId, { form: remark });
