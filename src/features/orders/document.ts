import type { Context } from '#core/context';
import { localDateOf, localTimeOf } from '#core/dates';
import type { OfficialDocument } from '#core/document';
import { orderDocument } from '#domain/documents/order';
import { undo } from '#domain/ledger/past';
import { findLinesSince } from '#domain/ledger/store';
import { getOrder } from '#domain/orders/draft';
import type { SupervisionOrder } from '#domain/orders/model';
import { orderLimits } from '#domain/orders/sign';
import { listUnits } from '#domain/roster/store';
import type { WorkItem } from '#domain/work-items/records';
import { writtenCode } from '#domain/work-items/written-code';
import { orderRecipients } from './recipients.ts';
import { factWords } from './words.ts';

/** 督办令的成文稿和文件名 */
export interface OrderFile {
  readonly document: OfficialDocument;
  /** 没有扩展名 */
  readonly name: string;
}

/** 督办令成文 — of a signed order, as it was when it was signed: to the unit that had the item then, with the copies of that day. */
export async function orderFile(ctx: Pick<Context, 'tx' | 'now' | 'today' | 'settings'>, orderId: string): Promise<OrderFile> {
  const { order, item: current } = await getOrder(ctx, orderId);
  const signedAt = order.signedAt ?? ctx.now;
  const item = await itemAt(ctx, current, signedAt);
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === item.leadUnit);
  const unitName = unit?.name ?? item.leadUnit;
  // 令文上的时限是下达那天定的；以后退回重办、停表顺延，改的是卡片，不是令文。
  const limits = await orderLimits({ ...ctx, today: localDateOf(order.issuedAt ?? ctx.now) });
  const by = (at: Date) => ({ day: localDateOf(at), time: localTimeOf(at) });
  const { lines, formerNumbers, dueOn, originalDueOn, percent } = order.facts;
  const number = order.number ?? '';
  const document = orderDocument({
    districtName: ctx.settings.districtName,
    ...{ number, signer: order.signedBy ?? '', signedOn: localDateOf(signedAt), unitName },
    copies: (await orderRecipients({ ...ctx, now: signedAt, today: localDateOf(signedAt) }, item)).copies,
    ...{ code: item.code, title: item.title, year: item.year, dueOn, originalDueOn, percent, basis: order.basis },
    sends: lines.filter(({ kind }) => kind === 'send').length,
    repliesNotAccepted: lines.filter(({ kind, status }) => kind === 'reply' && status !== 'accepted').length,
    ...{ requirement: order.requirement, evidence: order.evidence, acknowledgeBy: by(limits.acknowledgeBy), replyBy: by(limits.replyBy) },
    formerNumbers,
    replaces: order.replacesId ? (await getOrder(ctx, order.replacesId)).order.number : null,
    facts: lines.map((fact) => factWords(fact, localDateOf(signedAt))),
    contact: order.checkedBy ?? order.draftedBy,
    address: orderAddress(ctx, order),
  });
  return {
    document,
    name: [number, unitName, await writtenCode({ ...ctx, now: signedAt, today: localDateOf(signedAt) }, item)].map(plain).join('-'),
  };
}

/** 当时的事项 — who led it and who was in charge of it then. */
async function itemAt(ctx: Pick<Context, 'tx'>, item: WorkItem, at: Date): Promise<WorkItem> {
  return undo(item, (await findLinesSince(ctx.tx, { itemIds: [item.id], at })).get(item.id) ?? []);
}

/** 令的网址 — what the code on the paper opens. */
export function orderAddress({ settings }: Pick<Context, 'settings'>, { accessKey }: SupervisionOrder): string {
  return `${settings.publicUrl}/p/order/${accessKey}`;
}

/** 有的系统不许文件名里有这些字符。 */
function plain(text: string): string {
  return text.replace(/[\\/:*?"<>|\s]+/g, '');
}
