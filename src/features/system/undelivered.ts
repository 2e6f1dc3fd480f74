import { noticeCard } from '#cards/system/notice.card';
import { addDays, type LocalDate, weekdayOf } from '#core/dates';
import { changedAppMark, chatLostReasons, heldMark, mutedReason } from '#core/outbox';
import { schedule } from '#core/schedule';
import { isQuiet } from '#domain/calendar/sending-hours';
import { loadCalendar } from '#domain/calendar/store';
import { type Calendar, isWorkingDay } from '#domain/calendar/working-days';
import { markChatLost } from '#domain/roster/operations';
import { tellStewards } from '#domain/roster/stewards';
import { findUndelivered, type Undelivered } from './store.ts';

const reportKey = 'undelivered';
/** 手机上一处要占两行，通知卡到二十行就折起来 */
const linesMax = 8;
const chatGone = Object.values(chatLostReasons);
/** 更早的，发件箱里也快清了 */
const dayMs = 24 * 60 * 60 * 1000;
const lookBackMs = 14 * dayMs;

/**
 * 没有送到的 — every working morning whoever keeps accounts and groups hears what the platform did not take since the last time: for whom and
 * why (contract 4.3: “tell the operator”, “drop chat binding”). Nothing given up, nothing said. Who has turned the bot's messages off is
 * named when that is new, and then once a week: it is no news every morning.
 */
export const reportUndelivered = schedule('system.report-undelivered', '35 8 * * *', async (ctx) => {
  const calendar = await loadCalendar(ctx.tx);
  if (isQuiet(calendar, ctx.now)) return;
  const after = new Date(ctx.now.getTime() - lookBackMs);
  const since = beginsWeek(calendar, ctx.today) ? new Date(ctx.now.getTime() - 7 * dayMs) : null;
  const lost = await findUndelivered(ctx.tx, { reportKey, after, passed: [heldMark, changedAppMark], lasting: { reason: mutedReason, since } });
  if (lost.length === 0) return;
  for (const { recipient } of lost.filter(({ reason }) => chatGone.some((words) => reason.startsWith(words))))
    await markChatLost(ctx, recipient.replace(/^chat:/, ''));
  const count = lost.reduce((all, each) => all + each.count, 0);
  const more = lost.length > linesMax ? [`……另有${lost.length - linesMax}处`] : [];
  // 要办什么写在前面：名单长了，手机上看不到后面。
  const whatToDo = '请核对账号、应用的可用范围和机器人在不在群里。办妥之后请本人发送“我的任务”；急的请当面告知。';
  const text = [whatToDo, ...lost.slice(0, linesMax).map(lineOf), ...more].join('\n');
  const card = noticeCard({ title: `有${count}件没有送到`, text, tone: 'warning' });
  await tellStewards(ctx, { cardKey: reportKey, card, dedupeKey: `${reportKey}:${ctx.today}` });
});

/** 这一周的头一个工作日 */
function beginsWeek(calendar: Calendar, today: LocalDate): boolean {
  const sinceMonday = (weekdayOf(today) + 6) % 7;
  return !Array.from({ length: sinceMonday }, (_, ago) => addDays(today, -1 - ago)).some((day) => isWorkingDay(calendar, day));
}

function lineOf({ recipient, name, unitName, reason, count }: Undelivered): string {
  const stranger = recipient.startsWith('chat:') ? '没有绑定的群' : '不在花名册的账号';
  const who = name === null ? stranger : `${name}${unitName === null ? '' : `（${unitName}）`}`;
  // 说不出缘由的，存的是平台的原话，机房看得懂。
  const why = /^\p{Script=Han}/u.test(reason) ? reason : '被平台拒收，详见日志';
  return `${who} ${count}件：${why}`;
}
