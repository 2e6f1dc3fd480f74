import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, form, input, note, submit, text } from '../kit/elements.ts';
import { openReapply, saveRules } from './actions.ts';

export interface RulesProps {
  readonly version: number;
  /** 提前几个工作日预告，由早到晚 */
  readonly notices: readonly number[];
  readonly urge: number;
  readonly secondUrge: number;
  /** 过几个工作日拟督办令 */
  readonly order: number;
  readonly savedBy: string;
  readonly savedAt: string;
  /** 仍用旧规则的在办事项 */
  readonly olderItems: number;
}

/** 提醒规则 — when the machine reminds and chases; a change is for items that are issued later, until it is applied to those under way. */
export const rulesCard = defineCard<RulesProps>(
  'reminders.rules',
  '提醒规则',
  ({ version, notices, urge, secondUrge, order, savedBy, savedAt, olderItems }) => ({
    title: '提醒规则',
    color: 'blue',
    summary: `提醒规则第${version}版`,
    elements: [
      fields([
        { label: '到期预告', value: `提前${notices.join('、')}个工作日` },
        { label: '今天到期', value: '时限当天' },
        { label: '催办', value: `过${urge}个工作日` },
        { label: '二次催办', value: `过${secondUrge}个工作日` },
        { label: '督办令', value: `过${order}个工作日拟稿，由人核稿、签发` },
        { label: '现行', value: `第${version}版　${savedBy}　${savedAt}`, wide: true },
      ]),
      form(`rules_${version}`, [
        input('notices', '到期预告（提前几个工作日）', { initial: notices.join('、'), required: true, maxLength: 30 }),
        input('urge', '催办（过几个工作日）', { initial: String(urge), required: true, maxLength: 3 }),
        input('secondUrge', '二次催办（过几个工作日）', { initial: String(secondUrge), required: true, maxLength: 3 }),
        submit('保存规则', bind(saveRules, {})),
      ]),
      olderItems > 0 && text(`还有${olderItems}项在办事项用的是下达时的旧规则。`, { color: 'orange', lines: 2 }),
      olderItems > 0 && buttons(button('重新套用', { action: bind(openReapply, {}) })),
      note('新规则只管今后下达的事项；在办的照下达时的规则，要改须“重新套用”。都在工作日09:05发出。'),
    ],
  }),
  samples(),
);

function samples() {
  const base: RulesProps = {
    version: 1,
    notices: [7, 3, 1],
    urge: 1,
    secondUrge: 3,
    order: 5,
    savedBy: '系统',
    savedAt: '5月28日（周四）15:10',
    olderItems: 0,
  };
  return [
    { name: 'seeded', props: base },
    {
      name: 'changed',
      props: { ...base, version: 2, notices: [10, 5, 1], secondUrge: 4, savedBy: '周启明', savedAt: '9月18日（周五）10:00', olderItems: 254 },
    },
  ];
}
