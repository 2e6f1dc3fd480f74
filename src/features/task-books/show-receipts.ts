import { approvalCard } from '#cards/task-books/approval.card';
import { type Command, command } from '#core/command';
import { NotFoundError } from '#core/errors';
import { assertMay, may } from '#domain/roster/policy';
import { findLastIssuedImport } from '#domain/work-items/store';
import { approvalProps } from './approve.ts';
import { approvalKey, receiptsKey } from './views.ts';

/** 签收情况 — who has not signed yet, as a card that keeps itself up to date. */
export const showReceipts: Command = command({
  words: ['签收情况', '签收进度', 'receipts'],
  summary: '查看任务书下达和签收到哪一步，还有谁没签收',
  example: '签收情况',
  visibleTo: (actor) => may(actor, 'followReceipts'),
  handle: async (ctx) => {
    assertMay(ctx.actor, 'followReceipts');
    const importId = await findLastIssuedImport(ctx.tx);
    if (!importId) throw new NotFoundError(`还没有下达任务书。审定之后由督查室主任在审定卡上下达。`);
    const mayDecide = may(ctx.actor, 'issueBooks');
    const card = approvalCard(await approvalProps(ctx, importId, mayDecide));
    return { card, cardKey: (mayDecide ? approvalKey : receiptsKey)(importId), privately: true };
  },
});
