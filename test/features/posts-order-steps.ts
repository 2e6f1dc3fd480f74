import { bind } from '#cards/kit/action';
import {
  acknowledgeOrder,
  adoptReply,
  askToVoid,
  checkOrder,
  confirmVoid,
  draftOrder,
  dropOrder,
  keepOrder,
  redraftOrder,
  replyToOrder,
  returnOrder,
  sendBackReply,
  signOrder,
} from '#cards/orders/actions';
import { addDays } from '#core/dates';
import { itemsOf, type Make, onItem, type Plan, pick, whoDoes } from './posts-draw.ts';
import { type Item, type Model, mayDo } from './posts-model.ts';
import { isChased, isOrderNow, isSecond, type Order, orderDeeds, pendingOrder } from './posts-orders.ts';

const buttons = [
  ...[checkOrder, signOrder, returnOrder, dropOrder, acknowledgeOrder, replyToOrder, adoptReply, sendBackReply],
  ...[askToVoid, confirmVoid, keepOrder, redraftOrder],
];

/** 等着的按钮 → 哪一步 */
export const orderTurns: Readonly<Record<string, string>> = Object.fromEntries(orderDeeds.map(({ action }) => [action, '督办令']));

/** 督办令上的举动 */
export const orderSteps: Readonly<Record<string, Make>> = {
  起草督办令: (model, drawn) => {
    const fits = (item: Item): boolean => isChased(item) && !pendingOrder(model, item);
    const item = pick(drawn.right && itemsOf(model).some(fits) ? itemsOf(model).filter(fits) : itemsOf(model), drawn.which);
    if (!item) return null;
    return onItem(model, drawn, {
      ...{ act: 'verify', item, button: bind(draftOrder, { itemId: item.id }), possible: fits(item) },
      apply: ({ id }) => model.orders.push(drafted(item, id)),
    });
  },
  督办令: (model, drawn) => {
    const order = pick(model.orders, drawn.which);
    const item = order && model.items.get(order.item);
    if (!order || !item) return null;
    // 多半往前走：撤了、作废了，后面就没有什么可走。
    const legal = orderDeeds.filter((each) => isOrderNow(order, each) && (drawn.other % 4 === 0 || each.forward));
    const deed = pick(drawn.right && legal.length > 0 ? legal : orderDeeds, drawn.other);
    const button = deed && buttons[orderDeeds.indexOf(deed)];
    if (!deed || !button) return null;
    const promised = addDays(model.today, drawn.who % 8);
    const second = whoDoes(
      model,
      drawn,
      (id) => mayDo(model, id, deed.act, { item }) && (deed.action !== 'orders.confirm-void' || isSecond(model, id, order)),
    );
    const plan = onItem(model, drawn, {
      ...{ act: deed.act, item, button: bind(button as typeof signOrder, { orderId: order.id }) },
      form: formOf(deed.action, promised),
      possible: isOrderNow(order, deed) && isAllowed(model, { order, item, action: deed.action, promised }),
      apply: ({ id }) => advance(model, { order, item, action: deed.action, to: deed.to, promised, by: id }),
    });
    return plan && second && deed.action === 'orders.confirm-void' ? asSecond(model, plan, { order, second }) : plan;
  },
};

/** 同意作废：另一个人来 */
function asSecond(model: Model, plan: Plan, { order, second }: { order: Order; second: Plan['person'] }): Plan {
  const may = mayDo(model, second.id, 'verify');
  const expected = !may ? 'forbidden' : order.voiding !== null && order.status !== 'voided' && isSecond(model, second.id, order) ? 'done' : 'refused';
  return { ...plan, person: second, expected };
}

const drafted = (item: Item, by: string): Order => ({
  ...{ id: '', item: item.id, status: 'draft', groundless: false, by, voiding: null, promised: null, dueBefore: null },
});

function formOf(action: string, promised: string): Record<string, unknown> {
  if (action === 'orders.check') return { basis: '李文博批示', requirement: '立即整改', evidence: '整改报告' };
  if (action === 'orders.reply') return { cause: '管线没有迁完', measure: '增加两个班组', promisedOn: promised };
  return { reason: '再看一看' };
}

function isAllowed(model: Model, { order, item, action, promised }: { order: Order; item: Item; action: string; promised: string }): boolean {
  if (action === 'orders.sign') return isChased(item);
  if (action === 'orders.redraft') return isChased(item) && !pendingOrder(model, item);
  if (action !== 'orders.reply') return order.id !== '';
  const parent = item.parent === null ? undefined : model.items.get(item.parent);
  return !parent || promised <= parent.due;
}

interface Advance {
  readonly order: Order;
  readonly item: Item;
  readonly action: string;
  readonly to: Order['status'] | null;
  readonly promised: string;
  readonly by: string;
}

function advance(model: Model, { order, item, action, to, promised, by }: Advance): void {
  if (to !== null) order.status = to;
  switch (action) {
    case 'orders.check':
      order.groundless = false;
      break;
    case 'orders.reply':
      order.promised = promised;
      break;
    case 'orders.adopt':
      [order.dueBefore, item.due] = [item.due, order.promised ?? item.due];
      break;
    case 'orders.ask-void':
      order.voiding = by;
      break;
    case 'orders.keep':
      order.voiding = null;
      break;
    case 'orders.confirm-void':
      // 令定的时限随令作废；此后又改过的不动。
      if (order.dueBefore !== null && item.due === order.promised && !['suspended', 'completed', 'cancelled'].includes(item.status))
        item.due = order.dueBefore;
      break;
    case 'orders.redraft':
      model.orders.push(drafted(item, by));
      break;
  }
}
