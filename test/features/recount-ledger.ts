import type { Prisma } from '#prisma';
import { feedbackAfter, openedFeedback, workingDaysFromTo } from '../simulation/calendar.ts';

/** 重数的一项 */
export interface Recounted {
  readonly code: string;
  readonly leadUnit: string;
  readonly leader: string | null;
  readonly status: string;
  readonly light: 'red' | 'yellow' | 'green' | 'blue' | 'grey';
  readonly notStarted: boolean;
  readonly overdue: boolean;
  readonly dueOn: string;
  readonly originalDueOn: string;
  readonly completedOn: string | null;
}

const dayOf = (at: Date): string => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
const dayOrNull = (at: Date | null): string | null => (at === null ? null : dayOf(at));
const closed = ['completed', 'archived'];

/** 重数台账 — of 2026, this very moment, from the rows of the tables and the rules of domain B4 and B8 as they are written; no line of the product's. */
export async function recount(db: Prisma.TransactionClient, now: Date): Promise<Recounted[]> {
  const today = dayOf(now);
  const where = {
    year: 2026,
    parentId: null,
    kind: { notIn: ['project', 'part', 'projectItem', 'task'] },
    status: { notIn: ['draft', 'cancelled'] },
  };
  const items = await db.workItem.findMany({ where, orderBy: { code: 'asc' } });
  const parts = await db.workItem.findMany({ where: { parentId: { not: null }, status: { not: 'cancelled' } }, select: { parentId: true } });
  const reports = await db.progressReport.findMany({ orderBy: { round: 'asc' } });
  const requests = await db.completionRequest.findMany({ orderBy: { round: 'asc' } });
  const overrides = await db.lightOverride.findMany({ where: { endedAt: null, untilOn: { gte: today } }, orderBy: { setAt: 'asc' } });
  const orders = await db.supervisionOrder.findMany({ where: { status: { in: ['issued', 'acknowledged'] }, replyBy: { lt: now } } });
  const brokenDown = new Set(parts.map(({ parentId }) => parentId));
  return items.map((item): Recounted => {
    const { id, code, leadUnit, status, dueOn, originalDueOn } = item;
    const issuedOn = dayOrNull(item.issuedAt) ?? item.issueOn ?? dueOn;
    const startOn = item.startOn ?? issuedOn;
    const reported = dayOrNull(reports.findLast(({ itemId }) => itemId === id)?.submittedAt ?? null);
    const request = requests.findLast(({ itemId }) => itemId === id);
    const [left, whole, gone] = [workingDaysFromTo(today, dueOn), workingDaysFromTo(startOn, dueOn), workingDaysFromTo(startOn, today)];
    const planned = whole <= 0 ? (today >= dueOn ? 100 : 0) : Math.min(100, Math.max(0, Math.floor((gone * 100) / whole)));
    const behind = planned - item.percent;
    const answered = reported === null ? null : (openedFeedback(item.feedbackPeriod, issuedOn, reported)?.on ?? null);
    const reports_ = status === 'inProgress' && !brokenDown.has(id);
    const late = reports_ ? Math.max(0, workingDaysFromTo(feedbackAfter(item.feedbackPeriod, answered ?? issuedOn), today)) : 0;
    const sentBackOn = status === 'inProgress' && request?.status === 'sentBack' ? dayOrNull(request.decidedAt) : null;
    const rework = sentBackOn === null ? 0 : workingDaysFromTo(sentBackOn, today);
    const red = left < 0 || behind > 30 || late > 3 || orders.some(({ itemId }) => itemId === id);
    const yellow = left <= 3 || behind >= 10 || late >= 1 || rework > 3;
    const halted = status === 'suspended' || status === 'declinePending';
    const open = !halted && !closed.includes(status);
    const notStarted = open && startOn > today;
    const own = red ? 'red' : yellow ? 'yellow' : 'green';
    const byHand = overrides.findLast(({ itemId }) => itemId === id)?.light as 'red' | 'yellow' | 'green' | undefined;
    const light = closed.includes(status) ? 'blue' : halted || notStarted ? 'grey' : (byHand ?? own);
    const overdue = open && !notStarted && left < 0;
    return {
      code,
      leadUnit,
      leader: item.leaderInCharge,
      status,
      light,
      notStarted,
      overdue,
      dueOn,
      originalDueOn,
      completedOn: dayOrNull(item.completedAt),
    };
  });
}

const rate = (above: number, below: number): string => (below === 0 ? '—' : `${((above * 100) / below).toFixed(2)}%`);

/** 重数的两行 — as the cards write them. */
export function headline(items: readonly Recounted[], today: string): readonly [string, string] {
  const count = (test: (item: Recounted) => boolean): number => items.filter(test).length;
  const light = (wanted: string): number => count((item) => item.light === wanted);
  const [green, yellow, red] = [light('green'), light('yellow'), light('red')];
  const [total, done] = [items.length, count(({ status }) => closed.includes(status))];
  const due = items.filter(({ dueOn, status }) => dueOn <= today && status !== 'suspended');
  const dueDone = due.filter(({ status }) => closed.includes(status));
  const onTime = dueDone.filter(({ completedOn, dueOn }) => completedOn !== null && completedOn <= dueOn).length;
  const [halted, declined] = [count(({ status }) => status === 'suspended'), count(({ status }) => status === 'declinePending')];
  return [
    `${total}项｜已办结${done}｜办理中${green + yellow + red}(绿${green} 黄${yellow} 红${red})｜中止${halted}｜退件待裁${declined}｜未启动${count(({ notStarted }) => notStarted)}`,
    `应办结${due.length}｜办结${dueDone.length} ${rate(dueDone.length, due.length)}｜按时${onTime} ${rate(onTime, due.length)}｜逾期${count(({ overdue }) => overdue)}｜总办结率${done}/${total} ${rate(done, total)}`,
  ];
}
