import { adopt, returnReport as returnAction, signOff } from '#cards/progress/actions';
import { reportCard } from '#cards/progress/report.card';
import type { Context } from '#core/context';
import { type ActionReply, on } from '#core/feature';
import { findHolders, listUnits } from '#domain/roster/store';
import { adoptReport, returnReport, signOffReport } from '#domain/work-items/progress';
import type { ProgressReport, WorkItem } from '#domain/work-items/records';
import { adoptionKey, reportProps, signOffKey } from './views.ts';

interface Decided {
  readonly item: WorkItem;
  readonly report: ProgressReport;
}

/** 审签 — the unit speaks with one voice; then the inspectors get it. */
export const onSignOff = on(signOff, async (ctx, { reportId }) => {
  const decided = await signOffReport(ctx, reportId);
  const view = await viewOf(ctx, decided);
  const card = reportCard(reportProps(ctx, 'inspector', view));
  for (const { openId } of await findHolders(ctx.tx, { roles: ['inspector'] }, ctx.today)) {
    if (openId)
      ctx.outbox.sendCard({
        to: { person: openId },
        cardKey: adoptionKey(reportId),
        card,
        dedupeKey: `adoption:${reportId}:${openId}`,
        priority: 'task',
      });
  }
  return reply(ctx, view, '已审签，转督查室');
});

/** 采纳 */
export const onAdopt = on(adopt, async (ctx, { reportId }) => {
  const view = await viewOf(ctx, await adoptReport(ctx, reportId));
  await tellReporter(ctx, view);
  return reply(ctx, view, '已采纳，台账已更新');
});

/** 退回补充 — the reporter is told why, and can open the form again from that card. */
export const onReturn = on(returnAction, async (ctx, { reportId }, { reason }) => {
  const view = await viewOf(ctx, await returnReport(ctx, reportId, reason ?? null));
  await tellReporter(ctx, view);
  return reply(ctx, view, '已退回，已通知反馈人');
});

type View = Decided & { readonly unitName: string };

async function viewOf(ctx: Context, decided: Decided): Promise<View> {
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === decided.item.leadUnit);
  return { ...decided, unitName: unit?.name ?? decided.item.leadUnit };
}

/** 各处的卡片都换成新的状态；点的人手里的当场就换。 */
function reply(ctx: Context, view: View, toast: string): ActionReply {
  const head = reportCard(reportProps(ctx, 'head', view));
  const inspector = reportCard(reportProps(ctx, 'inspector', view));
  const bySignOff = view.report.status === 'signedOff' || (view.report.status === 'returned' && view.report.signedOffBy === null);
  ctx.outbox.updateCard({ cardKey: signOffKey(view.report.id), card: head });
  if (!bySignOff) ctx.outbox.updateCard({ cardKey: adoptionKey(view.report.id), card: inspector });
  return { toast, card: bySignOff ? head : inspector };
}

async function tellReporter(ctx: Context, view: View): Promise<void> {
  const { report } = view;
  const openId = await openIdOf(ctx, view);
  if (!openId) return;
  const card = reportCard(reportProps(ctx, 'reporter', view));
  ctx.outbox.sendCard({
    to: { person: openId },
    cardKey: `report-result:${report.id}`,
    card,
    dedupeKey: `report-result:${report.id}:${report.status}`,
    priority: 'task',
  });
}

async function openIdOf(ctx: Context, { item, report }: View): Promise<string | null> {
  const posts = [item.responsiblePostId, item.liaisonPostId].flatMap((postId) => (postId ? [postId] : []));
  const people = await findHolders(ctx.tx, { postIds: posts }, ctx.today);
  return people.find(({ personId }) => personId === report.reporterId)?.openId ?? people[0]?.openId ?? null;
}
