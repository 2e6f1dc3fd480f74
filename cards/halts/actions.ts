import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const itemId = z.object({ itemId: z.string() });
const basis = z.string('请写明依据').max(300, '依据不超过300字');

/** 打开中止、恢复或撤销的单子 */
export const openHalt = defineAction('halts.open', z.object({ itemId: z.string(), what: z.enum(['suspend', 'resume', 'cancel']) }));
/** 中止 */
export const suspend = defineAction('halts.suspend', itemId, { form: z.object({ basis }) });
/** 恢复 */
export const resume = defineAction('halts.resume', itemId, {
  form: z.object({
    basis,
    dueOn: z
      .string('请选择恢复后的时限')
      .max(40, '时限看不懂，请重新选择')
      .transform((value) => value.slice(0, 10)),
  }),
});
/** 撤销 */
export const cancel = defineAction('halts.cancel', itemId, { form: z.object({ basis }) });
/** 归档 */
export const archive = defineAction('halts.archive', itemId);
