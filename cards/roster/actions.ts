import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

/** 日期控件给的是 `2026-07-31 +0800`：取前面的日子，真不真实由领域来判断。 */
const day = (label: string) =>
  z
    .string(`请选择${label}`)
    .max(40, `${label}看不懂，请重新选择`)
    .transform((text) => text.slice(0, 10));
const mobile = z.string().max(20, '手机号过长').optional();
const person = z.string().max(64, '所选的人看不懂，请重新选择').optional();

/** 移交岗位 — `post` is what the list gave: the post and the holder it showed, so that an old card can't undo a newer handover */
export const handOver = defineAction('roster.hand-over', z.object({}), {
  form: z.object({
    post: z
      .string('请选择要移交的岗位')
      .regex(/^[\w-]{1,64}:[\w-]{0,64}$/, '所选的岗位看不懂，请重新选择')
      .transform((value) => {
        const [postId = '', formerId = ''] = value.split(':');
        return { postId, formerId: formerId || null };
      }),
    person,
    mobile,
    on: day('移交日期'),
  }),
});
/** 下拉里一个岗位的值 */
export const postOption = (postId: string, holderId: string | null): string => `${postId}:${holderId ?? ''}`;

/** 打开委托表单 */
export const openDelegationForm = defineAction('roster.open-delegation-form', z.object({ personId: z.string() }));
/** 委托代办 */
export const delegateWork = defineAction('roster.delegate', z.object({ personId: z.string() }), {
  form: z.object({
    person,
    mobile,
    fromOn: day('开始日期'),
    toOn: day('结束日期'),
    reason: z.string().max(100, '事由不超过100字').optional(),
  }),
});
/** 收回委托 */
export const withdrawDelegation = defineAction('roster.withdraw-delegation', z.object({ delegationId: z.string() }));
