import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, note, text } from '../kit/elements.ts';
import { agreeSlip } from './actions.ts';

export interface SlipProps {
  readonly sessionId: string;
  readonly number: string;
  readonly serial: number;
  readonly voterClass: string;
  readonly askedBy: string;
  /** 空：还没有同意 */
  readonly agreedBy: string;
  /** 换发哪一张：21号备用票（群众代表，蓝色）；没有同意为空 */
  readonly spare: string;
}

/** 换领纸质票 — two people: the secretary asks, an observer agrees; then a spare is handed out. */
export const slipCard = defineCard<SlipProps>(
  'review.slip',
  '换领纸质票',
  ({ sessionId, number, serial, voterClass, askedBy, agreedBy, spare }) => {
    const done = agreedBy !== '';
    const line = done ? `${serial}号票已作废，换发${spare}` : `${askedBy}提出作废${serial}号票（${voterClass}），换领一张备用票`;
    return {
      title: '换领纸质票',
      subtitle: number,
      color: done ? 'green' : 'orange',
      tags: [done ? { text: '已换领', color: 'green' } : { text: '请您同意', color: 'orange' }],
      summary: line,
      elements: [
        text(line, { size: 'heading', lines: 2 }),
        done && text(`${askedBy}提出，${agreedBy}同意。`, { lines: 1 }),
        !done &&
          buttons(
            button('同意换领', {
              style: 'primary',
              action: bind(agreeSlip, { sessionId, serial }),
              confirm: { title: '同意换领', text: `${serial}号旧票在的，请先看到并收回；丢了的，请核实确是这一号。继续吗？` },
            }),
          ),
        note('新票接着旧票：旧票投过的不变，正在投的这一轮旧票投过，新票就不再投，票数不多不少。备用票换领之前用不了。'),
      ],
    };
  },
  [
    {
      name: 'asked',
      props: { sessionId: 's1', number: 'SZ-2026-12-18', serial: 7, voterClass: '群众代表', askedBy: '沈澄', agreedBy: '', spare: '' },
    },
    {
      name: 'agreed',
      props: {
        sessionId: 's1',
        number: 'SZ-2026-12-18',
        serial: 7,
        voterClass: '群众代表',
        askedBy: '沈澄',
        agreedBy: '罗静',
        spare: '21号备用票（群众代表，蓝色）',
      },
    },
  ],
);
