import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, note, text } from '../kit/elements.ts';
import { agreeSlip } from './actions.ts';

export interface SlipProps {
  readonly sessionId: string;
  readonly number: string;
  readonly serial: number;
  readonly askedBy: string;
  /** 空：还没有同意 */
  readonly agreedBy: string;
}

/** 换领纸质票 — two people: the secretary asks, an observer agrees; then a spare is handed out. */
export const slipCard = defineCard<SlipProps>(
  'review.slip',
  '换领纸质票',
  ({ sessionId, number, serial, askedBy, agreedBy }) => {
    const done = agreedBy !== '';
    const line = done ? `${serial}号票已作废，可以换领一张备用票` : `${askedBy}提出作废${serial}号票，换领一张备用票`;
    return {
      title: '换领纸质票',
      subtitle: number,
      color: done ? 'green' : 'orange',
      tags: [done ? { text: '已作废', color: 'green' } : { text: '请您核对', color: 'orange' }],
      summary: line,
      elements: [
        text(line, { size: 'heading', lines: 2 }),
        done && text(`${askedBy}提出，${agreedBy}同意。`, { lines: 1 }),
        !done &&
          buttons(
            button('同意换领', {
              style: 'primary',
              action: bind(agreeSlip, { sessionId, serial }),
              confirm: { title: '同意换领', text: `请先看到${serial}号旧票并收回，继续吗？` },
            }),
          ),
        note('这张票已经投出的不变，票数因此不多不少；此后各家由新票投。'),
      ],
    };
  },
  [
    { name: 'asked', props: { sessionId: 's1', number: 'SZ-2026-12-18', serial: 7, askedBy: '沈澄', agreedBy: '' } },
    { name: 'agreed', props: { sessionId: 's1', number: 'SZ-2026-12-18', serial: 7, askedBy: '沈澄', agreedBy: '罗静' } },
  ],
);
