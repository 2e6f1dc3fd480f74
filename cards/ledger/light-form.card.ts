import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, datePicker, fields, form, input, note, select, submit, text } from '../kit/elements.ts';
import { type LightReasonProps, lightColor, overrideWords, reasonWords } from '../kit/lights.ts';
import { signalLight, term } from '../kit/terms.ts';
import { restoreLight, setLight } from './actions.ts';

export interface LightFormProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly today: string;
  readonly light: string;
  readonly reasons: readonly LightReasonProps[];
  readonly override: { readonly reason: string; readonly by: string; readonly until: string } | null;
  /** null: 办过了，这是结果 */
  readonly asks: { readonly suggestedUntil: string; readonly version: number } | null;
  readonly done: string | null;
}

/** 调整亮灯 — with a reason and a last day; afterwards the result. */
export const lightFormCard = defineCard<LightFormProps>(
  'ledger.light-form',
  '调整亮灯',
  ({ itemId, code, title, unitName, today, light, reasons, override, asks, done }) => ({
    title: asks ? `调整亮灯 ${code}` : `${code} ${title}`,
    subtitle: asks ? title : unitName,
    color: 'blue',
    tags: [{ text: term(signalLight, light), color: lightColor(light) }],
    summary: done ?? `${code} ${title}：${term(signalLight, light)}`,
    elements: [
      done !== null && text(done, { size: 'heading', lines: 2 }),
      fields([
        { label: '牵头单位', value: unitName },
        { label: '现在', value: `${term(signalLight, light)}${override ? '（人工）' : ''}` },
        ...(reasons.length > 0 ? [{ label: '按规则', value: reasonWords(reasons), wide: true }] : []),
        ...(override ? [{ label: '依据', value: overrideWords({ ...override, today }), wide: true }] : []),
      ]),
      asks &&
        form(`light_${itemId.replace(/\W/g, '').slice(0, 24)}_${asks.version}`, [
          select('light', '亮什么灯', {
            required: true,
            options: (['red', 'yellow', 'green'] as const).map((value) => ({ value, text: term(signalLight, value) })),
          }),
          input('reason', '理由', { required: true, multiline: true, maxLength: 200 }),
          datePicker('untilOn', '有效期至', { required: true, initial: asks.suggestedUntil }),
          submit('定为此灯', bind(setLight, { itemId })),
        ]),
      asks && override && buttons(button('恢复按规则亮灯', { action: bind(restoreLight, { itemId }) })),
      asks && note('到期自动恢复按规则亮灯；何人何时为何调整，都有留痕。'),
    ],
  }),
  samples(),
);

function samples() {
  const base: LightFormProps = {
    itemId: 'i31',
    code: '党-031',
    title: '老旧小区改造',
    unitName: '住房和建设局',
    today: '2026-09-22',
    light: 'red',
    reasons: [{ kind: 'overdue', days: 4 }],
    override: null,
    asks: { suggestedUntil: '2026-09-30', version: 1 },
    done: null,
  };
  const override = { reason: '等待市里批复', by: '林晓', until: '2026-09-30' };
  return [
    { name: 'form', props: base },
    { name: 'form-set', props: { ...base, light: 'yellow', override } },
    { name: 'set', props: { ...base, light: 'yellow', override, asks: null, done: '已定为黄灯' } },
    { name: 'restored', props: { ...base, light: 'green', reasons: [], asks: null, done: '已恢复按规则亮灯' } },
  ];
}
