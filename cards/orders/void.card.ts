import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { fields, form, input, note, submit } from '../kit/elements.ts';
import { askToVoid } from './actions.ts';

export interface VoidProps {
  readonly orderId: string;
  readonly version: number;
  readonly number: string;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
}

/** 提出作废 — with the reason in writing; another person has to agree. */
export const voidCard = defineCard<VoidProps>(
  'orders.void',
  '提出作废',
  ({ orderId, version, number, code, title, unitName }) => ({
    title: `作废${number}`,
    subtitle: `${code} ${title}`,
    color: 'red',
    tags: [{ text: '作废', color: 'red' }],
    summary: `提出作废督办令${number}`,
    elements: [
      fields([{ label: '主送单位', value: unitName }]),
      form(`void_${orderId.replace(/\W/g, '').slice(0, 24)}_${version}`, [
        input('reason', '作废原因', { required: true, multiline: true, maxLength: 300 }),
        submit('提出作废', bind(askToVoid, { orderId }), {
          style: 'danger',
          confirm: { title: '提出作废', text: '由督查室另一人同意后作废。继续吗？' },
        }),
      ]),
      note('作废的文号留在登记簿上，注明原因，不再使用；需要时可以重新印发，另取新号。'),
    ],
  }),
  [
    {
      name: 'usual',
      props: { orderId: 'o31', version: 3, number: '湾督〔2026〕3号', code: '党-031', title: '老旧小区改造', unitName: '住房和建设局' },
    },
  ],
);
