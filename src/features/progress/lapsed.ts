import type { Card } from '#cards/kit/card';
import { reportCard } from '#cards/progress/report.card';
import type { Context } from '#core/context';
import { findHolders, listUnits } from '#domain/roster/store';
import { findAttachments } from '#domain/work-items/attachments/store';
import { findFormerLead } from '#domain/work-items/declines/store';
import type { DecidedReport } from '#domain/work-items/progress';
import { findBook } from '#domain/work-items/store';
import { reportProps } from './views.ts';

/** 结果卡的键 */
export const resultKey = (reportId: string): string => `report-result:${reportId}`;

/**
 * 告知失效 — the unit that has the item no longer: whoever reported last for it hears that this ends here and who goes on. Items that went
 * together are told of in one message by whoever sent them on.
 */
export async function tellLapsed(ctx: Context, { item, report }: DecidedReport): Promise<void> {
  const former = await findFormerLead(ctx.tx, item.id);
  const people = await findHolders(ctx.tx, { unitCodes: former === null ? item.supportingUnits : [former] }, ctx.today);
  const together = item.parentId !== null || (item.bookId !== null && ((await findBook(ctx.tx, item.bookId))?.itemCount ?? 1) > 1);
  const reporter = people.find(({ personId }) => personId === report.reporterId);
  const cardKey = resultKey(report.id);
  const card = await lapsedCard(ctx, { item, report }, reporter?.unitCode ?? null);
  ctx.outbox.updateCard({ cardKey, card });
  if (reporter?.openId && !together)
    ctx.outbox.sendCard({ to: { person: reporter.openId }, cardKey, card, dedupeKey: `${cardKey}:${report.status}`, priority: 'task' });
}

async function lapsedCard(ctx: Context, { item, report }: DecidedReport, unitCode: string | null): Promise<Card> {
  const units = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  const attachments = (await findAttachments(ctx.tx, [report.id])).get(report.id);
  const lapsed = `事项已改由${units.get(item.leadUnit) ?? item.leadUnit}牵头`;
  return reportCard(await reportProps(ctx, 'reporter', { item, report, attachments, lapsed, unitName: units.get(unitCode ?? '') ?? '' }));
}
