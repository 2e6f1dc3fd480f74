import { daysWords, dueWords, shortDay } from '#cards/kit/due-line';
import { formatInstant } from '#cards/kit/format';
import { orderStatus, progressReportStatus, reminderLevel, signalLight, term, urgeReplyStatus } from '#cards/kit/terms';
import type { LocalDate } from '#core/dates';
import { type Calendar, dueSpan } from '#domain/calendar/working-days';
import type { OrderFact } from '#domain/orders/model';

/** 事实一行 — `9月20日（周日）09:05 二次催办：马骁、丁一凡`; the same words on the card and in the document. */
export function factWords(fact: OrderFact, today: LocalDate): string {
  return `${formatInstant(new Date(fact.at), today)} ${wordsOf(fact, today)}`;
}

function wordsOf({ kind, level = '', people = [], status = '', percent = 0, text = '', from = '', to = '' }: OrderFact, today: LocalDate): string {
  const who = people.join('、');
  switch (kind) {
    case 'issue':
      return '下达';
    case 'acknowledge':
      return '签收';
    case 'report':
      return `${who}反馈完成${percent}%（${term(progressReportStatus, status)}）`;
    case 'send':
      return `${term(reminderLevel, level)}${who === '' ? '' : `：${who}`}`;
    case 'reply':
      return `${who}回复催办（${term(urgeReplyStatus, status)}）：${text}`;
    case 'due':
      return `时限由${shortDay(from, today)}改为${shortDay(to, today)}${text === '' ? '' : `（${text}）`}`;
    case 'light':
      return `由${term(signalLight, from)}转为${term(signalLight, to)}`;
    case 'order':
      return `签发督办令${text}（${term(orderStatus, status)}）`;
  }
}

/** 时限一行 — the original limit beside a changed one. @param over what it limits has ended or stands still: the days that are left mean nothing now */
export function dueLineOf(
  calendar: Calendar,
  today: LocalDate,
  { dueOn, originalDueOn, over = false }: { dueOn: LocalDate; originalDueOn: LocalDate; over?: boolean },
): string {
  if (over) return `时限${daysWords(dueOn, originalDueOn, today)}`;
  return dueWords({ dueOn, originalDueOn, span: dueSpan(calendar, today, dueOn) }, today);
}
