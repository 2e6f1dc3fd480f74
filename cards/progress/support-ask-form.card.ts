import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { shortDay } from '../kit/due-line.ts';
import { datePicker, form, input, note, select, submit, text } from '../kit/elements.ts';
import { askSupport } from './actions.ts';

export interface SupportAskFormProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  /** 可以请的配合单位 */
  readonly units: readonly { readonly code: string; readonly name: string }[];
  readonly suggestedOn: string;
  /** 请过、还没有答复的 */
  readonly open: readonly { readonly unitName: string; readonly dueOn: string }[];
  readonly today: string;
  readonly occasion: string;
}

/** 所有配合单位 */
export const allUnits = 'all';

/** 请配合单位反馈 — which of them, by when, about what. */
export const supportAskFormCard = defineCard<SupportAskFormProps>(
  'progress.support-ask-form',
  '请配合单位反馈',
  ({ itemId, code, title, units, suggestedOn, open, today, occasion }) => ({
    title: `请配合单位反馈 ${code}`,
    subtitle: title,
    color: 'blue',
    summary: `请配合单位反馈 ${code}：${title}`,
    elements: [
      open.length > 0 && text(open.map(({ unitName, dueOn }) => `已请${unitName}，${shortDay(dueOn, today)}前，还没有答复`).join('\n'), { lines: 6 }),
      units.length > 0 &&
        form(`ask_${itemId.replace(/\W/g, '').slice(0, 24)}_${occasion}`, [
          select('unit', '配合单位', {
            required: true,
            options: [
              ...(units.length > 1 ? [{ value: allUnits, text: `全部${units.length}个配合单位` }] : []),
              ...units.map(({ code: value, name }) => ({ value, text: name })),
            ],
          }),
          datePicker('dueOn', '请在这一天之前', { required: true, initial: suggestedOn }),
          input('words', '要哪些情况', { required: true, multiline: true, maxLength: 200, placeholder: '例如：管线迁改的进度和困难' }),
          submit('发送', bind(askSupport, { itemId })),
        ]),
      note('配合单位的联络员各收一张卡片；过了日子没有答复的，催办本事项时抄送该单位。牵头单位仍对整件事负责。'),
    ],
  }),
  samples(),
);

function samples() {
  const base: SupportAskFormProps = {
    ...{ itemId: 'i31', code: '党-031', title: '老旧小区改造', suggestedOn: '2026-09-11', today: '2026-09-09', occasion: 'r1' },
    units: [
      { code: 'U11', name: '公共事业局' },
      { code: 'U12', name: '建筑工务署' },
    ],
    open: [],
  };
  return [
    { name: 'first', props: base },
    { name: 'one-left', props: { ...base, units: base.units.slice(0, 1), open: [{ unitName: '建筑工务署', dueOn: '2026-09-10' }] } },
    { name: 'all-asked', props: { ...base, units: [], open: base.units.map(({ name }) => ({ unitName: name, dueOn: '2026-09-10' })) } },
  ];
}
