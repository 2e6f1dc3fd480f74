import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { type DueSpan, daysWords, shortDay, spanWords, withRemark } from '../kit/due-line.ts';
import { datePicker, fields, form, input, note, submit, text } from '../kit/elements.ts';
import { explainDelay, requestExtension } from './actions.ts';

export interface ExtensionFormProps {
  readonly itemId: string;
  /** which request of the item this will be */
  readonly round: number;
  readonly code: string;
  readonly title: string;
  readonly dueOn: string;
  readonly originalDueOn: string;
  readonly today: string;
  readonly span: DueSpan;
  /** 申请的最后一天 */
  readonly lastDay: string;
  /** `2027年放假安排未公布，暂定`, or empty */
  readonly provisional: string;
  readonly isLate: boolean;
  /** 此前已批准延期的次数 */
  readonly former: number;
  readonly percent: number;
  /** 上次反馈的进展 */
  readonly progress: string;
  /** 上次没有批准的原因 */
  readonly refused: string | null;
}

/** 延期申请单 — in time it is a request; too late it says the rule and offers to explain. */
export const extensionFormCard = defineCard<ExtensionFormProps>(
  'extensions.form',
  '延期申请单',
  (props) => {
    const { itemId, round, code, title, dueOn, originalDueOn, today, span, lastDay, provisional, isLate, former, percent, progress, refused } = props;
    const name = `extend_${itemId.replace(/\W/g, '').slice(0, 24)}_r${round}${isLate ? '_late' : ''}`;
    return {
      title: `${isLate ? '说明情况' : '申请延期'} ${code}`,
      subtitle: title,
      color: isLate ? 'orange' : 'blue',
      ...(isLate ? { tags: [{ text: '已过申请期限', color: 'orange' as const }] } : {}),
      summary: `${isLate ? '说明情况' : '申请延期'} ${code}：${title}`,
      elements: [
        text(lateWords(props), isLate ? { color: 'orange', lines: 5 } : { lines: 3 }),
        fields([
          { label: '时限', value: `${daysWords(dueOn, originalDueOn, today)}｜${spanWords(span)}`, wide: true },
          { label: '申请期限', value: withRemark(`${shortDay(lastDay, today)}，含当天`, provisional) },
          { label: '台账进度', value: `${percent}%${former > 0 ? `　已延期${former}次` : ''}` },
        ]),
        refused !== null && text(`上次没有批准：${refused}`, { color: 'orange', lines: 4 }),
        form(name, [
          datePicker('requestedOn', isLate ? '预计完成的日期' : '申请延到', { required: true }),
          input('reason', '原因', { required: true, multiline: true, maxLength: 300, placeholder: '为什么按时完成不了' }),
          input('progress', '目前进展', { initial: progress, required: true, multiline: true, maxLength: 300 }),
          submit(isLate ? '提交说明' : '提交申请', bind(isLate ? explainDelay : requestExtension, { itemId, round })),
        ]),
        note(isLate ? '说明情况不改时限，提醒和催办照常；有领导批示的，由督查室主任按批示延期。' : chainWords(former)),
      ],
    };
  },
  samples(),
);

function lateWords({ isLate, dueOn, lastDay, today }: ExtensionFormProps): string {
  if (!isLate) return '延期须在时限3个工作日以前申请，写明原因、进展和新的日期；批准之前仍按现时限提醒。';
  return `延期须提前3个工作日申请：时限${shortDay(dueOn, today)}，最晚应在${shortDay(lastDay, today)}申请，现已过期限，不能再申请。可以说明情况，由督查室报分管领导。`;
}

function chainWords(former: number): string {
  return former === 0
    ? '由单位主要负责人审签、督查室初审、分管领导批准。原定时限一直保留，按时办结率仍按原定时限另算。'
    : '再次延期：由单位主要负责人审签、督查室初审、督查室主任同意后，分管领导批准。原定时限一直保留。';
}

function samples() {
  const base: ExtensionFormProps = {
    itemId: 'i112',
    round: 1,
    code: '管-112',
    title: '云帆大道地下综合管廊',
    dueOn: '2026-11-30',
    originalDueOn: '2026-11-30',
    today: '2026-11-25',
    span: { when: 'ahead', days: 3, remark: '' },
    lastDay: '2026-11-25',
    provisional: '',
    isLate: false,
    former: 0,
    percent: 72,
    progress: '主体已封顶',
    refused: null,
  };
  return [
    { name: 'in-time', props: base },
    { name: 'late', props: { ...base, today: '2026-11-26', span: { when: 'ahead' as const, days: 2, remark: '含元旦假期' }, isLate: true } },
    {
      name: 'provisional',
      props: {
        ...base,
        ...{ dueOn: '2027-01-05', originalDueOn: '2027-01-05', today: '2026-12-21', lastDay: '2026-12-31' },
        span: { when: 'ahead' as const, days: 11, remark: '2027年放假安排未公布，暂定' },
        provisional: '2027年放假安排未公布，暂定',
      },
    },
    { name: 'again', props: { ...base, dueOn: '2026-12-18', lastDay: '2026-12-15', round: 2, former: 1, refused: '请先完成主体验收' } },
  ];
}
