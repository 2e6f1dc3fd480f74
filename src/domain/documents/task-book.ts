import type { LocalDate } from '#core/dates';
import type { DocumentBlock, DocumentColumn, DocumentRow, OfficialDocument } from '#core/document';
import type { Metric } from '../work-items/model.ts';
import type { TaskBook } from '../work-items/records.ts';
import { ordinal, writtenDate, writtenDateWithWeekday } from './words.ts';

/** 任务书里的一项 — names instead of codes; the internal note is not among them and can't be. */
export interface TaskBookEntry {
  readonly code: string;
  readonly series: string;
  readonly category: string;
  readonly title: string;
  readonly goal: string;
  readonly measures: string;
  readonly responsible: string | null;
  readonly supportingUnits: readonly string[];
  readonly dueOn: LocalDate;
  /** 每月 */
  readonly feedbackPeriod: string;
  readonly metrics: readonly Metric[];
  readonly theme: string | null;
  /** 最近一次更正的日子 */
  readonly correctedOn: LocalDate | null;
  /** 启用前已办结的，办结那天 */
  readonly closedBeforeOn: LocalDate | null;
}

/** 任务书要写的 */
export interface TaskBookFacts {
  readonly districtName: string;
  readonly unitName: string;
  readonly year: number;
  readonly kind: TaskBook['kind'];
  readonly issuedOn: LocalDate;
  /** 签收时限 */
  readonly acknowledgeBy: { readonly day: LocalDate; readonly time: string };
  readonly items: readonly TaskBookEntry[];
}

const kindMark: Record<TaskBook['kind'], string> = { annual: '', supplementary: '（增补）', reassigned: '（改派）' };
const seriesNames: Readonly<Record<string, string>> = { 党: '党工委重点任务', 管: '管委会重点任务' };

// 横放的版心宽 225 毫米。
const columns: readonly DocumentColumn[] = [
  { heading: '编号', widthMm: 16, align: 'center' },
  { heading: '任务名称', widthMm: 30, align: 'left' },
  { heading: '工作目标', widthMm: 37, align: 'left' },
  { heading: '主要措施', widthMm: 57, align: 'left' },
  { heading: '责任人', widthMm: 14, align: 'center' },
  { heading: '配合单位', widthMm: 20, align: 'left' },
  { heading: '时限', widthMm: 19, align: 'center' },
  { heading: '反馈周期', widthMm: 11, align: 'center' },
  { heading: '量化指标', widthMm: 21, align: 'left' },
];

/** 任务书成文 — the covering page, the list of items by theme, series and category, and the slip for the receipt. */
export function taskBookDocument(facts: TaskBookFacts): OfficialDocument {
  const { districtName, unitName, year, kind, items } = facts;
  const name = `${year}年重点工作任务书${kindMark[kind]}`;
  return {
    title: `${districtName}${name}（${unitName}）`,
    header: { left: '内部资料　妥善保管', right: '不得录入涉密信息' },
    sections: [
      { landscape: false, blocks: coverOf(facts, name) },
      {
        landscape: true,
        blocks: [
          { kind: 'mark', text: '附件1' },
          { kind: 'title', lines: [`${unitName}${year}年重点工作任务清单`] },
          ...partsOf(items).flatMap(({ heading, entries }, index): DocumentBlock[] => [
            { kind: 'heading', text: `${ordinal(index + 1)}、${heading}` },
            { kind: 'table', columns, rows: rowsOf(entries, year) },
          ]),
        ],
      },
      ...(asksReceipt(facts) ? [{ landscape: false, blocks: slipOf(facts, name) }] : []),
    ],
  };
}

/** 启用前都已办结的一本，没有什么要签收。 */
const asksReceipt = ({ items }: TaskBookFacts): boolean => items.some(({ closedBeforeOn }) => closedBeforeOn === null);

function coverOf(facts: TaskBookFacts, name: string): DocumentBlock[] {
  const { districtName, unitName, year, issuedOn, items } = facts;
  const series = countBy(items, (item) => item.series).map(([code, count]) => `${seriesNames[code] ?? `${code}字任务`}${count}项`);
  const themes = countBy(items, ({ theme }) => theme).map(([theme, count]) => `“${theme}”专题${count}项`);
  const split = [series.join('、'), ...(themes.length > 0 ? [`其中${themes.join('、')}`] : [])].join('，');
  return [
    { kind: 'title', lines: [`${districtName}${name}`] },
    { kind: 'subtitle', text: `（${unitName}）` },
    { kind: 'recipient', text: `${unitName}：` },
    ...(asksReceipt(facts)
      ? demandsOf(facts, split)
      : [
          {
            kind: 'paragraph' as const,
            text: `现将${year}年重点工作任务中你单位已办结的${items.length}项（${split}）列入台账，不用签收，也不用反馈。`,
          },
        ]),
    { kind: 'attachments', names: [`${unitName}${year}年重点工作任务清单`, ...(asksReceipt(facts) ? ['任务书签收回执'] : [])] },
    { kind: 'signature', office: `${districtName}督查室`, date: writtenDate(issuedOn) },
  ];
}

/** 下达的话和三条要求 */
function demandsOf({ year, acknowledgeBy, items }: TaskBookFacts, split: string): DocumentBlock[] {
  const limit = `${writtenDateWithWeekday(acknowledgeBy.day)}${acknowledgeBy.time}`;
  return [
    { kind: 'paragraph', text: `现将${year}年重点工作任务下达你单位，共${items.length}项（${split}），请按以下要求办理。` },
    {
      kind: 'paragraph',
      lead: '一、按时签收。',
      text: `请主要负责人或联络员于${limit}前在任务书卡片上签收。认为某项任务不属于本单位职责的，在同一时限内提出，写明理由。`,
    },
    { kind: 'paragraph', lead: '二、压实责任。', text: '牵头单位负总责，汇总配合单位的情况一并反馈。人员变动的，责任随岗位移交。' },
    { kind: 'paragraph', lead: '三、如实反馈。', text: '按各项任务的反馈周期反馈进展，主要负责人审签。没有变化的写明无变化，遇到困难及时说明。' },
  ];
}

/** 分部分 — what belongs to a theme is shown as a part of its own, then the rest by series; no item twice. */
function partsOf(items: readonly TaskBookEntry[]): { heading: string; entries: readonly TaskBookEntry[] }[] {
  const themed = countBy(items, ({ theme }) => theme).map(([theme, count]) => ({
    heading: `专题：${theme}（${count}项）`,
    entries: items.filter((item) => item.theme === theme),
  }));
  const rest = items.filter(({ theme }) => theme === null);
  const series = countBy(rest, (item) => item.series).map(([code, count]) => {
    const elsewhere = items.filter((item) => item.series === code).length - count;
    return {
      heading: `${seriesNames[code] ?? `${code}字任务`}（${count}项${elsewhere > 0 ? `，另有${elsewhere}项见专题` : ''}）`,
      entries: rest.filter((item) => item.series === code),
    };
  });
  return [...themed, ...series];
}

function rowsOf(entries: readonly TaskBookEntry[], year: number): DocumentRow[] {
  return countBy(entries, ({ category }) => category).flatMap(([category, count], index): DocumentRow[] => [
    { band: `（${ordinal(index + 1)}）${category}（${count}项）` },
    ...entries.filter((entry) => entry.category === category).map((entry) => ({ cells: cellsOf(entry, year) })),
  ]);
}

function cellsOf(entry: TaskBookEntry, year: number): string[] {
  const { code, title, goal, measures, responsible, supportingUnits, dueOn, feedbackPeriod, metrics, correctedOn, closedBeforeOn } = entry;
  return [
    code,
    `${title}${closedBeforeOn === null ? '' : `\n（${writtenDate(closedBeforeOn)}已办结）`}${correctedOn === null ? '' : `\n（${writtenDate(correctedOn)}更正）`}`,
    goal,
    measures,
    responsible ?? '待明确',
    supportingUnits.length > 0 ? supportingUnits.join('、') : '—',
    // 题目里有年份：当年的只写月日。
    dueOn.startsWith(String(year)) ? writtenDate(dueOn).slice(5) : writtenDate(dueOn),
    feedbackPeriod,
    metrics.length > 0 ? metrics.map(wordsOf).join('\n') : '—',
  ];
}

function wordsOf({ name, target, unit, baseline }: Metric): string {
  return `${name}${target}${unit}（现状${baseline}${unit}）`;
}

function slipOf({ districtName, unitName, issuedOn, acknowledgeBy, items }: TaskBookFacts, name: string): DocumentBlock[] {
  return [
    { kind: 'mark', text: '附件2' },
    { kind: 'title', lines: ['任务书签收回执'] },
    { kind: 'recipient', text: `${districtName}督查室：` },
    { kind: 'paragraph', text: `${writtenDate(issuedOn)}下达的${name}（${items.length}项）收悉，我单位将按要求组织落实。` },
    {
      kind: 'slip',
      rows: [
        { label: '签收单位', value: unitName, lines: 1 },
        { label: '签收时限', value: `${writtenDateWithWeekday(acknowledgeBy.day)}${acknowledgeBy.time}`, lines: 1 },
        { label: '签收人及职务', value: '', lines: 1 },
        { label: '签收时间', value: '　　　　年　　月　　日　　时', lines: 1 },
        { label: '有关意见', value: '', lines: 4 },
        { label: '单位盖章', value: '', lines: 3 },
      ],
    },
    { kind: 'paragraph', text: '已在任务书卡片上签收的，不用另交本回执。' },
  ];
}

/** 按先后出现的次序计数；没有归属的不计 */
function countBy<T>(list: readonly T[], keyOf: (entry: T) => string | null): [string, number][] {
  const counts = new Map<string, number>();
  for (const entry of list) {
    const key = keyOf(entry);
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts];
}
