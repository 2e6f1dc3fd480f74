import { defineCard } from '../kit/card.ts';
import { note, panel, table, text } from '../kit/elements.ts';

export interface GroupCoverageProps {
  readonly unitName: string;
  readonly groups: number;
  readonly people: number;
  /** 2026-09 */
  readonly month: string;
  readonly lines: readonly { readonly name: string; readonly groups: number; readonly people: number; readonly written: number }[];
  /** 没有飞书账号的组长 */
  readonly withoutAccount: readonly string[];
}

const shownMax = 80;

/** 一带五覆盖 — groups, people and this month's notes, line by line in the order of the list. */
export const groupCoverageCard = defineCard<GroupCoverageProps>(
  'groups.coverage',
  '一带五覆盖情况',
  ({ unitName, groups, people, month, lines, withoutAccount }) => {
    const written = lines.reduce((sum, line) => sum + line.written, 0);
    const line = `${groups}组｜${people}人｜${Number(month.slice(5))}月月记已交${written}/${groups}组`;
    return {
      title: '“一带五”联系小组',
      subtitle: unitName,
      color: 'blue',
      summary: line,
      elements: [
        text(line, { size: 'heading', lines: 2 }),
        table({
          columns: [
            { name: 'name', title: '条线' },
            { name: 'groups', title: '组', type: 'number', width: '22%', align: 'right' },
            { name: 'people', title: '人', type: 'number', width: '22%', align: 'right' },
            { name: 'written', title: '已交', width: '24%', align: 'right' },
          ],
          rows: lines.map((each) => ({ name: each.name, groups: each.groups, people: each.people, written: `${each.written}/${each.groups}` })),
          pageSize: 10,
        }),
        withoutAccount.length > 0 &&
          panel(`没有飞书账号的组长${withoutAccount.length}人`, [
            text(withoutAccount.slice(0, shownMax).join('、') + (withoutAccount.length > shownMax ? '等' : ''), { lines: 12 }),
          ]),
        withoutAccount.length > 0 && note('没有账号的组长收不到月记卡，开通后下个月自动补上。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const lines = (
    [
      ['食堂', 14, 12],
      ['物业', 16, 16],
      ['会务', 8, 8],
    ] as const
  ).map(([name, groups, written]) => ({ name, groups, people: groups * 6, written }));
  const base: GroupCoverageProps = { unitName: '机关事务管理局', groups: 69, people: 414, month: '2026-09', lines, withoutAccount: [] };
  return [
    { name: 'all-reached', props: base },
    { name: 'some-unreached', props: { ...base, withoutAccount: Array.from({ length: 45 }, (_, index) => `G${index + 25}组长`) } },
  ];
}
