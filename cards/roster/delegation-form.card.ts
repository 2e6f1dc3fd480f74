import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { datePicker, form, input, note, select, submit } from '../kit/elements.ts';
import { delegateWork } from './actions.ts';

export interface DelegationFormProps {
  readonly personId: string;
  readonly personName: string;
  readonly candidates: readonly { readonly personId: string; readonly name: string; readonly title: string }[];
  readonly today: string;
  /** changes with every card, because a form's name that was used once stays locked on the client */
  readonly occasion: string;
}

/** 委托表单 — to whom, from when to when. */
export const delegationFormCard = defineCard<DelegationFormProps>(
  'roster.delegation-form',
  '委托表单',
  ({ personId, personName, candidates, today, occasion }) => ({
    title: '委托代办',
    subtitle: `委托人：${personName}`,
    color: 'blue',
    summary: `${personName}委托代办`,
    elements: [
      form(`delegate_${occasion}`, [
        candidates.length > 0 &&
          select('person', '代办人', {
            options: candidates.map(({ personId: value, name, title }) => ({ text: `${name}（${title}）`, value })),
          }),
        input('mobile', candidates.length > 0 ? '不在名单里的，填代办人手机号' : '代办人手机号', { maxLength: 20, placeholder: '须已登记在花名册' }),
        datePicker('fromOn', '开始日期', { initial: today, required: true }),
        datePicker('toOn', '结束日期（含当日）', { required: true }),
        input('reason', '事由（可不填）', { maxLength: 100, placeholder: '例如：年休假' }),
        submit('提交委托', bind(delegateWork, { personId })),
      ]),
      note('期间两人都会收到卡片，谁办都算，代办的记录为“代”。测评和监督须本人履行，不在委托之内。'),
    ],
  }),
  [
    {
      name: 'liaison',
      props: {
        personId: 'h16',
        personName: '袁梦洁',
        candidates: [
          { personId: 'h17', name: '朱天佑', title: '备用联络员' },
          { personId: 'h18', name: '陈晓峰', title: '责任人' },
        ],
        today: '2026-09-11',
        occasion: 'mfn3k2',
      },
    },
    { name: 'leader', props: { personId: 'h9', personName: '莫红梅', candidates: [], today: '2026-09-11', occasion: 'mfn3k3' } },
  ],
);
