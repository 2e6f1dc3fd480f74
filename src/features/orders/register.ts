import { formatDay, formatInstant } from '#cards/kit/format';
import { term, workItemStatus } from '#cards/kit/terms';
import { openRegister } from '#cards/orders/actions';
import { type RegisterProps, type RegisterRow, registerCard, rowsPerPage } from '#cards/orders/register.card';
import { on } from '#core/click';
import { type Answer, type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError, NotFoundError } from '#core/errors';
import { matterOfOrder } from '#domain/orders/addressee';
import { getOrder } from '#domain/orders/draft';
import { isHalted } from '#domain/orders/halted';
import { activeStatuses, type OrderStatus, orderMachine, owedStatuses } from '#domain/orders/model';
import { findNumber } from '#domain/orders/register/store';
import { type ListedOrder, type OrderQuery, pageOfOrders } from '#domain/orders/store';
import { assertMay, may } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import { codeWriter } from '#domain/work-items/written-code';
import { audienceOf, waitingDrafts } from './draft.ts';
import { queueRegisterExport } from './export.ts';
import { lateOf, orderKey, orderView } from './views.ts';

const numbered: readonly OrderStatus[] = orderMachine.states.filter((state) => state !== 'draft' && state !== 'checked' && state !== 'dropped');

/** 督办令 — the register; with a number, that order. */
export const orders: Command = command({
  words: ['督办令', 'orders'],
  summary: '督办令登记簿；写上号就看那一道',
  example: '督办令 3号',
  visibleTo: (actor) => may(actor, 'readOrderRegister'),
  handle: async (ctx, argument, { messageId }) => {
    const wanted = argument.normalize('NFKC').replace(/\s+/g, '');
    if (wanted === '') {
      assertMay(ctx.actor, 'readOrderRegister');
      return { card: registerCard(await registerProps(ctx, 'register', 0)), privately: true };
    }
    if (wanted === '拟稿') return waitingDrafts(ctx);
    if (wanted === '导出') {
      queueRegisterExport(ctx, messageId || ctx.now.toISOString());
      return {};
    }
    return oneOrder(ctx, argument);
  },
});

/** 在督 — what is not closed; whoever does not keep the register sees his unit's or his field's. */
export const active: Command = command({
  words: ['在督', 'inforce'],
  summary: '还没有销号的督办令',
  example: '在督',
  handle: async (ctx) => ({ card: registerCard(await registerProps(ctx, 'active', 0)), privately: true }),
});

/** 登记簿翻页 */
export const onOpenRegister = on(openRegister, async (ctx, { scope, page }) => {
  if (scope === 'register') assertMay(ctx.actor, 'readOrderRegister');
  return { card: registerCard(await registerProps(ctx, scope, page)) };
});

async function oneOrder(ctx: Context, argument: string): Promise<Answer> {
  const text = argument.trim();
  const short = /^(?:第)?(\d{1,5})号?$/.exec(text.normalize('NFKC'));
  const dated = /(\d{4})[〕\])]?\s*(\d{1,5})\s*号?$/.exec(text.normalize('NFKC'));
  const year = Number(ctx.today.slice(0, 4));
  const asked = short ? { number: Number(short[1]), year } : dated ? { number: Number(dated[2]), year: Number(dated[1]) } : null;
  if (!asked) throw new InvalidError('请写明文号，例如“督办令 3号”');
  // 没说哪一年的，今年没有就看去年。
  const found =
    (await findNumber(ctx.tx, 'supervisionOrder', asked)) ??
    (short ? await findNumber(ctx.tx, 'supervisionOrder', { ...asked, year: year - 1 }) : null);
  if (!found) throw new NotFoundError(`${asked.year}年还没有${asked.number}号督办令，发送“督办令”看登记簿`);
  const current = await getOrder(ctx, found.subjectId);
  const matter = await matterOfOrder(ctx, current);
  assertMay(ctx.actor, 'readOrder', matter);
  const audience = audienceOf(ctx, current, matter);
  return { card: await orderView(ctx, current, audience), cardKey: orderKey(current.order.id, audience), privately: true };
}

async function registerProps(ctx: Context, scope: 'register' | 'active', page: number): Promise<RegisterProps> {
  const query: OrderQuery = { statuses: scope === 'active' ? activeStatuses : numbered, ...reachOf(ctx) };
  const at = Math.max(0, page);
  const found = await pageOfOrders(ctx.tx, { ...query, skip: at * rowsPerPage, take: rowsPerPage });
  const units = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  const codeOf = await codeWriter(ctx, found.orders.map(codedOf));
  return { scope, page: at, total: found.total, rows: found.orders.map((order) => ({ ...rowOf(ctx, order, units), code: codeOf(codedOf(order)) })) };
}

/** 看得到哪些 */
function reachOf({ actor }: Context): Pick<OrderQuery, 'unitCodes' | 'leaderInCharge'> {
  if (may(actor, 'readOrderRegister')) return { unitCodes: null, leaderInCharge: null };
  const unitCodes = actor.posts.flatMap(({ unitCode }) => (unitCode && may(actor, 'readOrder', { unitCode }) ? [unitCode] : []));
  const leader = actor.posts.find(({ role }) => role === 'leaderInCharge');
  return { unitCodes, leaderInCharge: leader ? (leader.onBehalfOf?.name ?? actor.name) : null };
}

function rowOf(ctx: Context, order: ListedOrder, units: ReadonlyMap<string, string>): Omit<RegisterRow, 'code'> {
  const item = { status: order.itemStatus };
  return {
    ...{ orderId: order.id, number: order.number ?? '', status: order.status, title: order.itemTitle },
    unitName: units.get(order.addressee) ?? order.addressee,
    limit: limitOf(ctx, order),
    late: lateOf({ order, item }, ctx.now) !== null || (order.status === 'adopted' && !isHalted(item) && order.itemDueOn < ctx.today),
  };
}

const codedOf = ({ itemYear, itemCode }: ListedOrder) => ({ year: itemYear, code: itemCode });

function limitOf(ctx: Context, order: ListedOrder): string {
  if (isHalted({ status: order.itemStatus }) && owedStatuses.includes(order.status)) return `停表：事项${term(workItemStatus, order.itemStatus)}`;
  const at = (instant: Date | null): string => (instant === null ? '' : `${formatInstant(instant, ctx.today)}前`);
  switch (order.status) {
    case 'issued':
      return `签收${at(order.acknowledgeBy)}`;
    case 'acknowledged':
      return `回复${at(order.replyBy)}`;
    case 'adopted':
      return `限${formatDay(order.itemDueOn, ctx.today)}完成`;
    case 'voided':
      return `作废：${order.voidReason ?? ''}`;
    default:
      return '';
  }
}
