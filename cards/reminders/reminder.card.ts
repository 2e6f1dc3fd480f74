import { type ActionValue, bind } from '../kit/action.ts';
import { type CardTag, defineCard, type HeaderColor } from '../kit/card.ts';
import { shortDay, withRemark } from '../kit/due-line.ts';
import { button, buttons, note, type RowElement, row, text } from '../kit/elements.ts';
import { reminderLevel, term } from '../kit/terms.ts';
import { askNotice, openReminder, openReply } from './actions.ts';

export interface ReminderLine {
  readonly code: string;
  readonly title: string;
  /** L0 | L1 | L2 | L3 | manual | feedback | receipt */
  readonly level: string;
  /** `时限10月9日(周五)｜剩余3个工作日(含国庆假期)` */
  readonly dueLine: string;
  /** `完成40%`, `待单位审签` … */
  readonly state: string;
  /** 反馈日 */
  readonly feedbackOn: string | null;
  /** 反馈日所在的年份还没有放假安排：`2027年放假安排未公布，暂定`，否则为空 */
  readonly provisional: string;
  readonly copy: boolean;
  /** 抄送给请过而没有答复的配合单位 */
  readonly support: boolean;
  readonly others: readonly string[];
  readonly unreached: readonly string[];
  /** 至多三个 */
  readonly actions: readonly { readonly text: string; readonly action: ActionValue }[];
}

export interface ReminderProps {
  readonly cardId: string;
  readonly personName: string;
  readonly today: string;
  /** 催办的督查员；自动提醒为 null */
  readonly urgedBy: string | null;
  /** 一句要先看到的话 */
  readonly headline: string | null;
  readonly lines: readonly ReminderLine[];
  readonly page: number;
}

/** 一页的事项数：一行十来个元素，整卡不过 150 个。 */
export const linesPerPage = 9;

/** 提醒 — everything that a person is reminded of at one time, each line answerable in place. */
export const reminderCard = defineCard<ReminderProps>(
  'reminders.reminder',
  '提醒与催办',
  (props) => {
    const { cardId, personName, today, urgedBy, headline, lines, page } = props;
    const pages = Math.max(1, Math.ceil(lines.length / linesPerPage));
    const shown = lines.slice(page * linesPerPage, (page + 1) * linesPerPage);
    const kind = kindOf(props);
    return {
      title: kind.title,
      subtitle: `${personName}　${shortDay(today)}`,
      color: kind.color,
      tags: [kind.tag],
      summary: `${kind.title}：${countsOf(lines)}`,
      elements: [
        headline !== null && text(headline, { size: 'heading', lines: 3 }),
        text(`${urgedBy === null ? '' : `${urgedBy}催办。`}${countsOf(lines)}。逐项点按钮办理。${pages > 1 ? `（第${page + 1}/${pages}页）` : ''}`, {
          lines: 3,
        }),
        ...shown.map((line) => rowOf(line, today)),
        pages > 1 &&
          buttons(
            page > 0 && button('上一页', { action: bind(openReminder, { cardId, page: page - 1 }) }),
            page + 1 < pages && button('下一页', { action: bind(openReminder, { cardId, page: page + 1 }) }),
          ),
        note(kind.note),
      ],
    };
  },
  samples(),
);

function rowOf(line: ReminderLine, today: string): RowElement {
  const [first, ...more] = line.actions.map(({ text: label, action }) => button(label, { action }));
  return row(wordsOf(line, today), first, ...more);
}

function wordsOf({ code, title, level, dueLine, state, feedbackOn, provisional, copy, others, unreached }: ReminderLine, today: string): string {
  return [
    `${term(reminderLevel, level)}${copy ? '（抄送）' : ''}｜${code} ${title}`,
    [dueLine, state].filter((words) => words !== '').join('｜'),
    ...(feedbackOn === null ? [] : [`本期反馈请在${withRemark(shortDay(feedbackOn, today), provisional)}前提交`]),
    ...(others.length > 0 && (level === 'L2' || level === 'L3') ? [`同时告知：${others.join('、')}`] : []),
    ...(unreached.length > 0 ? [`${unreached.join('、')}没有飞书账号，收不到，请转告`] : []),
  ].join('\n');
}

function countsOf(lines: readonly ReminderLine[]): string {
  const count = (...levels: readonly string[]): number => lines.filter(({ level }) => levels.includes(level)).length;
  const parts = [
    [count('L2', 'L3'), '逾期待回复'],
    [count('manual'), '催办'],
    [count('L1'), '今天到期'],
    [count('L0'), '即将到期'],
    [count('receipt'), '待签收'],
    [lines.filter(({ feedbackOn }) => feedbackOn !== null).length, '待反馈'],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${words}${number}项`)
    .join('、');
}

interface Kind {
  readonly title: string;
  readonly color: HeaderColor;
  readonly tag: CardTag;
  readonly note: string;
}

const replyNote = '回复须写明原因、措施和完成日期，督查室采纳后停表；只回“收到”不停表。';

function kindOf({ lines, urgedBy }: ReminderProps): Kind {
  const own = lines.filter(({ copy }) => !copy);
  const has = (level: string): boolean => own.some((line) => line.level === level);
  if (own.length === 0 && lines.some(({ support }) => support))
    return {
      title: '催办通知（抄送）',
      color: 'orange',
      tag: { text: '待分工反馈', color: 'orange' },
      note: '牵头单位请贵单位分工反馈，过了日子还没有答复；请点“分工反馈”，没有进展也说一声。',
    };
  if (lines.length > 0 && own.length === 0)
    return { title: '催办通知（抄送）', color: 'blue', tag: { text: '告知', color: 'blue' }, note: '抄送给您，不需要办理；需要了解详情请点“查看”。' };
  if (has('L3')) return { title: '催办通知', color: 'red', tag: { text: '逾期二次催办', color: 'red' }, note: replyNote };
  if (has('L2')) return { title: '催办', color: 'red', tag: { text: '已逾期', color: 'red' }, note: replyNote };
  if (urgedBy !== null) return { title: '催办', color: 'orange', tag: { text: '督查室催办', color: 'orange' }, note: easyNote(own) };
  const easy = easyNote(own);
  if (has('L1')) return { title: '今天到期', color: 'orange', tag: { text: '今天到期', color: 'orange' }, note: easy };
  if (has('L0')) return { title: '到期预告', color: 'orange', tag: { text: '即将到期', color: 'orange' }, note: easy };
  if (has('receipt')) return { title: '签收提醒', color: 'orange', tag: { text: '待签收', color: 'orange' }, note: '签收时限当天提醒一次。' };
  return { title: '反馈提醒', color: 'orange', tag: { text: '待反馈', color: 'orange' }, note: easy };
}

/** 最省事的办法 — says only what the buttons above it can do. */
function easyNote(lines: readonly ReminderLine[]): string {
  const offers = (label: string): boolean => lines.some(({ actions }) => actions.some(({ text }) => text === label));
  const unchanged = offers('本期无变化') ? '没有进展的，点“本期无变化”即可' : '没有进展的，点“反馈”后选“本期无变化”即可';
  return `${unchanged}${offers('申请办结') ? '；已经完成的，点“申请办结”' : ''}。`;
}

function samples() {
  const act = (label: string) => ({ text: label, action: bind(openReply, { itemId: 'i1' }) });
  const paper = { text: '通知文件', action: bind(askNotice, { itemId: 'i1' }) };
  const line = (index: number, level: string, more: Partial<ReminderLine> = {}): ReminderLine => ({
    code: `管-${String(60 + index).padStart(3, '0')}`,
    title: ['松坳、渔灯城中村燃气与管线综合整治', '云帆大道地下综合管廊', '既有建筑幕墙安全排查'][index % 3] ?? '',
    level,
    dueLine: '时限10月9日(周五)｜剩余3个工作日(含国庆假期)',
    state: `完成${(index * 4) % 100}%`,
    feedbackOn: null,
    provisional: '',
    copy: false,
    support: false,
    others: [],
    unreached: [],
    actions: [act('反馈'), act('申请办结'), act('申请延期')],
    ...more,
  });
  const base: ReminderProps = { cardId: 'c1', personName: '马骁', today: '2026-09-29', urgedBy: null, headline: null, lines: [], page: 0 };
  const late = { dueLine: '时限9月16日(周三)｜已逾期1个工作日', actions: [act('回复'), act('查看')], others: ['丁一凡', '邓一鸣'] };
  const book = { code: '任务书', title: '土地整备事务中心2026年重点工作任务书', state: '共5项', actions: [act('签收')] };
  return [
    { name: 'soon', props: { ...base, lines: [2, 16, 28, 30, 77].map((index) => line(index, 'L0')) } },
    {
      name: 'today',
      props: {
        ...base,
        today: '2026-10-09',
        lines: [line(28, 'L1', { dueLine: '时限10月9日(周五)｜今天到期', state: '完成76%｜待单位审签', actions: [act('查看')] })],
      },
    },
    { name: 'urge', props: { ...base, today: '2026-09-17', lines: [line(31, 'L2', late), line(28, 'L0', { feedbackOn: '2026-09-24' })] } },
    {
      name: 'second',
      props: {
        ...base,
        personName: '罗志远',
        today: '2026-09-20',
        lines: [line(31, 'L3', { ...late, unreached: ['余宏斌'], actions: [act('回复'), act('查看'), paper] })],
      },
    },
    {
      name: 'copy',
      props: { ...base, personName: '王海峰', today: '2026-09-20', lines: [line(31, 'L3', { ...late, copy: true, actions: [act('查看')] })] },
    },
    {
      name: 'copy-support',
      props: {
        ...base,
        personName: '梁建安',
        today: '2026-09-17',
        lines: [line(31, 'L2', { ...late, copy: true, support: true, actions: [act('分工反馈'), act('查看')] })],
      },
    },
    {
      name: 'receipt',
      props: { ...base, personName: '梁天佑', today: '2026-06-02', lines: [line(1, 'receipt', { ...book, dueLine: '签收时限6月2日(周二)18:00' })] },
    },
    {
      name: 'feedback',
      props: {
        ...base,
        personName: '方伟',
        today: '2026-06-22',
        lines: [line(3, 'feedback', { feedbackOn: '2026-06-25', actions: [act('反馈'), act('本期无变化')] })],
      },
    },
    {
      name: 'provisional',
      props: {
        ...base,
        today: '2026-12-25',
        lines: [
          line(3, 'L0', {
            dueLine: '时限2027年1月5日(周二)｜剩余7个工作日(2027年放假安排未公布，暂定)',
            feedbackOn: '2027-01-25',
            provisional: '2027年放假安排未公布，暂定',
            actions: [act('反馈'), act('申请办结'), act('本期无变化')],
          }),
        ],
      },
    },
    { name: 'by-hand', props: { ...base, urgedBy: '林晓', headline: '未停表:请补充原因、措施、完成日期', lines: [line(28, 'manual')] } },
    {
      name: 'many',
      props: {
        ...base,
        page: 1,
        lines: Array.from({ length: 31 }, (_, index) => line(index, 'L2', { ...late, feedbackOn: '2026-09-24', unreached: ['余宏斌'] })),
      },
    },
  ];
}
