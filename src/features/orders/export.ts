import { z } from 'zod';
import { formatInstant } from '#cards/kit/format';
import { orderStatus, term } from '#cards/kit/terms';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { defineJob } from '#core/job';
import type { CellValue } from '#core/workbook';
import { activeStatuses, type OrderStatus } from '#domain/orders/model';
import { findRepliesTo, type ListedOrder, pageOfOrders } from '#domain/orders/store';
import { assertMay } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import { writtenCode } from '#domain/work-items/written-code';

const columns = [
  ...[
    { heading: '文号', width: 18 },
    { heading: '状态', width: 10 },
    { heading: '主送单位', width: 20 },
    { heading: '编号', width: 10 },
  ],
  ...[
    { heading: '事项', width: 30 },
    { heading: '原定时限', width: 12 },
    { heading: '时限', width: 12 },
    { heading: '签发人', width: 10 },
  ],
  ...[
    { heading: '签发时间', width: 20 },
    { heading: '签收', width: 24 },
    { heading: '回复', width: 40 },
    { heading: '审核', width: 24 },
  ],
  ...[
    { heading: '完成日期', width: 12 },
    { heading: '销号时间', width: 20 },
    { heading: '作废', width: 40 },
    { heading: '替代', width: 18 },
  ],
];
const statuses: readonly OrderStatus[] = [...activeStatuses, 'closed', 'voided'];
const pageSize = 200;

/** 排队导出登记簿 */
export function queueRegisterExport(ctx: Context, occasion: string): void {
  assertMay(ctx.actor, 'readOrderRegister');
  ctx.outbox.job(exportRegisterJob, { occasion }, { dedupeKey: `order-export:${ctx.actor.openId}:${occasion}`, priority: 'interactive' });
}

/** 导出登记簿 — every number, void ones with their reasons. */
export const exportRegisterJob = defineJob<{ occasion: string }, { blobId: string; fileName: string }>({
  name: 'orders.export',
  payload: z.object({ occasion: z.string() }),
  prepare: async (world) => {
    const page = (skip: number) =>
      world.briefly(async (ctx) => {
        assertMay(ctx.actor, 'readOrderRegister');
        const { orders } = await pageOfOrders(ctx.tx, { statuses, unitCodes: null, leaderInCharge: null, skip, take: pageSize });
        const units = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
        const numbers = new Map(orders.map(({ id, number }) => [id, number]));
        const rows: CellValue[][] = [];
        for (const order of orders) rows.push(await rowOf(ctx, order, { units, numbers }));
        return rows;
      });
    async function* all(): AsyncGenerator<readonly CellValue[]> {
      for (let skip = 0; ; skip += pageSize) {
        const rows = await page(skip);
        yield* rows;
        if (rows.length < pageSize) return;
      }
    }
    const blobId = await world.tabulate({ name: '督办令登记簿', columns, rows: all() });
    return { blobId, fileName: `督办令登记簿-${localDateOf(world.now)}.xlsx` };
  },
  apply: (ctx, { occasion }, { blobId, fileName }) => {
    const { openId } = ctx.actor;
    if (openId === null) return Promise.resolve();
    ctx.outbox.sendFile({ to: { person: openId }, fileName, blobId, dedupeKey: `order-export-file:${openId}:${occasion}`, priority: 'interactive' });
    return Promise.resolve();
  },
  fail: (ctx, { occasion }, reason) => {
    const { openId } = ctx.actor;
    if (openId !== null)
      ctx.outbox.sendText({
        to: { person: openId },
        text: `登记簿没有导出：${reason}`,
        dedupeKey: `order-export-fault:${occasion}`,
        priority: 'task',
      });
    return Promise.resolve();
  },
});

async function rowOf(
  ctx: Context,
  order: ListedOrder,
  { units, numbers }: { units: ReadonlyMap<string, string>; numbers: ReadonlyMap<string, string | null> },
): Promise<CellValue[]> {
  const at = (instant: Date | null): string | null => (instant === null ? null : `${localDateOf(instant).slice(0, 4)}年${formatInstant(instant)}`);
  const by = (name: string | null, instant: Date | null): string | null => (instant === null ? null : `${name ?? ''}　${at(instant) ?? ''}`);
  const reply = (await findRepliesTo(ctx.tx, order.id)).at(-1);
  const day = (date: string | null): CellValue => (date === null ? null : { date });
  return [
    ...[
      order.number,
      term(orderStatus, order.status),
      units.get(order.addressee) ?? order.addressee,
      await writtenCode(ctx, { year: order.itemYear, code: order.itemCode }),
      order.itemTitle,
    ],
    ...[day(order.itemOriginalDueOn), day(order.itemDueOn), order.signedBy, at(order.signedAt), by(order.acknowledgedBy, order.acknowledgedAt)],
    reply ? `${reply.byName}：${reply.cause}；${reply.measure}` : null,
    reply?.decidedBy ? `${reply.decidedBy}${reply.status === 'adopted' ? '采纳' : `退回：${reply.reason ?? ''}`}` : null,
    ...[day(order.promisedOn), at(order.closedAt)],
    order.voidedAt === null ? null : `${order.voidReason ?? ''}（${order.voidAskedBy ?? ''}提出，${order.voidedBy ?? ''}同意）`,
    order.replacesId === null ? null : (numbers.get(order.replacesId) ?? '作废的一道'),
  ];
}
