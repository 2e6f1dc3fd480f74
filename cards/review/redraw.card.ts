import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, text } from '../kit/elements.ts';
import { agreeRedraw } from './actions.ts';

export interface RedrawProps {
  readonly sessionId: string;
  readonly drawId: string;
  readonly title: string;
  readonly reason: string;
  readonly askedBy: string;
  /** 空：还没有同意 */
  readonly agreedBy: string;
}

/** 抽签作废 — two people: the secretary asks, an observer agrees; the void draw stays on the record. */
export const redrawCard = defineCard<RedrawProps>(
  'review.redraw',
  '抽签作废',
  ({ sessionId, drawId, title, reason, askedBy, agreedBy }) => {
    const done = agreedBy !== '';
    const line = done ? `${drawId}抽签已作废` : `${askedBy}提出作废${drawId}抽签`;
    return {
      title: done ? '抽签已作废' : '抽签作废',
      subtitle: `${drawId}　${title}`,
      color: done ? 'grey' : 'orange',
      tags: [done ? { text: '已作废', color: 'neutral' } : { text: '待监督员同意', color: 'orange' }],
      summary: line,
      elements: [
        text(line, { size: 'heading', lines: 2 }),
        fields([
          { label: '提出', value: askedBy },
          ...(done ? [{ label: '同意', value: agreedBy }] : []),
          { label: '原因', value: reason, wide: true },
        ]),
        !done &&
          buttons(
            button('同意作废', {
              style: 'primary',
              action: bind(agreeRedraw, { sessionId }),
              confirm: { title: '同意作废', text: '这次的承诺和取数留作记录，次序不再有效；名单可以再改，随后另开一次抽签。' },
            }),
          ),
        note('作废的抽签连同承诺、取数和原因都留着，写进会议记录。重新锁定名册时另公布一个承诺。'),
      ],
    };
  },
  [
    {
      name: 'asked',
      props: {
        sessionId: 's1',
        drawId: 'SZ-2026-12-18',
        title: '2026年度单位主要负责人述职“赶考”',
        reason: '石磊临时不能到场',
        askedBy: '沈澄',
        agreedBy: '',
      },
    },
    {
      name: 'agreed',
      props: {
        sessionId: 's1',
        drawId: 'SZ-2026-12-18',
        title: '2026年度单位主要负责人述职“赶考”',
        reason: '石磊临时不能到场',
        askedBy: '沈澄',
        agreedBy: '罗静',
      },
    },
  ],
);
