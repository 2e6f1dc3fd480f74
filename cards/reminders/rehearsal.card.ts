import { defineCard } from '../kit/card.ts';
import { shortDay } from '../kit/due-line.ts';
import { note, table, text } from '../kit/elements.ts';

export interface RehearsalProps {
  /** one for each of the coming working days */
  readonly days: readonly {
    /** `9月22日(周二)` */
    readonly day: string;
    readonly cards: number;
    readonly soon: number;
    readonly today: number;
    readonly urges: number;
    readonly secondUrges: number;
    /** 拟督办令，不发给单位 */
    readonly orders: number;
    readonly feedbacks: number;
    readonly receipts: number;
  }[];
  /** 要催办的，逐项列出 */
  readonly urged: readonly { readonly day: string; readonly item: string; readonly level: string; readonly to: string }[];
}

const rowsMax = 60;

/** 预演 — what would be sent in the next working days if nothing else happened. */
export const rehearsalCard = defineCard<RehearsalProps>(
  'reminders.rehearsal',
  '提醒预演',
  ({ days, urged }) => {
    const total = days.reduce((sum, { cards }) => sum + cards, 0);
    return {
      title: '提醒预演',
      subtitle: days.length === 0 ? '' : `${days[0]?.day ?? ''}至${days.at(-1)?.day ?? ''}`,
      color: 'blue',
      summary: `今后${days.length}个工作日将发${total}张提醒卡`,
      elements: [
        text(`今后${days.length}个工作日，情况不变的话，将发${total}张提醒卡，其中需回复的催办${urged.length}项次。现在没有发送任何消息。`, {
          lines: 3,
        }),
        table({
          columns: [
            { name: 'day', title: '日期', width: '120px' },
            { name: 'cards', title: '卡片', type: 'number', width: '80px' },
            { name: 'parts', title: '其中' },
          ],
          rows: days.map((day) => ({ day: day.day, cards: day.cards, parts: partsOf(day) })),
          pageSize: 10,
        }),
        urged.length > 0 &&
          table({
            columns: [
              { name: 'day', title: '日期', width: '26%' },
              { name: 'item', title: '事项' },
              { name: 'level', title: '级别', width: '20%' },
              { name: 'to', title: '发给', width: '26%' },
            ],
            rows: urged.slice(0, rowsMax).map((row) => ({ ...row })),
            pageSize: 10,
          }),
        note(
          urged.length > rowsMax
            ? `催办只列前${rowsMax}项次。有人办理、延期或调整岗位，结果会随之改变。`
            : '有人办理、延期或调整岗位，结果会随之改变。',
        ),
      ],
    };
  },
  samples(),
);

/** 只写有的：九个数一排，手机上要横着拖。 */
function partsOf({ soon, today, urges, secondUrges, orders, feedbacks, receipts }: RehearsalProps['days'][number]): string {
  const counts = { 预告: soon, 到期: today, 催办: urges, 二次催办: secondUrges, 拟督办令: orders, 反馈: feedbacks, 签收: receipts };
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.length === 0 ? '—' : some.map(([name, count]) => `${name}${count}`).join(' ');
}

function samples() {
  const day = (index: number) => ({
    day: shortDay(`2026-09-${21 + index}`),
    cards: 12 + index,
    soon: 9,
    today: index,
    urges: 1,
    secondUrges: 0,
    orders: 0,
    feedbacks: 30,
    receipts: 0,
  });
  const urged = (index: number) => ({ day: '9月22日(周二)', item: `管-${index} 既有建筑幕墙安全排查`, level: '催办', to: '马骁、丁一凡、邓一鸣' });
  return [
    { name: 'usual', props: { days: [0, 1, 2, 3, 4].map(day), urged: [urged(88)] } },
    { name: 'quiet', props: { days: [day(0)], urged: [] } },
    {
      name: 'many',
      props: { days: Array.from({ length: 10 }, (_, index) => day(index)), urged: Array.from({ length: 80 }, (_, index) => urged(index)) },
    },
  ];
}
