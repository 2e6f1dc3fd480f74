import { z } from 'zod';
import { release, saveHighlights } from '#cards/digests/actions';
import { bulletinCard } from '#cards/digests/bulletin.card';
import type { Card } from '#cards/kit/card';
import { formatInstant } from '#cards/kit/format';
import { noticeCard } from '#cards/system/notice.card';
import { on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { defineJob } from '#core/job';
import type { Recipient } from '#core/outbox';
import { schedule } from '#core/schedule';
import { saveBlob } from '#domain/blobs/store';
import { loadCalendar } from '#domain/calendar/store';
import { isWorkingDay } from '#domain/calendar/working-days';
import {
  draftBulletin,
  draftingDay,
  draftPeriod,
  editBulletin,
  getBulletin,
  monthBefore,
  monthToDraft,
  noteDocument,
  releaseBulletin,
} from '#domain/digests/bulletin-work';
import { findBulletin, type MonthlyBulletin } from '#domain/digests/bulletins/store';
import { bulletinPeriods, paperTitle, periodOf } from '#domain/digests/periods';
import { bulletinDocument } from '#domain/documents/bulletin';
import { assertMay, may } from '#domain/roster/policy';
import { chatsOf, findHolders, listUnits } from '#domain/roster/store';

const bulletinKey = (id: string, audience: 'office' | 'public'): string => `bulletin:${id}:${audience}`;

/** 起草通报 — 09:40 of the first working day after the feedback day, or of the next one if that was missed; only the inspectors see it. */
export const draftMonthly = schedule('digests.bulletin', '40 9 * * *', async (ctx) => {
  const calendar = await loadCalendar(ctx.tx);
  const month = isWorkingDay(calendar, ctx.today) ? monthToDraft(calendar, ctx.today) : null;
  const bulletin = month === null ? null : await draftBulletin(ctx, month);
  if (bulletin && bulletin.figures.totals.total > 0) queueDocument(ctx, bulletin, 'drafted');
});

/** 通报 — the month's bulletin again, as draft or as released; until it is drafted last month's, if that still waits for its release. */
export const showBulletin: Command = command({
  words: ['通报', '月报', '通报月报', 'bulletin'],
  summary: '本月通报的草稿：写亮点、发布',
  example: '通报',
  visibleTo: (actor) => may(actor, 'editBulletin'),
  handle: async (ctx) => {
    assertMay(ctx.actor, 'editBulletin');
    const month = ctx.today.slice(0, 7);
    const former = await findBulletin(ctx.tx, { month: monthBefore(month) });
    const bulletin = (await findBulletin(ctx.tx, { month })) ?? (former?.state === 'draft' ? former : null);
    if (!bulletin) {
      const day = draftingDay(await loadCalendar(ctx.tx), month);
      const text = `本月的通报还没有起草；${Number(day.slice(5, 7))}月${Number(day.slice(8))}日9:40自动起草并发给督查室。`;
      return { card: noticeCard({ title: '通报月报', text, tone: 'info' }), privately: true };
    }
    return { card: await draw(ctx, bulletin, true), cardKey: bulletinKey(bulletin.id, 'office'), privately: true };
  },
});

/** 周调度、季度通报、年度通报 — drafted when they are asked for; the paper comes to whoever asked. */
export const otherPeriods: readonly Command[] = bulletinPeriods
  .filter(({ kind }) => kind !== 'month')
  .map(({ kind, words }) =>
    command({
      words,
      summary: `此刻的${words[0]}草稿：数字、红黄灯名单，写亮点、发布`,
      example: words[0],
      visibleTo: (actor) => may(actor, 'editBulletin'),
      handle: async (ctx) => {
        const bulletin = await draftPeriod(ctx, kind);
        queueDocument(ctx, bulletin, `${asked}${ctx.now.getTime()}`);
        return { card: await draw(ctx, bulletin, true), cardKey: bulletinKey(bulletin.id, 'office'), replaces: true, privately: true };
      },
    }),
  );

/** 有人问才起草的：文件只给问的人 */
const asked = 'asked:';

/** 保存亮点 */
export const onSaveHighlights = on(saveHighlights, async (ctx, { bulletinId }, { highlights = '' }) => {
  const bulletin = await editBulletin(ctx, bulletinId, highlights.trim());
  queueDocument(ctx, bulletin, `edited:${ctx.now.getTime()}`);
  const card = await draw(ctx, bulletin, true);
  ctx.outbox.updateCard({ cardKey: bulletinKey(bulletinId, 'office'), card });
  return { toast: '已保存，新的草稿随后发来', card };
});

/** 发布 — by the chief alone; then it goes to the district's group. */
export const onRelease = on(release, async (ctx, { bulletinId }) => {
  const bulletin = await releaseBulletin(ctx, bulletinId);
  queueDocument(ctx, bulletin, 'released');
  const card = await draw(ctx, bulletin, true);
  ctx.outbox.updateCard({ cardKey: bulletinKey(bulletinId, 'office'), card });
  return { toast: '已发布，发往全区工作群', card };
});

function queueDocument(ctx: Context, { id }: MonthlyBulletin, occasion: string): void {
  ctx.outbox.job(typesetBulletinJob, { bulletinId: id, occasion }, { dedupeKey: `bulletin:${id}:${occasion}`, priority: 'order' });
}

interface Typeset {
  readonly bytes: Uint8Array;
}

/** 排印并送出 — the draft to the inspectors, the released one to the district's group. */
export const typesetBulletinJob = defineJob<{ bulletinId: string; occasion: string }, Typeset>({
  name: 'digests.typeset-bulletin',
  payload: z.object({ bulletinId: z.string(), occasion: z.string() }),
  prepare: async (world, { bulletinId }) => {
    const document = await world.briefly(async (ctx) => {
      const bulletin = await getBulletin(ctx, bulletinId);
      const names = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
      const { figures, highlights, state } = bulletin;
      const unitName = (code: string): string => names.get(code) ?? code;
      return bulletinDocument({ districtName: ctx.settings.districtName, figures, highlights, draft: state === 'draft', unitName });
    });
    return { bytes: await world.typeset(document) };
  },
  apply: async (ctx, { bulletinId, occasion }, { bytes }) => {
    const bulletin = await getBulletin(ctx, bulletinId);
    const released = bulletin.state === 'released';
    // 排印时还是草稿、现在已发布的：发布的那一份另有一件在办。
    if (released !== (occasion === 'released') && !occasion.startsWith(asked)) return;
    const blobId = await saveBlob(ctx.tx, bytes, ctx.now);
    await noteDocument(ctx, bulletinId, { state: bulletin.state, blobId });
    const alone: readonly [string, Recipient][] = ctx.actor.openId === null ? [] : [[ctx.actor.openId, { person: ctx.actor.openId }]];
    const card = await draw(ctx, bulletin, !released);
    const audience = released ? 'public' : 'office';
    for (const [name, to] of occasion.startsWith(asked) ? alone : await recipientsOf(ctx, released)) {
      const dedupeKey = `bulletin:${bulletinId}:${occasion}:${name}`;
      const cardKey = bulletinKey(bulletinId, audience);
      // 草稿改过以后只补发文件，卡片已就地更新。
      const fresh = occasion === 'released' || occasion === 'drafted';
      if (fresh) ctx.outbox.sendCard({ to, cardKey, card, dedupeKey, priority: 'order' });
      const fileName = `${fileNameOf(ctx, bulletin)}${released ? '' : '（草稿）'}.docx`;
      ctx.outbox.sendFile({ to, fileName, blobId, dedupeKey: `${dedupeKey}:file`, priority: 'order', ...(fresh ? { withCard: cardKey } : {}) });
    }
  },
  fail: async (ctx, { bulletinId }, reason) => {
    for (const [name, to] of await recipientsOf(ctx, false)) {
      const key = `bulletin:${bulletinId}:failed:${name}:${ctx.now.toISOString()}`;
      const card = noticeCard({ title: '通报没有排印成', text: reason, tone: 'warning' });
      ctx.outbox.sendCard({ to, cardKey: key, card, dedupeKey: key, priority: 'task' });
    }
  },
});

async function recipientsOf(ctx: Context, released: boolean): Promise<[string, Recipient][]> {
  if (released) {
    const chat = (await chatsOf(ctx.tx, ['district'])).get('district');
    if (chat) return [[chat, { chat }]];
  }
  const people = await findHolders(ctx.tx, { roles: ['chiefInspector', 'inspector'] }, ctx.today);
  const accounts = new Set(people.flatMap(({ openId }) => (openId ? [openId] : [])));
  return [...accounts].map((openId) => [openId, { person: openId }]);
}

function fileNameOf(ctx: Context, { month }: MonthlyBulletin): string {
  return `${ctx.settings.districtName}${paperTitle(month)}`;
}

async function draw(ctx: Context, bulletin: MonthlyBulletin, editable: boolean): Promise<Card> {
  const { id, month, figures, highlights, releasedBy, releasedAt } = bulletin;
  const names = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  const rows = figures.rows.toSorted((left, right) => (left.rank ?? 1_000) - (right.rank ?? 1_000));
  return bulletinCard({
    bulletinId: id,
    name: month.startsWith('W') ? paperTitle(month) : `重点工作督办情况${periodOf(month).spanOf(month)}通报`,
    day: figures.day,
    previousDay: figures.previousDay,
    feedbackOn: figures.feedbackOn,
    totals: figures.totals,
    feedbackDue: figures.feedbackDue,
    feedbackInTime: figures.feedbackInTime,
    older: figures.older ?? [],
    rows: rows.map(({ unitCode, totals, rank, previousRank }) => ({
      unitName: names.get(unitCode) ?? unitCode,
      ...{ due: totals.due, onTime: totals.onTime, red: totals.red, yellow: totals.yellow, rank, previousRank },
    })),
    highlights,
    version: Math.floor(ctx.now.getTime() / 1000) % 100_000,
    released: releasedBy !== null && releasedAt !== null ? { by: releasedBy, at: formatInstant(new Date(releasedAt), ctx.today) } : null,
    editable,
  });
}
