import { importPreviewCard } from '#cards/task-books/import-preview.card';
import { type Command, command } from '#core/command';
import { InvalidError } from '#core/errors';
import { assertMay, may } from '#domain/roster/policy';
import { cancelUntil } from '#domain/workbook-import/model';
import { findLastConfirmed } from '#domain/workbook-import/store';
import { previewProps } from './import.ts';
import { importKey } from './views.ts';

/** 撤销 — what the same person imported a few minutes ago comes back with its button; everything else is undone where it was done. */
export const undoImport: Command = command({
  words: ['撤销', '撤销导入', 'undo'],
  summary: '撤销刚才确认的导入：10分钟之内、审定之前',
  example: '撤销',
  visibleTo: (actor) => may(actor, 'importTasks'),
  handle: async (ctx) => {
    assertMay(ctx.actor, 'importTasks');
    const minutes = ctx.settings.cancelImportWithinMinutes;
    const row = await findLastConfirmed(ctx.tx, ctx.actor.personId ?? '');
    if (!row?.confirmedAt || ctx.now >= cancelUntil(row.confirmedAt, minutes))
      throw new InvalidError(
        `${minutes}分钟之内您没有确认过导入，没有可以撤销的。还没有下达的，请督查室主任在审定卡上退回；撤销一个事项请发编号，由督查室主任在事项卡上办理；延期申请在申请卡上撤回`,
      );
    return { card: importPreviewCard(await previewProps(ctx, row, null)), cardKey: importKey(row.id), privately: true };
  },
});
