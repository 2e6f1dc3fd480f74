import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const bulletinId = z.object({ bulletinId: z.string() });

/** 保存通报的亮点 */
export const saveHighlights = defineAction('digests.save-highlights', bulletinId, {
  form: z.object({ highlights: z.string().max(1000, '亮点不超过1000字').optional() }),
});
/** 发布通报 */
export const release = defineAction('digests.release', bulletinId);
