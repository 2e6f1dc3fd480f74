import { type Act, actsFor, type Item, type Model, mayDo, nominalHolder, postsOf, receivers, type Waiting } from './posts-model.ts';

// 督办令：怎样走，轮到谁。只照 domain A3、B2、B5、B6，不看 src 的规矩。

export interface Order {
  readonly id: string;
  readonly item: string;
  status: 'draft' | 'checked' | 'dropped' | 'issued' | 'acknowledged' | 'replied' | 'adopted' | 'closed' | 'voided';
  /** 机器拟的，还没有人写依据：不再逾期就撤回 */
  groundless: boolean;
  /** 谁起草的；null：机器 */
  readonly by: string | null;
  /** 谁提出作废 */
  voiding: string | null;
  promised: string | null;
  dueBefore: string | null;
}

/** 一步：按哪个按钮，凭什么权，从哪一步到哪一步；null：还在原来的一步 */
export interface OrderDeed {
  readonly action: string;
  readonly act: Act;
  readonly from: readonly Order['status'][];
  readonly to: Order['status'] | null;
  readonly forward: boolean;
}

const numbered: readonly Order['status'][] = ['issued', 'acknowledged', 'replied', 'adopted', 'closed'];

export const orderDeeds: readonly OrderDeed[] = [
  { action: 'orders.check', act: 'verify', from: ['draft'], to: 'checked', forward: true },
  { action: 'orders.sign', act: 'instruct', from: ['checked'], to: 'issued', forward: true },
  { action: 'orders.return', act: 'instruct', from: ['checked'], to: 'draft', forward: false },
  { action: 'orders.drop', act: 'verify', from: ['draft', 'checked'], to: 'dropped', forward: false },
  { action: 'orders.acknowledge', act: 'acknowledge', from: ['issued'], to: 'acknowledged', forward: true },
  { action: 'orders.reply', act: 'signOff', from: ['acknowledged'], to: 'replied', forward: true },
  { action: 'orders.adopt', act: 'adopt', from: ['replied'], to: 'adopted', forward: true },
  { action: 'orders.send-back', act: 'adopt', from: ['replied'], to: 'acknowledged', forward: false },
  { action: 'orders.ask-void', act: 'verify', from: numbered, to: null, forward: false },
  { action: 'orders.confirm-void', act: 'verify', from: numbered, to: 'voided', forward: true },
  { action: 'orders.keep', act: 'verify', from: numbered, to: null, forward: true },
  { action: 'orders.redraft', act: 'verify', from: ['voided'], to: null, forward: false },
];

/** 这一步现在走不走得；作废提出了才有同意、不同意 */
export function isOrderNow({ status, voiding }: Order, { action, from }: OrderDeed): boolean {
  if (action === 'orders.ask-void') return from.includes(status) && voiding === null;
  if (action === 'orders.confirm-void' || action === 'orders.keep') return from.includes(status) && voiding !== null;
  return from.includes(status);
}

/** 还没有采纳、没有了结：一项至多一道 */
export const pendingOrder = (model: Model, item: Item): Order | undefined =>
  model.orders.find((order) => order.item === item.id && ['draft', 'checked', 'issued', 'acknowledged', 'replied'].includes(order.status));

/** 还催办的：等裁定、中止、申请了办结的不催 */
export const isChased = ({ status }: Item): boolean => status === 'issued' || status === 'inProgress';

/** 事项办结、撤销、改派了：发出去的令销号，没有签发的撤回 */
export function endOrders(model: Model, item: Item): void {
  for (const order of model.orders.filter(({ item: of }) => of === item.id)) {
    if (order.status === 'draft' || order.status === 'checked') order.status = 'dropped';
    else if (numbered.includes(order.status)) order.status = 'closed';
  }
}

/** 机器拟的，没有写依据，事项又不逾期了：撤回 */
export function withdrawNeedless(model: Model): void {
  for (const order of model.orders) {
    const item = model.items.get(order.item);
    if (order.groundless && order.status === 'draft' && item && item.due >= model.today) order.status = 'dropped';
  }
}

/** 作废须两个人：不是提出的人，也不是只代他办的人 */
export function isSecond(model: Model, personId: string, { voiding }: Order): boolean {
  if (personId === voiding) return false;
  const holders = actsFor(model, personId)
    .filter(({ role }) => role === 'inspector' || role === 'chiefInspector')
    .map((post) => nominalHolder(post, model.today));
  return holders.includes(personId) || !holders.includes(voiding);
}

/** 等着的令 */
export function ordersWaiting(model: Model): Waiting[] {
  return model.orders.flatMap((order): Waiting[] => {
    const { id, status, by, voiding } = order;
    const item = model.items.get(order.item);
    if (!item) return [];
    const waits = (what: string, action: string, audiences: readonly string[], people: readonly string[]): Waiting => ({
      ...{ what: `${item.code}的督办令${what}`, action, id, people },
      keys: audiences.map((audience) => `order:${id}:${audience}`),
    });
    const inspectors = receivers(model, postsOf(model, ['inspector']));
    const agreeing = receivers(model, postsOf(model, ['inspector', 'chiefInspector'])).filter((each) => isSecond(model, each, order));
    const asked = voiding === null ? [] : [waits('等另一人同意作废', 'orders.confirm-void', ['inspector', 'chief'], agreeing)];
    // 起草的人自己也核得了稿，手上有它。
    const drafter = by !== null && !inspectors.includes(by) && model.people.get(by)?.bound && mayDo(model, by, 'verify') ? [by] : [];
    const heads = postsOf(model, ['unitHead'], item.lead);
    switch (status) {
      case 'draft':
        return [waits('等核稿', 'orders.check', ['inspector'], [...inspectors, ...drafter])];
      case 'checked':
        // 事项停着，签发不了；再办理时按钮才回来。
        return isChased(item) ? [waits('等签发', 'orders.sign', ['chief'], receivers(model, postsOf(model, ['chiefInspector'])))] : [];
      case 'issued':
        return [
          ...asked,
          waits('等签收', 'orders.acknowledge', ['head', 'unit'], receivers(model, [...heads, ...postsOf(model, ['liaison'], item.lead)])),
        ];
      case 'acknowledged':
        return [...asked, waits('等回复', 'orders.reply', ['head'], receivers(model, heads))];
      case 'replied':
        return voiding === null ? [waits('等审核', 'orders.adopt', ['inspector'], inspectors)] : asked;
      case 'dropped':
      case 'voided':
        return [];
      default:
        return asked;
    }
  });
}

/** 手上这个按钮还按得动吗，还归他吗 @returns 不该留着的缘由；null：该有 */
export function whyNoOrderButton(model: Model, personId: string, { action, orderId }: { action: string; orderId: string }): string | null {
  const order = model.orders.find(({ id }) => id === orderId);
  const item = order && model.items.get(order.item);
  if (!order || !item || action === 'orders.open') return null;
  const onIssued = action === 'orders.open-void' || action === 'orders.seal';
  const deed = onIssued ? ({ action: 'orders.ask-void', act: 'verify', from: numbered } as const) : orderDeeds.find((each) => each.action === action);
  if (!deed || !isOrderNow(order, { to: null, forward: false, ...deed })) return '过了的';
  if (action === 'orders.sign' && !isChased(item)) return '过了的';
  // 提了作废的，先定作废。
  if (order.voiding !== null && ['orders.adopt', 'orders.send-back'].includes(action)) return '过了的';
  return mayDo(model, personId, deed.act, { item }) ? null : '不归他的';
}
