import type { DocumentBlock, DocumentColumn, OfficialDocument } from '#core/document';
import type { BulletinFigures, BulletinItem, BulletinRow } from '../digests/bulletin.ts';
import { paperTitle } from '../digests/periods.ts';
import { ordinal, writtenDate } from './words.ts';

/** 通报要写的 */
export interface BulletinFacts {
  readonly districtName: string;
  readonly figures: BulletinFigures;
  /** 亮点，一段一行；空的写“（由督查室填写）” */
  readonly highlights: string;
  readonly draft: boolean;
  readonly unitName: (code: string) => string;
}

// 横放的版心宽 225 毫米。
const unitColumns: readonly DocumentColumn[] = [
  { heading: '位次', widthMm: 13, align: 'center' },
  { heading: '较上期', widthMm: 17, align: 'center' },
  { heading: '单位', widthMm: 47, align: 'left' },
  { heading: '总数', widthMm: 13, align: 'center' },
  { heading: '已办结', widthMm: 16, align: 'center' },
  { heading: '办结率', widthMm: 32, align: 'center' },
  { heading: '按时办结率', widthMm: 32, align: 'center' },
  { heading: '逾期', widthMm: 13, align: 'center' },
  { heading: '红灯（上期）', widthMm: 21, align: 'center' },
  { heading: '黄灯（上期）', widthMm: 21, align: 'center' },
];
const listColumns: readonly DocumentColumn[] = [
  { heading: '编号', widthMm: 22, align: 'center' },
  { heading: '任务名称', widthMm: 80, align: 'left' },
  { heading: '牵头单位', widthMm: 47, align: 'left' },
  { heading: '时限', widthMm: 40, align: 'center' },
  { heading: '进度', widthMm: 16, align: 'center' },
  { heading: '上期', widthMm: 20, align: 'center' },
];
const lightNames: Readonly<Record<string, string>> = { red: '红灯', yellow: '黄灯', green: '绿灯', blue: '蓝灯', grey: '灰灯' };

/** 通报月报成文 — every rate stands beside its numerator and denominator, and the formulas are printed at the end. */
export function bulletinDocument(facts: BulletinFacts): OfficialDocument {
  const { districtName, figures, highlights, draft, unitName } = facts;
  const name = paperTitle(figures.month);
  return {
    title: `${districtName}${name}`,
    header: { left: '内部资料　妥善保管', right: draft ? '草稿　未经发布不得外传' : '不得录入涉密信息' },
    sections: [
      {
        landscape: false,
        blocks: [
          { kind: 'title', lines: [`${districtName}${name}`] },
          { kind: 'subtitle', text: `（截至${writtenDate(figures.day)}）` },
          ...summaryOf(figures),
          { kind: 'heading', text: '二、亮点' },
          ...paragraphs(highlights || '（由督查室填写）'),
          { kind: 'heading', text: '三、说明' },
          ...notes(figures),
          { kind: 'signature', office: `${districtName}督查室`, date: writtenDate(figures.day) },
        ],
      },
      {
        landscape: true,
        blocks: [
          { kind: 'mark', text: '附件1' },
          { kind: 'title', lines: ['各单位办结情况'] },
          {
            kind: 'table',
            columns: unitColumns,
            rows: [...byRank(figures.rows).map((row) => ({ cells: cellsOf(row, unitName) })), totalRow(figures)],
          },
          { kind: 'mark', text: '附件2' },
          { kind: 'title', lines: ['红黄灯名单'] },
          {
            kind: 'table',
            columns: listColumns,
            rows: [
              { band: `红灯（${figures.red.length}项）` },
              ...figures.red.map((item) => ({ cells: itemCells(item, unitName) })),
              { band: `黄灯（${figures.yellow.length}项）` },
              ...figures.yellow.map((item) => ({ cells: itemCells(item, unitName) })),
            ],
          },
          ...soonTable(figures, unitName),
        ],
      },
    ],
  };
}

/** 周调度另有一张：本周余下几天和下周到期的 */
function soonTable({ soon }: BulletinFigures, unitName: (code: string) => string): DocumentBlock[] {
  if (soon === undefined) return [];
  return [
    { kind: 'mark', text: '附件3' },
    { kind: 'title', lines: ['下周日以前到期的事项'] },
    { kind: 'table', columns: listColumns, rows: soon.map((item) => ({ cells: itemCells(item, unitName) })) },
  ];
}

function summaryOf(figures: BulletinFigures): DocumentBlock[] {
  // 早先存下的数字里还没有经批准延期的项数。
  const { totals, late, lateDays, reworked, extended, approvedExtensions = 0, older = [] } = figures;
  const { total, completed, inProgress, green, yellow, red, suspended, declinePending, notStarted, due, dueCompleted, onTime, overdue } = totals;
  const average = late === 0 ? '0' : String(Math.round((lateDays / late) * 10) / 10);
  const sentences = [
    `全区重点工作共${total}项，已办结${completed}项，办理中${inProgress}项（绿灯${green}项、黄灯${yellow}项、红灯${red}项），中止${suspended}项，退件待裁${declinePending}项，未启动${notStarted}项。`,
    `应办结${due}项，办结${ratio(dueCompleted, due)}；按时办结${ratio(onTime, due)}；按原定时限，应办结${totals.dueOriginally}项，按时${ratio(totals.onTimeOriginally, totals.dueOriginally)}。总办结率${ratio(completed, total)}。`,
    `逾期未办结${overdue}项；迟办的${late}项，平均延误${average}个工作日（共${lateDays}个）。退回重办${ratio(reworked, completed)}。改过时限的${extended}项，经批准延期${approvedExtensions}项。`,
    `${figures.feedbackOn === null ? '本期' : `本期反馈日${writtenDate(figures.feedbackOn)}，`}反馈及时${ratio(figures.feedbackInTime, figures.feedbackDue)}。`,
    ...(older.length > 0 ? [`另有往年的没有办结，不在以上各数之内：${older.join('；')}。`] : []),
  ];
  return [{ kind: 'heading', text: '一、总体情况' }, ...sentences.map((text): DocumentBlock => ({ kind: 'paragraph', text }))];
}

function notes({ previousDay }: BulletinFigures): DocumentBlock[] {
  return [
    '应办结：现行时限已到的事项，中止、撤销的不在内。办结率＝应办结中已办结的÷应办结。按时办结率＝在现行时限之内办结的÷应办结。',
    '反馈及时率＝在反馈日之前提交的÷应反馈的，本期指上期通报之后的各个反馈日。退回重办率＝退回过的÷已办结的。',
    `位次按按时办结率排列，同率并列；应办结不足3项的不排位次。“较上期”与${writtenDate(previousDay)}的位次相比。`,
  ].map((text, index): DocumentBlock => ({ kind: 'paragraph', lead: `（${ordinal(index + 1)}）`, text }));
}

/** 排了位次的在前；没排的照名册次序跟在后面。 */
function byRank(rows: readonly BulletinRow[]): readonly BulletinRow[] {
  return rows.toSorted((left, right) => (left.rank ?? 1_000) - (right.rank ?? 1_000));
}

function cellsOf({ unitCode, totals, rank, previousRank, previousRed, previousYellow }: BulletinRow, unitName: (code: string) => string): string[] {
  const change =
    rank === null || previousRank === null
      ? '—'
      : rank === previousRank
        ? '持平'
        : rank < previousRank
          ? `升${previousRank - rank}`
          : `降${rank - previousRank}`;
  return [
    rank === null ? '—' : String(rank),
    change,
    unitName(unitCode),
    String(totals.total),
    String(totals.completed),
    ratioCell(totals.dueCompleted, totals.due),
    ratioCell(totals.onTime, totals.due),
    String(totals.overdue),
    `${totals.red}（${previousRed}）`,
    `${totals.yellow}（${previousYellow}）`,
  ];
}

function totalRow({ totals, rows }: BulletinFigures): { cells: string[] } {
  const former = (key: 'previousRed' | 'previousYellow'): number => rows.reduce((sum, row) => sum + row[key], 0);
  return {
    cells: [
      ...[
        '',
        '',
        '合计',
        String(totals.total),
        String(totals.completed),
        ratioCell(totals.dueCompleted, totals.due),
        ratioCell(totals.onTime, totals.due),
      ],
      ...[String(totals.overdue), `${totals.red}（${former('previousRed')}）`, `${totals.yellow}（${former('previousYellow')}）`],
    ],
  };
}

function itemCells({ code, title, unitCode, dueOn, originalDueOn, percent, previous }: BulletinItem, unitName: (code: string) => string): string[] {
  const due = dueOn === originalDueOn ? writtenDate(dueOn) : `${writtenDate(dueOn)}（原定${writtenDate(originalDueOn)}）`;
  return [code, title, unitName(unitCode), due, `${percent}%`, previous === null ? '—' : (lightNames[previous] ?? previous)];
}

/** 分子、分母和比率 — `92/97（94.85%）`; of nothing there is no rate. */
function ratio(part: number, whole: number): string {
  return `${part}/${whole}（${percentOf(part, whole)}）`;
}

/** 表里写成两行，窄栏不会从分数中间断开 */
function ratioCell(part: number, whole: number): string {
  return `${part}/${whole}\n${percentOf(part, whole)}`;
}

function percentOf(part: number, whole: number): string {
  return whole === 0 ? '—' : `${(Math.floor((part / whole) * 10_000 + 0.5) / 100).toFixed(2)}%`;
}

function paragraphs(text: string): DocumentBlock[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => ({ kind: 'paragraph', text: line.trim() }));
}
