import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, note, row, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';
import { type LightReasonProps, lightWords, overrideWords, ratesLine, reasonWords, type TotalsProps, totalsLine } from '../kit/lights.ts';
import { clip, joinMd, type Markdown, md } from '../kit/markdown.ts';
import { term, workItemStatus } from '../kit/terms.ts';
import { exportThese, openItem, openLedger } from './actions.ts';

export interface LedgerLine {
  readonly year: number;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly status: string;
  readonly dueOn: string;
  readonly originalDueOn: string;
  readonly percent: number;
  readonly light: string;
  readonly reasons: readonly LightReasonProps[];
  readonly override: { readonly reason: string; readonly by: string; readonly until: string } | null;
  /** 最近的反馈或对催办的回复 */
  readonly lastWords: string | null;
}

export interface LedgerProps {
  readonly today: string;
  /** 截至哪一天；null 即此刻 */
  readonly asOf: string | null;
  /** 筛选：`住房和建设局、红灯` */
  readonly filter: string;
  /** 筛选的原话，翻页时再读 */
  readonly words: string;
  readonly totals: TotalsProps;
  /** false: 只给总数，这些事项不归此人看 */
  readonly readable: boolean;
  readonly lines: readonly LedgerLine[];
  readonly page: number;
  readonly pages: number;
  /** 以前各年还没有办结的 */
  readonly older: readonly { readonly year: number; readonly open: number }[];
  readonly exportable: boolean;
}

/** 一页的事项数 */
export const ledgerLinesPerPage = 10;

/** 台账 — totals that agree with the list below them, then the items, each with its light and why. */
export const ledgerCard = defineCard<LedgerProps>(
  'ledger.ledger',
  '台账',
  ({ today, asOf, filter, words, totals, readable, lines, page, pages, older, exportable }) => ({
    title: asOf === null ? '台账' : `台账　截至${formatDay(asOf, today)}`,
    subtitle: filter,
    color: 'blue',
    summary: `台账 ${clip(filter, 40)}：${totalsLine(totals)}`,
    elements: [
      text(`${totalsLine(totals)}\n${ratesLine(totals)}`, { lines: 6 }),
      ...lines.map((line) => row(wordsOf(line, today), button('查看', { action: bind(openItem, { code: `${line.year}年${line.code}` }) }))),
      (pages > 1 || exportable) &&
        buttons(
          page > 0 && button('上一页', { action: bind(openLedger, { words, page: page - 1 }) }),
          page + 1 < pages && button('下一页', { action: bind(openLedger, { words, page: page + 1 }) }),
          exportable && button('导出', { action: bind(exportThese, { words }) }),
        ),
      pages > 1 && note(`第${page + 1}/${pages}页`),
      older.length > 0 && note(`${older.map(({ year, open }) => `${year}年的还有${open}项没有办结，发送“台账 ${year}年”查看`).join('；')}。`),
      !readable && note('不在您分管或负责的范围，只列总数。'),
      readable && totals.total === 0 && note('没有合乎这些条件的事项。'),
      asOf !== null && note('重现的是当天24时的状态、进度、时限、牵头单位、反馈和亮灯；名称、责任人和指标数值按现在的写。'),
    ],
  }),
  samples(),
);

function wordsOf(
  { code, title, unitName, status, dueOn, originalDueOn, percent, light, reasons, override, lastWords }: LedgerLine,
  today: string,
): Markdown {
  const due = dueOn === originalDueOn ? formatDay(dueOn, today) : `${formatDay(dueOn, today)}，原定${formatDay(originalDueOn, today)}`;
  const why = reasonWords(reasons);
  return joinMd([
    md`**${code}** ${clip(title, 40)}`,
    md`${lightWords(light)}　${unitName}　${term(workItemStatus, status)}　完成${percent}%　时限${due}`,
    ...(why === '' ? [] : [md`${why}`]),
    ...(override ? [md`${clip(overrideWords({ ...override, today }), 80)}`] : []),
    ...(lastWords ? [md`${clip(lastWords, 60)}`] : []),
  ]);
}

function samples() {
  const today = '2026-09-22';
  const totals = { total: 12, completed: 3, inProgress: 6, green: 3, yellow: 1, red: 2, suspended: 1, declinePending: 1, notStarted: 1 };
  const rates = { due: 5, dueCompleted: 3, onTime: 2, overdue: 2 };
  const line = (index: number): LedgerLine => ({
    year: 2026,
    code: `党-${String(31 + index).padStart(3, '0')}`,
    title: ['老旧小区改造', '农村危房排查整治和分类处置', '物业服务提升'][index % 3] ?? '',
    unitName: '住建',
    status: 'inProgress',
    dueOn: `2026-${10 - (index % 3)}-16`.replace(/-(\d)-/, '-0$1-'),
    originalDueOn: '2026-09-16',
    percent: 70 - index,
    light: ['red', 'yellow', 'green', 'blue', 'grey'][index % 5] ?? 'green',
    reasons: [[{ kind: 'overdue', days: 4 }], [{ kind: 'behind', points: 28 }], []][index % 3] ?? [],
    override: index === 1 ? { reason: '等待市里批复', by: '林晓', until: '2026-10-09' } : null,
    lastWords: index === 0 ? '9月20日回复：管线迁改未批，增加两个班组' : null,
  });
  const base: LedgerProps = {
    today,
    asOf: null,
    filter: '住房和建设局、红灯',
    words: '住建局 红灯',
    totals: { ...totals, ...rates },
    readable: true,
    lines: [0, 1].map(line),
    page: 0,
    pages: 1,
    older: [],
    exportable: false,
  };
  return [
    { name: 'red', props: base },
    { name: 'older', props: { ...base, filter: '全部事项', words: '', older: [{ year: 2025, open: 5 }] } },
    {
      name: 'all',
      props: {
        ...base,
        filter: '全部事项',
        words: '',
        lines: Array.from({ length: 10 }, (_, index) => line(index)),
        page: 1,
        pages: 26,
        exportable: true,
      },
    },
    { name: 'as-of', props: { ...base, asOf: '2026-08-31', filter: '住房和建设局', words: '住建局 截至8月31日' } },
    { name: 'totals-only', props: { ...base, filter: '南屿办事处', words: '南屿', readable: false, lines: [] } },
    {
      name: 'none',
      props: {
        ...base,
        totals: {
          ...totals,
          ...rates,
          total: 0,
          completed: 0,
          inProgress: 0,
          green: 0,
          yellow: 0,
          red: 0,
          suspended: 0,
          declinePending: 0,
          notStarted: 0,
          due: 0,
          dueCompleted: 0,
          onTime: 0,
          overdue: 0,
        },
        lines: [],
      },
    },
  ];
}
