import { z } from 'zod';
import { defineAction } from '../kit/action.ts';
import { percentValue } from '../kit/form-values.ts';

const round = z.object({ itemId: z.string(), round: z.number().int() });

/** 打开填报表单 */
export const openForm = defineAction('progress.open-form', z.object({ itemId: z.string() }));

const metric = z.string().max(20, '指标数值过长');

/** 提交反馈；metric1… 依次是事项的各个指标 */
export const submitReport = defineAction('progress.report', round, {
  form: z.object({
    percent: percentValue,
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
export const reportNoChange = defineAction('progress.no-change', round, { burst: true });

/** 打开分工反馈 */
export const openSupport = defineAction('progress.open-support', z.object({ itemId: z.string() }));
/** 提交分工反馈 */
export const giveSupport = defineAction('progress.give-support', z.object({ itemId: z.string() }), {
  form: z.object({ content: z.string('请写明本单位的进展').max(300, '分工反馈不超过300字') }),
});

/** 打开请配合单位反馈的单子 */
export const openSupportAsk = defineAction('progress.open-ask', z.object({ itemId: z.string() }));
/** 请配合单位反馈 */
export const askSupport = defineAction('progress.ask-support', z.object({ itemId: z.string() }), {
  form: z.object({
    unit: z.string('请选择配合单位').max(20),
    dueOn: z
      .string('请选择日期')
      .max(40)
      .transform((value) => value.slice(0, 10)),
    words: z.string('请写明要哪些情况').max(200, '不超过200字'),
  }),
});

/** 附到一次反馈；带的是文件在平台上的位置 */
export const attach = defineAction(
  'progress.attach',
  z.object({
    reportId: z.string(),
    messageId: z.string().max(100),
    fileKey: z.string().max(200),
    fileName: z.string().max(300),
    kind: z.enum(['file', 'image']),
  }),
);
/** 看附件：发给点的人 */
export const openAttachments = defineAction('progress.open-attachments', z.object({ reportId: z.string() }));

/** 哪一件，办完回到清单的第几页 */
const reportId = z.object({ reportId: z.string(), page: z.number().int() });
const remark = z.object({ reason: z.string().max(200, '退回原因不超过200字').optional() });
/** 审签 */
export const signOff = defineAction('progress.sign-off', reportId, { form: remark });
/** 采纳 */
export const adopt = defineAction('progress.adopt', reportId, { form: remark });
/** 退回补充 */
export const returnReport = defineAction('progress.return', reportId, { form: remark });
/** 从清单里打开一件 */
export const openReport = defineAction('progress.open-report', reportId);

/** 待审签、待采纳清单：翻页，或从一件回来 */
export const openWaiting = defineAction('progress.open-waiting', z.object({ list: z.enum(['signOff', 'adopt']), page: z.number().int() }));
/** 一并审签；带的是按的人眼前的那几件 */
export const signOffTogether = defineAction(
  'progress.sign-off-together',
  z.object({ reportIds: z.array(z.string()).max(20), page: z.number().int() }),
);
/** 一并采纳；清单画出之后才来的不在内 */
export const adoptTogether = defineAction('progress.adopt-together', z.object({ until: z.string() }));
