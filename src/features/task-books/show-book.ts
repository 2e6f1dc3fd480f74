import { noticeCard } from '#cards/system/notice.card';
import { bookCard } from '#cards/task-books/book.card';
import { type Answer, type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError, NotFoundError } from '#core/errors';
import { assertMay, may } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import { findIssuedBooks, findWorkYear } from '#domain/work-items/store';
import { bookProps } from './issue.ts';
import { bookKey } from './views.ts';

/** 要任务书 — the unit's people get their own again, as card and file; the inspectors name a unit. */
export const showBook: Command = command({
  words: ['任务书', '任务书文件', 'book'],
  summary: '再发一次任务书和它的文件',
  example: '任务书',
  visibleTo: (actor) => may(actor, 'followReceipts') || actor.posts.some(({ unitCode }) => unitCode !== null),
  handle: async (ctx, argument) => {
    const unit = await unitMeant(ctx, argument);
    assertMay(ctx.actor, 'readBook', { unitCode: unit.code });
    const year = await findWorkYear(ctx.tx, ctx.now);
    const books = await findIssuedBooks(ctx.tx, { year, unitCodes: [unit.code] });
    const [newest] = books.slice(-1);
    if (!newest) throw new NotFoundError(`${unit.name}${year}年还没有下达的任务书。有疑问请联系督查室。`);
    const files = books.flatMap(({ documentBlobId, documentName }) =>
      documentBlobId && documentName ? [{ blobId: documentBlobId, fileName: documentName }] : [],
    );
    return { ...(await cardOf(ctx, newest, unit.code)), files, privately: true };
  },
});

/** 单位的人看到的是能签收的那张，与原来的一同更新；督查室的只告诉情况。 */
async function cardOf(ctx: Context, book: Awaited<ReturnType<typeof findIssuedBooks>>[number], unitCode: string): Promise<Answer> {
  const props = await bookProps(ctx, book);
  if (may(ctx.actor, 'acknowledgeBook', { unitCode })) return { card: bookCard(props), cardKey: bookKey(book.id) };
  const { unitName, year, items, acknowledged, acknowledgeBy, needless } = props;
  const state = acknowledged ? `${acknowledged.by}已于${acknowledged.at}签收` : needless ? '没有要签收的了' : `尚未签收，时限${acknowledgeBy}`;
  return { card: noticeCard({ title: `${unitName}任务书`, text: `${year}年重点工作任务书共${items.length}项，${state}。文件附后。`, tone: 'info' }) };
}

async function unitMeant(ctx: Context, argument: string): Promise<{ code: string; name: string }> {
  const units = await listUnits(ctx.tx);
  const asked = argument.normalize('NFKC').trim();
  if (asked !== '') {
    const unit = units.find(({ name, shortName, aliases }) => [name, shortName, ...aliases].includes(asked));
    if (!unit) throw new NotFoundError(`花名册里没有“${asked.slice(0, 30)}”，请写单位的全称或简称，例如“任务书 住房和建设局”。`);
    return unit;
  }
  const own = units.filter(({ code }) => ctx.actor.posts.some(({ unitCode }) => unitCode === code) && may(ctx.actor, 'readBook', { unitCode: code }));
  const [unit] = own;
  if (own.length > 1) {
    const each = own.map(({ shortName }) => `“任务书 ${shortName}”`).join('、');
    throw new InvalidError(`您在${own.length}个单位任职，请写明要哪个单位的任务书：${each}。`);
  }
  if (!unit) throw new InvalidError('请写明要哪个单位的任务书，例如“任务书 住房和建设局”。');
  return unit;
}
