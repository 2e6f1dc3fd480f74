import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const requestId = z.object({ requestId: z.string() });
const words = (label: string, max: number) => z.string().max(max, `${label}不超过${max}字`).optional();

/** 打开办结申请单 */
export const openCompletion = defineAction('completion.open', z.object({ itemId: z.string() }));
/** 申请办结 */
export const requestCompletion = defineAction('completion.request', z.object({ itemId: z.string(), round: z.number().int() }), {
  form: z.object({
    result: z.string('请写明办理结果').max(500, '办理结果不超过500字'),
    evidence: words('佐证说明', 300),
    waiver: words('书面说明', 300),
  }),
});

const remark = z.object({ reason: words('退回原因', 200) });
/** 审签办结申请 */
export const signOffCompletion = defineAction('completion.sign-off', requestId, { form: remark });
/** 单位退回办结申请 */
export const returnCompletion = defineAction('completion.return', requestId, { form: remark });

const criterion = z.union([z.boolean(), z.literal('true').transform(() => true), z.literal('false').transform(() => false)]).optional();
const verification = z.object({
  c1: criterion,
  c2: criterion,
  c3: criterion,
  c4: criterion,
  c5: criterion,
  c6: criterion,
  findings: words('核查记录', 500),
  reason: words('退回原因', 200),
});
/** 办结 */
export const complete = defineAction('completion.complete', requestId, { form: verification });
/** 要求现场核查 */
export const requireOnSite = defineAction('completion.require-on-site', requestId, { form: verification });
/** 退回重办 */
export const sendBack = defineAction('completion.send-back', requestId, { form: verification });
