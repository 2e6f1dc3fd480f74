import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const year = z.object({ year: z.number().int().min(2007).max(2100) });

/** 看某一年 */
export const openYear = defineAction('calendar.open-year', year);
/** 打开调整一天的单子 */
export const openDay = defineAction('calendar.open-day', year);
/** 调整一天 */
export const changeDay = defineAction('calendar.change-day', z.object({}), {
  form: z.object({
    date: z
      .string('请选择日期')
      .max(40, '日期看不懂，请重新选择')
      .transform((value) => value.slice(0, 10)),
    kind: z.enum(['off', 'work', 'national'], '请选择放假、上班或恢复'),
    reason: z.string('请写明原因').max(30, '原因不超过30字'),
  }),
});
/** 确认导入放假安排 */
export const importNotice = defineAction('calendar.import', z.object({ noticeId: z.string() }));
