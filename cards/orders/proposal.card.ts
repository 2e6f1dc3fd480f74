import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { form, input, note, panel, submit, submits, text } from '../kit/elements.ts';
import { decideProposal, proposeNotice } from './actions.ts';

export interface ProposalProps {
  readonly kind: 'interview' | 'publicNotice';
  readonly proposalId: string;
  readonly status: 'drafted' | 'taken' | 'dropped';
  readonly heading: string;
  readonly lines: readonly string[];
  /** `周启明　9月29日（周二）10:00：意见` */
  readonly decided: string | null;
}

const names = { interview: '约谈建议单', publicNotice: '通报稿' } as const;
const actions = { interview: '提请约谈', publicNotice: '提请通报' } as const;
const statusWords = { drafted: '待决定', taken: '已提请', dropped: '暂不处理' } as const;
const colors = { drafted: 'orange', taken: 'blue', dropped: 'grey' } as const;
const linesShown = 20;

/** 约谈建议、通报 — a draft for the chief; nothing goes to anybody before a human decides. */
export const proposalCard = defineCard<ProposalProps>(
  'orders.proposal',
  '约谈建议和通报',
  ({ kind, proposalId, status, heading, lines, decided }) => {
    const color = colors[status];
    return {
      title: `${names[kind]}（草稿）`,
      color,
      tags: [{ text: statusWords[status], color: color === 'grey' ? 'neutral' : color }],
      summary: `${names[kind]}：${heading}`,
      elements: [
        text(heading, { size: 'heading', lines: 3 }),
        panel(
          `事实${lines.length}条`,
          lines.slice(-linesShown).map((line) => text(line, { lines: 3 })),
          true,
        ),
        decided !== null && text(decided, { lines: 4 }),
        status === 'drafted' &&
          form(`proposal_${proposalId.replace(/\W/g, '').slice(0, 24)}`, [
            input('note', '意见', { multiline: true, maxLength: 300 }),
            submits(
              submit(actions[kind], bind(decideProposal, { proposalId, verdict: 'taken' as const }), { style: 'primary' }),
              ...(kind === 'interview' ? [submit('拟通报', bind(proposeNotice, { proposalId }), { style: 'default' as const })] : []),
              submit('暂不处理', bind(decideProposal, { proposalId, verdict: 'dropped' as const }), { style: 'default' }),
            ),
          ]),
        note(status === 'taken' ? '文稿已发给您，报谁、何时，由您办。' : '系统只拟稿，不发给任何人；由您决定。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const base: ProposalProps = {
    ...{ kind: 'interview', proposalId: 'p1', status: 'drafted' },
    heading: '南屿办事处没有在9月28日（周一）18:00前回复湾督〔2026〕4号',
    lines: ['管-063 渔排清退协商签约，时限9月16日(周三)｜已逾期8个工作日', '9月23日（周三）09:30签收', '回复时限9月28日（周一）18:00，没有回复'],
    decided: null,
  };
  return [
    { name: 'interview', props: base },
    { name: 'notice', props: { ...base, kind: 'publicNotice' as const, heading: '9月没有按时回复的督办令2道' } },
    { name: 'taken', props: { ...base, status: 'taken' as const, decided: '周启明　9月29日（周二）10:00　提请约谈' } },
    { name: 'dropped', props: { ...base, status: 'dropped' as const, decided: '周启明　9月29日（周二）10:00　暂不处理：已当面说明' } },
  ];
}
