import { formatInstant } from '#cards/kit/format';
import type { Context } from '#core/context';
import { addDays, instantAt, localDateOf } from '#core/dates';
import { schedule } from '#core/schedule';
import { isSendingTime } from '#domain/calendar/sending-hours';
import { loadCalendar } from '#domain/calendar/store';
import { type Calendar, workingDayOnOrAfter } from '#domain/calendar/working-days';
import { moveLimitsOffDaysOff } from '#domain/orders/days-off';
import { getOrder, type OrderOfItem } from '#domain/orders/draft';
import { propose } from '#domain/orders/propose';
import { findOwedOrders, findUnansweredOrders } from '#domain/orders/store';
import { listUnits } from '#domain/roster/store';
import { writtenCode } from '#domain/work-items/written-code';
import { tellInspectors } from './draft.ts';
import { sendProposal } from './propose.ts';
import { remindUnit } from './remind.ts';
import { refreshOrder } from './views.ts';
import { dueLineOf, factWords } from './words.ts';

/** 令的时限 — on working days, at the times of the reminders: what is owed today, what is late since yesterday, and once a month the list. */
export const watchOrders = schedule('orders.watch', '5 9,12,15,18 * * *', async (ctx) => {
  const calendar = await loadCalendar(ctx.tx);
  if (!isSendingTime(calendar, ctx.now)) return;
  const owed = await findOwedOrders(ctx.tx, instantAt(addDays(ctx.today, 1)));
  const units = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  for (const { id } of owed) await look(ctx, await getOrder(ctx, id), { calendar, units });
  await proposeMonthly(ctx, calendar, units);
});

/** 日历变了 — a limit that has come to lie on a day off moves on; the cards that are out say so, nobody gets another one. */
export async function onCalendarChanged(ctx: Context): Promise<string | null> {
  const moved = await moveLimitsOffDaysOff(ctx);
  for (const current of moved) await refreshOrder(ctx, current, 'inspector');
  return moved.length === 0 ? null : `${moved.length}道督办令的时限遇休息日，顺延到下一个工作日，卡片已更新`;
}

interface Around {
  readonly calendar: Calendar;
  readonly units: ReadonlyMap<string, string>;
}

async function look(ctx: Context, current: OrderOfItem, around: Around): Promise<void> {
  const { acknowledgeBy, replyBy, status } = current.order;
  if (acknowledgeBy === null || replyBy === null) return;
  const receiptLate = status === 'issued' && localDateOf(acknowledgeBy) < ctx.today;
  const replyLate = localDateOf(replyBy) < ctx.today;
  // 过了时限的头一个工作日各说一次；当天到期的早上提醒一次。
  if (receiptLate) await remindUnit(ctx, current, `receipt:${acknowledgeBy.toISOString()}`);
  if (!replyLate && localDateOf(replyBy) === ctx.today && replyBy > ctx.now) await remindUnit(ctx, current, `reply:${replyBy.toISOString()}`);
  if (replyLate) await proposeInterview(ctx, current, around);
}

/** 约谈建议单 — L5: the reply did not come in time. For the chief, as a draft (domain B5). */
async function proposeInterview(ctx: Context, current: OrderOfItem, { calendar, units }: Around): Promise<void> {
  const { order, item } = current;
  const unitName = units.get(item.leadUnit) ?? item.leadUnit;
  const limit = order.replyBy === null ? '' : formatInstant(order.replyBy, ctx.today);
  const at = (instant: Date): string => formatInstant(instant, ctx.today);
  const lines = [
    `${await writtenCode(ctx, item)} ${item.title}，${dueLineOf(calendar, ctx.today, item)}，完成${item.percent}%`,
    ...order.facts.lines.filter(({ kind }) => kind === 'send' || kind === 'reply').map((fact) => factWords(fact, ctx.today)),
    ...(order.signedAt === null ? [] : [`${at(order.signedAt)}签发${order.number ?? ''}`]),
    order.acknowledgedAt === null ? '一直没有签收' : `${at(order.acknowledgedAt)} ${order.acknowledgedBy ?? ''}签收`,
    `回复时限${limit}，没有回复`,
  ];
  const content = { orderIds: [order.id], heading: `${unitName}没有在${limit}前回复${order.number ?? ''}`, lines };
  const proposal = await propose(ctx, { kind: 'interview', occasion: `interview:${order.id}:${order.replyBy?.toISOString() ?? ''}`, content });
  if (!proposal) return;
  await sendProposal(ctx, proposal);
  await refreshOrder(ctx, current, 'inspector');
  await tellInspectors(ctx, current);
}

/** 通报稿还补拟这么多天 */
const monthlyWithinDays = 7;

/** 通报稿 — L6: on the first working day of a month (or soon after, if nothing ran on it), of the orders that the month before were not answered in time. */
async function proposeMonthly(ctx: Context, calendar: Calendar, units: ReadonlyMap<string, string>): Promise<void> {
  const first = `${ctx.today.slice(0, 7)}-01`;
  const opensOn = workingDayOnOrAfter(calendar, first);
  if (ctx.today < opensOn || ctx.today > addDays(opensOn, monthlyWithinDays)) return;
  const month = addDays(first, -1).slice(0, 7);
  const late = await findUnansweredOrders(ctx.tx, { from: instantAt(`${month}-01`), until: instantAt(first) });
  if (late.length === 0) return;
  const lines: string[] = [];
  for (const { id } of late) {
    const { order, item } = await getOrder(ctx, id);
    const limit = order.replyBy === null ? '' : formatInstant(order.replyBy, ctx.today);
    lines.push(
      `${units.get(item.leadUnit) ?? item.leadUnit}：${order.number ?? ''}，${await writtenCode(ctx, item)} ${item.title}，${limit}前应回复，至今没有回复`,
    );
  }
  const heading = `${Number(month.slice(5))}月没有按时回复的督办令${late.length}道`;
  const content = { orderIds: late.map(({ id }) => id), heading, lines };
  const proposal = await propose(ctx, { kind: 'publicNotice', occasion: `notice:${month}`, content });
  if (proposal) await sendProposal(ctx, proposal);
}
