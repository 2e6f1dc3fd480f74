import { openCompletion } from '#cards/completion/actions';
import { openExtension } from '#cards/extensions/actions';
import { bind } from '#cards/kit/action';
import { dueWords, shortDay, withRemark } from '#cards/kit/due-line';
import { progressReportStatus, taskBookStatus, term, workItemStatus } from '#cards/kit/terms';
import { openForm, openSupport, reportNoChange } from '#cards/progress/actions';
import { askNotice, openReply } from '#cards/reminders/actions';
import { linesPerPage, type ReminderLine, type ReminderProps } from '#cards/reminders/reminder.card';
import { ask } from '#cards/system/actions';
import { acknowledge } from '#cards/task-books/actions';
import type { Actor, Context } from '#core/context';
import { type LocalDate, localDateOf, localTimeOf } from '#core/dates';
import { loadCalendar } from '#domain/calendar/store';
import { type Calendar, dueSpan, provisionalRemark } from '#domain/calendar/working-days';
import { findPlanned, type PlannedItem } from '#domain/deadlines/plan/store';
import type { Sending } from '#domain/deadlines/run';
import { findBooks, type ReminderEntry } from '#domain/deadlines/sends/store';
import { lastApplicationDay } from '#domain/extensions/request';
import { may } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import { findNeedless } from '#domain/work-items/store';
import { codeWriter } from '#domain/work-items/written-code';

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
  /** 不用签收了的任务书 */
  readonly needless: ReadonlySet<string>;
  readonly unitName: (code: string) => string;
  readonly codeOf: (item: PlannedItem) => string;
}

/** 读周围 — for the lines of one or of many cards. */
export async function readAround(ctx: Context, subjectIds: readonly string[]): Promise<Around> {
  const names = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  const items = await findPlanned(ctx.tx, subjectIds);
  return {
    calendar: await loadCalendar(ctx.tx),
    today: ctx.today,
    items: new Map(items.map((item) => [item.id, item])),
    books: new Map((await findBooks(ctx.tx, subjectIds)).map((book) => [book.id, book])),
    needless: await findNeedless(ctx.tx, subjectIds),
    unitName: (code) => names.get(code) ?? code,
    codeOf: await codeWriter(ctx, items),
  };
}

/** 一次提醒的周围 — from what the run has read already. */
export async function aroundOf(ctx: Context, sendings: readonly Sending[]): Promise<Around> {
  const names = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  const items = sendings.flatMap(({ item }) => item ?? []);
  return {
    calendar: await loadCalendar(ctx.tx),
    today: ctx.today,
    items: new Map(items.map((item) => [item.id, item])),
    books: new Map(sendings.flatMap(({ book }) => (book ? [[book.id, { ...book, status: 'issued' }] as const] : []))),
    needless: new Set(),
    unitName: (code) => names.get(code) ?? code,
    codeOf: await codeWriter(ctx, items),
  };
}

/** 还看得了的各行 — what he may read by the posts he holds today; the items of a post that he has left are no longer shown to him. */
export function readableLines(around: Around, reader: Actor, entries: readonly ReminderEntry[]): readonly ReminderEntry[] {
  return entries.filter(({ subjectId }) => {
    const book = around.books.get(subjectId);
    if (book) return may(reader, 'readBook', { unitCode: book.unitCode });
    const item = around.items.get(subjectId);
    return item !== undefined && may(reader, 'readItem', { ...item, unitCode: item.leadUnit });
  });
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
  const { feedbackOn, copy, support = false, others, unreached } = entry;
  const provisional = feedbackOn === null ? '' : provisionalRemark(around.calendar, feedbackOn);
  const common = { level: entry.level ?? entry.kind, feedbackOn, provisional, copy, support, others, unreached };
  const book = around.books.get(entry.subjectId);
  if (book) {
    const by = book.acknowledgeBy;
    const needless = around.needless.has(entry.subjectId);
    const signed = book.status !== 'issued';
    return [
      {
        ...common,
        code: '任务书',
        title: `${around.unitName(book.unitCode)}${book.year}年重点工作任务书`,
        dueLine: by ? receiptLine(around, by) : '',
        state: `共${book.itemCount}项${signed ? `｜${term(taskBookStatus, book.status)}` : needless ? '｜已没有要办的，不用签收' : ''}`,
        actions: signed || needless ? [] : [{ text: '签收', action: bind(acknowledge, { bookId: entry.subjectId }) }],
      },
    ];
  }
  const item = around.items.get(entry.subjectId);
  if (!item) return [];
  return [
    {
      ...common,
      code: around.codeOf(item),
      title: item.title,
      dueLine: dueLineOf(around.calendar, around.today, item),
      state: stateOf(item, around.today),
      actions: actionsOf(around, item, entry),
    },
  ];
}

function receiptLine({ calendar, today }: Around, by: Date): string {
  const day = localDateOf(by);
  return withRemark(`签收时限${shortDay(day, today)}${localTimeOf(by)}`, provisionalRemark(calendar, day));
}

function stateOf({ status, percent, promisedOn, extensionPending, lastReport }: PlannedItem, today: LocalDate): string {
  const pending = lastReport?.status === 'submitted' || lastReport?.status === 'signedOff' || lastReport?.status === 'returned';
  const word = pending && lastReport ? term(progressReportStatus, lastReport.status) : status === 'inProgress' ? '' : term(workItemStatus, status);
  return [`完成${percent}%`, word, promisedOn === null ? '' : `承诺${shortDay(promisedOn, today)}完成`, extensionPending ? '延期待批' : '']
    .filter((words) => words !== '')
    .join('｜');
}

/** 一行的按钮 — answered where it stands (domain B5); what is waiting for others already can only be looked at. */
function actionsOf(
  { calendar, today, codeOf }: Around,
  item: PlannedItem,
  { kind, level, copy, support, feedbackOn }: ReminderEntry,
): ReminderLine['actions'] {
  const { id, status, lastReport, facts } = item;
  const look = { text: '查看', action: bind(ask, { text: `任务 ${codeOf(item)}` }) };
  if (support === true) return [{ text: '分工反馈', action: bind(openSupport, { itemId: id }) }, look];
  if (copy) return [look];
  if ((level === 'L2' || level === 'L3') && (status === 'inProgress' || status === 'issued')) {
    const reply = { text: '回复', action: bind(openReply, { itemId: id }) };
    return level === 'L3' ? [reply, look, { text: '通知文件', action: bind(askNotice, { itemId: id }) }] : [reply, look];
  }
  const waiting = lastReport?.status === 'submitted' || lastReport?.status === 'signedOff';
  if (status !== 'inProgress' || waiting) return [look];
  const report = { text: '反馈', action: bind(openForm, { itemId: id }) };
  const noChange = { text: '本期无变化', action: bind(reportNoChange, { itemId: id, round: (lastReport?.round ?? 0) + 1 }) };
  if (kind === 'feedback') return [report, noChange];
  const finish = { text: '申请办结', action: bind(openCompletion, { itemId: id }) };
  const late = today > lastApplicationDay(calendar, item.dueOn);
  const extend = item.extensionPending ? look : { text: late ? '说明情况' : '申请延期', action: bind(openExtension, { itemId: id }) };
  // 有下级的由下级反馈；本期还要反馈的，没有变化也是一按。
  return [facts.hasChildren ? look : report, finish, feedbackOn === null || facts.hasChildren ? extend : noChange].filter(
    (action, index, all) => all.indexOf(action) === index,
  );
}
