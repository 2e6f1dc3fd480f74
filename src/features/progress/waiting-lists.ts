import { z } from 'zod';
import type { Card } from '#cards/kit/card';
import { formatInstant } from '#cards/kit/format';
import { openReport, openWaiting } from '#cards/progress/actions';
import { reportCard } from '#cards/progress/report.card';
import { waitingListCard, waitingPerPage } from '#cards/progress/waiting-list.card';
import { headlineOf } from '#cards/progress/words';
import { on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Actor, Context } from '#core/context';
import { instantAt, localDateOf } from '#core/dates';
import { newId } from '#core/ids';
import { defineJob } from '#core/job';
import type { CardRenewal } from '#core/renewal';
import { isQuiet, nextSendingInstant } from '#domain/calendar/sending-hours';
import { loadCalendar } from '#domain/calendar/store';
import { assertMay, may } from '#domain/roster/policy';
import { findHolders, listUnits, resolveActor } from '#domain/roster/store';
import { findAttachments } from '#domain/work-items/attachments/store';
import { arrivalOf, findReportOf, isFormerUnits } from '#domain/work-items/progress';
import { warningsOf } from '#domain/work-items/report-warnings';
import { findItem, findLastReports } from '#domain/work-items/store';
import { findDecidedReports, findWaitingReports, type WaitingReport } from '#domain/work-items/waiting/store';
import { codeWriter } from '#domain/work-items/written-code';
import { tellLapsed } from './lapsed.ts';
import { lockWaitingList, saveWaitingList, type WaitingList, type WaitingListState } from './store.ts';
import { closeEndedAsks } from './support.ts';
import { reportProps, withTarget } from './views.ts';

/** 看一件的工夫：这段时间里别的事不把卡片换掉。 */
const readingMs = 10 * 60 * 1000;
const doneShown = 5;

/** 卡片键 */
const waitingKey = (list: WaitingList, personId: string): string => `waiting:${list}:${personId}`;

/** 待审签 — the reports of the asker's own units. */
export const toSignOff: Command = command({
  words: ['待审签', '审签', 'signing'],
  summary: '查看等您审签的反馈，逐件或一并审签',
  example: '待审签',
  visibleTo: (actor) => unitsOf(actor).length > 0,
  handle: async (ctx) => {
    assertMayList(ctx.actor, 'signOff');
    return answerWith(ctx, 'signOff');
  },
});

/** 待采纳 — of all units. */
export const toAdopt: Command = command({
  words: ['待采纳', '采纳', 'adopting'],
  summary: '查看等督查室采纳的反馈，逐件或一并采纳',
  example: '待采纳',
  visibleTo: (actor) => may(actor, 'adoptReport'),
  handle: async (ctx) => {
    assertMayList(ctx.actor, 'adopt');
    return answerWith(ctx, 'adopt');
  },
});

/** 翻页，或从一件回来 */
export const onOpenWaiting = on(openWaiting, async (ctx, { list, page }) => ({ card: await showWaiting(ctx, list, page) }));

/** 打开一件 — with the whole text and the form to return it; the list waits until this is done. */
export const onOpenReport = on(openReport, async (ctx, { reportId, page }) => {
  const view = await findReportOf(ctx, reportId);
  const list: WaitingList = view.report.status === 'submitted' ? 'signOff' : 'adopt';
  if (list === 'signOff') assertMay(ctx.actor, 'signOffReport', { unitCode: view.item.leadUnit });
  else assertMay(ctx.actor, 'adoptReport');
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === view.item.leadUnit);
  const personId = ctx.actor.personId ?? '';
  await saveWaitingList(ctx.tx, { list, personId, page, readingUntil: new Date(ctx.now.getTime() + readingMs) });
  const audience = list === 'signOff' ? 'head' : 'inspector';
  const attachments = (await findAttachments(ctx.tx, [reportId])).get(reportId);
  return { card: reportCard(await reportProps(ctx, audience, { ...view, attachments, unitName: unit?.name ?? view.item.leadUnit }, page)) };
});

/** 换发清单 — as long as something waits. */
export const renewWaiting: CardRenewal = {
  prefix: 'waiting:',
  redraw: async (ctx, { cardKey, to }) => {
    const [, name, personId = ''] = cardKey.split(':');
    if (!('person' in to)) return null;
    const list: WaitingList = name === 'adopt' ? 'adopt' : 'signOff';
    await lockWaitingList(ctx.tx, { list, personId });
    const actor = await resolveActor(ctx.tx, { openId: to.person, userId: null, today: ctx.today });
    if (list === 'adopt' && !may(actor, 'adoptReport')) return null;
    const { card, waiting } = await draw(ctx, { list, actor, page: 0 });
    if (waiting.length === 0) return null;
    await saveWaitingList(ctx.tx, { list, personId, sentAt: ctx.now, newestAt: ctx.now, open: waiting.length, page: 0, readingUntil: null });
    return { card, isFor: (reader) => reader.personId === personId };
  },
};

/** 等他审签、采纳的 — one list each, where something is on it. */
export async function waitingListsFor(ctx: Context, person: Actor): Promise<string[]> {
  const { personId, posts } = person;
  const units = unitsOf(person);
  const keys: string[] = [];
  if (personId !== null && units.length > 0 && (await findWaitingReports(ctx.tx, { status: 'submitted', leadUnits: units })).length > 0)
    keys.push(waitingKey('signOff', personId));
  if (personId !== null && posts.some(({ role }) => role === 'inspector'))
    if ((await findWaitingReports(ctx.tx, { status: 'signedOff', leadUnits: null })).length > 0) keys.push(waitingKey('adopt', personId));
  return keys;
}

/** 某人的清单 — for whoever has just clicked; what others did meanwhile comes with the next refresh. */
export async function showWaiting(ctx: Context, list: WaitingList, page: number): Promise<Card> {
  assertMayList(ctx.actor, list);
  const drawn = await draw(ctx, { list, actor: ctx.actor, page });
  await saveWaitingList(ctx.tx, { list, personId: ctx.actor.personId ?? '', page: drawn.page, open: drawn.waiting.length, readingUntil: null });
  return drawn.card;
}

/** 排队更新清单 — drawn by a job from what is committed, so that many changes at once become one card, and the last one is right. */
export function refreshWaiting(ctx: Context, list: WaitingList, { unitCode, occasion }: { unitCode: string; occasion: string }): void {
  const scope = list === 'signOff' ? unitCode : 'all';
  ctx.outbox.job(
    refreshWaitingJob,
    { list, unitCode: list === 'signOff' ? unitCode : null },
    { dedupeKey: `waiting:${list}:${scope}:${occasion}`, collapseKey: `waiting:${list}:${scope}` },
  );
}

/** 事项变了 — halted, closed or handed to another unit: its waiting report leaves the lists, or comes back to them. */
export async function onItemChanged(ctx: Context, itemId: string): Promise<void> {
  const item = await findItem(ctx.tx, itemId);
  if (item) await closeEndedAsks(ctx, item);
  const last = (await findLastReports(ctx.tx, [itemId])).get(itemId);
  if (item && last?.status === 'returned' && isFormerUnits(item, last)) await tellLapsed(ctx, { item, report: last });
  if (!item || (last?.status !== 'submitted' && last?.status !== 'signedOff')) return;
  const list = last.status === 'submitted' ? 'signOff' : 'adopt';
  refreshWaiting(ctx, list, { unitCode: item.leadUnit, occasion: `${last.id}:${item.status}:${ctx.now.getTime()}` });
}

/** 更新清单 — of everybody who may decide: new work is a new message, at most one while there are others to do; the rest changes the card in place. */
export const refreshWaitingJob = defineJob<{ list: WaitingList; unitCode: string | null }, null>({
  name: 'progress.refresh-waiting',
  burst: true,
  payload: z.object({ list: z.enum(['signOff', 'adopt']), unitCode: z.string().nullable() }),
  prepare: () => Promise.resolve(null),
  apply: async (ctx, { list, unitCode }) => {
    const who = list === 'signOff' ? { unitCodes: [unitCode ?? ''], roles: ['unitHead' as const] } : { roles: ['inspector' as const] };
    const people = new Map((await findHolders(ctx.tx, who, ctx.today)).map((holder) => [holder.personId, holder.openId]));
    for (const personId of [...people.keys()].sort()) {
      const openId = people.get(personId);
      if (openId) await refreshFor(ctx, list, { personId, openId, unitCode });
    }
  },
});

async function refreshFor(
  ctx: Context,
  list: WaitingList,
  { personId, openId, unitCode }: { personId: string; openId: string; unitCode: string | null },
): Promise<void> {
  const former = await lockWaitingList(ctx.tx, { list, personId });
  const actor = await resolveActor(ctx.tx, { openId, userId: null, today: ctx.today });
  const { card, waiting, page } = await draw(ctx, { list, actor, page: former.page });
  const newest = waiting.map(({ report }) => arrivalOf(report)).reduce<Date | null>((last, at) => (last && last > at ? last : at), null);
  const payload = { list, unitCode };
  const occasion = `waiting:${list}:${personId}`;
  if (callsFor(ctx, former, { open: waiting.length, newest })) {
    const calendar = await loadCalendar(ctx.tx);
    if (isQuiet(calendar, ctx.now)) {
      const at = nextSendingInstant(calendar, ctx.now);
      ctx.outbox.job(refreshWaitingJob, payload, { dedupeKey: `${occasion}:${at.toISOString()}`, notBefore: at });
    } else {
      // 这件后台办理只办成一次，卡片也就只发一次。
      const dedupeKey = `${occasion}:${newId()}`;
      const cardKey = waitingKey(list, personId);
      ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey, priority: 'task', replaces: [cardKey] });
      await saveWaitingList(ctx.tx, { list, personId, sentAt: ctx.now, newestAt: newest, open: waiting.length, page, readingUntil: null });
      return;
    }
  }
  if (former.readingUntil !== null && former.readingUntil > ctx.now) {
    // 正看着其中一件，填着退回原因：换掉卡片，写的字就没了。
    const dedupeKey = `${occasion}:read:${former.readingUntil.toISOString()}`;
    ctx.outbox.job(refreshWaitingJob, payload, { dedupeKey, notBefore: former.readingUntil });
    return;
  }
  ctx.outbox.updateCard({ cardKey: waitingKey(list, personId), card });
  await saveWaitingList(ctx.tx, { list, personId, open: waiting.length, page });
}

/** 要不要一条新消息 — something has come that the person was not told of, and no card of today still has work on it. */
function callsFor(ctx: Context, former: WaitingListState, { open, newest }: { open: number; newest: Date | null }): boolean {
  if (open === 0 || newest === null) return false;
  const told = former.newestAt !== null && newest <= former.newestAt && former.open > 0;
  const cardOfToday = former.open > 0 && former.sentAt !== null && localDateOf(former.sentAt) === ctx.today;
  return !told && !cardOfToday;
}

async function answerWith(ctx: Context, list: WaitingList) {
  const personId = ctx.actor.personId ?? '';
  await lockWaitingList(ctx.tx, { list, personId });
  const { card, waiting } = await draw(ctx, { list, actor: ctx.actor, page: 0 });
  const state = { sentAt: ctx.now, newestAt: ctx.now, open: waiting.length, page: 0, readingUntil: null };
  await saveWaitingList(ctx.tx, { list, personId, ...state });
  return { card, cardKey: waitingKey(list, personId), privately: true, replaces: true };
}

async function draw(
  ctx: Context,
  { list, actor, page: wanted }: { list: WaitingList; actor: Actor; page: number },
): Promise<{ card: Card; waiting: readonly WaitingReport[]; page: number }> {
  const leadUnits = list === 'signOff' ? unitsOf(actor) : null;
  const waiting = await findWaitingReports(ctx.tx, { status: list === 'signOff' ? 'submitted' : 'signedOff', leadUnits });
  const pages = Math.max(1, Math.ceil(waiting.length / waitingPerPage));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  const warned = new Map(waiting.map(({ report, item }) => [report.id, warningsOf(item, report, ctx.today).map(({ words }) => words)]));
  const newest = waiting.map(({ report }) => arrivalOf(report).getTime()).reduce((last, at) => Math.max(last, at), 0);
  const shown = waiting.slice(page * waitingPerPage, (page + 1) * waitingPerPage);
  const attached = await findAttachments(
    ctx.tx,
    shown.map(({ report }) => report.id),
  );
  const decided = await findDecidedReports(ctx.tx, { list, leadUnits, since: instantAt(ctx.today), limit: doneShown });
  const codeOf = await codeWriter(ctx, [...shown.map(({ item }) => item), ...decided]);
  const card = waitingListCard({
    list,
    personName: actor.name,
    total: waiting.length,
    plain: [...warned.values()].filter((warnings) => warnings.length === 0).length,
    page,
    pages,
    entries: shown.map(({ report, item, unitName }) => ({
      reportId: report.id,
      code: codeOf(item),
      title: item.title,
      unitName,
      headline: headlineOf({
        percent: report.percent,
        previousPercent: report.previousPercent ?? item.percent,
        metrics: report.metrics.map((reported) => withTarget(item, reported)),
      }),
      content: report.content,
      warnings: warned.get(report.id) ?? [],
      by: `${report.reporterName}　${formatInstant(new Date(report.submittedAt), ctx.today)}`,
      attachments: attached.get(report.id)?.length ?? 0,
    })),
    until: new Date(newest).toISOString(),
    done: decided.map((one) => ({ code: codeOf(one), status: one.status })),
  });
  return { card, waiting, page };
}

/** 看得了这张清单的 — whoever decides what is on it, by the posts held today: a card of former times shows nothing any more. */
function assertMayList(actor: Actor, list: WaitingList): void {
  if (list === 'adopt') assertMay(actor, 'adoptReport');
  else if (unitsOf(actor).length === 0) assertMay(actor, 'signOffReport');
}

/** 可以审签的单位 — by the posts held today, those of others included for whom one acts. */
function unitsOf(actor: Actor): string[] {
  const units = actor.posts.flatMap(({ unitCode }) => (unitCode !== null && may(actor, 'signOffReport', { unitCode }) ? [unitCode] : []));
  return [...new Set(units)];
}
