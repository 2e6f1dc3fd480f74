import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

/** 免打扰到某一天 */
export const pause = defineAction('burden.pause', z.object({}), {
  form: z.object({
    untilOn: z
      .string('请选择日期')
      .max(40)
      .transform((value) => value.slice(0, 10)),
  }),
});
/** 恢复提醒 */
export const unpause = defineAction('burden.unpause', z.object({}));

/** 提交投诉建议 */
export const suggest = defineAction('burden.suggest', z.object({}), {
  form: z.object({ words: z.string('请写明您的意见').max(500, '意见不超过500字') }),
});
