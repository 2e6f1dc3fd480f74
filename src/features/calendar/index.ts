import { dayFormCard } from '#cards/calendar/day-form.card';
import { noticeCard } from '#cards/calendar/notice.card';
import { yearCard } from '#cards/calendar/year.card';
import { defineFeature } from '#core/feature';
import { calendarNoticeMachine } from '#domain/calendar/notice-model';
import { calendarCheck } from './check.ts';
import { onChangeDay, onOpenDay } from './day.ts';
import { holidayFile, onImportNotice, readCalendarNotice } from './notice.ts';
import { warnOfMissingYears } from './warn.ts';
import { onOpenYear, showCalendar } from './year.ts';

/** 工作日历 — days off and make-up days: shown by year, imported from the State Council's notice, changed by the day. */
export const calendar = defineFeature({
  name: 'calendar',
  title: '工作日历',
  cards: [yearCard, noticeCard, dayFormCard],
  actions: [onOpenYear, onOpenDay, onChangeDay, onImportNotice],
  commands: [showCalendar, readCalendarNotice],
  dataFiles: [holidayFile],
  schedules: [warnOfMissingYears],
  checks: [calendarCheck],
  machines: { 放假安排: calendarNoticeMachine },
});
