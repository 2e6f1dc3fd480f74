import { formatDay, formatRate } from './format.ts';
import { colored, type Markdown, md } from './markdown.ts';
import { signalLight, term } from './terms.ts';

/** 亮灯的缘由，已是数 */
export interface LightReasonProps {
  readonly kind: string;
  readonly days?: number;
  readonly points?: number;
}

/** 亮灯 — the word always stands beside the colour; only red and yellow are coloured in lists, so that they are what one sees. */
export function lightWords(light: string): Markdown {
  const word = term(signalLight, light);
  return light === 'red' ? colored('red', word) : light === 'yellow' ? colored('orange', word) : md`${word}`;
}

/** 亮灯标签的颜色 */
export function lightColor(light: string): 'red' | 'orange' | 'green' | 'blue' | 'neutral' {
  if (light === 'yellow') return 'orange';
  return light === 'red' || light === 'green' || light === 'blue' ? light : 'neutral';
}

/** 缘由的写法 — `逾期3个工作日、进度落后28个百分点` */
export function reasonWords(reasons: readonly LightReasonProps[]): string {
  return reasons.map(wordsOf).join('、');
}

function wordsOf({ kind, days = 0, points = 0 }: LightReasonProps): string {
  switch (kind) {
    case 'overdue':
      return `逾期${days}个工作日`;
    case 'dueSoon':
      return days === 0 ? '今天到期' : `还剩${days}个工作日`;
    case 'behind':
      return `进度落后${points}个百分点`;
    case 'feedbackLate':
      return `反馈迟${days}个工作日`;
    case 'reworkWaiting':
      return `退回重办${days}个工作日未再报`;
    case 'orderUnanswered':
      return '督办令逾期未回复';
    case 'notStarted':
      return '未到计划开始日';
    case 'suspended':
      return '已中止';
    case 'declinePending':
      return '退件待裁';
    default:
      return kind;
  }
}

/** 人工亮灯的一句 — `人工：等待上级批复（林晓，至10月9日）` */
export function overrideWords({ reason, by, until, today }: { reason: string; by: string; until: string; today: string }): string {
  return `人工：${reason}（${by}，至${formatDay(until, today)}）`;
}

/** 台账的总数，见 domain/ledger/totals */
export interface TotalsProps {
  readonly total: number;
  readonly completed: number;
  readonly inProgress: number;
  readonly green: number;
  readonly yellow: number;
  readonly red: number;
  readonly suspended: number;
  readonly declinePending: number;
  readonly notStarted: number;
  readonly due: number;
  readonly dueCompleted: number;
  readonly onTime: number;
  readonly overdue: number;
}

/** 总数一行 — `254项｜已办结98｜办理中150(绿128 黄15 红7)｜中止2｜退件待裁1｜未启动3` */
export function totalsLine(totals: TotalsProps): string {
  const { total, completed, inProgress, green, yellow, red, suspended, declinePending, notStarted } = totals;
  const lights = `办理中${inProgress}(绿${green} 黄${yellow} 红${red})`;
  return `${total}项｜已办结${completed}｜${lights}｜中止${suspended}｜退件待裁${declinePending}｜未启动${notStarted}`;
}

/** 各率一行 — every rate with its numerator and denominator beside it. */
export function ratesLine({ due, dueCompleted, onTime, overdue, completed, total }: TotalsProps): string {
  const rates = `应办结${due}｜办结${dueCompleted} ${formatRate(dueCompleted, due)}｜按时${onTime} ${formatRate(onTime, due)}`;
  return `${rates}｜逾期${overdue}｜总办结率${completed}/${total} ${formatRate(completed, total)}`;
}
