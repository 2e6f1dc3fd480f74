import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { form, input, note, select, submit, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { proposeCorrection } from './actions.ts';

/** 没有分管领导的，选这一项 */
export const noLeader = 'none';

export interface CorrectionFormProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  /** null: too long for a form */
  readonly goal: string | null;
  /** one metric a line */
  readonly metrics: string;
  readonly leader: string | null;
  readonly leaders: readonly string[];
  readonly supporting: readonly string[];
  readonly units: readonly { readonly code: string; readonly name: string }[];
  /** what the item was like when the form was opened */
  readonly shown: string;
  readonly version: number;
}

/** 更正单 — with what the item says now; the wrong word is changed, the rest stays. */
export const correctionFormCard = defineCard<CorrectionFormProps>(
  'corrections.form',
  '更正单',
  ({ itemId, code, title, goal, metrics, leader, leaders, supporting, units, shown, version }) => ({
    title: `更正 ${code}`,
    subtitle: title,
    color: 'blue',
    summary: `更正 ${code}：${clip(title, 60)}`,
    elements: [
      text('只改写错的地方，其余照旧。督查室主任批准之后生效；报过的进展和状态不变。', { lines: 3 }),
      form(`correct_${itemId.replace(/\W/g, '').slice(0, 24)}_${version}`, [
        input('title', '任务名称', { initial: title, required: true, maxLength: 200 }),
        goal !== null && input('goal', '工作目标', { initial: goal, multiline: true, maxLength: 1000 }),
        input('metrics', '量化指标，一行一个', { initial: metrics, multiline: true, maxLength: 300, placeholder: '签约户数：218户' }),
        select('leader', '分管领导', {
          options: [...[...new Set(leaders)].map((name) => ({ value: name, text: name })), { value: noLeader, text: '没有（由主要领导批）' }],
          initial: leader ?? noLeader,
          required: true,
        }),
        select('supporting', '配合单位', {
          multiple: true,
          options: units.map((unit) => ({ value: unit.code, text: clip(unit.name, 12) })),
          initial: supporting,
        }),
        input('reason', '理由', { required: true, multiline: true, maxLength: 300, placeholder: '错在哪里，依据什么' }),
        submit('提交更正', bind(proposeCorrection, { itemId, shown })),
      ]),
      note(`时限用“延期 ${code}”，牵头单位由主任“改派”。${goal === null ? '工作目标太长，不在这里改。' : ''}`),
    ],
  }),
  samples(),
);

function samples() {
  const base: CorrectionFormProps = {
    itemId: 'i63',
    code: '管-063',
    title: '渔排清退协商签约',
    goal: '218户渔排全部签约',
    metrics: '签约户数：218户',
    leader: '王海峰',
    leaders: ['陈建业', '李文博', '王海峰', '赵敏之'],
    supporting: ['U27'],
    units: [
      { code: 'U15', name: '规划和自然资源管理局' },
      { code: 'U27', name: '团工委' },
    ],
    shown: '0a1b2c3d4e5f6071',
    version: 1,
  };
  return [
    { name: 'prefilled', props: base },
    { name: 'bare', props: { ...base, goal: '', metrics: '', leader: null, supporting: [] } },
    {
      name: 'longest',
      props: {
        ...base,
        title: '督'.repeat(200),
        goal: null,
        metrics: '督'.repeat(300),
        units: Array.from({ length: 31 }, (_, index) => ({ code: `U${index}`, name: '城市管理和综合执法局' })),
        supporting: Array.from({ length: 12 }, (_, index) => `U${index}`),
      },
    },
  ];
}
