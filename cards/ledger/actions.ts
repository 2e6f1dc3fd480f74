import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const itemId = z.object({ itemId: z.string() });
const words = z.string().max(200);

/** 翻页；筛选照原来的词再读一遍 */
export const openLedger = defineAction('ledger.open', z.object({ words, page: z.number().int() }));
/** 把台账单独发给点的人；简报在群里，原样留着 */
export const sendLedger = defineAction('ledger.send', z.object({ words }));
/** 打开一个事项，另发一张卡片 */
export const openItem = defineAction('ledger.open-item', z.object({ code: z.string().max(20) }));
/** 导出这些事项 */
export const exportThese = defineAction('ledger.export', z.object({ words }));
/** 打开调整亮灯的单子 */
export const openLight = defineAction('ledger.open-light', itemId);
/** 定人工亮灯 */
export const setLight = defineAction('ledger.set-light', itemId, {
  form: z.object({
    light: z.enum(['red', 'yellow', 'green'], '请选择亮什么灯'),
    reason: z.string('请写明理由').max(200, '理由不超过200字'),
    untilOn: z
      .string('请选择有效期')
      .max(40, '有效期看不懂，请重新选择')
      .transform((value) => value.slice(0, 10)),
  }),
});
/** 恢复按规则亮灯 */
export const restoreLight = defineAction('ledger.restore-light', itemId);
