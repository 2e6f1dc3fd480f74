import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, text } from '../kit/elements.ts';
import { agreeObserver } from './actions.ts';

export interface ObserverProps {
  readonly sessionId: string;
  readonly number: string;
  readonly title: string;
  /** 离任的一位 */
  readonly from: string;
  readonly to: string;
  readonly toId: string;
  readonly askedBy: string;
  /** 空：还没有同意 */
  readonly agreedBy: string;
}

/** 换监督员 — two people: the secretary asks, whoever releases the results agrees; what the former one did stays. */
export const observerCard = defineCard<ObserverProps>(
  'review.observer',
  '换监督员',
  ({ sessionId, number, title, from, to, toId, askedBy, agreedBy }) => {
    const done = agreedBy !== '';
    const line = done ? `监督员${from}由${to}接替` : `监督员${from}已不在任，请${to}接替吗`;
    return {
      title: done ? '监督员已更换' : '换监督员',
      subtitle: `${number}　${title}`,
      color: done ? 'grey' : 'orange',
      tags: [done ? { text: '已更换', color: 'neutral' } : { text: '请您同意', color: 'orange' }],
      summary: line,
      elements: [
        text(line, { size: 'heading', lines: 2 }),
        fields([{ label: '提出', value: askedBy }, ...(done ? [{ label: '同意', value: agreedBy }] : [])]),
        !done &&
          buttons(
            button('同意更换', {
              style: 'primary',
              action: bind(agreeObserver, { sessionId, toId }),
              confirm: { title: '同意更换', text: `此后这一席由${to}取数、核对票数；${from}取过的数照旧。` },
            }),
          ),
        note('谁提出、谁同意、换了谁，写进会议记录和结果的说明。'),
      ],
    };
  },
  samples(),
);

function samples() {
  const asked: ObserverProps = {
    sessionId: 's1',
    number: 'SZ-2026-12-18',
    title: '2026年度单位主要负责人述职“赶考”',
    from: '罗静',
    to: '林夏',
    toId: 'p1',
    askedBy: '沈澄',
    agreedBy: '',
  };
  return [
    { name: 'asked', props: asked },
    { name: 'agreed', props: { ...asked, agreedBy: '周启明' } },
  ];
}
