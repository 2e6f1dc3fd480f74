import { importNotice as importAction } from '#cards/calendar/actions';
import { noticeCard } from '#cards/calendar/notice.card';
import type { Card } from '#cards/kit/card';
import { on } from '#core/click';
import { type Answer, type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import type { DataFileImporter } from '#core/workbook';
import { type Arrangement, spoken } from '#domain/calendar/arrangement';
import { announceCalendar, importNotice, offerNotice } from '#domain/calendar/change';
import type { CalendarNotice } from '#domain/calendar/notices/store';
import { readHolidayFile } from '#domain/calendar/read-holiday-file';
import { looksLikeNotice, readNotice } from '#domain/calendar/read-notice';
import { loadCalendar, loadEntries } from '#domain/calendar/store';
import { isWorkingDay } from '#domain/calendar/working-days';
import { assertMay, may } from '#domain/roster/policy';
import { settleWarnings } from './warn.ts';

const noticeKey = (noticeId: string): string => `calendar-notice:${noticeId}`;

/** 粘贴通知 — the whole text of the State Council's notice, as it is. */
export const readCalendarNotice: Command = command({
  words: ['放假通知', 'holidays'],
  summary: '导入国务院的放假通知：把全文粘贴发来，核对后确认',
  example: '放假通知 国务院办公厅关于……的通知（全文）',
  match: (text) => (looksLikeNotice(text) ? text : null),
  visibleTo: (actor) => may(actor, 'manageCalendar'),
  handle: async (ctx, argument) => {
    assertMay(ctx.actor, 'manageCalendar');
    const arrangement = readNotice(argument);
    if (!arrangement) throw new InvalidError('请从标题“国务院办公厅关于……年部分节假日安排的通知”起，把通知全文粘贴发来。');
    return offer(ctx, arrangement, 'text');
  },
});

/** 放假数据文件 */
export const holidayFile: DataFileImporter = {
  name: 'holidays',
  title: '放假数据（holiday-cn 的 .json）',
  extension: '.json',
  mayImport: (actor) => may(actor, 'manageCalendar'),
  receive: (ctx, { text }) => offer(ctx, readHolidayFile(text), 'file'),
};

/** 确认导入 — what hangs on the calendar is reckoned anew, in the same transaction; the card of the former one says that it holds no more. */
export const onImportNotice = on(importAction, async (ctx, { noticeId }) => {
  const { notice, former } = await importNotice(ctx, noticeId);
  settleWarnings(ctx, notice.year);
  if (former) ctx.outbox.updateCard({ cardKey: noticeKey(former.id), card: draw(former, { differences: [], effects: [] }) });
  const card = draw(notice, { differences: [], effects: await announceCalendar(ctx) });
  ctx.outbox.updateCard({ cardKey: noticeKey(noticeId), card });
  return { toast: `已导入${notice.year}年放假安排`, card };
});

async function offer(ctx: Context, arrangement: Arrangement, origin: CalendarNotice['origin']): Promise<Answer> {
  const notice = await offerNotice(ctx, arrangement, origin);
  return { card: draw(notice, { differences: await differencesOf(ctx, arrangement), effects: [] }), cardKey: noticeKey(notice.id), privately: true };
}

/** 与现行日历比 — days that would become days off, or working days. */
async function differencesOf(ctx: Context, { year, days }: Arrangement): Promise<string[]> {
  const calendar = await loadCalendar(ctx.tx);
  const arranged = new Map(days.map(({ date, kind }) => [date, kind]));
  // 这一年的安排里原有、这份没有的日子，导入之后回到平常；元旦的假期可以从上一年的年底开始，所以看是哪一年的安排，不看日子在哪一年。
  const dropped = (await loadEntries(ctx.tx)).filter(
    (entry) => entry.year === year && entry.source !== 'local' && !arranged.has(entry.date) && !calendar.exceptions.get(entry.date)?.local,
  );
  return [
    ...days
      .filter(({ date, kind }) => !calendar.exceptions.get(date)?.local && isWorkingDay(calendar, date) !== (kind === 'work'))
      .map(({ date, kind }) => `${spoken(date)}${kind === 'work' ? '上班' : '放假'}`),
    ...dropped.map(({ date, kind }) => `${spoken(date)}不再${kind === 'work' ? '上班' : '放假'}`),
  ];
}

function draw(notice: CalendarNotice, more: { differences: readonly string[]; effects: readonly string[] }): Card {
  const { id: noticeId, year, state, days, problems, ignored, importedBy } = notice;
  return noticeCard({ noticeId, year, state, days, problems, ignored, importedBy, ...more });
}
