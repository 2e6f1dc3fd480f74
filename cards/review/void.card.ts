import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, form, input, note, submit, text } from '../kit/elements.ts';
import { agreeVoid, proposeVoid } from './actions.ts';

export interface VoidProps {
  readonly sessionId: string;
  readonly roundId: string;
  readonly number: string;
  readonly unitName: string;
  readonly round: number;
  /** write 场务秘书填原因 · asked 等监督员同意 · agreed 已作废 · counts 票数异常，当即作废 */
  readonly stage: 'write' | 'asked' | 'agreed' | 'counts';
  readonly reason: string;
  readonly askedBy: string;
  readonly agreedBy: string;
  /** 这张卡片的主人可以同意 */
  readonly asks: boolean;
}

const words = { write: '作废重测', asked: '待监督员同意', agreed: '已作废', counts: '票数异常' } as const;

const sealedAway = '旧的一轮封存，写进会议记录；重测后以新的一轮为准。';
const notes = {
  write: '须另有一位监督员同意才作废。旧的一轮封存，写进会议记录。',
  asked: sealedAway,
  agreed: sealedAway,
  counts: `请系统管理员查明票箱，再重测。${sealedAway}`,
} as const;

/** 作废重测 — two people: the secretary asks, an observer agrees; ballots that don't add up void a round by themselves. */
export const voidCard = defineCard<VoidProps>('review.void', '作废重测', build, samples());

function build({ sessionId, roundId, number, unitName, round, stage, reason, askedBy, agreedBy, asks }: VoidProps) {
  const line = {
    write: `${unitName}第${round}轮测评要作废重测吗`,
    asked: `${askedBy}提出作废${unitName}第${round}轮测评`,
    agreed: `${unitName}第${round}轮测评已作废`,
    counts: `${reason}，本轮作废`,
  }[stage];
  const color = stage === 'agreed' ? ('grey' as const) : ('orange' as const);
  return {
    title: stage === 'counts' ? '票数异常，本轮作废' : '作废重测',
    subtitle: `${number}　${unitName}`,
    color,
    tags: [{ text: words[stage], color: color === 'grey' ? ('neutral' as const) : color }],
    summary: line,
    elements: [
      text(line, { size: 'heading', lines: 3 }),
      stage === 'counts' &&
        fields([
          { label: '单位', value: unitName },
          { label: '轮次', value: `第${round}轮` },
        ]),
      (stage === 'asked' || stage === 'agreed') &&
        fields([
          { label: '提出', value: askedBy },
          ...(stage === 'agreed' ? [{ label: '同意', value: agreedBy }] : []),
          { label: '原因', value: reason, wide: true },
        ]),
      stage === 'write' &&
        form(`void_${roundId.replace(/\W/g, '').slice(0, 24)}`, [
          input('reason', '原因', { required: true, multiline: true, maxLength: 200, initial: reason }),
          submit('提出作废', bind(proposeVoid, { sessionId, roundId })),
        ]),
      asks &&
        buttons(
          button('同意作废', {
            style: 'primary',
            action: bind(agreeVoid, { sessionId, roundId }),
            confirm: { title: '同意作废', text: '这一轮的票封存，不计入结果；随后重新测评。' },
          }),
        ),
      note(notes[stage]),
    ],
  };
}

function samples() {
  const base: VoidProps = {
    sessionId: 's1',
    roundId: 'r1',
    number: 'SZ-2026-12-18',
    unitName: '公共事业局',
    round: 1,
    stage: 'write',
    reason: '',
    askedBy: '沈澄',
    agreedBy: '',
    asks: false,
  };
  const asked = { ...base, stage: 'asked' as const, reason: '会场断网，部分测评人没有收到测评票' };
  return [
    { name: 'write', props: base },
    { name: 'asked', props: asked },
    { name: 'to-observer', props: { ...asked, asks: true } },
    { name: 'agreed', props: { ...asked, stage: 'agreed' as const, agreedBy: '罗静' } },
    { name: 'counts', props: { ...base, stage: 'counts' as const, reason: '群众代表发出18收回19' } },
  ];
}
