import { approve } from '#cards/task-books/actions';
import { type ApprovalProps, approvalCard } from '#cards/task-books/approval.card';
import { carriedWords } from '#cards/task-books/import-preview.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { chiefDesk, findDesk } from '#domain/roster/desk';
import { findPerson } from '#domain/roster/handovers/store';
import { listUnits } from '#domain/roster/store';
import { approveBooks } from '#domain/work-items/books';
import type { TaskBook } from '#domain/work-items/records';
import { findBooksOfImport, findNeedless } from '#domain/work-items/store';
import { findImport, lockImport } from '#domain/workbook-import/store';
import { refreshImport } from './import.ts';
import { recipientsOf } from './recipients.ts';
import { approvalKey, receiptsKey } from './views.ts';

/** 送审 — the chief (and a delegate) gets the card from which the books are approved and issued. */
export async function offerApproval(ctx: Context, importId: string): Promise<void> {
  const card = approvalCard(await approvalProps(ctx, importId, true));
  for (const { openId } of (await findDesk(ctx, chiefDesk)).people) {
    if (openId)
      ctx.outbox.sendCard({
        to: { person: openId },
        cardKey: approvalKey(importId),
        card,
        dedupeKey: `approval:${importId}:${openId}`,
        priority: 'task',
      });
  }
}

/** 审定 */
export const onApprove = on(approve, async (ctx, { importId }, { reason }) => {
  if (reason !== undefined) throw new InvalidError('您填了退回的原因：要退回请点“退回修改”，要审定请先把原因清空');
  await approveBooks(ctx, importId);
  await refreshImport(ctx, importId);
  return { toast: '已审定', card: await refreshApproval(ctx, importId) };
});

/** 更新审定卡 — every copy, with what is true now; those who only look on have one without buttons. */
export async function refreshApproval(ctx: Context, importId: string): Promise<ReturnType<typeof approvalCard>> {
  await lockImport(ctx.tx, importId);
  const props = await approvalProps(ctx, importId, true);
  const card = approvalCard(props);
  ctx.outbox.updateCard({ cardKey: approvalKey(importId), card });
  ctx.outbox.updateCard({ cardKey: receiptsKey(importId), card: approvalCard({ ...props, mayDecide: false }) });
  return card;
}

/** 任务书 → 审定卡 */
export async function approvalProps(ctx: Context, importId: string, mayDecide: boolean): Promise<ApprovalProps> {
  const books = await findBooksOfImport(ctx.tx, importId);
  const units = new Map((await listUnits(ctx.tx)).map((unit) => [unit.code, unit]));
  const unitCodes = books.map(({ unitCode }) => unitCode);
  const recipients = [...(await recipientsOf(ctx, unitCodes))].map(([unitCode, found]) => ({ unitCode, ...found }));
  const people = recipients.flatMap((found) => found.people);
  const done = books.filter(isIssued);
  const needless = await findNeedless(
    ctx.tx,
    books.map(({ id }) => id),
  );
  const name = (code: string): string => units.get(code)?.shortName ?? code;
  // 已经下达的按当时发的算，还没有下达的按今天的名册估计。
  const unreached = new Map(recipients.map((found) => [found.unitCode, found.unreached]));
  for (const { unitCode, unreached: found } of done) unreached.set(unitCode, found);
  return {
    importId,
    mayDecide,
    year: books[0]?.year ?? 0,
    state: stateOf(books),
    units: books.map(({ id, unitCode, itemCount, status }) => ({
      name: units.get(unitCode)?.name ?? unitCode,
      items: itemCount,
      acknowledged: status === 'acknowledged',
      ...(needless.has(id) ? { needless: true } : {}),
    })),
    items: books.reduce((sum, { itemCount }) => sum + itemCount, 0),
    ...(await carriedIn(ctx, importId)),
    issued: done.length,
    cardsSent: done.reduce((sum, { cardsSent }) => sum + cardsSent, 0),
    acknowledged: books.filter(({ status }) => status === 'acknowledged').length,
    recipients: {
      chats: recipients.filter(({ chat }) => chat !== null).length,
      heads: people.filter(({ role }) => role === 'unitHead').length,
      liaisons: people.filter(({ role }) => role === 'liaison').length,
    },
    unreached: [...unreached].flatMap(([code, lines]) => lines.map((line) => `${name(code)}：${line}`)),
    faults: books.flatMap(({ unitCode, issueFault }) => (issueFault === null ? [] : [`${name(unitCode)}：${issueFault}`])),
  };
}

/** 随表带入的 — and who brought it along; nothing: the table began from zero. */
async function carriedIn(ctx: Context, importId: string): Promise<Pick<ApprovalProps, 'carried'>> {
  const row = await findImport(ctx.tx, importId);
  if (!row?.summary.carried) return {};
  const importer = await findPerson(ctx.tx, { personId: row.uploadedById });
  return { carried: { words: carriedWords(row.summary.carried), by: importer?.name ?? '督查室' } };
}

function isIssued({ status }: TaskBook): boolean {
  return status === 'issued' || status === 'acknowledged';
}

function stateOf(books: readonly TaskBook[]): ApprovalProps['state'] {
  if (books.some(({ status }) => status === 'pendingApproval')) return 'pendingApproval';
  const waiting = books.filter(({ status }) => status === 'approved');
  if (waiting.length === 0) return 'issued';
  if (waiting.some(({ issueRound, issueFault }) => issueRound > 0 && issueFault === null)) return 'issuing';
  return waiting.some(({ issueFault }) => issueFault !== null) ? 'stuck' : 'approved';
}
