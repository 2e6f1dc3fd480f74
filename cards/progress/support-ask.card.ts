import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { shortDay } from '../kit/due-line.ts';
import { button, buttons, fields, note } from '../kit/elements.ts';
import { openSupport } from './actions.ts';

export interface SupportAskProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly leadUnit: string;
  readonly by: string;
  readonly dueOn: string;
  readonly today: string;
  readonly words: string;
  /** 何人何时答复的 */
  readonly answered: string | null;
}

/** 请分工反馈 — what the lead unit wants to know of a supporting unit, and by when; answered in place. */
export const supportAskCard = defineCard<SupportAskProps>(
  'progress.support-ask',
  '请分工反馈',
  ({ itemId, code, title, leadUnit, by, dueOn, today, words, answered }) => ({
    title: `请分工反馈 ${code}`,
    subtitle: title,
    color: answered === null ? 'orange' : 'green',
    tags: [answered === null ? { text: '待分工反馈', color: 'orange' } : { text: '已反馈', color: 'green' }],
    summary: answered === null ? `${leadUnit}请贵单位${shortDay(dueOn, today)}前就${code}分工反馈` : `${code}已分工反馈`,
    elements: [
      fields([
        { label: '牵头单位', value: `${leadUnit}　${by}`, wide: true },
        { label: '期限', value: `${shortDay(dueOn, today)}，含当天` },
        ...(answered === null ? [] : [{ label: '已反馈', value: answered }]),
        { label: '要的情况', value: words, wide: true },
      ]),
      answered === null && buttons(button('分工反馈', { style: 'primary', action: bind(openSupport, { itemId }) })),
      note(answered === null ? '没有进展也请说一声。过了日子没有答复的，催办牵头单位时抄送贵单位。' : '由牵头单位并入反馈，可以再补充。'),
    ],
  }),
  samples(),
);

function samples() {
  const base: SupportAskProps = {
    ...{ itemId: 'i31', code: '党-031', title: '老旧小区改造', leadUnit: '住房和建设局', by: '丁一凡　9月9日（周三）10:00' },
    ...{ dueOn: '2026-09-11', today: '2026-09-09', words: '管线迁改的进度和困难', answered: null },
  };
  return [
    { name: 'asked', props: base },
    { name: 'answered', props: { ...base, answered: '许蓉　9月10日（周四）15:20' } },
  ];
}
