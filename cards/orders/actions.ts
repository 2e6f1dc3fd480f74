import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const orderId = z.object({ orderId: z.string() });
const reason = z.string().max(300, '原因不超过300字').optional();
const day = z
  .string('请选择完成日期')
  .max(40, '完成日期看不懂，请重新选择')
  .transform((value) => value.slice(0, 10));

/** 打开一道督办令 */
export const openOrder = defineAction('orders.open', orderId);
/** 起草督办令 */
export const draftOrder = defineAction('orders.draft', z.object({ itemId: z.string() }));
/** 核稿，报签发 */
export const checkOrder = defineAction('orders.check', orderId, {
  form: z.object({
    basis: z.string().max(200, '依据不超过200字').optional(),
    requirement: z.string('请写明督办要求').max(500, '督办要求不超过500字'),
    evidence: z.string('请写明要报的材料').max(200, '要报的材料不超过200字'),
    reason,
  }),
});
/** 签发，取号 */
export const signOrder = defineAction('orders.sign', orderId, { form: z.object({ reason }) });
/** 退回修改 */
export const returnOrder = defineAction('orders.return', orderId, { form: z.object({ reason }) });
/** 不予印发；两处表单都有这个按钮 */
export const dropOrder = defineAction('orders.drop', orderId, {
  form: z.object({ reason, basis: z.string().optional(), requirement: z.string().optional(), evidence: z.string().optional() }),
});
/** 重新下达 */
export const retryIssue = defineAction('orders.retry-issue', orderId);
/** 记下已用印 */
export const sealOrder = defineAction('orders.seal', orderId);
/** 签收督办令 */
export const acknowledgeOrder = defineAction('orders.acknowledge', orderId);
/** 回复督办令 */
export const replyToOrder = defineAction('orders.reply', orderId, {
  form: z.object({
    cause: z.string('请写明原因').max(300, '原因不超过300字'),
    measure: z.string('请写明措施').max(500, '措施不超过500字'),
    promisedOn: day,
  }),
});
/** 采纳回复 */
export const adoptReply = defineAction('orders.adopt', orderId, { form: z.object({ reason }) });
/** 退回重办 */
export const sendBackReply = defineAction('orders.send-back', orderId, { form: z.object({ reason }) });
/** 打开作废的单子 */
export const openVoid = defineAction('orders.open-void', orderId);
/** 提出作废 */
export const askToVoid = defineAction('orders.ask-void', orderId, { form: z.object({ reason }) });
/** 同意作废 */
export const confirmVoid = defineAction('orders.confirm-void', orderId);
/** 不作废 */
export const keepOrder = defineAction('orders.keep', orderId);
/** 作废之后重新印发 */
export const redraftOrder = defineAction('orders.redraft', orderId);
/** 登记簿翻页 */
export const openRegister = defineAction('orders.open-register', z.object({ scope: z.enum(['register', 'active']), page: z.number().int() }));
const proposalNote = z.object({ note: z.string().max(300, '意见不超过300字').optional() });
/** 决定约谈、通报 */
export const decideProposal = defineAction('orders.decide-proposal', z.object({ proposalId: z.string(), verdict: z.enum(['taken', 'dropped']) }), {
  form: proposalNote,
});
/** 由约谈建议单拟通报 */
export const proposeNotice = defineAction('orders.propose-notice', z.object({ proposalId: z.string() }), { form: proposalNote });
