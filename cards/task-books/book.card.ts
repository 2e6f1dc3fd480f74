import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { daysWords } from '../kit/due-line.ts';
import { button, buttons, fields, note, table, text } from '../kit/elements.ts';
import { formatDay } from '../kit/format.ts';
import { term, workItemStatus } from '../kit/terms.ts';
import { acknowledge, openDecline } from './actions.ts';

export interface BookProps {
  readonly bookId: string;
  readonly year: number;
  readonly unitName: string;
  /** @property status only where it is worth a word: declined, suspended, cancelled … */
  readonly items: readonly {
    readonly code: string;
    readonly title: string;
    readonly dueOn: string;
    readonly originalDueOn: string;
    readonly status?: string;
  }[];
  readonly issuedOn: string;
  /** `6月2日（周二）18:00` */
  readonly acknowledgeBy: string;
  /** 没有要签收的了：事项都改派走了，或都已了结 */
  readonly needless?: boolean;
  readonly acknowledged: { readonly by: string; readonly at: string } | null;
  readonly kind: 'annual' | 'supplementary' | 'reassigned';
  /** `6月2日（周二）`; null: nothing can be declined any more */
  readonly declineUntil: string | null;
  /** responsible people who have no account, with the codes of their items; known once the book is acknowledged */
  readonly unreached: readonly string[];
}

/** 任务书 — a unit's book of items, and the receipt. */
export const bookCard = defineCard<BookProps>(
  'task-books.book',
  '任务书',
  ({ bookId, year, unitName, items, issuedOn, acknowledgeBy, needless = false, acknowledged, kind, declineUntil, unreached }) => ({
    title: `${year}年重点工作任务书${kindWords[kind]}`,
    subtitle: unitName,
    color: acknowledged ? 'green' : needless ? 'grey' : 'orange',
    tags: [
      acknowledged ? { text: '已签收', color: 'green' } : needless ? { text: '不用签收', color: 'neutral' } : { text: '待签收', color: 'orange' },
    ],
    summary: acknowledged
      ? `${unitName}任务书已签收`
      : needless
        ? `${unitName}任务书不用签收`
        : `${unitName}任务书${items.length}项，请于${acknowledgeBy}前签收`,
    elements: [
      fields([
        {
          label: '事项',
          value: `${items.length}项${kind === 'supplementary' ? `（增补，编号接着往下：${spanOf(items.map(({ code }) => code))}）` : ''}`,
          wide: kind === 'supplementary',
        },
        { label: '下达日期', value: formatDay(issuedOn) },
        acknowledged
          ? { label: '签收', value: `${acknowledged.by}　${acknowledged.at}`, wide: true }
          : { label: needless ? '签收' : '签收时限', value: needless ? '不用签收' : acknowledgeBy, wide: true },
      ]),
      needless && text(items.length === 0 ? '这本任务书的事项已全部改由别的单位牵头，不用签收。' : '这些事项都已了结，不用签收，也不用反馈。'),
      items.length > 0 &&
        table({
          pageSize: 5,
          columns: [
            { name: 'code', title: '编号', width: '26%' },
            { name: 'title', title: '任务' },
            { name: 'due', title: '时限', width: '38%' },
          ],
          rows: items.map(({ code, title, dueOn, originalDueOn, status }) => ({
            code,
            title: status ? `（${term(workItemStatus, status)}）${title}` : title,
            due: daysWords(dueOn, originalDueOn, issuedOn),
          })),
        }),
      acknowledged && text('请各责任人按时反馈进展，发送编号可查看单个事项。'),
      acknowledged &&
        unreached.length > 0 &&
        text(`责任人没有飞书账号或岗位空缺、收不到卡片：${unreached.join('、')}，请当面告知。`, { color: 'orange', lines: 6 }),
      ((!acknowledged && !needless) || declineUntil !== null) &&
        buttons(
          !acknowledged && !needless && button('签收', { style: 'primary', action: bind(acknowledge, { bookId }) }),
          declineUntil !== null && button('退件', { action: bind(openDecline, { bookId }) }),
        ),
      !acknowledged && !needless && note('由主要负责人或联络员签收。牵头单位负责汇总配合单位的情况。'),
      declineUntil !== null && note(`不属本单位职责的事项，可在${declineUntil}前退件，由督查室裁定。`),
    ],
  }),
  samples(),
);

/** `管-152至管-159`；两类各说各的，一项就说那一项 */
function spanOf(codes: readonly string[]): string {
  const series = [...new Set(codes.map((code) => code.slice(0, code.indexOf('-'))))];
  const spans = series.map((each) => {
    const own = codes.filter((code) => code.startsWith(`${each}-`));
    const [first = '', last = first] = [own[0], own.at(-1)];
    return first === last ? first : `${first}至${last}`;
  });
  return spans.join('、');
}

const kindWords = { annual: '', supplementary: '（增补）', reassigned: '（改派）' } as const;

function samples() {
  const base: BookProps = {
    bookId: 'b1',
    year: 2026,
    unitName: '南屿办事处',
    items: [
      { code: '党-102', title: '社区党群服务中心标准化建设', dueOn: '2026-09-30', originalDueOn: '2026-09-30' },
      { code: '党-103', title: '海岸线党员先锋岗建设', dueOn: '2026-12-18', originalDueOn: '2026-11-13' },
      { code: '管-063', title: '渔排清退协商签约', dueOn: '2026-07-31', originalDueOn: '2026-07-31' },
    ],
    issuedOn: '2026-05-29',
    acknowledgeBy: '6月2日（周二）18:00',
    acknowledged: null,
    kind: 'annual',
    declineUntil: '6月2日（周二）',
    unreached: [],
  };
  return [
    { name: 'issued', props: base },
    { name: 'emptied', props: { ...base, items: [], needless: true, declineUntil: null } },
    { name: 'ended', props: { ...base, items: base.items.map((item) => ({ ...item, status: 'completed' })), needless: true, declineUntil: null } },
    { name: 'acknowledged', props: { ...base, acknowledged: { by: '曾小雨', at: '5月29日（周五）10:12' } } },
    {
      name: 'unreached',
      props: {
        ...base,
        acknowledged: { by: '曾小雨', at: '5月29日（周五）10:12' },
        unreached: ['余宏斌（党-102、管-063）', '岗位空缺（党-103）'],
      },
    },
    {
      name: 'declined',
      props: {
        ...base,
        items: base.items.map((item, index) => (index === 0 ? { ...item, status: 'declinePending' } : item)),
        acknowledged: { by: '曾小雨', at: '5月29日（周五）10:12' },
        declineUntil: null,
      },
    },
    {
      name: 'supplementary',
      props: {
        ...base,
        unitName: '发展和财政局',
        kind: 'supplementary' as const,
        items: Array.from({ length: 8 }, (_, index) => ({
          code: `管-${152 + index}`,
          title: `稳经济事项${index + 1}`,
          dueOn: '2026-12-18',
          originalDueOn: '2026-12-18',
        })),
      },
    },
    { name: 'reassigned', props: { ...base, kind: 'reassigned' as const, items: base.items.slice(0, 1) } },
    {
      name: 'long-titles',
      props: {
        ...base,
        items: Array.from({ length: 20 }, (_, index) => ({
          code: `管-${101 + index}`,
          title: '滨湾新区重点片区城市更新项目搬迁补偿安置协商签约及历史遗留问题处置专项工作',
          dueOn: '2027-01-15',
          originalDueOn: '2027-01-15',
        })),
      },
    },
  ];
}
