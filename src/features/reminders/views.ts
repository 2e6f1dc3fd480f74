import { bind } from '#cards/kit/action';
import { dueWords, shortDay } from '#cards/kit/due-line';
import { progressReportStatus, taskBookStatus, term, workItemStatus } from '#cards/kit/terms';
import { openForm, reportNoChange } from '#cards/progress/actions';
import { openReply } from '#cards/reminders/actions';
import { linesPerPage, type ReminderLine, type ReminderProps } from '#cards/reminders/reminder.card';
import { ask } from '#cards/system/actions';
import { acknowledge } from '#cards/task-books/actions';
import type { Context } from '#core/context';
import { type LocalDate, localDateOf, localTimeOf } from '#core/dates';
import { loadCalendar } from '#domain/calendar/store';
import { type Calendar, dueSpan } from '#domain/calendar/working-days';
import { findPlanned, type PlannedItem } from '#domain/deadlines/plan/store';
import { findBooks, type ReminderEntry } from '#domain/deadlines/sends/store';
import { listUnits } from '#domain/roster/store';

export const reminderKey = (cardId: string): string => `reminder:${cardId}`;
export const urgeKey = (batchId: string): string => `urge:${batchId}`;
export const replyKey = (replyId: string): string => `urge-reply:${replyId}`;

/** 时限一行 — with the original limit beside a changed one, what lies between, and a warning where the year's days off are not known yet. */
export function dueLineOf(
  calendar: Calendar,
  today: LocalDate,
  { dueOn, originalDueOn }: { readonly dueOn: LocalDate; readonly originalDueOn: LocalDate },
): string {
  return dueWords({ dueOn, originalDueOn, span: dueSpan(calendar, today, dueOn) }, today);
}

/** 画提醒卡所需的，一次读出 */
export interface Around {
  readonly calendar: Calendar;
  readonly today: LocalDate;
  readonly items: ReadonlyMap<string, PlannedItem>;
  readonly books: ReadonlyMap<
    string,
    { readonly year: number; readonly unitCode: string; readonly itemCount: number; readonly acknowledgeBy: Date | null; readonly status: string }
  >;
  readonly unitName: (code: string) => string;
}

/** 读周围 — for the lines of one or of many cards. */
export async function readAround(ctx: Context, subjectIds: readonly string[]): Promise<Around> {
  const names = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  return {
    calendar: await loadCalendar(ctx.tx),
    today: ctx.today,
    items: new Map((await findPlanned(ctx.tx, subjectIds)).map((item) => [item.id, item])),
    books: new Map((await findBooks(ctx.tx, subjectIds)).map((book) => [book.id, book])),
    unitName: (code) => names.get(code) ?? code,
  };
}

/** 提醒 → 卡片 — as things stand now, whenever it is drawn. */
export function reminderProps(
  around: Around,
  card: { cardId: string; personName: string; urgedBy: string | null; headline?: string; page: number; entries: readonly ReminderEntry[] },
): ReminderProps {
  const { entries, headline = null, page, ...rest } = card;
  const last = Math.max(0, Math.ceil(entries.length / linesPerPage) - 1);
  return {
    ...rest,
    headline,
    today: around.today,
    page: Math.min(Math.max(0, page), last),
    lines: entries.flatMap((entry) => lineOf(around, entry)),
  };
}

function lineOf(around: Around, entry: ReminderEntry): ReminderLine[] {
  const { feedbackOn, copy, others, unreached } = entry;
  const common = { level: entry.level ?? entry.kind, feedbackOn, copy, others, unreached };
  const book = around.books.get(entry.subjectId);
  if (book) {
    const by = book.acknowledgeBy;
    const signed = book.status !== 'issued';
    return [
      {
        ...common,
        code: '任务书',
        title: `${around.unitName(book.unitCode)}${book.year}年重点工作任务书`,
        dueLine: by ? `签收时限${shortDay(localDateOf(by), around.today)}${localTimeOf(by)}` : '',
        state: `共${book.itemCount}项${signed ? `｜${term(taskBookStatus, book.status)}` : ''}`,
        actions: signed ? [] : [{ text: '签收', action: bind(acknowledge, { bookId: entry.subjectId }) }],
      },
    ];
  }
  const item = around.items.get(entry.subjectId);
  if (!item) return [];
  return [
    {
      ...common,
      code: item.code,
      title: item.title,
      dueLine: dueLineOf(around.calendar, around.today, item),
      state: stateOf(item, around.today),
      actions: actionsOf(item, entry),
    },
  ];
}

function stateOf({ status, percent, promisedOn, extensionPending, lastReport }: PlannedItem, today: LocalDate): string {
  const pending = lastReport?.status === 'submitted' || lastReport?.status === 'signedOff' || lastReport?.status === 'returned';
  const word = pending && lastReport ? term(progressReportStatus, lastReport.status) : status === 'inProgress' ? '' : term(workItemStatus, status);
  return [`完成${percent}%`, word, promisedOn === null ? '' : `承诺${shortDay(promisedOn, today)}完成`, extensionPending ? '延期待批' : '']
    .filter((words) => words !== '')
    .join('｜');
}

/** 一行的按钮 — answered where it stands; the rest is on the item's own card. */
function actionsOf({ id, code, status, lastReport, facts }: PlannedItem, { kind, level, copy }: ReminderEntry): ReminderLine['actions'] {
  const look = { text: '查看', action: bind(ask, { text: `任务 ${code}` }) };
  if (copy) return [look];
  if ((level === 'L2' || level === 'L3') && (status === 'inProgress' || status === 'issued'))
    return [{ text: '回复', action: bind(openReply, { itemId: id }) }, look];
  const waiting = lastReport?.status === 'submitted' || lastReport?.status === 'signedOff';
  if (status === 'inProgress' && !waiting && !facts.hasChildren) {
    const report = { text: '反馈', action: bind(openForm, { itemId: id }) };
    const noChange = { text: '本期无变化', action: bind(reportNoChange, { itemId: id, round: (lastReport?.round ?? 0) + 1 }) };
    return kind === 'feedback' ? [report, noChange] : [report, look];
  }
  return [look];
}
