import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const importId = z.object({ importId: z.string() });
const returnReason = z.object({ reason: z.string().max(200, '原因不超过200字').optional() });
const bookId = z.object({ bookId: z.string() });

/** 确认导入 */
export const confirmImport = defineAction('task-books.confirm-import', importId);
/** 撤销导入 */
export const cancelImport = defineAction('task-books.cancel-import', importId);
/** 审定 */
export const approve = defineAction('task-books.approve', importId, { form: returnReason });
/** 退回导入 */
export const returnImport = defineAction('task-books.return-import', importId, { form: returnReason });
/** 下达 */
export const issue = defineAction('task-books.issue', importId);
/** 签收 */
export const acknowledge = defineAction('task-books.acknowledge', bookId);
/** 回到我的任务 */
export const openMyItems = defineAction('task-books.my-items', z.object({ page: z.number().int() }));

/** 打开退件单 @param itemId 从事项卡点进来的 */
export const openDecline = defineAction('task-books.open-decline', z.object({ bookId: z.string(), itemId: z.string().optional() }));
/** 提交退件 */
export const declineItem = defineAction('task-books.decline', bookId, {
  form: z.object({
    item: z.string('请选择要退的事项').max(64, '所选的事项看不懂，请重新选择'),
    unit: z.string('请选择建议的牵头单位').max(16, '所选的单位看不懂，请重新选择'),
    reason: z.string('请写明退件理由').max(300, '退件理由不超过300字'),
  }),
});

const declineId = z.object({ declineId: z.string() });
const proposal = z.object({
  decision: z.enum(['uphold', 'reassign', 'cancel'], '请选择怎样处理'),
  unit: z.string().max(16, '所选的单位看不懂，请重新选择').optional(),
  note: z.string().max(200, '说明不超过200字').optional(),
});
/** 提出退件处理意见 */
export const proposeDecline = defineAction('task-books.propose-decline', declineId, { form: proposal });
/** 裁定退件 */
export const decideDecline = defineAction('task-books.decide-decline', declineId, { form: proposal });
/** 重新下达一本改派的任务书 */
export const issueBook = defineAction('task-books.reissue', bookId);

/** 打开改派单 */
export const openReassign = defineAction('task-books.open-reassign', z.object({ itemId: z.string() }));
const reassignment = z.object({
  unit: z.string('请选择新的牵头单位').max(16, '所选的单位看不懂，请重新选择'),
  former: z.enum(['keep', 'drop'], '请选择原单位怎样'),
  reason: z.string('请写明依据').max(300, '依据不超过300字'),
});
/** 改派一项 @param from 单子上写的牵头单位 */
export const reassignItem = defineAction('task-books.reassign', z.object({ itemId: z.string(), from: z.string() }), { form: reassignment });
/** 整个单位改派 @param count 单子上写的项数 */
export const reassignUnit = defineAction('task-books.reassign-unit', z.object({ from: z.string(), count: z.number().int() }), { form: reassignment });
