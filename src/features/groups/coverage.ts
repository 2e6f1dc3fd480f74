import { groupCoverageCard } from '#cards/groups/coverage.card';
import { type Answer, type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { NotFoundError } from '#core/errors';
import { loadCalendar } from '#domain/calendar/store';
import { monthToWrite } from '#domain/groups/months';
import { findGroups, findGroupsLedBy, findNotes, findRoll, findRollsInForce, type GroupRoll } from '#domain/groups/store';
import { assertMay, may } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import { blankNoteCard, noteKey } from './note.ts';

/** 一带五 — the unit sees how far the groups reach; a leader gets the note of the month. */
export const mentorGroups: Command = command({
  words: ['一带五', '联系小组', 'groups'],
  summary: '查看“一带五”小组的覆盖情况；组长填写月记',
  example: '一带五',
  handle: async (ctx) => {
    const month = monthToWrite(await loadCalendar(ctx.tx), ctx.today);
    const rolls = await findRollsInForce(ctx.tx);
    const readable = rolls.find(({ unitCode }) => may(ctx.actor, 'readGroups', { unitCode }));
    if (readable) return coverage(ctx, readable, month);
    const [group] = ctx.actor.openId === null ? [] : await findGroupsLedBy(ctx.tx, ctx.actor.openId);
    const roll = group && (await findRoll(ctx.tx, group.rollId));
    if (group && roll) return { card: await blankNoteCard(ctx, { roll, group, month }), cardKey: noteKey(group.id, month), privately: true };
    for (const { unitCode } of rolls) assertMay(ctx.actor, 'readGroups', { unitCode });
    throw new NotFoundError('还没有“一带五”小组名单。请单位主要负责人或联络员把名单表发给我。');
  },
});

async function coverage(ctx: Context, roll: GroupRoll, month: string): Promise<Answer> {
  const [groups, notes, units] = [
    await findGroups(ctx.tx, roll.id),
    await findNotes(ctx.tx, { unitCode: roll.unitCode, month }),
    await listUnits(ctx.tx),
  ];
  const written = new Set(notes.map(({ groupCode }) => groupCode));
  const { lines, people } = roll.summary;
  const card = groupCoverageCard({
    unitName: units.find(({ code }) => code === roll.unitCode)?.name ?? roll.unitCode,
    groups: groups.length,
    people,
    month,
    lines: lines.map((line) => ({ ...line, written: groups.filter((group) => group.line === line.name && written.has(group.code)).length })),
    withoutAccount: groups.filter(({ leaderOpenId }) => leaderOpenId === null).map(({ code, leaderName }) => `${code}${leaderName}`),
  });
  return { card, privately: true };
}
