import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const correctionId = z.object({ correctionId: z.string() });
const note = z.string().max(200, '不超过200字').optional();

/** 打开更正单；已有一份等着的，打开那一份 */
export const openCorrection = defineAction('corrections.open', z.object({ itemId: z.string() }));
/** 提出更正 @param shown 单子打开时事项是怎样的 */
export const proposeCorrection = defineAction('corrections.propose', z.object({ itemId: z.string(), shown: z.string().max(32) }), {
  form: z.object({
    title: z.string('任务名称不能是空的').max(200, '任务名称不超过200字'),
    goal: z.string().max(1000, '工作目标不超过1000字').optional(),
    metrics: z.string().max(300, '指标不超过300字').optional(),
    leader: z.string('请选择分管领导').max(40, '所选的分管领导看不懂，请重新选择'),
    supporting: z.array(z.string().max(20)).max(40, '配合单位至多40个').optional(),
    reason: z.string('请写明更正的理由').max(300, '理由不超过300字'),
  }),
});
/** 批准更正 */
export const approveCorrection = defineAction('corrections.approve', correctionId, { form: z.object({ note }) });
/** 退回更正 */
export const rejectCorrection = defineAction('corrections.reject', correctionId, { form: z.object({ note }) });
/** 撤回更正 */
export const withdrawCorrection = defineAction('corrections.withdraw', correctionId);
