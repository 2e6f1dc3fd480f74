import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, note, row, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { progressReportStatus, term } from '../kit/terms.ts';
import { adopt, adoptTogether, openReport, openWaiting, signOff, signOffTogether } from './actions.ts';

export interface WaitingEntry {
  readonly reportId: string;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  /** `已签约216/218户 99.08% ↑7` */
  readonly headline: string;
  readonly content: string;
  /** 要先看的：数据下调、困难等；有了就得单独办 */
  readonly warnings: readonly string[];
  /** `方伟　6月24日（周三）16:40` */
  readonly by: string;
  /** 附件的份数 */
  readonly attachments: number;
}

export interface WaitingListProps {
  readonly list: 'signOff' | 'adopt';
  readonly personName: string;
  readonly total: number;
  /** 没有警示、可以一并办的，全清单共几件 */
  readonly plain: number;
  readonly page: number;
  readonly pages: number;
  /** 这一页的 */
  readonly entries: readonly WaitingEntry[];
  /** 清单画到哪一刻 */
  readonly until: string;
  /** 今天已办的，近的在前 */
  readonly done: readonly { readonly code: string; readonly status: string }[];
}

/** 一页的件数：每件十一个元素，整卡不过 150 个。 */
export const waitingPerPage = 8;

const words = {
  signOff: { title: '待审签', status: 'submitted', one: '审签', action: signOff },
  adopt: { title: '待采纳', status: 'signedOff', one: '采纳', action: adopt },
} as const;

/** 待审签、待采纳 — everything that waits for one person, in one card, each answerable where it stands. */
export const waitingListCard = defineCard<WaitingListProps>(
  'progress.waiting-list',
  '待审签与待采纳',
  (props) => {
    const { list, personName, total, plain, page, pages, entries, done } = props;
    const { title, status, one, action } = words[list];
    const none = total === 0;
    const warned = total - plain;
    const counts = none ? `没有${title}的反馈。` : `${title}${total}件${warned > 0 ? `，其中${warned}件须单独看` : ''}`;
    return {
      title,
      subtitle: personName,
      color: none ? 'green' : 'orange',
      tags: none ? [{ text: '已办完', color: 'green' }] : [{ text: term(progressReportStatus, status), color: 'orange' }],
      summary: none ? `${title}：已办完` : `${counts}：${entries.map(({ code }) => code).join('、')}`,
      elements: [
        text(`${counts}${pages > 1 ? `（第${page + 1}/${pages}页）` : ''}`),
        ...entries.map((entry) =>
          row(
            wordsOf(entry),
            button(one, { action: bind(action, { reportId: entry.reportId, page }) }),
            button('查看', { action: bind(openReport, { reportId: entry.reportId, page }) }),
          ),
        ),
        buttons(
          together(props),
          page > 0 && button('上一页', { action: bind(openWaiting, { list, page: page - 1 }) }),
          page + 1 < pages && button('下一页', { action: bind(openWaiting, { list, page: page + 1 }) }),
        ),
        done.length > 0 && note(`今天已办：${done.map(({ code, status: now }) => `${code}${term(progressReportStatus, now)}`).join('；')}`),
        !none && note('退回补充请点“查看”。有数据下调、困难等情况的，须逐件办理。'),
      ],
    };
  },
  samples(),
);

function wordsOf({ code, title, unitName, headline, content, warnings, by, attachments }: WaitingEntry): string {
  return [
    `${code} ${title}（${unitName}）`,
    headline,
    `${by}：${clip(content, 60)}${attachments > 0 ? `（附件${attachments}份）` : ''}`,
    ...warnings.slice(0, 3).map((warning) => clip(warning, 70)),
  ].join('\n');
}

/** 一并办：审签只办眼前这一页，采纳办全清单；至少两件才有这个按钮。 */
function together({ list, plain, total, page, pages, entries, until }: WaitingListProps) {
  const reportIds = entries.filter(({ warnings }) => warnings.length === 0).map(({ reportId }) => reportId);
  const left = total - plain > 0 ? '有数据下调、困难等情况的不在内。' : '';
  if (list === 'signOff') {
    if (reportIds.length < 2) return false;
    const confirm = { title: '全部审签', text: `将审签${pages > 1 ? '本页' : ''}列出的${reportIds.length}件反馈，转督查室。${left}` };
    return button(pages > 1 ? '审签本页' : '全部审签', { style: 'primary', action: bind(signOffTogether, { reportIds, page }), confirm });
  }
  if (plain < 2) return false;
  const confirm = { title: '全部采纳', text: `将采纳${plain}件反馈，记入台账${pages > 1 ? '，包括其他页上的' : ''}。${left}` };
  return button('全部采纳', { style: 'primary', action: bind(adoptTogether, { until }), confirm });
}

function samples() {
  const entry = (index: number, warnings: readonly string[] = []): WaitingEntry => ({
    reportId: `r${index}`,
    code: `管-${String(60 + index).padStart(3, '0')}`,
    title: ['老旧小区改造', '燃气管网更新', '渔排清退协商签约'][index % 3] ?? '',
    unitName: '南屿办事处',
    headline: index % 3 === 2 ? '已签约216/218户 99.08% ↑7' : `完成${40 + index}% ↑5个百分点`,
    content: '本周完成两个批次',
    warnings,
    by: `方伟　6月24日（周三）16:4${index % 10}`,
    attachments: index % 3,
  });
  const until = '2026-06-24T08:40:00.000Z';
  const lowered = ['数据下调：签约户数由216降为214户，原因：2户重复统计', '存在困难：剩余2户在外地'];
  const base: WaitingListProps = {
    ...{ list: 'signOff', personName: '梁海生', total: 3, plain: 2, page: 0, pages: 1, until },
    entries: [entry(1), entry(3), entry(2, lowered)],
    done: [],
  };
  const many = [1, 2, 3, 4, 5, 6, 7, 8].map((index) => entry(index, index % 4 === 0 ? lowered : []));
  return [
    { name: 'sign-off', props: base },
    { name: 'one', props: { ...base, total: 1, plain: 0, entries: [entry(2, lowered)], done: [{ code: '管-061', status: 'signedOff' }] } },
    { name: 'page', props: { ...base, total: 20, plain: 15, page: 1, pages: 3, entries: many } },
    {
      name: 'adopt',
      props: {
        ...base,
        list: 'adopt' as const,
        personName: '林晓',
        total: 20,
        plain: 15,
        pages: 3,
        entries: many,
        done: [{ code: '党-031', status: 'adopted' }],
      },
    },
    { name: 'done', props: { ...base, total: 0, plain: 0, entries: [], done: [{ code: '管-063', status: 'signedOff' }] } },
  ];
}
