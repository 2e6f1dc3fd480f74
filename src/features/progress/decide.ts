import type { Card } from '#cards/kit/card';
import {
  adopt,
  adoptTogether as adoptTogetherAction,
  returnReport as returnAction,
  signOff,
  signOffTogether as signOffTogetherAction,
} from '#cards/progress/actions';
import { reportCard } from '#cards/progress/report.card';
import { type ActionReply, doneToast, on, type Toast } from '#core/click';
import type { Context } from '#core/context';
import type { CardRenewal } from '#core/renewal';
import { findDesk, inspectorsDesk, unheardAt } from '#domain/roster/desk';
import type { Holder } from '#domain/roster/model';
import { assertMay, may } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { findAttachments } from '#domain/work-items/attachments/store';
import { matterOf } from '#domain/work-items/item-view';
import {
  adoptReport,
  adoptTogether,
  type DecidedReport,
  findReportOf,
  isFormerUnits,
  returnReport,
  signOffReport,
  signOffTogether,
  whyNotWaiting,
} from '#domain/work-items/progress';
import { findLastReports } from '#domain/work-items/store';
import { codeWriter } from '#domain/work-items/written-code';
import { resultKey } from './lapsed.ts';
import type { WaitingList } from './store.ts';
import { reportProps } from './views.ts';
import { refreshWaiting, showWaiting } from './waiting-lists.ts';

/** 审签 — the unit speaks with one voice; then the inspectors get it. */
export const onSignOff = on(signOff, async (ctx, { reportId, page }) => {
  const late = await tooLate(ctx, { reportId, page, list: 'signOff' });
  return late ?? afterwards(ctx, 'signOff', { decided: [await signOffReport(ctx, reportId)], page, toast: `已审签${await passedOn(ctx)}` });
});

/** 转到督查室 — or why nobody there hears of it. */
async function passedOn(ctx: Context): Promise<string> {
  const { unheard } = await findDesk(ctx, inspectorsDesk);
  return unheard ? `；${unheard}` : '，转督查室';
}

/** 采纳 */
export const onAdopt = on(adopt, async (ctx, { reportId, page }) => {
  const late = await tooLate(ctx, { reportId, page, list: 'adopt' });
  return late ?? afterwards(ctx, 'adopt', { decided: [await adoptReport(ctx, reportId)], page, toast: '已采纳，台账已更新' });
});

/** 退回补充 — the reporter is told why, and can open the form again from that card. */
export const onReturn = on(returnAction, async (ctx, { reportId, page }, { reason }) => {
  const found = await findReportOf(ctx, reportId);
  // 又是督查员、又是这个单位主要负责人的，看它现在等谁。
  const asHead = found.report.status === 'submitted' && may(ctx.actor, 'signOffReport', { unitCode: found.item.leadUnit });
  const late = await tooLate(ctx, { reportId, page, list: asHead || !may(ctx.actor, 'adoptReport') ? 'signOff' : 'adopt' });
  if (late) return late;
  const returned = await returnReport(ctx, reportId, reason ?? null);
  const list = returned.report.signedOffBy === null ? 'signOff' : 'adopt';
  const unheard = await unheardReporter(ctx, returned);
  const toast = doneToast('已退回', unheard, '，已通知反馈人');
  return afterwards(ctx, list, { decided: [returned], page, toast });
});

/** 全部审签 */
export const onSignOffTogether = on(signOffTogetherAction, async (ctx, { reportIds, page }) => {
  const decided = await signOffTogether(ctx, reportIds);
  return afterwards(ctx, 'signOff', { decided, page, toast: `已审签${decided.length}件${await passedOn(ctx)}` });
});

/** 全部采纳 */
export const onAdoptTogether = on(adoptTogetherAction, async (ctx, { until }) => {
  const { decided, left } = await adoptTogether(ctx, new Date(until));
  const more = left > 0 ? `；一次至多${decided.length}件，还有${left}件请再点一次` : '，台账已更新';
  return afterwards(ctx, 'adopt', { decided, page: 0, toast: `已采纳${decided.length}件${more}` });
});

/** 迟了 — somebody was faster, or the item stands still: the click says so and shows the list as it is now. */
async function tooLate(ctx: Context, { reportId, page, list }: { reportId: string; page: number; list: WaitingList }): Promise<ActionReply | null> {
  const found = await findReportOf(ctx, reportId);
  // 先看有没有权：怎样了，只告诉办它的人。
  if (list === 'signOff') assertMay(ctx.actor, 'signOffReport', { unitCode: found.item.leadUnit });
  else assertMay(ctx.actor, 'adoptReport');
  const why = whyNotWaiting(found, list === 'signOff' ? 'submitted' : 'signedOff');
  return why === null ? null : { toast: { type: 'info', text: why }, card: await showWaiting(ctx, list, page) };
}

/** 办定之后 — the reporters are told, everybody's list is drawn anew, and the one under the finger at once. */
async function afterwards(
  ctx: Context,
  list: WaitingList,
  { decided, page, toast }: { decided: readonly DecidedReport[]; page: number; toast: string | Toast },
): Promise<ActionReply> {
  if (decided.length === 0) {
    const card = await showWaiting(ctx, list, page);
    return { toast: { type: 'info', text: '这几件都已办过，清单已更新' }, card };
  }
  await tellReporters(
    ctx,
    decided.filter(({ report }) => report.status === 'adopted' || report.status === 'returned'),
  );
  for (const { item, report } of decided) {
    const occasion = `${report.id}:${report.status}`;
    refreshWaiting(ctx, list, { unitCode: item.leadUnit, occasion });
    if (report.status === 'signedOff') refreshWaiting(ctx, 'adopt', { unitCode: item.leadUnit, occasion });
  }
  return { toast, card: await showWaiting(ctx, list, page) };
}

/** 告知反馈人 — what came back is a card with the form to it; several that were taken over are one line. */
async function tellReporters(ctx: Context, decided: readonly DecidedReport[]): Promise<void> {
  const byPerson = new Map<string, DecidedReport[]>();
  for (const one of decided) {
    const openId = await openIdOf(ctx, one);
    if (openId !== null) byPerson.set(openId, [...(byPerson.get(openId) ?? []), one]);
  }
  for (const [openId, [first, ...more]] of byPerson) {
    if (!first) continue;
    const key = resultKey(first.report.id);
    const dedupeKey = `${key}:${first.report.status}`;
    if (more.length === 0) {
      ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card: await resultCard(ctx, first), dedupeKey, priority: 'task' });
    } else {
      const items = [first, ...more].map(({ item }) => item);
      const codes = items.map(await codeWriter(ctx, items)).join('、');
      const text = `您的${more.length + 1}件反馈已由${first.report.adoptedBy ?? ctx.actor.name}采纳：${codes}。`;
      ctx.outbox.sendText({ to: { person: openId }, text, dedupeKey, priority: 'task' });
    }
  }
}

/** 换发退回的 — until the item has been reported again. */
export const renewReturned: CardRenewal = {
  prefix: 'report-result:',
  redraw: async (ctx, { cardKey }) => {
    const found = await findReportOf(ctx, cardKey.slice('report-result:'.length));
    const last = (await findLastReports(ctx.tx, [found.item.id])).get(found.item.id);
    const open =
      found.report.status === 'returned' &&
      last?.id === found.report.id &&
      found.item.status === 'inProgress' &&
      !isFormerUnits(found.item, found.report);
    return { card: open ? await resultCard(ctx, found) : null, isFor: (reader) => may(reader, 'reportProgress', matterOf(found.item)) };
  },
};

async function resultCard(ctx: Context, { item, report }: DecidedReport): Promise<Card> {
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === item.leadUnit);
  const attachments = (await findAttachments(ctx.tx, [report.id])).get(report.id);
  return reportCard(await reportProps(ctx, 'reporter', { item, report, attachments, unitName: unit?.name ?? item.leadUnit }));
}

/** 反馈的一方都收不到的缘由；null：有人收得到 */
async function unheardReporter(ctx: Context, decided: DecidedReport): Promise<string | null> {
  return (await openIdOf(ctx, decided)) === null ? unheardAt({ title: '责任人' }, await reportersOf(ctx, decided)) : null;
}

function reportersOf(ctx: Context, { item }: DecidedReport): Promise<Holder[]> {
  const postIds = [item.responsiblePostId, item.liaisonPostId].flatMap((postId) => (postId ? [postId] : []));
  return findHolders(ctx.tx, { postIds }, ctx.today);
}

async function openIdOf(ctx: Context, decided: DecidedReport): Promise<string | null> {
  const { report } = decided;
  const people = (await reportersOf(ctx, decided)).filter(({ openId }) => openId !== null);
  return people.find(({ personId }) => personId === report.reporterId)?.openId ?? people[0]?.openId ?? null;
}
