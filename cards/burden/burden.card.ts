import { defineCard } from '../kit/card.ts';
import { note, table, text } from '../kit/elements.ts';
import { formatDay, formatNumber } from '../kit/format.ts';

export interface BurdenProps {
  readonly from: string;
  readonly to: string;
  readonly units: readonly {
    readonly unitName: string;
    readonly people: number;
    readonly toPeople: number;
    readonly toGroup: number;
    readonly reports: number;
    readonly noChange: number;
    /** 要填的格数 */
    readonly fields: number;
    /** 同一事项再次提醒的次数 */
    readonly repeated: number;
  }[];
  /** 超过每日上限的人次 */
  readonly overCap: number;
}

/** 减负情况 — what the bot asked of each unit in a week, together; no person is shown and nothing is ranked. */
export const burdenCard = defineCard<BurdenProps>(
  'burden.burden',
  '减负情况',
  ({ from, to, units, overCap }) => {
    const sum = (key: 'people' | 'toPeople' | 'toGroup' | 'reports' | 'noChange' | 'fields' | 'repeated'): number =>
      units.reduce((total, unit) => total + unit[key], 0);
    const lines = [
      `自动消息：发给${sum('people')}人共${sum('toPeople')}条，人均${perPerson(sum('toPeople'), sum('people'))}条；发到单位群${sum('toGroup')}条`,
      `填报：${sum('reports')}次，其中一点“本期无变化”的${sum('noChange')}次；反馈、回复、申请一共要填${sum('fields')}格`,
      `重复要求：同一事项一周内再次提醒的${sum('repeated')}次`,
      overCap === 0 ? '没有人一天收到过两条以上的提醒和简报' : `一天收到两条以上提醒和简报的：${overCap}人次，请联系系统管理员查看`,
    ];
    return {
      title: '减负情况',
      subtitle: `${formatDay(from)}至${formatDay(to)}`,
      color: overCap === 0 ? 'blue' : 'orange',
      summary: `一周自动消息${sum('toPeople') + sum('toGroup')}条，人均${perPerson(sum('toPeople'), sum('people'))}条`,
      elements: [
        text(lines.join('\n'), { lines: 8 }),
        table({
          pageSize: 10,
          columns: [
            { name: 'unit', title: '单位' },
            { name: 'each', title: '人均条数', width: '18%', align: 'right' },
            { name: 'group', title: '群里', type: 'number', width: '14%', align: 'right' },
            { name: 'reports', title: '填报', width: '24%', align: 'right' },
            { name: 'repeated', title: '再提醒', type: 'number', width: '18%', align: 'right' },
          ],
          rows: units.map(({ unitName, people, toPeople, toGroup, reports, fields, repeated }) => ({
            unit: unitName,
            each: perPerson(toPeople, people),
            group: toGroup,
            reports: `${reports}次${fields}格`,
            repeated,
          })),
        }),
        note('答复人自己的提问不算；按名册次序列出，不排名、不到个人。'),
      ],
    };
  },
  [
    {
      name: 'week',
      props: {
        from: '2026-09-16',
        to: '2026-09-22',
        units: [
          { unitName: '综合办', people: 4, toPeople: 9, toGroup: 3, reports: 5, noChange: 1, fields: 9, repeated: 1 },
          { unitName: '住建', people: 9, toPeople: 31, toGroup: 5, reports: 12, noChange: 4, fields: 26, repeated: 6 },
          { unitName: '团工委', people: 0, toPeople: 0, toGroup: 0, reports: 0, noChange: 0, fields: 0, repeated: 0 },
        ],
        overCap: 0,
      },
    },
    {
      name: 'over',
      props: {
        from: '2026-09-16',
        to: '2026-09-22',
        units: [{ unitName: '住建', people: 9, toPeople: 40, toGroup: 5, reports: 12, noChange: 4, fields: 26, repeated: 6 }],
        overCap: 2,
      },
    },
  ],
);

function perPerson(messages: number, people: number): string {
  return people === 0 ? '0' : formatNumber(Math.round((messages / people) * 10) / 10);
}
