import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, note, panel, text } from '../kit/elements.ts';
import { reapplyRules } from './actions.ts';

export interface ReapplyProps {
  readonly policyId: number;
  readonly state: 'offered' | 'done';
  readonly items: number;
  /** `管-088 T-3 到期预告` */
  readonly dueNext: readonly string[];
  readonly nextAt: string;
}

const shownMax = 15;

/** 重新套用 — what the new rules would change for the items under way, before anything changes. */
export const reapplyCard = defineCard<ReapplyProps>(
  'reminders.reapply',
  '重新套用规则',
  ({ policyId, state, items, dueNext, nextAt }) => {
    const offered = state === 'offered';
    const headline = `${offered ? '将对' : '已对'}${items}项在办事项套用第${policyId}版规则`;
    return {
      title: offered ? '重新套用预览' : '已重新套用',
      color: offered ? 'orange' : 'green',
      tags: [offered ? { text: '待确认', color: 'orange' } : { text: '已套用', color: 'green' }],
      summary: headline,
      elements: [
        text(headline, { size: 'heading', lines: 2 }),
        text(dueNext.length === 0 ? `${nextAt}不会因此多发提醒。` : `因此，${nextAt}有${dueNext.length}项要多发或改发提醒。`, { lines: 3 }),
        dueNext.length > 0 &&
          panel(
            `多发或改发${dueNext.length}项`,
            dueNext.slice(0, shownMax).map((line) => text(line)),
            true,
          ),
        offered &&
          buttons(
            button('确认套用', {
              style: 'primary',
              action: bind(reapplyRules, { policyId }),
              confirm: { title: '对在办事项套用新规则？', text: `涉及${items}项，今后的提醒和催办都按新规则；已发过的不重发。` },
            }),
          ),
        note('已发过的不重发，错过的不补；停表和承诺日期照旧。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const base: ReapplyProps = {
    policyId: 2,
    state: 'offered',
    items: 254,
    dueNext: ['管-088 T-5 到期预告', '管-090 T-5 到期预告'],
    nextAt: '9月21日（周一）09:05',
  };
  return [
    { name: 'offered', props: base },
    { name: 'quiet', props: { ...base, dueNext: [] } },
    { name: 'many', props: { ...base, dueNext: Array.from({ length: 40 }, (_, index) => `管-${100 + index} T-5 到期预告`) } },
    { name: 'done', props: { ...base, state: 'done' as const } },
  ];
}
