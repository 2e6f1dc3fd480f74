import { openAssign, openBreakDown } from '../break-down/actions.ts';
import { openCompletion } from '../completion/actions.ts';
import { openCorrection } from '../corrections/actions.ts';
import { openExtension, viewExtension } from '../extensions/actions.ts';
import { archive, openHalt } from '../halts/actions.ts';
import { type ActionValue, bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { type DueSpan, daysWords, spanWords } from '../kit/due-line.ts';
import { type ButtonElement, type ButtonsElement, button, buttons, chart, fields, note, panel, progress, text } from '../kit/elements.ts';
import { formatNumber, rate } from '../kit/format.ts';
import { type LightReasonProps, lightColor, overrideWords, reasonWords } from '../kit/lights.ts';
import { feedbackPeriod, progressReportStatus, signalLight, term, workItemStatus } from '../kit/terms.ts';
import { openLight } from '../ledger/actions.ts';
import { draftOrder } from '../orders/actions.ts';
import { openForm, openSupportAsk } from '../progress/actions.ts';
import { openReassign } from './actions.ts';

export interface ItemProps {
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly status: string;
  /** null: 子任务和项目任务不单独亮灯 */
  readonly light: {
    readonly light: string;
    readonly reasons: readonly LightReasonProps[];
    readonly override: { readonly reason: string; readonly by: string; readonly until: string } | null;
  } | null;
  readonly today: string;
  readonly unitName: string;
  /** 延期待批 */
  readonly extensionPending: boolean;
  readonly supportingUnits: readonly string[];
  readonly responsible: string | null;
  readonly liaison: string | null;
  readonly dueOn: string;
  readonly originalDueOn: string;
  /** null: nothing is to be done about it any more */
  readonly span: DueSpan | null;
  readonly feedbackPeriod: string;
  readonly theme: string | null;
  readonly goal: string;
  readonly measures: string;
  readonly percent: number;
  readonly metrics: readonly { readonly name: string; readonly current: number; readonly target: number; readonly unit: string }[];
  readonly lastReport: {
    readonly status: string;
    readonly percent: number;
    readonly content: string;
    readonly by: string;
    readonly at: string;
  } | null;
  /** 各指标历次的值，先报的在前；不到三个值的不画 */
  readonly trend: readonly { readonly name: string; readonly on: string; readonly value: number }[];
  readonly timeline: readonly { readonly at: string; readonly words: string }[];
  readonly reportable: boolean;
  /** 分解出的下级 */
  readonly children: readonly {
    readonly code: string;
    readonly title: string;
    readonly percent: number;
    readonly dueOn: string;
    readonly originalDueOn: string;
    readonly status: string;
  }[];
  /** 最近一次更正的时刻 */
  readonly correctedAt: string | null;
  /** 此人此时还能办的 */
  readonly actions: readonly { readonly text: string; readonly action: ActionValue }[];
}

const statusColor: Readonly<Record<string, 'blue' | 'green' | 'grey' | 'orange'>> = {
  completed: 'green',
  suspended: 'grey',
  cancelled: 'grey',
  issued: 'orange',
  declinePending: 'orange',
  underVerification: 'orange',
  onSiteVerification: 'orange',
  archived: 'grey',
};

/** 事项 — one item with its figures, its last report and its history. */
export const itemCard = defineCard<ItemProps>(
  'task-books.item',
  '事项',
  (props) => {
    const { itemId, code, title, status, today, dueOn, originalDueOn, span, percent, metrics, lastReport, timeline, reportable } = props;
    const color = statusColor[status] ?? 'blue';
    const due = `${daysWords(dueOn, originalDueOn, today)}${span ? `｜${spanWords(span)}` : ''}`;
    return {
      title: `${code} ${title}`,
      subtitle: props.unitName,
      color,
      tags: [
        { text: term(workItemStatus, status), color: color === 'grey' ? 'neutral' : color },
        ...(props.light ? [{ text: term(signalLight, props.light.light), color: lightColor(props.light.light) }] : []),
        ...(props.extensionPending ? [{ text: '延期待批', color: 'orange' as const }] : []),
      ],
      summary: `${code} ${title}：${term(workItemStatus, status)}，完成${percent}%`,
      elements: [
        progress('台账进度', percent),
        ...metrics.map(({ name, current, target, unit }) =>
          progress(name, rate(current, target), `${formatNumber(current)}/${formatNumber(target)}${unit}`),
        ),
        ...props.children.map((child) =>
          progress(
            `${child.code} ${child.title}`,
            child.percent,
            `${daysWords(child.dueOn, child.originalDueOn, today)}　${term(workItemStatus, child.status)}`,
          ),
        ),
        fields([
          { label: '完成时限', value: due, wide: true },
          ...(props.light && whyOf(props.light, today) !== ''
            ? [{ label: term(signalLight, props.light.light), value: whyOf(props.light, today), wide: true }]
            : []),
          { label: '反馈周期', value: term(feedbackPeriod, props.feedbackPeriod) },
          { label: '责任人', value: props.responsible ?? '未指定' },
          { label: '联络员', value: props.liaison ?? '未指定' },
          ...(props.supportingUnits.length > 0 ? [{ label: '配合单位', value: props.supportingUnits.join('、'), wide: true }] : []),
          ...(props.correctedAt ? [{ label: '更正于', value: props.correctedAt, wide: true }] : []),
          ...(props.theme ? [{ label: '专题', value: props.theme, wide: true }] : []),
        ]),
        lastReport
          ? text(
              `最近反馈（${term(progressReportStatus, lastReport.status)}，完成${lastReport.percent}%）：${lastReport.content}\n${lastReport.by}　${lastReport.at}`,
              {
                lines: 6,
              },
            )
          : note('还没有反馈。'),
        props.trend.length > 0 && panel('指标走势', [chart(trendOf(props.trend))], true),
        (props.goal !== '' || props.measures !== '') &&
          panel(
            '目标和措施',
            [props.goal, props.measures].filter((words) => words !== '').map((words) => text(words, { lines: 20 })),
          ),
        timeline.length > 0 &&
          panel(
            '办理经过',
            timeline.slice(-12).map(({ at, words }) => text(`${at}　${words}`, { lines: 2 })),
          ),
        ...rowsOfThree([
          ...(reportable ? [button('反馈', { style: 'primary', action: bind(openForm, { itemId }) })] : []),
          ...props.actions.map(({ text: label, action }) => button(label, { action })),
        ]),
      ],
    };
  },
  samples(),
);

function whyOf({ reasons, override }: NonNullable<ItemProps['light']>, today: string): string {
  return [reasonWords(reasons), override ? overrideWords({ ...override, today }) : ''].filter(Boolean).join('；');
}

/** 走势图 — one line for each metric; the values stand beside the points, colours alone say nothing. */
function trendOf(values: ItemProps['trend']): Readonly<Record<string, unknown>> {
  const several = new Set(values.map(({ name }) => name)).size > 1;
  return {
    type: 'line',
    data: { values },
    xField: 'on',
    yField: 'value',
    seriesField: 'name',
    label: { visible: true },
    legends: { visible: several, orient: 'bottom' },
    axes: [
      { orient: 'left', zero: false },
      { orient: 'bottom', type: 'band' },
    ],
  };
}

/** 一排至多三个按钮。 */
function rowsOfThree(list: readonly ButtonElement[]): ButtonsElement[] {
  return Array.from({ length: Math.ceil(list.length / 3) }, (_, index) => buttons(...list.slice(index * 3, index * 3 + 3)));
}

function samples() {
  const base: ItemProps = {
    itemId: 'i63',
    code: '管-063',
    title: '渔排清退协商签约',
    status: 'inProgress',
    light: { light: 'green', reasons: [], override: null },
    today: '2026-06-25',
    unitName: '南屿办事处',
    supportingUnits: ['农业农村和海洋渔业服务中心'],
    responsible: '方伟',
    liaison: '曾小雨',
    dueOn: '2026-07-31',
    originalDueOn: '2026-07-31',
    span: { when: 'ahead', days: 26, remark: '' },
    feedbackPeriod: 'weekly',
    theme: null,
    goal: '218户渔排全部签约',
    measures: '1．逐户上门；\n2．每周通报。',
    percent: 95,
    metrics: [{ name: '签约户数', current: 209, target: 218, unit: '户' }],
    lastReport: { status: 'submitted', percent: 99, content: '本周新签7户', by: '方伟', at: '6月24日（周三）16:40' },
    trend: [],
    timeline: [
      { at: '5月29日（周五）09:05', words: '下达' },
      { at: '5月29日（周五）10:12', words: '曾小雨签收' },
    ],
    extensionPending: false,
    reportable: true,
    correctedAt: null,
    children: [],
    actions: [
      { text: '申请办结', action: bind(openCompletion, { itemId: 'i63' }) },
      { text: '调整亮灯', action: bind(openLight, { itemId: 'i63' }) },
    ],
  };
  return [
    { name: 'in-progress', props: base },
    {
      name: 'trend',
      props: {
        ...base,
        trend: [
          { name: '签约户数', on: '6-18', value: 209 },
          { name: '签约户数', on: '6-24', value: 216 },
          { name: '签约户数', on: '6-25', value: 217 },
        ],
      },
    },
    { name: 'issued', props: { ...base, light: null, status: 'issued', metrics: [], percent: 0, lastReport: null, reportable: false, timeline: [] } },
    {
      name: 'broken-down',
      props: {
        ...base,
        code: '管-003',
        title: '重点项目投资进度',
        reportable: false,
        metrics: [],
        percent: 33,
        lastReport: null,
        children: [
          { code: '管-003-1', title: '完成可研批复', percent: 100, dueOn: '2026-09-11', originalDueOn: '2026-08-28', status: 'completed' },
          { code: '管-003-2', title: '完成施工招标', percent: 10, dueOn: '2026-10-30', originalDueOn: '2026-10-30', status: 'inProgress' },
          { code: '管-003-3', title: '主体开工建设', percent: 0, dueOn: '2026-12-18', originalDueOn: '2026-12-18', status: 'inProgress' },
        ],
        actions: [
          { text: '申请办结', action: bind(openCompletion, { itemId: 'i3' }) },
          { text: '分解', action: bind(openBreakDown, { itemId: 'i3' }) },
          { text: '申请延期', action: bind(openExtension, { itemId: 'i3' }) },
          { text: '请配合单位反馈', action: bind(openSupportAsk, { itemId: 'i3' }) },
          { text: '调整责任人', action: bind(openAssign, { itemId: 'i3' }) },
          { text: '中止', action: bind(openHalt, { itemId: 'i3', what: 'suspend' as const }) },
        ],
      },
    },
    {
      name: 'for-chief',
      props: {
        ...base,
        correctedAt: '7月3日（周五）14:00',
        reportable: false,
        actions: [
          { text: '更正', action: bind(openCorrection, { itemId: 'i63' }) },
          { text: '改派', action: bind(openReassign, { itemId: 'i63' }) },
          { text: '中止', action: bind(openHalt, { itemId: 'i63', what: 'suspend' as const }) },
          { text: '撤销', action: bind(openHalt, { itemId: 'i63', what: 'cancel' as const }) },
          { text: '起草督办令', action: bind(draftOrder, { itemId: 'i63' }) },
        ],
      },
    },
    {
      name: 'completed',
      props: {
        ...base,
        status: 'completed',
        span: null,
        light: { light: 'blue', reasons: [], override: null },
        percent: 100,
        reportable: false,
        actions: [{ text: '归档', action: bind(archive, { itemId: 'i63' }) }],
      },
    },
    {
      name: 'extended',
      props: {
        ...base,
        dueOn: '2026-08-31',
        span: { when: 'ahead' as const, days: 47, remark: '含国庆假期' },
        extensionPending: true,
        reportable: false,
        actions: [
          { text: '起草督办令', action: bind(draftOrder, { itemId: 'i63' }) },
          { text: '查看延期申请', action: bind(viewExtension, { requestId: 'q1' }) },
        ],
      },
    },
    {
      name: 'red',
      props: {
        ...base,
        light: {
          light: 'yellow',
          reasons: [
            { kind: 'overdue', days: 4 },
            { kind: 'behind', points: 28 },
          ],
          override: { reason: '等待市里批复', by: '林晓', until: '2026-07-03' },
        },
      },
    },
  ];
}
