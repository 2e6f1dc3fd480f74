import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { shortDay } from '../kit/due-line.ts';
import { button, buttons, note, panel, table, text } from '../kit/elements.ts';
import { importNotice } from './actions.ts';

export interface NoticeProps {
  readonly noticeId: string;
  readonly year: number;
  readonly state: 'offered' | 'imported' | 'superseded';
  readonly days: readonly { readonly date: string; readonly kind: 'off' | 'work'; readonly name: string }[];
  readonly problems: readonly string[];
  readonly ignored: readonly string[];
  /** 与现行日历不同的日子 */
  readonly differences: readonly string[];
  /** 导入以后重算了什么，一处一句 */
  readonly effects: readonly string[];
  readonly importedBy: string | null;
}

/** 放假安排预览 — every day with its weekday, and what contradicts; nothing is in force before it is confirmed. */
export const noticeCard = defineCard<NoticeProps>(
  'calendar.notice',
  '放假安排',
  ({ noticeId, year, state, days, problems, ignored, differences, effects, importedBy }) => {
    const off = days.filter(({ kind }) => kind === 'off').length;
    const counts = `放假${off}天，调休上班${days.length - off}天`;
    const sound = problems.length === 0;
    const waiting = state === 'offered';
    return {
      title: waiting ? `${year}年放假安排预览` : `${year}年放假安排`,
      color: waiting ? (sound ? 'orange' : 'red') : state === 'imported' ? 'green' : 'grey',
      tags: [waiting ? (sound ? offered : contradictory) : state === 'imported' ? imported : superseded],
      summary: `${year}年放假安排：${counts}${waiting && !sound ? `，有${problems.length}处有误` : ''}`,
      elements: [
        text(waiting && !sound ? `有${problems.length}处对不上，还不能导入` : counts, { size: 'heading', lines: 2 }),
        !sound &&
          panel(
            '对不上的地方',
            problems.slice(0, problemsShown).map((problem) => text(problem, { lines: 3 })),
            true,
          ),
        days.length > 0 &&
          table({
            pageSize: 10,
            columns: [
              { name: 'day', title: '日期', width: '38%' },
              { name: 'kind', title: '安排', type: 'options', width: '26%' },
              { name: 'name', title: '节日' },
            ],
            rows: days.map(({ date, kind, name }) => ({
              day: shortDay(date, `${year}-01-01`),
              kind: [kind === 'off' ? { text: '放假', color: 'green' } : { text: '上班', color: 'orange' }],
              name,
            })),
          }),
        text(notesOf({ ignored, differences, effects, importedBy, waiting }), { lines: 14 }),
        waiting && sound && buttons(button('确认导入', { style: 'primary', action: bind(importNotice, { noticeId }) })),
        waiting && note(sound ? '确认之前没有写入任何数据。' : '请核对原文后重新发送；没有写入任何数据。'),
      ],
    };
  },
  samples(),
);

const offered = { text: '待确认', color: 'orange' } as const;
const contradictory = { text: '有误', color: 'red' } as const;
const imported = { text: '已导入', color: 'green' } as const;
const superseded = { text: '已被取代', color: 'neutral' } as const;
const problemsShown = 12;
const differencesShown = 10;

function notesOf({
  ignored,
  differences,
  effects,
  importedBy,
  waiting,
}: Pick<NoticeProps, 'ignored' | 'differences' | 'effects' | 'importedBy'> & { waiting: boolean }): string {
  return [
    ...(importedBy === null ? [] : [`${importedBy}已导入`]),
    ...effects.map((effect) => `${effect}。`),
    ...(waiting ? [differences.length === 0 ? '与现行日历一致。' : `与现行日历有${differences.length}天不同：${clipped(differences)}。`] : []),
    ...(ignored.length === 0 ? [] : [`没有采用：${ignored.join('；')}。`]),
  ].join('\n');
}

function clipped(differences: readonly string[]): string {
  return `${differences.slice(0, differencesShown).join('、')}${differences.length > differencesShown ? '等' : ''}`;
}

function samples() {
  const base: NoticeProps = {
    noticeId: 'n1',
    year: 2027,
    state: 'offered',
    days: [
      { date: '2027-01-01', kind: 'off', name: '元旦' },
      { date: '2027-01-02', kind: 'off', name: '元旦' },
      { date: '2027-01-03', kind: 'off', name: '元旦' },
      { date: '2027-01-30', kind: 'work', name: '春节' },
    ],
    problems: [],
    ignored: [],
    differences: ['1月1日（周五）放假'],
    effects: [],
    importedBy: null,
  };
  const done = {
    ...base,
    state: 'imported' as const,
    importedBy: '林晓',
    effects: ['2本任务书的签收时限有变，卡片已更新', '提醒和反馈日按新的安排重算'],
  };
  return [
    { name: 'offered', props: { ...base, ignored: ['春节：鼓励各单位安排职工在除夕休息'] } },
    { name: 'same', props: { ...base, differences: [] } },
    { name: 'contradictory', props: { ...base, problems: ['通知写1月1日是周四，实际是1月1日（周五）', '元旦写的是共4天，按日期是3天'] } },
    { name: 'imported', props: done },
    { name: 'superseded', props: { ...done, state: 'superseded' as const } },
    {
      name: 'long',
      props: {
        ...base,
        days: Array.from({ length: 39 }, (_, index) => ({
          date: `2027-0${1 + Math.floor(index / 20)}-${10 + (index % 20)}`,
          kind: 'off' as const,
          name: '国庆节、中秋节',
        })),
        problems: Array.from({ length: 14 }, (_, index) => `国庆节这一句没看懂：“${'字'.repeat(40)}${index}”`),
        differences: Array.from({ length: 39 }, () => '10月1日（周五）放假'),
      },
    },
  ];
}
