import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const requestId = z.object({ requestId: z.string() });
const day = z
  .string('请选择新时限')
  .max(40, '新时限看不懂，请重新选择')
  .transform((value) => value.slice(0, 10));
const wish = z.object({
  requestedOn: day,
  reason: z.string('请写明原因').max(300, '原因不超过300字'),
  progress: z.string('请写明目前进展').max(300, '目前进展不超过300字'),
});
const remark = z.string().max(300, '不超过300字').optional();

/** 打开延期申请单 */
export const openExtension = defineAction('extensions.open', z.object({ itemId: z.string() }));
/** 提交延期申请 */
export const requestExtension = defineAction('extensions.request', z.object({ itemId: z.string(), round: z.number().int() }), { form: wish });
/** 过了申请期限，说明情况 */
export const explainDelay = defineAction('extensions.explain', z.object({ itemId: z.string(), round: z.number().int() }), { form: wish });
/** 单位审签 */
export const signOffExtension = defineAction('extensions.sign-off', requestId, { form: z.object({ note: remark }) });
/** 督查室初审 */
export const checkExtension = defineAction('extensions.check', requestId, { form: z.object({ note: remark }) });
/** 主任同意再次延期 */
export const agreeToExtension = defineAction('extensions.agree', requestId, { form: z.object({ note: remark }) });
/** 批准延期 */
export const approveExtension = defineAction('extensions.approve', requestId, { form: z.object({ approvedOn: day.optional(), note: remark }) });
/** 按批示延期 */
export const extendByInstruction = defineAction('extensions.instruct', requestId, { form: z.object({ approvedOn: day.optional(), note: remark }) });
/** 不予延期 */
export const rejectExtension = defineAction('extensions.reject', requestId, { form: z.object({ approvedOn: day.optional(), note: remark }) });
/** 看还没有结果的申请 */
export const viewExtension = defineAction('extensions.view', requestId);
/** 撤回 */
export const withdrawExtension = defineAction('extensions.withdraw', requestId);
