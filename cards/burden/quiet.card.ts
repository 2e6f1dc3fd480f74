import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { shortDay } from '../kit/due-line.ts';
import { button, buttons, datePicker, form, note, submit, text } from '../kit/elements.ts';
import { pause, unpause } from './actions.ts';

export interface QuietProps {
  /** 暂停到哪一天；null：没有暂停 */
  readonly untilOn: string | null;
  readonly suggestedOn: string;
  readonly today: string;
  readonly occasion: string;
}

/** 免打扰 — when the bot is silent anyway, and how to be left alone for some days longer. */
export const quietCard = defineCard<QuietProps>(
  'burden.quiet',
  '免打扰',
  ({ untilOn, suggestedOn, today, occasion }) => ({
    title: '免打扰',
    color: 'blue',
    ...(untilOn === null ? {} : { tags: [{ text: '已暂停', color: 'blue' as const }] }),
    summary: untilOn === null ? '每天21:00至次日8:00和非工作日不打扰' : `免打扰到${shortDay(untilOn, today)}`,
    elements: [
      text(
        untilOn === null
          ? '每天21:00至次日8:00和非工作日，本来就不打扰。还可以暂停到某一天。'
          : `已暂停到${shortDay(untilOn, today)}，含当天；第二天起照常。`,
        { lines: 3 },
      ),
      form(`quiet_${occasion}`, [
        datePicker('untilOn', '暂停到哪一天', { required: true, initial: suggestedOn }),
        submit(untilOn === null ? '暂停' : '改到这一天', bind(pause, {}), { style: untilOn === null ? 'primary' : 'default' }),
      ]),
      untilOn !== null && buttons(button('恢复提醒', { style: 'primary', action: bind(unpause, {}) })),
      note('暂停的是到期预告、反馈提醒和个人简报；今天到期、催办、公文和等您办的事照发。不在岗的，请用“委托”。'),
    ],
  }),
  [
    { name: 'usual', props: { untilOn: null, suggestedOn: '2026-09-24', today: '2026-09-22', occasion: 'r1' } },
    { name: 'paused', props: { untilOn: '2026-09-28', suggestedOn: '2026-09-28', today: '2026-09-22', occasion: 'r2' } },
  ],
);
