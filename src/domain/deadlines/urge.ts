import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay } from '../roster/policy.ts';
import { isChased } from './ladder.ts';
import { findPlanned, type PlannedItem } from './plan/store.ts';
import { recipientsOf } from './recipients.ts';
import type { Sending } from './run.ts';
import { insertSends } from './sends/store.ts';
import { claimBatch, findBatch, insertBatch } from './urges/store.ts';

/** 拟催办 — nothing is sent yet: who would get what. @throws InvalidError when none of the items is under way */
export async function proposeUrge(ctx: Context, itemIds: readonly string[]): Promise<{ batchId: string; sendings: Sending[] }> {
  assertMay(ctx.actor, 'urge');
  const sendings = await sendingsOf(ctx, await chasedOf(ctx, itemIds), 'preview');
  if (sendings.length === 0) throw new InvalidError('没有符合的在办事项，没有可以催办的');
  const batch = { id: newId(), itemIds: sendings.map(({ subjectId }) => subjectId), byId: ctx.actor.personId, byName: ctx.actor.name };
  await insertBatch(ctx.tx, { ...batch, createdAt: ctx.now });
  return { batchId: batch.id, sendings };
}

/** 发送催办 — once; items that are no longer under way are left out. @throws ConflictError the second time */
export async function sendUrge(ctx: Context, batchId: string): Promise<Sending[]> {
  const right = assertMay(ctx.actor, 'urge');
  const batch = await findBatch(ctx.tx, batchId);
  if (!batch) throw new NotFoundError('没有这批催办，请重新发送“催办”', `no batch ${batchId}`);
  if (!(await claimBatch(ctx.tx, batchId, ctx.now))) throw new ConflictError('已发送，无需重复发送');
  const sendings = await insertSends(ctx.tx, await sendingsOf(ctx, await chasedOf(ctx, batch.itemIds), batchId));
  for (const { subjectId: id } of sendings)
    ctx.audit.record({ subject: { type: 'workItem', id }, event: 'urge', after: 'manual', detail: { batchId }, ...right });
  return sendings;
}

async function chasedOf(ctx: Context, itemIds: readonly string[]): Promise<PlannedItem[]> {
  return (await findPlanned(ctx.tx, itemIds)).filter(({ status }) => isChased(status));
}

async function sendingsOf(ctx: Context, items: readonly PlannedItem[], batchId: string): Promise<Sending[]> {
  const told = await recipientsOf(
    ctx.tx,
    ctx.today,
    items.map((item) => ({ ...item, level: null })),
  );
  return items.map((item) => {
    const { id, status, percent, dueOn, promisedOn, lastReport } = item;
    return {
      ...{ id: newId(), subjectId: id, kind: 'manual', step: `M:${batchId}`, level: null, offset: null, baseOn: dueOn, at: ctx.now },
      ...{ byName: ctx.actor.name, recipients: told.get(id) ?? [], known: { status, percent, dueOn, promisedOn, lastReport }, item, book: null },
    };
  });
}
