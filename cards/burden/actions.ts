import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

/** 提交投诉建议 */
export const suggest = defineAction('burden.suggest', z.object({}), {
  form: z.object({ words: z.string('请写明您的意见').max(500, '意见不超过500字') }),
});
