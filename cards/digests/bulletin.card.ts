import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, form, input, note, submit, table, text } from '../kit/elements.ts';
import { formatDay, formatRate } from '../kit/format.ts';
import { ratesLine, type TotalsProps, totalsLine } from '../kit/lights.ts';
import { release, saveHighlights } from './actions.ts';

export interface BulletinProps {
  readonly bulletinId: string;
  /** `重点工作督办情况2026年9月通报`，`2026年9月21日至9月27日重点工作周调度表` */
  readonly name: string;
  readonly day: string;
  readonly previousDay: string;
  /** 周、季、年的没有单独一天 */
  readonly feedbackOn: string | null;
  readonly totals: TotalsProps;
  readonly feedbackDue: number;
  readonly feedbackInTime: number;
  /** 往年未办结的，一年一句 */
  readonly older: readonly string[];
  readonly rows: readonly {
    readonly unitName: string;
    readonly due: number;
    readonly onTime: number;
    readonly rank: number | null;
    readonly previousRank: number | null;
    readonly red: number;
    readonly yellow: number;
  }[];
  readonly highlights: string;
  readonly version: number;
  /** null: 还是草稿 */
  readonly released: { readonly by: string; readonly at: string } | null;
  /** 督查室手里的可以改、可以发布；发布出去的不带 */
  readonly editable: boolean;
}

/** 通报月报 — a draft for the inspectors to complete, and after a person has released it the notice itself. */
export const bulletinCard = defineCard<BulletinProps>(
  'digests.bulletin',
  '通报月报',
  (props) => {
    const {
      bulletinId,
      name,
      day,
      previousDay,
      feedbackOn,
      totals,
      feedbackDue,
      feedbackInTime,
      older,
      rows,
      highlights,
      version,
      released,
      editable,
    } = props;
    return {
      title: name,
      subtitle: released ? `${released.by}　${released.at}发布` : '草稿，未发布',
      color: released ? 'blue' : 'orange',
      tags: [released ? { text: '已发布', color: 'blue' } : { text: '待发布', color: 'orange' }],
      summary: `${name}${released ? '' : '（草稿）'}：${totalsLine(totals)}`,
      elements: [
        text(
          [
            totalsLine(totals),
            ratesLine(totals),
            `${feedbackOn === null ? '本期' : `反馈日${formatDay(feedbackOn, day)}，`}反馈及时${feedbackInTime}/${feedbackDue} ${formatRate(feedbackInTime, feedbackDue)}`,
            ...(older.length > 0 ? [`另有往年的：${older.join('；')}`] : []),
            ...(highlights === '' || editable ? [] : [`亮点：${highlights.slice(0, 200)}`]),
          ].join('\n'),
          { lines: 14 },
        ),
        table({
          pageSize: 10,
          columns: [
            { name: 'rank', title: '位次', width: '13%' },
            { name: 'unit', title: '单位' },
            { name: 'rate', title: '按时/应办结' },
            { name: 'change', title: '较上期', width: '17%' },
            { name: 'lights', title: '红/黄', width: '17%' },
          ],
          rows: rows.map((row) => ({
            rank: row.rank === null ? '—' : String(row.rank),
            change: changeWords(row),
            unit: row.unitName,
            rate: row.due === 0 ? '—' : `${row.onTime}/${row.due} ${formatRate(row.onTime, row.due)}`,
            lights: `${row.red}/${row.yellow}`,
          })),
        }),
        editable &&
          !released &&
          form(`bulletin_${bulletinId.replace(/\W/g, '').slice(0, 24)}_${version}`, [
            input('highlights', '亮点', { multiline: true, maxLength: 1000, initial: highlights, placeholder: '一段一行，写入通报第二部分' }),
            submit('保存亮点', bind(saveHighlights, { bulletinId }), { style: 'default' }),
          ]),
        editable &&
          !released &&
          buttons(
            button('发布通报', {
              style: 'primary',
              action: bind(release, { bulletinId }),
              confirm: { title: '发布通报', text: '发布后发到全区工作群，不能再改。继续吗？' },
            }),
          ),
        note(`截至${formatDay(day)}，较上期与${formatDay(previousDay, day)}相比；位次按按时办结率，应办结不足3项的不排。通报全文见随后的文件。`),
      ],
    };
  },
  samples(),
);

function changeWords({ rank, previousRank }: BulletinProps['rows'][number]): string {
  if (rank === null || previousRank === null) return '—';
  return rank === previousRank ? '持平' : rank < previousRank ? `升${previousRank - rank}` : `降${rank - previousRank}`;
}

function samples() {
  const totals = { total: 254, completed: 104, inProgress: 144, green: 120, yellow: 16, red: 8, suspended: 2, declinePending: 1, notStarted: 3 };
  const base: BulletinProps = {
    bulletinId: 'b9',
    name: '重点工作督办情况2026年9月通报',
    day: '2026-09-28',
    previousDay: '2026-08-26',
    feedbackOn: '2026-09-24',
    totals: { ...totals, due: 100, dueCompleted: 93, onTime: 87, overdue: 7 },
    feedbackDue: 150,
    feedbackInTime: 141,
    rows: [
      { unitName: '教育和卫生健康局', due: 8, onTime: 8, rank: 1, previousRank: 3, red: 0, yellow: 1 },
      { unitName: '发展和财政局', due: 9, onTime: 8, rank: 2, previousRank: 2, red: 0, yellow: 2 },
      { unitName: '住房和建设局', due: 4, onTime: 3, rank: 3, previousRank: 1, red: 2, yellow: 2 },
      { unitName: '税务局', due: 0, onTime: 0, rank: null, previousRank: null, red: 0, yellow: 0 },
    ],
    older: [],
    highlights: '葵岭办事处渔排清退协商签约全部完成。',
    version: 1,
    released: null,
    editable: true,
  };
  return [
    { name: 'draft', props: base },
    { name: 'week', props: { ...base, name: '2026年9月21日至9月27日重点工作周调度表', feedbackOn: null, previousDay: '2026-09-21' } },
    { name: 'older', props: { ...base, older: ['2025年未办结5项，红灯2项'] } },
    { name: 'released', props: { ...base, released: { by: '周启明', at: '9月28日（周一）15:00' }, editable: true } },
    { name: 'published', props: { ...base, released: { by: '周启明', at: '9月28日（周一）15:00' }, editable: false } },
  ];
}
