import type { Context } from '#core/context';
import { type Holder, leaderRoles, leadersOf } from '#domain/roster/model';
import { findHolders, listUnits } from '#domain/roster/store';
import { announceItem } from '#domain/work-items/item-view';
import type { Reassigned } from '#domain/work-items/reassign';
import type { WorkItem } from '#domain/work-items/records';
import { findLastReports } from '#domain/work-items/store';
import { codeWriter } from '#domain/work-items/written-code';
import { issueBookJob } from './issue.ts';
import { refreshBook, refreshMyItems } from './refresh.ts';

/** 改派、裁定之后各处的卡片 — new books go out; the former books, the lists of the former unit's people and every feature's cards follow. */
export async function settleItems(
  ctx: Context,
  {
    formerUnit,
    formerBooks,
    newBooks,
    itemIds,
  }: { formerUnit: string; formerBooks: Iterable<string>; newBooks: readonly string[]; itemIds: readonly string[] },
): Promise<void> {
  for (const bookId of newBooks) ctx.outbox.job(issueBookJob, { bookId }, { dedupeKey: `issue-book:${bookId}`, priority: 'order' });
  for (const bookId of formerBooks) await refreshBook(ctx, bookId);
  const people = await findHolders(ctx.tx, { unitCodes: [formerUnit], roles: ['unitHead', 'liaison', 'responsiblePerson'] }, ctx.today);
  await refreshMyItems(ctx, people);
  for (const itemId of itemIds) await announceItem(ctx, itemId);
}

/** 告知 — one message to everybody concerned, however many items: the former unit, whose reports end here, and the leaders before and now. */
export async function tellReassigned(
  ctx: Context,
  { from, to, keepsFormer, moved, supported, newBookIds, reason }: Reassigned & { reason: string },
): Promise<void> {
  const names = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  const [former, lead] = [names.get(from) ?? from, names.get(to) ?? to];
  const items = moved.map(({ item }) => item);
  const what = await writtenTogether(ctx, items);
  const told = new Set<string>();
  const tell = (people: readonly Holder[], text: string): void => {
    for (const { openId } of people) {
      if (openId === null || openId === ctx.actor.openId || told.has(openId)) continue;
      told.add(openId);
      const occasion = newBookIds.join(':') || `${from}:${to}:${ctx.now.getTime()}`;
      ctx.outbox.sendText({ to: { person: openId }, text, dedupeKey: `reassigned:${occasion}:${openId}`, priority: 'task' });
    }
  };
  const part = keepsFormer ? `${former}改为配合单位` : `${former}不再承担`;
  const ended = (await hadReports(ctx, items)) ? '还没有采纳的反馈不用再补，由新单位接着报。' : '';
  const ofFormer = await findHolders(ctx.tx, { unitCodes: [from], backup: false }, ctx.today);
  const concerned = ofFormer.filter(
    ({ role, postId }) => role === 'unitHead' || role === 'liaison' || moved.some(({ formerPosts }) => formerPosts.includes(postId)),
  );
  if (items.length > 0) tell(concerned, `${what}已改由${lead}牵头，${part}（依据：${reason}）。${ended}`);
  else tell(concerned, `${former}配合的${supported.length}项已改由${lead}配合（依据：${reason}）。`);
  const leaders = await findHolders(ctx.tx, { roles: leaderRoles }, ctx.today);
  for (const [name, change] of leaderChanges(moved)) {
    const text = `${await writtenTogether(ctx, change.items)}已由${former}改由${lead}牵头，随单位改由${change.now ?? '主要领导'}分管（依据：${reason}）。`;
    tell(leadersOf(leaders, name), text);
  }
}

/** 换了分管领导的 — the one before and the one now, each with his items. */
function leaderChanges(moved: Reassigned['moved']): Map<string, { items: WorkItem[]; now: string | null }> {
  const changes = new Map<string, { items: WorkItem[]; now: string | null }>();
  for (const { before, item } of moved) {
    if (before.leaderInCharge === item.leaderInCharge) continue;
    for (const name of [before.leaderInCharge, item.leaderInCharge].filter((one) => one !== null)) {
      const change = changes.get(name) ?? { items: [], now: item.leaderInCharge };
      change.items.push(item);
      changes.set(name, change);
    }
  }
  return changes;
}

async function hadReports(ctx: Context, items: readonly WorkItem[]): Promise<boolean> {
  const reports = await findLastReports(
    ctx.tx,
    items.map(({ id }) => id),
  );
  return [...reports.values()].some(({ status }) => status === 'returned');
}

/** `管-063 渔排清退协商签约`，几项的 `管-063、管-064等5项` */
async function writtenTogether(ctx: Context, items: readonly WorkItem[]): Promise<string> {
  const write = await codeWriter(ctx, items);
  const [first] = items;
  if (items.length === 1 && first) return `${write(first)} ${first.title}`;
  const codes = items.slice(0, 3).map(write).join('、');
  return items.length > 3 ? `${codes}等${items.length}项` : `${codes}共${items.length}项`;
}
