import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

/** 打开一张换下的卡片 */
export const reopen = defineAction('system.reopen', z.object({ cardKey: z.string().max(200) }));
/** 按一下等于发一句口令 */
export const ask = defineAction('system.ask', z.object({ text: z.string().max(60) }));
