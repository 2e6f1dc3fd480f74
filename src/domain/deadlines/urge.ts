import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { isQuiet, nextSendingInstant } from '../calendar/sending-hours.ts';
import { loadCalendar } from '../calendar/store.ts';
import { assertMay } from '../roster/policy.ts';
import { isChased } from './ladder.ts';
import { findPlanned, type PlannedItem } from './plan/store.ts';
import { recipientsOf } from './recipients.ts';
import { rehearse, type Sending } from './run.ts';
import { findRemindedOn, insertSends } from './sends/store.ts';
import { claimBatch, findBatch, insertBatch } from './urges/store.ts';

const repeated = '同一事项一天只提醒一次，这些事项';

/** 催办发出的时刻 — at once, or when the quiet hours are over. */
export async function urgeInstant(ctx: Pick<Context, 'tx' | 'now'>): Promise<Date> {
  const calendar = await loadCalendar(ctx.tx);
  return isQuiet(calendar, ctx.now) ? nextSendingInstant(calendar, ctx.now) : ctx.now;
}

/**
 * 拟催办 — nothing is sent yet: who would get what, and which items are left out because their people are reminded of them that day anyway.
 * @throws InvalidError when none of the items is under way, or all of them are left out
 */
export async function proposeUrge(
  ctx: Context,
  itemIds: readonly string[],
): Promise<{ batchId: string; sendings: Sending[]; reminded: readonly string[] }> {
  assertMay(ctx.actor, 'urge');
  const at = await urgeInstant(ctx);
  const chased = await chasedOf(ctx, itemIds);
  if (chased.length === 0) throw new InvalidError('没有符合的在办事项，没有可以催办的');
  const twice = await remindedAnyway(ctx, chased, at);
  const sendings = await sendingsOf(
    ctx,
    chased.filter(({ id }) => !twice.has(id)),
    { batchId: 'preview', at },
  );
  if (sendings.length === 0) throw new InvalidError(`${repeated}${localDateOf(at)}已提醒过，或到时系统会提醒；请换一天再催`);
  const batch = { id: newId(), itemIds: sendings.map(({ subjectId }) => subjectId), byId: ctx.actor.personId, byName: ctx.actor.name };
  await insertBatch(ctx.tx, { ...batch, createdAt: ctx.now });
  return { batchId: batch.id, sendings, reminded: chased.flatMap(({ id, code }) => (twice.has(id) ? [code] : [])) };
}

/** 发送催办 — once; items that are no longer under way are left out. @throws ConflictError the second time */
export async function sendUrge(ctx: Context, batchId: string): Promise<Sending[]> {
  const right = assertMay(ctx.actor, 'urge');
  const batch = await findBatch(ctx.tx, batchId);
  if (!batch) throw new NotFoundError('没有这批催办，请重新发送“催办”', `no batch ${batchId}`);
  if (!(await claimBatch(ctx.tx, batchId, ctx.now))) throw new ConflictError('已发送，无需重复发送');
  const at = await urgeInstant(ctx);
  const chased = await chasedOf(ctx, batch.itemIds);
  const twice = await remindedAnyway(ctx, chased, at);
  const sendings = await insertSends(
    ctx.tx,
    await sendingsOf(
      ctx,
      chased.filter(({ id }) => !twice.has(id)),
      { batchId, at },
    ),
  );
  if (sendings.length === 0) throw new ConflictError(`${repeated}已提醒过，或已不在办理中；请重新发送“催办”查看`);
  for (const { subjectId: id } of sendings)
    ctx.audit.record({ subject: { type: 'workItem', id }, event: 'urge', after: 'manual', detail: { batchId }, ...right });
  return sendings;
}

/** 那天已提醒过、或到时系统本来就要提醒的 — nobody is reminded of one matter twice on one day. */
async function remindedAnyway(ctx: Context, items: readonly PlannedItem[], at: Date): Promise<ReadonlySet<string>> {
  const day = localDateOf(at);
  const sent = await findRemindedOn(
    ctx.tx,
    items.map(({ id }) => id),
    day,
  );
  const [next] = await rehearse(ctx.tx, await loadCalendar(ctx.tx), { now: ctx.now, days: 1 });
  const owed =
    next && localDateOf(next.at) === day ? next.sendings.filter(({ recipients }) => recipients.length > 0).map(({ subjectId }) => subjectId) : [];
  return new Set([...sent, ...owed]);
}

async function chasedOf(ctx: Context, itemIds: readonly string[]): Promise<PlannedItem[]> {
  return (await findPlanned(ctx.tx, itemIds)).filter(({ status }) => isChased(status));
}

async function sendingsOf(ctx: Context, items: readonly PlannedItem[], { batchId, at }: { batchId: string; at: Date }): Promise<Sending[]> {
  const told = await recipientsOf(
    ctx.tx,
    ctx.today,
    items.map((item) => ({ ...item, level: null })),
  );
  return items.map((item) => {
    const { id, status, percent, dueOn, promisedOn, lastReport } = item;
    return {
      ...{ id: newId(), subjectId: id, kind: 'manual', step: `M:${batchId}`, level: null, offset: null, baseOn: dueOn, at },
      ...{ byName: ctx.actor.name, recipients: told.get(id) ?? [], known: { status, percent, dueOn, promisedOn, lastReport }, item, book: null },
    };
  });
}
