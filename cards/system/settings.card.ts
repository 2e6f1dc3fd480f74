import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note } from '../kit/elements.ts';
import { ask } from './actions.ts';

export interface SettingsProps {
  readonly rows: readonly { readonly label: string; readonly value: string }[];
  /** 能改提醒规则的人 */
  readonly mayChangeRules: boolean;
}

/** 设置 — the rules by which the bot works here, each in one line, and where they are changed. */
export const settingsCard = defineCard<SettingsProps>(
  'system.settings',
  '设置',
  ({ rows, mayChangeRules }) => ({
    title: '设置',
    subtitle: '本区现行的时限和提醒',
    color: 'blue',
    summary: `设置：${rows.map(({ label, value }) => `${label}${value}`).join('；')}`.slice(0, 200),
    elements: [
      fields(rows.map(({ label, value }) => ({ label, value, wide: true }))),
      mayChangeRules && buttons(button('修改提醒规则', { style: 'primary', action: bind(ask, { text: '提醒规则' }) })),
      note('提醒规则由督查室主任修改，只管今后下达的事项；其余由系统管理员在部署配置里修改。'),
    ],
  }),
  [
    { name: 'unit', props: { rows: sampleRows(), mayChangeRules: false } },
    { name: 'chief', props: { rows: sampleRows(), mayChangeRules: true } },
  ],
);

function sampleRows(): SettingsProps['rows'] {
  return [
    { label: '签收、退件', value: '下达后2个工作日之内签收，2个工作日之内可以退件' },
    { label: '反馈', value: '每周五、每月25日、季末月25日，遇休息日提前' },
    { label: '到期提醒', value: '提前7、3、1个工作日和当天，09:05' },
    { label: '催办', value: '逾期1个工作日催办，3个工作日二次催办，5个工作日拟督办令' },
  ];
}
