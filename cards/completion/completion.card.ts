import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { checker, fields, form, input, note, submit, submits, text } from '../kit/elements.ts';
import { completionRequestStatus, term } from '../kit/terms.ts';
import { complete, requireOnSite, returnCompletion, sendBack, signOffCompletion } from './actions.ts';

export interface CompletionProps {
  readonly audience: 'unit' | 'head' | 'inspector';
  readonly requestId: string;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly status: string;
  /** 核查中：督查室要求现场核查 */
  readonly onSite: { readonly by: string; readonly note: string | null } | null;
  readonly result: string;
  readonly evidence: string | null;
  readonly waiver: string | null;
  readonly metrics: readonly string[];
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly signedOffBy: string | null;
  readonly findings: string | null;
  readonly decided: { readonly by: string; readonly at: string; readonly reason: string | null } | null;
  /** why it lapsed: the item is no longer the unit's */
  readonly lapsedBecause: string | null;
  /** 核查要点 */
  readonly criteria: readonly string[];
  /** why nobody whose turn it is hears of it; null: somebody does */
  readonly unheard: string | null;
}

const colors: Readonly<Record<string, 'orange' | 'green' | 'red' | 'grey'>> = { accepted: 'green', sentBack: 'red', returned: 'red', lapsed: 'grey' };

/** 办结申请 — the result, where it stands, and for whoever is next what to decide. */
export const completionCard = defineCard<CompletionProps>(
  'completion.request',
  '办结申请',
  (props) => {
    const { code, title, unitName, status, onSite, result, evidence, waiver, requestedBy, requestedAt, signedOffBy, decided } = props;
    const word = status === 'signedOff' && onSite ? '现场核查中' : term(completionRequestStatus, status);
    const color = colors[status] ?? 'orange';
    return {
      title: `${code} ${title}`,
      subtitle: unitName,
      color,
      tags: [{ text: word, color: color === 'grey' ? 'neutral' : color }],
      summary: `${code} 申请办结｜${word}`,
      elements: [
        text(`申请办结｜${word}`, { size: 'heading', lines: 2 }),
        fields([
          { label: '申请', value: `${requestedBy}　${requestedAt}` },
          ...(signedOffBy ? [{ label: '单位审签', value: signedOffBy }] : []),
          { label: '办理结果', value: result, wide: true },
          ...(props.metrics.length > 0 ? [{ label: '量化指标', value: props.metrics.join('；'), wide: true }] : []),
          ...(evidence ? [{ label: '佐证说明', value: evidence, wide: true }] : []),
          ...(waiver ? [{ label: '子任务没有全办结的书面说明', value: waiver, wide: true }] : []),
          ...(onSite ? [{ label: '现场核查', value: `${onSite.by}要求${onSite.note ? `：${onSite.note}` : ''}`, wide: true }] : []),
          ...(props.findings ? [{ label: '核查记录', value: props.findings, wide: true }] : []),
        ]),
        // 上一版存在发件箱里的，没有这两样。
        props.unheard ? text(`${props.unheard}。`, { color: 'orange', lines: 3 }) : null,
        props.lapsedBecause ? text(`${props.lapsedBecause}，这次申请到此为止。`, { color: 'grey', lines: 3 }) : null,
        decided?.reason
          ? text(`${decided.by}退回：${decided.reason}`, { color: 'red', lines: 4 })
          : decided && text(`${decided.by}核查通过　${decided.at}`, { lines: 2 }),
        turn(props),
      ],
    };
  },
  samples(),
);

/** 轮到谁，谁的卡片上有表单。 */
function turn(props: CompletionProps) {
  const { audience, status, requestId, onSite, criteria } = props;
  const name = `completion_${requestId.replace(/\W/g, '').slice(0, 24)}_${status}${onSite ? '_site' : ''}`;
  if (audience === 'head' && status === 'submitted') {
    return form(name, [
      input('reason', '退回原因（退回时填写）', { maxLength: 200, placeholder: '需要补充什么' }),
      submits(
        submit('审签', bind(signOffCompletion, { requestId })),
        submit('退回补充', bind(returnCompletion, { requestId }), { style: 'default' }),
      ),
    ]);
  }
  if (audience !== 'inspector' || status !== 'signedOff') return null;
  return form(name, [
    note('逐条核对，符合的勾选；全部符合才能办结。'),
    ...criteria.map((criterion, index) => checker(`c${index + 1}`, criterion)),
    input('findings', onSite ? '核查记录（办结前填写）' : '核查说明（可不填）', { multiline: true, maxLength: 500 }),
    input('reason', '退回原因（退回重办时填写）', { maxLength: 200 }),
    submits(
      submit('办结', bind(complete, { requestId })),
      ...(onSite ? [] : [submit('现场核查', bind(requireOnSite, { requestId }), { style: 'default' })]),
      submit('退回重办', bind(sendBack, { requestId }), { style: 'default' }),
    ),
  ]);
}

function samples() {
  const base: CompletionProps = {
    audience: 'unit',
    requestId: 'q1',
    code: '管-063',
    title: '渔排清退协商签约',
    unitName: '南屿办事处',
    status: 'submitted',
    onSite: null,
    result: '218户全部签约，渔排全部清退',
    evidence: '签约台账存党政办',
    waiver: null,
    metrics: ['签约户数218/218户'],
    requestedBy: '方伟',
    requestedAt: '9月20日（周日）10:00',
    signedOffBy: null,
    findings: null,
    decided: null,
    criteria: ['事实清楚', '问题解决', '任务完成', '结论正确', '措施合法', '形式规范'],
    unheard: null,
    lapsedBecause: null,
  };
  const signed = { ...base, status: 'signedOff', signedOffBy: '梁海生' };
  const decided = { by: '林晓', at: '9月22日（周二）09:30', reason: null };
  return [
    { name: 'submitted', props: base },
    { name: 'unheard', props: { ...base, unheard: '单位主要负责人梁海生没有飞书账号，收不到，请当面告知' } },
    { name: 'head', props: { ...base, audience: 'head' as const, waiver: '第二批因上级资金未到，已并入2027年任务' } },
    { name: 'inspector', props: { ...signed, audience: 'inspector' as const } },
    { name: 'on-site', props: { ...signed, audience: 'inspector' as const, onSite: { by: '林晓', note: '抽查10户' } } },
    { name: 'accepted', props: { ...signed, status: 'accepted', findings: '抽查10户，均已清退', decided } },
    { name: 'sent-back', props: { ...signed, status: 'sentBack', decided: { ...decided, reason: '有2户没有签字页' } } },
    { name: 'returned', props: { ...base, status: 'returned', decided: { ...decided, by: '梁海生', reason: '请补充台账' } } },
    { name: 'lapsed', props: { ...signed, status: 'lapsed', lapsedBecause: '事项已改由规划和自然资源管理局牵头' } },
    {
      name: 'long',
      props: { ...signed, audience: 'inspector' as const, result: '办'.repeat(380), evidence: '证'.repeat(300), waiver: '免'.repeat(300) },
    },
  ];
}
