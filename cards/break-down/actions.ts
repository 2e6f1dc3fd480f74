import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const itemId = z.object({ itemId: z.string() });
const text = (label: string, max: number) => z.string().max(max, `${label}不超过${max}字`).optional();
const day = z
  .string()
  .max(40, '时限看不懂，请重新选择')
  .transform((value) => value.slice(0, 10))
  .optional();
const weight = z
  .string()
  .max(8, '权重请填1到100的整数')
  .transform((value) => value.normalize('NFKC').replace(/[\s%]/g, ''))
  .pipe(z.string().regex(/^([1-9]\d?|100)?$/, '权重请填1到100的整数，或不填'))
  .transform((value) => (value === '' ? undefined : Number(value)))
  .optional();
const post = text('所选的岗位', 64);

/** 打开分解单 */
export const openBreakDown = defineAction('break-down.open', itemId);
/** 分解；title1 … 是新的子任务，share1 … 依次是已有子任务的权重 */
export const breakDown = defineAction('break-down.break-down', z.object({ itemId: z.string(), known: z.number().int() }), {
  form: z.object({
    ...{ title1: text('名称', 60), due1: day, weight1: weight, person1: post },
    ...{ title2: text('名称', 60), due2: day, weight2: weight, person2: post },
    ...{ title3: text('名称', 60), due3: day, weight3: weight, person3: post },
    ...{ title4: text('名称', 60), due4: day, weight4: weight, person4: post },
    ...{ share1: weight, share2: weight, share3: weight, share4: weight, share5: weight, share6: weight },
    ...{ share7: weight, share8: weight, share9: weight, share10: weight, share11: weight, share12: weight },
  }),
});
/** 打开责任人调整单 */
export const openAssign = defineAction('break-down.open-assign', itemId);
/** 调整责任人 */
export const assignResponsible = defineAction('break-down.assign', itemId, {
  form: z.object({
    responsible: z.string('请选择责任人').max(64, '所选的岗位看不懂，请重新选择'),
    liaison: z.string().max(64, '所选的岗位看不懂，请重新选择').optional(),
  }),
});
