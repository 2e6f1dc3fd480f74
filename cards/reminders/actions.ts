import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const itemId = z.object({ itemId: z.string() });
const replyId = z.object({ replyId: z.string() });
const batchId = z.object({ batchId: z.string() });

/** 翻页，或换成最新的样子 */
export const openReminder = defineAction('reminders.open', z.object({ cardId: z.string(), page: z.number().int() }));
/** 打开回复催办的表单 */
export const openReply = defineAction('reminders.open-reply', itemId);
/** 提交对催办的回复；三样不齐也收下，但不停表 */
export const replyToUrge = defineAction('reminders.reply', itemId, {
  form: z.object({
    cause: z.string().max(300, '原因不超过300字').optional(),
    measure: z.string().max(300, '措施不超过300字').optional(),
    promisedOn: z.string().max(40).optional(),
  }),
});
const remark = z.object({ reason: z.string().max(200, '退回原因不超过200字').optional() });
/** 采纳回复 */
export const acceptReply = defineAction('reminders.accept-reply', replyId, { form: remark });
/** 退回回复 */
export const returnReply = defineAction('reminders.return-reply', replyId, { form: remark });
/** 要催办通知的文件 */
export const askNotice = defineAction('reminders.notice', itemId);
/** 发送催办 */
export const sendUrge = defineAction('reminders.send-urge', batchId);

/** 保存提醒规则 */
export const saveRules = defineAction('reminders.save-rules', z.object({}), {
  form: z.object({
    notices: z.string('请填写到期预告').max(30, '到期预告写得太长'),
    urge: z.string('请填写催办').max(3, '催办须是整数'),
    secondUrge: z.string('请填写二次催办').max(3, '二次催办须是整数'),
  }),
});
/** 预览重新套用 */
export const openReapply = defineAction('reminders.open-reapply', z.object({}));
/** 确认重新套用 */
export const reapplyRules = defineAction('reminders.reapply', z.object({ policyId: z.number().int() }));
