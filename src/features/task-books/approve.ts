import { approve } from '#cards/task-books/actions';
import { type ApprovalProps, approvalCard } from '#cards/task-books/approval.card';
import type { Context } from '#core/context';
import { on } from '#core/feature';
import { unitChat } from '#domain/roster/model';
import { chatsOf, findHolders, listUnits } from '#domain/roster/store';
import { approveBooks } from '#domain/work-items/books';
import { findBooksOfImport } from '#domain/work-items/store';
import { lockImport } from '#domain/workbook-import/store';
import { refreshImport } from './import.ts';
import { approvalKey } from './views.ts';

/** 送审 — the chief (and a delegate) gets the card from which the books are approved and issued. */
export async function offerApproval(ctx: Context, importId: string): Promise<void> {
  const card = approvalCard(await approvalProps(ctx, importId));
  for (const { openId } of await findHolders(ctx.tx, { roles: ['chiefInspector'] }, ctx.today)) {
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
export const onApprove = on(approve, async (ctx, { importId }) => {
  await approveBooks(ctx, importId);
  await refreshImport(ctx, importId);
  return { toast: '已审定', card: await refreshApproval(ctx, importId) };
});

/** 更新审定卡 — every copy, with what is true now. */
export async function refreshApproval(ctx: Context, importId: string): Promise<ReturnType<typeof approvalCard>> {
  await lockImport(ctx.tx, importId);
  const card = approvalCard(await approvalProps(ctx, importId));
  ctx.outbox.updateCard({ cardKey: approvalKey(importId), card });
  return card;
}

/** 任务书 → 审定卡 @param issuing the chief has just pressed 下达 */
export async function approvalProps(ctx: Context, importId: string, issuing = false): Promise<ApprovalProps> {
  const books = await findBooksOfImport(ctx.tx, importId);
  const units = new Map((await listUnits(ctx.tx)).map((unit) => [unit.code, unit]));
  const unitCodes = books.map(({ unitCode }) => unitCode);
  const chats = await chatsOf(ctx.tx, unitCodes.map(unitChat));
  const people = await findHolders(ctx.tx, { unitCodes, roles: ['unitHead', 'liaison'], backup: false }, ctx.today);
  const reached = people.filter(({ openId }) => openId !== null);
  const done = books.filter(({ status }) => status === 'issued' || status === 'acknowledged');
  const name = (code: string): string => units.get(code)?.shortName ?? code;
  const waiting = books.some(({ status }) => status === 'approved');
  return {
    importId,
    year: books[0]?.year ?? 0,
    state: books.some(({ status }) => status === 'pendingApproval')
      ? 'pendingApproval'
      : !waiting
        ? 'issued'
        : issuing || done.length > 0
          ? 'issuing'
          : 'approved',
    units: books.map(({ unitCode, itemCount, status }) => ({
      name: units.get(unitCode)?.name ?? unitCode,
      items: itemCount,
      acknowledged: status === 'acknowledged',
    })),
    items: books.reduce((sum, { itemCount }) => sum + itemCount, 0),
    issued: done.length,
    acknowledged: books.filter(({ status }) => status === 'acknowledged').length,
    recipients: {
      chats: unitCodes.filter((code) => chats.has(unitChat(code))).length,
      heads: reached.filter(({ role }) => role === 'unitHead').length,
      liaisons: reached.filter(({ role }) => role === 'liaison').length,
    },
    unreachable: [
      ...unitCodes.filter((code) => !chats.has(unitChat(code))).map((code) => `${name(code)}：没有绑定工作群`),
      ...people.filter(({ openId }) => openId === null).map((person) => `${name(person.unitCode ?? '')}${person.name}：没有飞书账号`),
    ],
  };
}
