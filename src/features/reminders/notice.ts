import { z } from 'zod';
import { formatInstant } from '#cards/kit/format';
import { reminderLevel, term } from '#cards/kit/terms';
import { askNotice } from '#cards/reminders/actions';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import type { OfficialDocument } from '#core/document';
import { ConflictError } from '#core/errors';
import { defineJob } from '#core/job';
import { saveBlob } from '#domain/blobs/store';
import { loadCalendar } from '#domain/calendar/store';
import { dueSpan } from '#domain/calendar/working-days';
import { findSends } from '#domain/deadlines/sends/store';
import { urgeNoticeDocument } from '#domain/documents/urge-notice';
import { assertMay } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import { matterOf, viewItem } from '#domain/work-items/item-view';
import { writtenCode } from '#domain/work-items/written-code';

/** 通知文件 — the second chase as a paper, for whoever needs one; it is not sent unasked, so that nobody gets more messages than he has to. */
export const onAskNotice = on(askNotice, async (ctx, { itemId }) => {
  await paperOf(ctx, itemId);
  ctx.outbox.job(
    noticeJob,
    { itemId },
    { dedupeKey: `urge-notice:${itemId}:${ctx.actor.openId ?? ''}:${ctx.now.getTime()}`, priority: 'interactive' },
  );
  return { toast: '催办通知随后发来' };
});

/** 排印催办通知 */
export const noticeJob = defineJob<{ itemId: string }, { bytes: Uint8Array; fileName: string }>({
  name: 'reminders.notice',
  payload: z.object({ itemId: z.string() }),
  prepare: async (world, { itemId }) => {
    const { document, fileName } = await world.briefly((ctx) => paperOf(ctx, itemId));
    return { fileName, bytes: await world.typeset(document) };
  },
  apply: async (ctx, { itemId }, { bytes, fileName }) => {
    const { openId } = ctx.actor;
    if (openId === null) return;
    const blobId = await saveBlob(ctx.tx, bytes, ctx.now);
    const dedupeKey = `urge-notice-file:${itemId}:${openId}:${ctx.now.getTime()}`;
    ctx.outbox.sendFile({ to: { person: openId }, fileName, blobId, dedupeKey, priority: 'interactive' });
  },
  fail: (ctx, { itemId }, reason) => {
    const { openId } = ctx.actor;
    const dedupeKey = `urge-notice-fault:${itemId}:${openId ?? ''}:${ctx.now.getTime()}`;
    if (openId !== null) ctx.outbox.sendText({ to: { person: openId }, text: `催办通知没有印成：${reason}`, dedupeKey, priority: 'interactive' });
    return Promise.resolve();
  },
});

/** 催办通知 @throws ConflictError before the second chase */
async function paperOf(ctx: Context, itemId: string): Promise<{ document: OfficialDocument; fileName: string }> {
  const { item } = await viewItem(ctx, itemId);
  assertMay(ctx.actor, 'readItem', matterOf(item));
  const sends = await findSends(ctx.tx, [itemId]);
  const second = sends.findLast(({ level }) => level === 'L3');
  if (!second) throw new ConflictError(`${await writtenCode(ctx, item)}还没有二次催办，没有催办通知`);
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === item.leadUnit);
  const unitName = unit?.name ?? item.leadUnit;
  const on = localDateOf(second.at);
  const told = sends.filter(
    ({ kind, level, at, recipients }) => (kind === 'manual' || (kind === 'ladder' && level !== 'L4')) && at <= second.at && recipients.length > 0,
  );
  const document = urgeNoticeDocument({
    ...{ districtName: ctx.settings.districtName, unitName, code: await writtenCode(ctx, item), title: item.title, percent: item.percent, on },
    ...{ dueOn: item.dueOn, originalDueOn: item.originalDueOn, lateDays: dueSpan(await loadCalendar(ctx.tx), on, item.dueOn).days },
    lines: told.map(
      ({ at, level, kind, recipients }) =>
        `${formatInstant(at, on)} ${term(reminderLevel, level ?? kind)}：${recipients.map(({ name, copy }) => `${name}${copy ? '（抄送）' : ''}`).join('、')}`,
    ),
  });
  return { document, fileName: `催办通知-${unitName}-${await writtenCode(ctx, item)}.docx` };
}
