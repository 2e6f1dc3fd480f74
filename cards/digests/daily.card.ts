import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, chart, note, table, text } from '../kit/elements.ts';
import { formatDay, formatInstant } from '../kit/format.ts';
import { type LightReasonProps, lightColor, ratesLine, reasonWords, type TotalsProps, totalsLine } from '../kit/lights.ts';
import { clip } from '../kit/markdown.ts';
import { signalLight, term } from '../kit/terms.ts';
import { sendLedger } from '../ledger/actions.ts';

export interface DigestLine {
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly dueOn: string;
  readonly light: string;
  readonly reasons: readonly LightReasonProps[];
}

export interface DailyDigestProps {
  /** 全区、城建口…、住房和建设局 */
  readonly scope: string;
  /** ISO 时刻 */
  readonly at: string;
  readonly totals: TotalsProps;
  readonly today: { readonly completed: number; readonly reports: number; readonly newRed: number; readonly clearedRed: number };
  /** 各单位的红黄灯，没有的单位不列；单位自己的简报为空 */
  readonly byUnit: readonly { readonly unitName: string; readonly red: number; readonly yellow: number }[];
  readonly red: readonly DigestLine[];
  readonly dueSoon: readonly DigestLine[];
  /** 别的功能的一行：在督的令等 */
  readonly more: readonly string[];
  /** “查看台账”查什么 */
  readonly words: string;
}

const rowsMax = 20;

/** 每日简报 — the same numbers as the ledger at that instant: totals, today's changes, red and yellow by unit, what falls due. */
export const dailyDigestCard = defineCard<DailyDigestProps>(
  'digests.daily',
  '每日简报',
  ({ scope, at, totals, today, byUnit, red, dueSoon, more, words }) => {
    const instant = new Date(at);
    const units = (light: 'red' | 'yellow'): string =>
      byUnit
        .filter((unit) => unit[light] > 0)
        .map((unit) => `${unit.unitName}${unit[light]}`)
        .join(' ');
    const lines = [
      totalsLine(totals),
      ratesLine(totals),
      ...more,
      `今日 办结${today.completed} 反馈${today.reports} 新增红${today.newRed} 解除红${today.clearedRed}`,
      ...(units('red') === '' ? [] : [`红：${units('red')}`]),
      ...(units('yellow') === '' ? [] : [`黄：${units('yellow')}`]),
    ];
    const day = at.slice(0, 10);
    const listed = [...red, ...dueSoon.filter(({ code }) => !red.some((line) => line.code === code))];
    return {
      title: '每日简报',
      subtitle: scope,
      color: 'blue',
      summary: `${scope}简报：${totalsLine(totals)}`,
      elements: [
        text(lines.join('\n'), { lines: 14 }),
        byUnit.length > 1 && chart(lightsChart(byUnit), '16:9'),
        listed.length > 0 &&
          table({
            pageSize: 5,
            columns: [
              { name: 'light', title: '亮灯', type: 'options', width: '80px' },
              { name: 'item', title: '事项' },
              { name: 'why', title: '情况' },
            ],
            rows: listed.slice(0, rowsMax).map((line) => ({
              light: [{ text: term(signalLight, line.light), color: line.light === 'green' ? 'neutral' : lightColor(line.light) }],
              item: `${line.code} ${clip(line.title, 24)}（${line.unitName}）`,
              why: [reasonWords(line.reasons), `时限${formatDay(line.dueOn, day)}`].filter(Boolean).join('；'),
            })),
          }),
        buttons(button('查看台账', { action: bind(sendLedger, { words }) })),
        note(
          `截至${formatInstant(instant)}，与台账同一刻的数相同。${listed.length > rowsMax ? `另有${listed.length - rowsMax}项，见台账。` : ''}没有变化、没有将到期事项的，不发简报。`,
        ),
      ],
    };
  },
  samples(),
);

/** 各单位红黄灯的横条 — red and yellow only; every bar bears its number. */
function lightsChart(byUnit: DailyDigestProps['byUnit']): Readonly<Record<string, unknown>> {
  const values = byUnit.flatMap(({ unitName, red, yellow }) => [
    ...(red > 0 ? [{ unit: unitName, light: term(signalLight, 'red'), count: red }] : []),
    ...(yellow > 0 ? [{ unit: unitName, light: term(signalLight, 'yellow'), count: yellow }] : []),
  ]);
  return {
    type: 'bar',
    data: [{ id: 'lights', values }],
    xField: 'unit',
    yField: 'count',
    seriesField: 'light',
    stack: true,
    color: { type: 'ordinal', domain: [term(signalLight, 'red'), term(signalLight, 'yellow')], range: ['#d9333f', '#e6a23c'] },
    label: { visible: true, position: 'inside' },
    legends: { visible: true, orient: 'bottom' },
    axes: [
      { orient: 'left', tick: { tickStep: 1 } },
      { orient: 'bottom', label: { autoRotate: true } },
    ],
  };
}

function samples() {
  const line = (index: number, light: string): DigestLine => ({
    code: `管-${String(22 + index).padStart(3, '0')}`,
    title: ['公交场站建设', '产业空间土地整备入库', '老旧小区改造'][index % 3] ?? '',
    unitName: ['交通', '工务署', '住建'][index % 3] ?? '',
    dueOn: `2026-09-${18 + (index % 8)}`,
    light,
    reasons: light === 'red' ? [{ kind: 'overdue', days: 3 }] : [{ kind: 'behind', points: 15 }],
  });
  const totals = { total: 254, completed: 98, inProgress: 150, green: 128, yellow: 15, red: 7, suspended: 2, declinePending: 1, notStarted: 3 };
  const base: DailyDigestProps = {
    scope: '滨湾新区',
    at: '2026-09-22T09:40:00.000Z',
    totals: { ...totals, due: 97, dueCompleted: 92, onTime: 86, overdue: 5 },
    today: { completed: 3, reports: 21, newRed: 1, clearedRed: 2 },
    byUnit: [
      { unitName: '发财', red: 0, yellow: 2 },
      { unitName: '公共事业', red: 1, yellow: 0 },
      { unitName: '住建', red: 2, yellow: 2 },
      { unitName: '工务署', red: 2, yellow: 3 },
    ],
    red: [0, 1, 2].map((index) => line(index, 'red')),
    dueSoon: [line(4, 'yellow')],
    more: ['在督1(湾督〔2026〕3号)'],
    words: '',
  };
  return [
    { name: 'district', props: base },
    {
      name: 'unit',
      props: {
        ...base,
        scope: '住房和建设局',
        byUnit: [],
        more: [],
        words: '住房和建设局',
        totals: { ...base.totals, total: 18, completed: 4, red: 2, yellow: 2 },
      },
    },
    { name: 'many', props: { ...base, red: Array.from({ length: 26 }, (_, index) => line(index, 'red')) } },
    { name: 'quiet', props: { ...base, byUnit: [], red: [], dueSoon: [], more: [] } },
  ];
}
