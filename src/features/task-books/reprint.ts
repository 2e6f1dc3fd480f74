import { z } from 'zod';
import type { Context } from '#core/context';
import { defineJob, type JobDefinition } from '#core/job';
import { saveBlob } from '#domain/blobs/store';
import { findCorrectedAt } from '#domain/corrections/store';
import { replaceDocument } from '#domain/work-items/advance-books';
import { getBook } from '#domain/work-items/books';
import type { WorkItem } from '#domain/work-items/records';
import { assertUpToDate, type TypesetBook, typesetBook } from './document.ts';

/** 更正之后重排 — the file that “任务书” gives from now on; what was issued stays in the trail and with those who got it. */
export const reprintBookJob: JobDefinition<{ bookId: string }, TypesetBook> = defineJob({
  name: 'task-books.reprint-book',
  payload: z.object({ bookId: z.string() }),
  prepare: (world, { bookId }) => typesetBook(world, bookId),
  apply: async (ctx, { bookId }, typeset) => {
    await assertUpToDate(ctx, bookId, typeset);
    const documentBlobId = await saveBlob(ctx.tx, typeset.bytes, ctx.now);
    await replaceDocument(ctx, await getBook(ctx, bookId), { documentBlobId, documentName: typeset.fileName });
  },
});

/** 刚更正的，任务书重排 */
export async function reprintCorrected(ctx: Context, { id, bookId }: WorkItem): Promise<void> {
  if (bookId === null || (await findCorrectedAt(ctx.tx, [id])).get(id)?.getTime() !== ctx.now.getTime()) return;
  if ((await getBook(ctx, bookId)).documentBlobId === null) return;
  const options = { dedupeKey: `reprint-book:${bookId}:${id}:${ctx.now.getTime()}`, collapseKey: `reprint-book:${bookId}` };
  ctx.outbox.job(reprintBookJob, { bookId }, options);
}
