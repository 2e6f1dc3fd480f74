import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

/** 按一下等于发一句口令 */
export const ask = defineAction('system.ask', z.object({ text: z.string().max(60) }));
