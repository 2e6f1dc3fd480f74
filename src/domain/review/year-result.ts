import type { Context } from '#core/context';
import { readEntries } from '../ledger/entries.ts';
import { totalsOf } from '../ledger/totals.ts';
import { findWorkYear } from '../work-items/store.ts';
import type { YearResult } from './model.ts';
import { findFormerPromises } from './store.ts';

/** 年度办理情况 — the same query as the ledger, so the number beside the speaker is the ledger's number of that moment. */
export async function yearResultOf(
  ctx: Pick<Context, 'tx' | 'now' | 'today'>,
  { unitCode, sessionId }: { readonly unitCode: string; readonly sessionId: string },
): Promise<YearResult> {
  const entries = await readEntries(ctx, { year: await findWorkYear(ctx.tx, ctx.now), leadUnits: [unitCode], at: ctx.now });
  const { total, completed, due, onTime, overdue, red } = totalsOf(entries, ctx.today);
  return { total, completed, due, onTime, overdue, red, ...(await promisedOf(ctx, { unitCode, sessionId })) };
}

/** 上次的承诺办得怎样 — they belong to the work year in which they were made, so the ledger of this one does not count them. */
async function promisedOf(
  { tx, today }: Pick<Context, 'tx' | 'today'>,
  of: { readonly unitCode: string; readonly sessionId: string },
): Promise<Pick<YearResult, 'promised'>> {
  const promises = await findFormerPromises(tx, of);
  if (promises.length === 0) return {};
  const isKept = ({ status }: { status: string }): boolean => status === 'completed' || status === 'archived';
  const overdue = promises.filter((each) => !isKept(each) && each.status !== 'suspended' && each.dueOn < today).length;
  return { promised: { made: promises.length, kept: promises.filter(isKept).length, overdue } };
}

/** 年度办理情况，一句话 — `承办17项，办结9项，按时办结9/10，逾期1项，红灯1项`；没有事项的也说清。 */
export function yearWords({ total, completed, due, onTime, overdue, red, promised }: YearResult): string {
  const former = promised ? `；上次承诺${promised.made}件，办结${promised.kept}件${promised.overdue > 0 ? `，逾期${promised.overdue}件` : ''}` : '';
  if (total === 0) return `没有承办任务书事项${former}`;
  const late = [...(overdue > 0 ? [`逾期${overdue}项`] : []), ...(red > 0 ? [`红灯${red}项`] : [])];
  return [`承办${total}项`, `办结${completed}项`, due > 0 ? `按时办结${onTime}/${due}` : '还没有到期的', ...late].join('，') + former;
}
