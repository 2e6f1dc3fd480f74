import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import { haltedStatuses, type WorkItemStatus } from '../work-items/model.ts';
import { activeStatuses, draftStatuses, type OrderReply, type OrderStatus, owedStatuses, type SupervisionOrder } from './model.ts';

const asOrder = (found: unknown): SupervisionOrder | null => found as SupervisionOrder | null;
const asOrders = (found: unknown): SupervisionOrder[] => found as SupervisionOrder[];

/** 找督办令 */
export async function findOrder(tx: Tx, id: string): Promise<SupervisionOrder | null> {
  return asOrder(await rows(tx).supervisionOrder.findUnique({ where: { id } }));
}

/** 凭网址里的钥匙找 */
export async function findOrderByKey(tx: Tx, accessKey: string): Promise<SupervisionOrder | null> {
  return asOrder(await rows(tx).supervisionOrder.findUnique({ where: { accessKey } }));
}

/** 某事项的督办令，先后为序 */
export async function findOrdersOfItems(tx: Tx, itemIds: readonly string[]): Promise<SupervisionOrder[]> {
  return asOrders(
    await rows(tx).supervisionOrder.findMany({ where: { itemId: { in: [...itemIds] } }, orderBy: [{ draftedAt: 'asc' }, { id: 'asc' }] }),
  );
}

/** 那时就该事项提请过约谈没有 — then a further order goes to the discipline inspection as well (domain B6). */
export async function wasEscalated(tx: Tx, itemId: string, at: Date): Promise<boolean> {
  const found = await rows(tx).$queryRaw<{ one: number }[]>`
    SELECT 1 AS one FROM "EscalationProposal" p JOIN "SupervisionOrder" o ON p.content->'orderIds' @> to_jsonb(o.id)
    WHERE o."itemId" = ${itemId} AND p.kind = 'interview' AND p.status = 'taken' AND p."decidedAt" <= ${at} LIMIT 1`;
  return found.length > 0;
}

/** 没有采纳、没有了结的令 — at most one for an item. */
export async function findPendingOrder(tx: Tx, itemId: string): Promise<SupervisionOrder | null> {
  const status = { in: [...draftStatuses, ...activeStatuses.filter((state) => state !== 'adopted')] };
  return asOrder(await rows(tx).supervisionOrder.findFirst({ where: { itemId, status } }));
}

/** 登记簿上令旁的事项 */
interface ListedItem {
  readonly itemYear: number;
  readonly itemCode: string;
  readonly itemTitle: string;
  readonly itemStatus: WorkItemStatus;
  /** 主送单位 */
  readonly addressee: string;
  readonly itemDueOn: string;
  readonly itemOriginalDueOn: string;
}

/** 按号查登记簿要列的 — by series order, newest first. */
export async function pageOfOrders(
  tx: Tx,
  { statuses, unitCodes, leaderInCharge, skip, take }: OrderQuery & { skip: number; take: number },
): Promise<{
  orders: (SupervisionOrder & ListedItem)[];
  total: number;
}> {
  const where = whereOf({ statuses, unitCodes, leaderInCharge });
  const found = await rows(tx).supervisionOrder.findMany({
    where,
    include: { item: { select: { year: true, code: true, title: true, leadUnit: true, dueOn: true, originalDueOn: true, status: true } } },
    orderBy: [{ signedAt: 'desc' }, { id: 'asc' }],
    skip,
    take,
  });
  const total = await rows(tx).supervisionOrder.count({ where });
  const former = await findFormerUnits(tx, found);
  return {
    orders: found.map(({ item, ...order }) => ({
      ...(order as unknown as SupervisionOrder),
      ...{
        itemYear: item.year,
        itemCode: item.code,
        itemTitle: item.title,
        addressee: former.get(order.id) ?? item.leadUnit,
        itemDueOn: item.dueOn,
        itemOriginalDueOn: item.originalDueOn,
      },
      itemStatus: item.status as WorkItemStatus,
    })),
    total,
  };
}

/** 有人要办的令 — in these states, or asked to be void, or signed and not gone out. @param unitCodes null: of all units */
export async function findOrdersToAct(
  tx: Tx,
  { statuses, unitCodes }: { statuses: readonly OrderStatus[]; unitCodes: readonly string[] | null },
): Promise<(SupervisionOrder & { readonly leadUnit: string })[]> {
  const found = await rows(tx).supervisionOrder.findMany({
    where: {
      OR: [
        { status: { in: [...statuses] } },
        { status: 'signed', issueFault: { not: null } },
        { status: { not: 'voided' }, voidAskedAt: { not: null } },
      ],
      ...(unitCodes === null ? {} : { item: { leadUnit: { in: [...unitCodes] } } }),
    },
    include: { item: { select: { leadUnit: true } } },
    orderBy: [{ draftedAt: 'asc' }, { id: 'asc' }],
  });
  return found.map(({ item, ...order }) => ({ ...(order as unknown as SupervisionOrder), leadUnit: item.leadUnit }));
}

/** 下给了原单位的 — of these orders, those whose item has been handed to another unit since they were drafted: whose it was then. */
export async function findFormerUnits(
  tx: Tx,
  orders: readonly Pick<SupervisionOrder, 'id' | 'itemId' | 'draftedAt'>[],
): Promise<ReadonlyMap<string, string>> {
  const itemIds = [...new Set(orders.map(({ itemId }) => itemId))];
  const moves = await rows(tx).itemDecline.findMany({
    where: { itemId: { in: itemIds }, status: 'reassigned' },
    select: { itemId: true, unitCode: true, decidedAt: true },
    orderBy: { decidedAt: 'asc' },
  });
  return new Map(
    orders.flatMap(({ id, itemId, draftedAt }) => {
      const next = moves.find((move) => move.itemId === itemId && move.decidedAt !== null && move.decidedAt > draftedAt);
      return next ? [[id, next.unitCode] as const] : [];
    }),
  );
}

/** 登记簿的一行所要的 */
export type ListedOrder = Awaited<ReturnType<typeof pageOfOrders>>['orders'][number];

export interface OrderQuery {
  readonly statuses: readonly OrderStatus[];
  /** null: of all units */
  readonly unitCodes: readonly string[] | null;
  /** 分管领导只看分管的；null：不限 */
  readonly leaderInCharge: string | null;
}

function whereOf({ statuses, unitCodes, leaderInCharge }: OrderQuery) {
  const reach = [
    ...(unitCodes === null ? [] : [{ item: { leadUnit: { in: [...unitCodes] } } }]),
    ...(leaderInCharge === null ? [] : [{ item: { leaderInCharge } }]),
  ];
  return { status: { in: [...statuses] }, ...(reach.length > 0 ? { OR: reach } : {}) };
}

/** 事项中止、退件待裁的，令停表 */
const notHalted = { status: { notIn: [...haltedStatuses] } };

/** 等着单位的令，回复时限不晚于某刻的 — those that stand still with their item are not among them. @param before the limit for the receipt or the reply lies before it */
export async function findOwedOrders(tx: Tx, before: Date): Promise<SupervisionOrder[]> {
  return asOrders(
    await rows(tx).supervisionOrder.findMany({
      where: {
        item: notHalted,
        OR: [
          { status: { in: [...owedStatuses] }, replyBy: { lt: before } },
          { status: 'issued', acknowledgeBy: { lt: before } },
        ],
      },
      orderBy: [{ replyBy: 'asc' }, { id: 'asc' }],
    }),
  );
}

/** 时限还在后头的令 — those that wait for the unit, and whose limit for the reply lies after the instant; halted or not. */
export async function findOrdersLimitedAfter(tx: Tx, after: Date): Promise<SupervisionOrder[]> {
  const where = { status: { in: [...owedStatuses] }, replyBy: { gt: after } };
  return asOrders(await rows(tx).supervisionOrder.findMany({ where, orderBy: [{ replyBy: 'asc' }, { id: 'asc' }] }));
}

/** 一个月里该通报的令 — signed, the answer was never given in time, and the item is not halted. @param until instants of the month's beginning and end */
export async function findUnansweredOrders(tx: Tx, { from, until }: { from: Date; until: Date }): Promise<SupervisionOrder[]> {
  return asOrders(
    await rows(tx).supervisionOrder.findMany({
      where: { item: notHalted, replyBy: { gte: from, lt: until }, status: { in: [...owedStatuses] } },
      orderBy: { signedAt: 'asc' },
    }),
  );
}

/** 某事项的反馈，先后为序 */
export async function findReportsOf(tx: Tx, itemId: string): Promise<{ submittedAt: Date; status: string; percent: number; reporterName: string }[]> {
  return rows(tx).progressReport.findMany({
    where: { itemId },
    select: { submittedAt: true, status: true, percent: true, reporterName: true },
    orderBy: { round: 'asc' },
  });
}

/** 对某令的回复，先后为序 */
export async function findRepliesTo(tx: Tx, orderId: string): Promise<OrderReply[]> {
  return (await rows(tx).orderReply.findMany({ where: { orderId }, orderBy: { round: 'asc' } })) as unknown as OrderReply[];
}

/** 那一刻在督的文号，先签发的在前 */
export async function findNumbersInForce(tx: Tx, { itemIds, at }: { itemIds: readonly string[]; at: Date }): Promise<string[]> {
  const found = await rows(tx).supervisionOrder.findMany({
    where: {
      itemId: { in: [...itemIds] },
      signedAt: { lte: at },
      AND: [{ OR: [{ closedAt: null }, { closedAt: { gt: at } }] }, { OR: [{ voidedAt: null }, { voidedAt: { gt: at } }] }],
    },
    select: { number: true },
    orderBy: { signedAt: 'asc' },
  });
  return found.flatMap(({ number }) => (number === null ? [] : [number]));
}
