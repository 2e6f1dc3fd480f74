import { defineCard } from '../kit/card.ts';
import { fields, note, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';

export interface HandedOverProps {
  readonly unitName: string | null;
  readonly title: string;
  readonly formerName: string | null;
  readonly successorName: string;
  /** the successor can't receive cards yet */
  readonly withoutAccount: boolean;
  readonly on: string;
  readonly today: string;
  readonly byName: string;
  /** 原任还分管着别的口，分不清归谁、没有动的；null：都随岗位走 */
  readonly undivided: { readonly items: number; readonly units: readonly string[] } | null;
}

/** 岗位已移交 — the same words for the one who did it, the former holder and the successor. */
export const handedOverCard = defineCard<HandedOverProps>(
  'roster.handed-over',
  '岗位已移交',
  ({ unitName, title, formerName, successorName, withoutAccount, on, today, byName, undivided }) => {
    const later = on > today;
    return {
      title: later ? '岗位移交已安排' : '岗位已移交',
      subtitle: `${unitName ? `${unitName} ` : ''}${title}`,
      color: withoutAccount ? 'orange' : 'green',
      ...(withoutAccount ? { tags: [{ text: '接任人没有账号', color: 'orange' as const }] } : {}),
      summary: `${unitName ?? ''}${title}自${formatDay(on, today)}起由${successorName}接任`,
      elements: [
        fields([
          { label: '原任', value: formerName ?? '空缺' },
          { label: '接任', value: successorName },
          { label: '起始日期', value: formatDay(on, today) },
          { label: '办理人', value: byName },
        ]),
        text(
          withoutAccount
            ? `${successorName}没有飞书账号，开通之前收不到卡片，请督促开通。`
            : `自${formatDay(on, today)}起由${successorName}履职；未办结的事项随岗位转给接任人，发送“我的任务”可查看。`,
          { lines: 3 },
        ),
        undivided !== null &&
          text(
            `${formerName ?? ''}还分管着别的口：他名下没有了结的${undivided.items}项分不清是哪一口的，没有动${undivided.units.length > 0 ? `（${undivided.units.slice(0, 12).join('、')}${undivided.units.length > 12 ? '等' : ''}的分管领导也没有动）` : ''}。请系统管理员在花名册的单位表里把归${successorName}的单位改成${successorName}，重新导入，那些单位牵头的事项随着换。`,
            { color: 'orange', lines: 8 },
          ),
        note('历史记录不变。如有差错，请联系系统管理员或督查室。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const base: HandedOverProps = {
    unitName: '应急管理局',
    title: '责任人',
    formerName: '许启航',
    successorName: '黄诗涵',
    withoutAccount: false,
    on: '2026-07-31',
    today: '2026-07-31',
    byName: '林晓',
    undivided: null,
  };
  return [
    { name: 'today', props: base },
    { name: 'later', props: { ...base, on: '2026-08-03' } },
    {
      name: 'undivided',
      props: {
        ...base,
        unitName: null,
        title: '管委会副主任',
        formerName: '王海峰',
        undivided: { items: 23, units: ['住建局', '城管局', '统计局'] },
      },
    },
    { name: 'vacant', props: { ...base, unitName: null, title: '管委会副主任', formerName: null, withoutAccount: true } },
  ];
}
