import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, note, row } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';
import { openDelegationForm, withdrawDelegation } from './actions.ts';

export interface DelegationsProps {
  readonly personId: string;
  readonly personName: string;
  readonly delegations: readonly { readonly id: string; readonly delegateName: string; readonly fromOn: string; readonly toOn: string }[];
  readonly today: string;
}

/** 委托一览 — what is registered and not yet over, each with the way to take it back. */
export const delegationsCard = defineCard<DelegationsProps>(
  'roster.delegations',
  '委托一览',
  ({ personId, personName, delegations, today }) => ({
    title: '委托代办',
    subtitle: `委托人：${personName}`,
    color: 'blue',
    summary: `${personName}有${delegations.length}项委托未结束`,
    elements: [
      ...delegations.slice(0, 10).map(({ id, delegateName, fromOn, toOn }) => {
        const when = `${formatDay(fromOn, today)}至${formatDay(toOn, today)}`;
        return row(
          `${fromOn <= today ? '进行中' : '未开始'}　${delegateName}　${when}`,
          button('收回委托', {
            action: bind(withdrawDelegation, { delegationId: id }),
            confirm: { title: '确认收回？', text: `收回后${delegateName}即不再代办（${when}）。` },
          }),
        );
      }),
      buttons(button('新增委托', { style: 'primary', action: bind(openDelegationForm, { personId }) })),
      note('同一段时间只能委托一人；要换人请先收回。'),
    ],
  }),
  [
    {
      name: 'two',
      props: {
        personId: 'h16',
        personName: '袁梦洁',
        delegations: [
          { id: 'd1', delegateName: '朱天佑', fromOn: '2026-09-14', toOn: '2026-09-24' },
          { id: 'd2', delegateName: '陈晓峰', fromOn: '2026-10-12', toOn: '2026-10-16' },
        ],
        today: '2026-09-16',
      },
    },
  ],
);
