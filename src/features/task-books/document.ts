import { feedbackPeriod, term } from '#cards/kit/terms';
import type { Context } from '#core/context';
import { type LocalDate, localDateOf, localTimeOf } from '#core/dates';
import type { OfficialDocument } from '#core/document';
import type { JobWorld } from '#core/job';
import { findCorrectedAt } from '#domain/corrections/store';
import { taskBookDocument } from '#domain/documents/task-book';
import { findHolders, listUnits } from '#domain/roster/store';
import { acknowledgementLimit, getBook } from '#domain/work-items/books';
import { isClosedBefore } from '#domain/work-items/model';
import type { TaskBook } from '#domain/work-items/records';
import { findItemsOfBook } from '#domain/work-items/store';

/** 任务书的成文稿和文件名 */
export interface BookDocument {
  readonly document: OfficialDocument;
  readonly fileName: string;
}

/** 任务书成文 — from what is true at the moment of the reading; of a book that is not issued yet, as if it were issued now. */
async function bookDocument(ctx: Pick<Context, 'tx' | 'now' | 'today' | 'settings'>, bookId: string): Promise<BookDocument> {
  const book = await getBook(ctx, bookId);
  const items = await findItemsOfBook(ctx.tx, book.id);
  const units = new Map((await listUnits(ctx.tx)).map((unit) => [unit.code, unit]));
  const corrected = await findCorrectedAt(
    ctx.tx,
    items.map(({ id }) => id),
  );
  const correctedOn = (id: string): LocalDate | null => {
    const at = corrected.get(id);
    return at ? localDateOf(at) : null;
  };
  const postIds = items.flatMap(({ responsiblePostId }) => (responsiblePostId ? [responsiblePostId] : []));
  const holders = await findHolders(ctx.tx, { postIds }, ctx.today);
  const names = new Map(holders.filter(({ delegateFor }) => delegateFor === null).map(({ postId, name }) => [postId, name]));
  const limit = book.acknowledgeBy ?? (await acknowledgementLimit(ctx));
  const unitName = units.get(book.unitCode)?.name ?? book.unitCode;
  const document = taskBookDocument({
    districtName: ctx.settings.districtName,
    unitName,
    year: book.year,
    kind: book.kind,
    issuedOn: book.issuedAt ? localDateOf(book.issuedAt) : ctx.today,
    acknowledgeBy: { day: localDateOf(limit), time: localTimeOf(limit) },
    items: items.map((item) => ({
      ...item,
      responsible: item.responsiblePostId ? (names.get(item.responsiblePostId) ?? null) : null,
      supportingUnits: item.supportingUnits.map((code) => units.get(code)?.shortName ?? code),
      feedbackPeriod: term(feedbackPeriod, item.feedbackPeriod),
      correctedOn: correctedOn(item.id),
      closedBeforeOn: item.completedAt !== null && isClosedBefore(item) ? localDateOf(item.completedAt) : null,
    })),
  });
  return { document, fileName: fileNameOf(book, unitName, corrected.size > 0) };
}

const kindMark: Record<TaskBook['kind'], string> = { annual: '', supplementary: '增补', reassigned: '改派' };

/** 有的系统不许文件名里有这些字符。 */
function fileNameOf({ year, kind }: TaskBook, unitName: string, corrected: boolean): string {
  return `重点工作任务书（${year}${kindMark[kind]}${corrected ? '更正' : ''}）-${unitName.replace(/[\\/:*?"<>|\s]+/g, '')}.docx`;
}

/** 排好的任务书 */
export type TypesetBook = BookDocument & { readonly bytes: Uint8Array };

/** 排任务书 — outside any transaction. */
export async function typesetBook(world: JobWorld, bookId: string): Promise<TypesetBook> {
  const written = await world.briefly((ctx) => bookDocument(ctx, bookId));
  return { ...written, bytes: await world.typeset(written.document) };
}

/** 排版的工夫里事项或日期变了：这一份作废，重排 @throws Error: the job is done again */
export async function assertUpToDate(ctx: Context, bookId: string, { document, fileName }: BookDocument): Promise<void> {
  const current = await bookDocument(ctx, bookId);
  if (JSON.stringify(current) !== JSON.stringify({ document, fileName })) throw new Error(`book ${bookId} has changed while it was being typeset`);
}
