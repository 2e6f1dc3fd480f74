import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, note, row, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { progressReportStatus, term } from '../kit/terms.ts';
import { attach } from './actions.ts';

export interface AttachProps {
  /** null: a picture, which has no name */
  readonly fileName: string | null;
  /** 为什么没有当作表导入 */
  readonly reason: string | null;
  readonly file: { readonly messageId: string; readonly fileKey: string; readonly kind: 'file' | 'image' };
  /** 可附的反馈，近的在前 */
  readonly choices: readonly {
    readonly reportId: string;
    readonly code: string;
    readonly title: string;
    readonly round: number;
    readonly status: 'submitted' | 'signedOff';
  }[];
  readonly outcome:
    | { readonly kind: 'asking' }
    | { readonly kind: 'working'; readonly code: string }
    | { readonly kind: 'done'; readonly code: string; readonly round: number; readonly names: readonly string[] }
    | { readonly kind: 'failed'; readonly why: string };
}

/** 附到反馈 — somebody sent a file that is no table: to which of the reports that wait does it belong? Never asked for. */
export const attachCard = defineCard<AttachProps>(
  'progress.attach',
  '附到反馈',
  ({ fileName, reason, file, choices, outcome }) => {
    const said = fileName === null ? '这张图片' : `《${fileName}》`;
    if (outcome.kind === 'done') {
      const { code, round, names } = outcome;
      return {
        title: `已附到${code}`,
        subtitle: `第${round}次反馈`,
        color: 'green',
        tags: [{ text: `附件${names.length}份`, color: 'green' }],
        summary: `已附到${code}第${round}次反馈，附件${names.length}份`,
        elements: [text(names.join('\n'), { lines: 9 }), note('审签和采纳的人看得到。附件不作要求，内容不得涉密。')],
      };
    }
    const asking = outcome.kind === 'asking' || outcome.kind === 'failed';
    return {
      title: '附到反馈',
      ...(fileName === null ? {} : { subtitle: fileName }),
      color: outcome.kind === 'failed' ? 'orange' : 'blue',
      summary: asking ? `${said}附到哪一次反馈？` : `${said}正在附到${outcome.code}`,
      elements: [
        outcome.kind === 'failed' && text(`没有附上：${outcome.why}`, { color: 'orange', lines: 4 }),
        text(asking ? `${said}附到哪一次反馈？不附就不用理会。` : `${said}正在附到${outcome.code}的反馈，稍候。`, { lines: 3 }),
        ...(asking ? choices : []).map(({ reportId, code, title, round, status }) =>
          row(
            `${code} ${title}\n第${round}次反馈，${term(progressReportStatus, status)}`,
            button('附上', { action: bind(attach, { reportId, ...file, fileName: fileName === null ? '' : shortened(fileName) }) }),
          ),
        ),
        reason !== null && note(`没有当作表导入：${reason}`),
        asking && note('附件不作要求。内容不得涉密。'),
      ],
    };
  },
  samples(),
);

/** 按钮带着名字，长了就占满卡片：留头和扩展名。 */
function shortened(fileName: string): string {
  const extension = /\.[A-Za-z0-9]{1,8}$/.exec(fileName)?.[0] ?? '';
  const base = fileName.slice(0, fileName.length - extension.length);
  return `${clip(base, 60)}${extension}`;
}

function samples() {
  const base: AttachProps = {
    fileName: '签约协议汇总.pdf',
    reason: '这不是表格文件。请把表格另存为 .xlsx 后再发',
    file: { messageId: 'om_1', fileKey: 'file_1', kind: 'file' },
    choices: [
      { reportId: 'r1', code: '管-063', title: '渔排清退协商签约', round: 2, status: 'submitted' },
      { reportId: 'r2', code: '党-102', title: '社区党群服务中心标准化建设', round: 1, status: 'signedOff' },
    ],
    outcome: { kind: 'asking' },
  };
  return [
    { name: 'file', props: base },
    { name: 'picture', props: { ...base, fileName: null, reason: null, file: { messageId: 'om_1', fileKey: 'img_1', kind: 'image' as const } } },
    { name: 'working', props: { ...base, outcome: { kind: 'working' as const, code: '管-063' } } },
    {
      name: 'done',
      props: { ...base, outcome: { kind: 'done' as const, code: '管-063', round: 2, names: ['签约协议汇总.pdf', '公示照片-0624-1640.jpg'] } },
    },
    { name: 'failed', props: { ...base, outcome: { kind: 'failed' as const, why: '管-063第2次反馈已采纳，附件请随下一次反馈报送' } } },
  ];
}
