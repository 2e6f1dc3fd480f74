import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, form, input, note, submit, submits, text } from '../kit/elements.ts';
import { progressReportStatus, term } from '../kit/terms.ts';
import { openMyItems } from '../task-books/actions.ts';
import { adopt, openAttachments, openForm, openWaiting, returnReport, signOff } from './actions.ts';
import { headlineOf } from './words.ts';

export interface ReportProps {
  readonly audience: 'reporter' | 'head' | 'inspector';
  readonly reportId: string;
  readonly itemId: string;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly status: 'submitted' | 'signedOff' | 'adopted' | 'returned';
  readonly percent: number;
  readonly previousPercent: number;
  readonly content: string;
  readonly difficulties: string | null;
  readonly metrics: readonly {
    readonly name: string;
    readonly value: number;
    readonly previous: number;
    readonly target: number;
    readonly unit: string;
  }[];
  /** 数据下调等，审签和采纳的人要先看的 */
  readonly warnings: readonly string[];
  readonly reporterName: string;
  readonly submittedAt: string;
  /** who did the last step, and why it was returned */
  readonly lastStep: { readonly by: string; readonly reason: string | null } | null;
  /** 附件的文件名，先附的在前 */
  readonly attachments: readonly string[];
  /** 从清单的第几页打开的 */
  readonly page: number;
  /** 改派之后，原单位的这一次为什么到此为止；null：没有改派 */
  readonly lapsed: string | null;
  /** why nobody who signs off hears of it; null: somebody does, or it was not asked */
  readonly unheard: string | null;
}

const statusColor = { submitted: 'orange', signedOff: 'orange', adopted: 'green', returned: 'red' } as const;

/** 反馈 — what was reported, where it stands, and for whoever is next the two buttons. */
export const reportCard = defineCard<ReportProps>(
  'progress.report',
  '反馈审签与采纳',
  (props) => {
    const { audience, code, title, unitName, status, percent, content, difficulties, warnings, reporterName, submittedAt, lastStep } = props;
    const word = props.lapsed === null ? term(progressReportStatus, status) : '已失效';
    const color = props.lapsed === null ? statusColor[status] : 'grey';
    const headline = headlineOf(props);
    const files = props.attachments.length > 0 && button('查看附件', { action: bind(openAttachments, { reportId: props.reportId }) });
    const later = audience === 'reporter' && (status === 'submitted' || status === 'signedOff');
    return {
      title: `${code} ${title}`,
      subtitle: unitName,
      color,
      tags: [{ text: word, color: color === 'grey' ? 'neutral' : color }],
      summary: `${code} ${headline}｜${word}`,
      elements: [
        text(`${headline} ｜${word}`, { size: 'heading', lines: 3 }),
        fields([
          { label: '完成', value: `${percent}%` },
          { label: '反馈人', value: `${reporterName}　${submittedAt}` },
          { label: '进展情况', value: content, wide: true },
          ...(difficulties ? [{ label: '存在困难', value: difficulties, wide: true }] : []),
          ...(props.attachments.length > 0 ? [{ label: `附件${props.attachments.length}份`, value: props.attachments.join('、'), wide: true }] : []),
        ]),
        ...warnings.map((warning) => text(warning, { color: 'orange', lines: 3 })),
        props.lapsed !== null
          ? text(`${props.lapsed}，这次反馈到此为止，由新的牵头单位接着反馈。`, { color: 'grey', lines: 4 })
          : lastStep?.reason
            ? text(`${lastStep.by}退回：${lastStep.reason}`, { color: 'red', lines: 4 })
            : lastStep
              ? note(`${lastStep.by}已${status === 'adopted' ? '采纳' : '审签'}`)
              : null,
        props.unheard !== null && text(`${props.unheard}。`, { color: 'orange', lines: 3 }),
        decision(props),
        later && note('有材料要附的，把文件或照片直接发给我；不作要求。'),
        audience === 'reporter'
          ? buttons(
              status === 'returned' &&
                props.lapsed === null &&
                button('重新填报', { style: 'primary', action: bind(openForm, { itemId: props.itemId }) }),
              files,
              button('返回我的任务', { action: bind(openMyItems, { page: 0 }) }),
            )
          : buttons(
              files,
              button('返回清单', {
                style: 'text',
                action: bind(openWaiting, { list: audience === 'head' ? ('signOff' as const) : ('adopt' as const), page: props.page }),
              }),
            ),
      ],
    };
  },
  samples(),
);

/** 轮到谁，谁的卡片上有表单。 */
function decision({ audience, status, reportId, page }: ReportProps) {
  const turn =
    audience === 'head' && status === 'submitted'
      ? { text: '审签', action: signOff }
      : audience === 'inspector' && status === 'signedOff'
        ? { text: '采纳', action: adopt }
        : null;
  if (!turn) return null;
  return form(`decide_${reportId.replace(/\W/g, '').slice(0, 24)}_${status}`, [
    input('reason', '退回原因（退回时填写）', { maxLength: 200, placeholder: '需要补充什么' }),
    submits(
      submit(turn.text, bind(turn.action, { reportId, page })),
      submit('退回补充', bind(returnReport, { reportId, page }), { style: 'default' }),
    ),
  ]);
}

function samples() {
  const base: ReportProps = {
    audience: 'reporter',
    reportId: 'r1',
    itemId: 'i63',
    code: '管-063',
    title: '渔排清退协商签约',
    unitName: '南屿办事处',
    status: 'submitted',
    percent: 99,
    previousPercent: 95,
    content: '本周新签7户',
    difficulties: '剩余2户在外地',
    metrics: [{ name: '签约户数', value: 216, previous: 209, target: 218, unit: '户' }],
    warnings: [],
    reporterName: '方伟',
    submittedAt: '6月24日（周三）16:40',
    lastStep: null,
    attachments: [],
    page: 0,
    lapsed: null,
    unheard: null,
  };
  return [
    { name: 'submitted', props: base },
    { name: 'unheard', props: { ...base, unheard: '单位主要负责人梁海生没有飞书账号，收不到，请当面告知' } },
    { name: 'head', props: { ...base, audience: 'head' as const } },
    { name: 'attachments', props: { ...base, attachments: ['签约协议汇总.pdf', '公示照片-0624-1640.jpg'] } },
    {
      name: 'inspector',
      props: {
        ...base,
        attachments: ['签约协议汇总.pdf'],
        audience: 'inspector' as const,
        status: 'signedOff' as const,
        lastStep: { by: '梁海生', reason: null },
      },
    },
    { name: 'adopted', props: { ...base, status: 'adopted' as const, lastStep: { by: '林晓', reason: null } } },
    { name: 'lapsed', props: { ...base, status: 'returned' as const, lapsed: '事项已改由规划和自然资源管理局牵头' } },
    { name: 'returned', props: { ...base, status: 'returned' as const, lastStep: { by: '林晓', reason: '请补充剩余2户的联系情况' } } },
    {
      name: 'lowered',
      props: {
        ...base,
        metrics: [{ name: '签约户数', value: 214, previous: 216, target: 218, unit: '户' }],
        warnings: ['数据下调：签约户数由216降为214户，原因：2户重复统计'],
      },
    },
    { name: 'plain', props: { ...base, metrics: [], difficulties: null, warnings: [] } },
  ];
}
