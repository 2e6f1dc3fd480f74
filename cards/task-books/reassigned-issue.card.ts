import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { issueBook } from './actions.ts';

export interface ReassignedIssueProps {
  readonly bookId: string;
  readonly unitName: string;
  /** 党-058 青螺山废弃采石场修复用地整备 */
  readonly item: string;
  /** why it could not be issued; null: it has been */
  readonly fault: string | null;
  /** who can't be reached, one a line */
  readonly unreached: readonly string[];
}

/** 改派的任务书 — for the chief, when it could not be issued or somebody did not get it; an annual book tells so on the card of approval. */
export const reassignedIssueCard = defineCard<ReassignedIssueProps>(
  'task-books.reassigned-issue',
  '改派的任务书',
  ({ bookId, unitName, item, fault, unreached }) => {
    const [tag, color, line] =
      fault !== null
        ? (['下达失败', 'red', '没有下达，新的牵头单位还不知道'] as const)
        : unreached.length > 0
          ? (['有人收不到', 'orange', `已下达，${unreached.length}处收不到，请另行通知`] as const)
          : (['已下达', 'green', '已下达'] as const);
    return {
      title: '改派的任务书',
      subtitle: unitName,
      color,
      tags: [{ text: tag, color }],
      summary: `改派的任务书${tag}：${clip(item, 60)}`,
      elements: [
        text(line, { size: 'heading', lines: 2 }),
        text(item, { lines: 3 }),
        fault !== null && text(`${fault}。`, { color: 'red', lines: 4 }),
        ...unreached.slice(0, 6).map((words) => text(words, { lines: 2 })),
        fault !== null && buttons(button('重新下达', { style: 'primary', action: bind(issueBook, { bookId }) })),
      ],
    };
  },
  samples(),
);

function samples() {
  const base: ReassignedIssueProps = {
    bookId: 'b1',
    unitName: '规划和自然资源管理局',
    item: '党-058 青螺山废弃采石场修复用地整备',
    fault: null,
    unreached: ['联络员韩素芬没有飞书账号'],
  };
  return [
    { name: 'unreached', props: base },
    { name: 'fault', props: { ...base, fault: '多次尝试都没有办成，请稍后重新发送；仍不行请联系系统管理员', unreached: [] } },
    { name: 'issued', props: { ...base, unreached: [] } },
    { name: 'longest', props: { ...base, item: '党-058 '.padEnd(120, '督'), fault: '督'.repeat(120), unreached: ['督'.repeat(60)] } },
  ];
}
