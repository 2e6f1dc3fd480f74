import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { fields, form, input, note, select, submit, text } from '../kit/elements.ts';
import { declineDecision, itemDeclineStatus, term } from '../kit/terms.ts';
import { decideDecline, proposeDecline } from './actions.ts';

export interface DeclineProps {
  readonly audience: 'unit' | 'inspector' | 'chief';
  readonly declineId: string;
  readonly code: string;
  readonly title: string;
  readonly unitName: string;
  readonly status: string;
  readonly reason: string;
  readonly suggestedUnit: string;
  readonly filedBy: string;
  readonly filedAt: string;
  /** 督查员的意见 */
  readonly proposal: { readonly decision: string; readonly unitName: string | null; readonly note: string | null; readonly by: string } | null;
  /** 裁定 */
  readonly decision: {
    readonly decision: string;
    readonly unitName: string | null;
    readonly note: string | null;
    readonly by: string;
    readonly at: string;
  } | null;
  /** 轮到谁办，谁的表单里有这些；initial 是建议的单位 */
  readonly units: readonly { readonly code: string; readonly name: string }[];
  readonly initial: { readonly decision: string; readonly unit: string };
  /** why nobody whose turn it is hears of it; null: somebody does */
  readonly unheard: string | null;
}

/** 退件 — what was said, what the inspector proposes, and the chief's decision. */
export const declineCard = defineCard<DeclineProps>(
  'task-books.decline',
  '退件',
  (props) => {
    const { code, title, unitName, status, reason, suggestedUnit, filedBy, filedAt, proposal, decision } = props;
    const word = term(itemDeclineStatus, status);
    const color = decision ? (status === 'cancelled' ? 'grey' : 'green') : 'orange';
    const said = (step: { decision: string; unitName: string | null }): string =>
      `${term(declineDecision, step.decision)}${step.unitName ? `，由${step.unitName}牵头` : ''}`;
    const outcome = decision ? `裁定：${said(decision)}` : `${unitName}提出不由本单位牵头`;
    return {
      title: `${code} ${title}`,
      subtitle: unitName,
      color,
      tags: [{ text: word, color: color === 'grey' ? 'neutral' : color }],
      summary: `${code} ${outcome}｜${word}`,
      elements: [
        text(`${outcome}｜${word}`, { size: 'heading', lines: 3 }),
        fields([
          { label: '提出', value: `${filedBy}　${filedAt}` },
          { label: '建议牵头单位', value: suggestedUnit },
          { label: '理由', value: reason, wide: true },
          ...(proposal
            ? [{ label: '督查员意见', value: `${proposal.by}：${said(proposal)}${proposal.note ? `。${proposal.note}` : ''}`, wide: true }]
            : []),
          ...(decision ? [{ label: '裁定', value: `${decision.by}　${decision.at}${decision.note ? `　${decision.note}` : ''}`, wide: true }] : []),
        ]),
        props.unheard !== null && text(`${props.unheard}。`, { color: 'orange', lines: 3 }),
        turn(props),
        !decision && note('裁定之前，事项仍由原单位牵头，时限不变。'),
      ],
    };
  },
  samples(),
);

/** 轮到谁，谁的卡片上有表单。 */
function turn({ audience, status, declineId, units, initial }: DeclineProps) {
  const mine =
    audience === 'inspector' && status === 'filed'
      ? { label: '提出意见', action: proposeDecline }
      : audience === 'chief' && status === 'proposed'
        ? { label: '裁定', action: decideDecline }
        : null;
  if (!mine) return null;
  return form(`decline_${declineId.replace(/\W/g, '').slice(0, 24)}_${status}`, [
    select('decision', '处理', {
      options: Object.entries(declineDecision).map(([value, words]) => ({ value, text: words })),
      initial: initial.decision,
      required: true,
    }),
    select('unit', '改派给（改派时选择）', {
      options: units.map(({ code, name }) => ({ value: code, text: name })),
      ...(initial.unit === '' ? {} : { initial: initial.unit }),
    }),
    input('note', '说明（可不填）', { maxLength: 200 }),
    submit(mine.label, bind(mine.action, { declineId })),
  ]);
}

function samples() {
  const base: DeclineProps = {
    audience: 'unit',
    declineId: 'd1',
    code: '党-058',
    title: '土地历史遗留问题处置',
    unitName: '土地整备事务中心',
    status: 'filed',
    reason: '该项职责已划转规划和自然资源管理局',
    suggestedUnit: '规划和自然资源管理局',
    filedBy: '袁梦洁',
    filedAt: '6月2日（周二）10:20',
    proposal: null,
    decision: null,
    units: [
      { code: 'U15', name: '规划和自然资源管理局' },
      { code: 'U09', name: '住房和建设局' },
    ],
    initial: { decision: 'reassign', unit: 'U15' },
    unheard: null,
  };
  const proposal = { decision: 'reassign', unitName: '规划和自然资源管理局', note: '职责已划转', by: '何俊' };
  const decided = { unitName: null, note: null, by: '周启明', at: '6月2日（周二）14:00' };
  return [
    { name: 'filed', props: base },
    { name: 'unheard', props: { ...base, unheard: '督查员林晓、何俊没有飞书账号，收不到，请当面告知' } },
    { name: 'inspector', props: { ...base, audience: 'inspector' as const } },
    { name: 'chief', props: { ...base, audience: 'chief' as const, status: 'proposed', proposal } },
    {
      name: 'reassigned',
      props: {
        ...base,
        status: 'reassigned',
        proposal,
        decision: { ...decided, decision: 'reassign', unitName: '规划和自然资源管理局', note: '同意' },
      },
    },
    { name: 'upheld', props: { ...base, status: 'upheld', proposal, decision: { ...decided, decision: 'uphold' } } },
    { name: 'cancelled', props: { ...base, status: 'cancelled', proposal, decision: { ...decided, decision: 'cancel' } } },
    {
      name: 'long',
      props: { ...base, audience: 'chief' as const, status: 'proposed', reason: '督'.repeat(300), proposal: { ...proposal, note: '查'.repeat(200) } },
    },
  ];
}
