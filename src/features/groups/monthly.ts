import { z } from 'zod';
import { missingNotesCard } from '#cards/groups/missing.card';
import type { Context } from '#core/context';
import { type LocalDate, localDateOf } from '#core/dates';
import { defineJob } from '#core/job';
import { schedule } from '#core/schedule';
import { countAutomaticOn, messagesPerDayMax } from '#domain/burden/store';
import { loadCalendar } from '#domain/calendar/store';
import { type Calendar, isWorkingDay } from '#domain/calendar/working-days';
import { monthAsked, monthToList, noteDay } from '#domain/groups/months';
import { bindLeader, findGroups, findNotes, findRoll, findRollsInForce, type GroupRoll } from '#domain/groups/store';
import { findHolders } from '#domain/roster/store';
import { blankNoteCard, noteKey } from './note.ts';

const leaders = z.object({ rollId: z.string(), mobiles: z.array(z.string()) });

/** 找组长的账号 — leaders need not be in the roster; the platform finds them by telephone. */
export const findLeadersJob = defineJob<z.output<typeof leaders>, ReadonlyMap<string, { openId: string }>>({
  name: 'groups.find-leaders',
  payload: leaders,
  prepare: (world, { mobiles }) => world.findAccounts(mobiles),
  apply: async (ctx, { rollId }, accounts) => {
    for (const [mobile, { openId }] of accounts) await bindLeader(ctx.tx, { rollId, mobile, openId });
  },
});

const monthly = z.object({ rollId: z.string(), mobiles: z.array(z.string()), month: z.string() });

/** 发月记卡 — one to each leader with an account; those who had none are looked up once more. */
export const sendNotesJob = defineJob<z.output<typeof monthly>, ReadonlyMap<string, { openId: string }>>({
  name: 'groups.send-notes',
  payload: monthly,
  prepare: (world, { mobiles }) => (mobiles.length === 0 ? Promise.resolve(new Map()) : world.findAccounts(mobiles)),
  apply: async (ctx, { rollId, month }, accounts) => {
    for (const [mobile, { openId }] of accounts) await bindLeader(ctx.tx, { rollId, mobile, openId });
    const roll = await findRoll(ctx.tx, rollId);
    if (roll?.state !== 'inForce') return;
    const groups = await findGroups(ctx.tx, rollId);
    const received = await countAutomaticOn(
      ctx.tx,
      ctx.today,
      groups.map(({ leaderOpenId }) => leaderOpenId),
    );
    for (const group of groups) {
      if (!group.leaderOpenId || (received.get(group.leaderOpenId) ?? 0) >= messagesPerDayMax) continue;
      ctx.outbox.sendCard({
        to: { person: group.leaderOpenId },
        cardKey: noteKey(group.id, month),
        card: await blankNoteCard(ctx, { roll, group, month }),
        dedupeKey: `group-note:${roll.unitCode}:${group.code}:${month}`,
        priority: 'reminder',
      });
    }
  },
});

/** 每月最后一个工作日 09:05 发月记卡；那天没有运行的，截止之前哪个工作日起来就哪天补；当天已收满的、还没有账号的，以后几天再看。 */
export const sendNotesMonthly = schedule('groups.send-notes', '5 9 * * *', async (ctx) => {
  const calendar = await loadCalendar(ctx.tx);
  const month = isWorkingDay(calendar, ctx.today) ? monthAsked(calendar, ctx.today) : null;
  if (month === null) return;
  for (const { id: rollId } of await rollsAsked(ctx, calendar, month)) {
    const mobiles = (await findGroups(ctx.tx, rollId)).filter(({ leaderOpenId }) => leaderOpenId === null).map(({ leaderMobile }) => leaderMobile);
    ctx.outbox.job(sendNotesJob, { rollId, mobiles, month }, { dedupeKey: `group-notes:${rollId}:${month}:${ctx.today}`, priority: 'reminder' });
  }
});

/** 截止日 17:30 把未交的名单发给单位主要负责人（支部书记），只发给他；全交了就不打扰。没有运行的、他当天已收满的，下一个工作日发。 */
export const listMissingMonthly = schedule('groups.list-missing', '30 17 * * *', async (ctx, slot) => {
  const calendar = await loadCalendar(ctx.tx);
  // 看的是哪一格：头一天的一格早上才补上，截止的时刻还没有到。
  const month = isWorkingDay(calendar, ctx.today) ? monthToList(calendar, localDateOf(slot)) : null;
  if (month === null) return;
  for (const roll of await rollsAsked(ctx, calendar, month)) await listMissing(ctx, roll, month);
});

/** 那个月要写月记的名单：月记卡的日子之前生效的 */
async function rollsAsked(ctx: Context, calendar: Calendar, month: string): Promise<GroupRoll[]> {
  const last: LocalDate = noteDay(calendar, month);
  return (await findRollsInForce(ctx.tx)).filter(({ confirmedAt }) => confirmedAt !== null && localDateOf(confirmedAt) <= last);
}

async function listMissing(ctx: Context, roll: GroupRoll, month: string): Promise<void> {
  const groups = await findGroups(ctx.tx, roll.id);
  const written = new Set((await findNotes(ctx.tx, { unitCode: roll.unitCode, month })).map(({ groupCode }) => groupCode));
  const missing = groups
    .filter(({ code }) => !written.has(code))
    .map(({ code, line, leaderName, leaderOpenId }) => ({ code, line, leader: leaderName, reached: leaderOpenId !== null }));
  if (missing.length === 0) return;
  const card = missingNotesCard({ month, groups: groups.length, written: groups.length - missing.length, missing });
  const heads = await findHolders(ctx.tx, { unitCodes: [roll.unitCode], roles: ['unitHead'] }, ctx.today);
  const received = await countAutomaticOn(
    ctx.tx,
    ctx.today,
    heads.map(({ openId }) => openId),
  );
  for (const { openId } of heads.filter(({ delegateFor }) => delegateFor === null)) {
    if (!openId || (received.get(openId) ?? 0) >= messagesPerDayMax) continue;
    const key = `group-missing:${roll.unitCode}:${month}`;
    ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: `${key}:${openId}`, priority: 'reminder' });
  }
}
