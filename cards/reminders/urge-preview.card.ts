import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, panel, text } from '../kit/elements.ts';
import { sendUrge } from './actions.ts';

export interface UrgePreviewProps {
  readonly batchId: string;
  readonly state: 'offered' | 'sent';
  /** `住房和建设局、逾期` as it was understood */
  readonly filter: string;
  readonly items: readonly { readonly code: string; readonly title: string; readonly dueLine: string }[];
  readonly recipients: readonly string[];
  readonly unreached: readonly string[];
  /** 那天已提醒过、或到时系统会提醒的编号，不再发 */
  readonly reminded: readonly string[];
  /** null: at once; otherwise when the quiet hours end */
  readonly heldUntil: string | null;
}

const shownMax = 12;

/** 人工催办 — who will get it is shown before anything goes out. */
export const urgePreviewCard = defineCard<UrgePreviewProps>(
  'reminders.urge-preview',
  '人工催办',
  ({ batchId, state, filter, items, recipients, unreached, reminded, heldUntil }) => {
    const offered = state === 'offered';
    const headline = `${offered ? '将发送给' : '已发送给'}${recipients.length}人，共${items.length}项`;
    return {
      title: offered ? '催办预览' : '催办已发送',
      subtitle: filter,
      color: offered ? 'orange' : 'green',
      tags: [{ text: offered ? '待发送' : '已发送', color: offered ? 'orange' : 'green' }],
      summary: headline,
      elements: [
        text(headline, { size: 'heading', lines: 2 }),
        fields([
          { label: offered ? '发给' : '已发给', value: listed(recipients, 40), wide: true },
          ...(unreached.length > 0 ? [{ label: '收不到', value: `${listed(unreached, 20)}（没有飞书账号）`, wide: true }] : []),
          ...(reminded.length > 0 ? [{ label: '不再发', value: `${listed(reminded, 20, '，')}，当天另有提醒`, wide: true }] : []),
        ]),
        panel(
          `事项${items.length}项`,
          items.slice(0, shownMax).map(({ code, title, dueLine }) => text(`${code} ${title}\n${dueLine}`, { lines: 3 })),
          true,
        ),
        offered && buttons(button('发送催办', { style: 'primary', action: bind(sendUrge, { batchId }) })),
        note(
          heldUntil === null
            ? '每人只收一张合并的卡片。'
            : `现在是免打扰时段，${offered ? '确认后' : ''}于${heldUntil}发出；每人只收一张合并的卡片。`,
        ),
      ],
    };
  },
  samples(),
);

function listed(words: readonly string[], max: number, separator = '、'): string {
  return words.length > max
    ? `${words.slice(0, max).join(separator)}${separator}等${words.length}${separator === '、' ? '人' : '项'}`
    : words.join(separator);
}

function samples() {
  const item = (index: number) => ({
    code: `管-${String(index).padStart(3, '0')}`,
    title: '既有建筑幕墙安全排查',
    dueLine: '时限10月9日(周五)｜剩余3个工作日(含国庆假期)',
  });
  const base: UrgePreviewProps = {
    batchId: 'b1',
    state: 'offered',
    filter: '住房和建设局',
    items: [item(88)],
    recipients: ['马骁', '丁一凡'],
    unreached: [],
    reminded: [],
    heldUntil: null,
  };
  const many = {
    items: Array.from({ length: 40 }, (_, index) => item(index)),
    recipients: Array.from({ length: 60 }, (_, index) => `责任人${index}`),
  };
  return [
    { name: 'one', props: base },
    { name: 'many', props: { ...base, ...many, unreached: ['余宏斌'], reminded: ['党-031', '管-062'], heldUntil: '9月30日（周三）09:05' } },
    { name: 'sent', props: { ...base, state: 'sent' as const } },
    { name: 'sent-later', props: { ...base, state: 'sent' as const, heldUntil: '9月30日（周三）09:05' } },
  ];
}
