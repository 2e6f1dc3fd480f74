import { z } from 'zod';
import { missingNotesCard } from '#cards/groups/missing.card';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { defineJob } from '#core/job';
import { schedule } from '#core/schedule';
import { loadCalendar } from '#domain/calendar/store';
import { monthBefore, noteDay, noteDueDay } from '#domain/groups/months';
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
    for (const group of await findGroups(ctx.tx, rollId)) {
      if (!group.leaderOpenId) continue;
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

/** 每月最后一个工作日 09:05 发月记卡。 */
export const sendNotesMonthly = schedule('groups.send-notes', '5 9 * * *', async (ctx) => {
  const month = ctx.today.slice(0, 7);
  if (noteDay(await loadCalendar(ctx.tx), month) !== ctx.today) return;
  for (const { id: rollId } of await findRollsInForce(ctx.tx)) {
    const mobiles = (await findGroups(ctx.tx, rollId)).filter(({ leaderOpenId }) => leaderOpenId === null).map(({ leaderMobile }) => leaderMobile);
    ctx.outbox.job(sendNotesJob, { rollId, mobiles, month }, { dedupeKey: `group-notes:${rollId}:${month}`, priority: 'reminder' });
  }
});

/** 截止日 17:30 把未交的名单发给单位主要负责人（支部书记），只发给他；全交了就不打扰。 */
export const listMissingMonthly = schedule('groups.list-missing', '30 17 * * *', async (ctx) => {
  const month = monthBefore(ctx.today.slice(0, 7));
  const calendar = await loadCalendar(ctx.tx);
  if (noteDueDay(calendar, month) !== ctx.today) return;
  for (const roll of await findRollsInForce(ctx.tx)) {
    const asked = roll.confirmedAt !== null && localDateOf(roll.confirmedAt) <= noteDay(calendar, month);
    if (asked) await listMissing(ctx, roll, month);
  }
});

async function listMissing(ctx: Context, roll: GroupRoll, month: string): Promise<void> {
  const groups = await findGroups(ctx.tx, roll.id);
  const written = new Set((await findNotes(ctx.tx, { unitCode: roll.unitCode, month })).map(({ groupCode }) => groupCode));
  const missing = groups
    .filter(({ code }) => !written.has(code))
    .map(({ code, line, leaderName, leaderOpenId }) => ({ code, line, leader: leaderName, reached: leaderOpenId !== null }));
  if (missing.length === 0) return;
  const card = missingNotesCard({ month, groups: groups.length, written: groups.length - missing.length, missing });
  const heads = await findHolders(ctx.tx, { unitCodes: [roll.unitCode], roles: ['unitHead'] }, ctx.today);
  for (const { openId } of heads.filter(({ delegateFor }) => delegateFor === null)) {
    if (!openId) continue;
    const key = `group-missing:${roll.unitCode}:${month}`;
    ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: `${key}:${openId}`, priority: 'reminder' });
  }
}
