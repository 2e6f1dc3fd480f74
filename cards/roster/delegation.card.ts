import { defineCard } from '../kit/card.ts';
import { fields, note, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';

export interface DelegationProps {
  readonly state: 'registered' | 'withdrawn';
  readonly principalName: string;
  readonly delegateName: string;
  readonly fromOn: string;
  /** last day */
  readonly toOn: string;
  readonly today: string;
  readonly reason: string | null;
  readonly byName: string;
  /** whose work the principal does in that time */
  readonly notPassedOn: readonly string[];
}

/** 委托 — the same words for both, so that each knows what the other knows. */
export const delegationCard = defineCard<DelegationProps>(
  'roster.delegation',
  '委托',
  ({ state, principalName, delegateName, fromOn, toOn, today, reason, byName, notPassedOn }) => {
    const period = `${formatDay(fromOn, today)}至${formatDay(toOn, today)}`;
    const withdrawn = state === 'withdrawn';
    return {
      title: withdrawn ? '委托已收回' : '已委托代办',
      subtitle: `${principalName}委托${delegateName}`,
      color: withdrawn ? 'grey' : 'blue',
      summary: withdrawn ? `${principalName}委托${delegateName}代办，已收回` : `${principalName}委托${delegateName}代办，${period}`,
      elements: [
        fields([
          { label: '委托人', value: principalName },
          { label: '代办人', value: delegateName },
          { label: '期间', value: period, wide: true },
          { label: withdrawn ? '收回人' : '登记人', value: byName },
          ...(reason === null ? [] : [{ label: '事由', value: reason }]),
        ]),
        text(withdrawn ? `自${formatDay(today, today)}起，${delegateName}不再代办。` : '期间两人都会收到卡片，谁办都算，代办的记录为“代”。', {
          lines: 3,
        }),
        notPassedOn.length > 0 &&
          text(`${principalName}此间替${notPassedOn.join('、')}代办的，不随之转出，请另行安排。`, { color: 'orange', lines: 3 }),
        !withdrawn && note('委托人发送“委托”可以提前收回。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const base: DelegationProps = {
    state: 'registered',
    principalName: '袁梦洁',
    delegateName: '朱天佑',
    fromOn: '2026-09-14',
    toOn: '2026-09-24',
    today: '2026-09-11',
    reason: '年休假',
    byName: '袁梦洁',
    notPassedOn: [],
  };
  return [
    { name: 'registered', props: base },
    { name: 'not-passed-on', props: { ...base, reason: null, notPassedOn: ['方伟'] } },
    { name: 'withdrawn', props: { ...base, state: 'withdrawn' as const, today: '2026-09-16', byName: '林晓' } },
  ];
}
