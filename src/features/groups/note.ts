import { openNote as openAction, writeNote as writeAction } from '#cards/groups/actions';
import { groupNoteCard } from '#cards/groups/note.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { loadCalendar } from '#domain/calendar/store';
import type { GroupNote } from '#domain/groups/model';
import { monthBefore, noteDueDay } from '#domain/groups/months';
import { openNote, writeNote } from '#domain/groups/notes';
import { findNotes, type GroupRoll, type MentorGroup } from '#domain/groups/store';

/** 卡片键 */
export const noteKey = (groupId: string, month: string): string => `group-note:${groupId}:${month}`;

/** 修改月记 — the form again, with what was written. */
export const onOpenNote = on(openAction, async (ctx, target) => {
  const { group, written, former } = await openNote(ctx, target);
  return { card: await noteView(ctx, { group, month: target.month, words: written ?? former, written: false }) };
});

/** 提交月记 */
export const onWriteNote = on(writeAction, async (ctx, target, { thought = '', skill = '', results = '', style = '' }) => {
  const words = { thought: thought.trim(), skill: skill.trim(), results: results.trim(), style: style.trim() };
  const { group, note } = await writeNote(ctx, target, words);
  const card = await noteView(ctx, { group, month: target.month, words: note, written: true });
  ctx.outbox.updateCard({ cardKey: noteKey(group.id, target.month), card });
  return { toast: '月记已提交', card };
});

/** 待填的月记卡 — with last month's words to start from; already written: as it stands. */
export async function blankNoteCard(
  ctx: Context,
  { roll, group, month }: { roll: GroupRoll; group: MentorGroup; month: string },
): Promise<ReturnType<typeof groupNoteCard>> {
  const of = { unitCode: roll.unitCode, groupCode: group.code };
  const [written] = await findNotes(ctx.tx, { ...of, month });
  const [former = null] = written ? [] : await findNotes(ctx.tx, { ...of, month: monthBefore(month) });
  return noteView(ctx, { group, month, words: written ?? former, written: written !== undefined });
}

async function noteView(
  ctx: Context,
  { group, month, words, written }: { group: MentorGroup; month: string; words: GroupNote | null; written: boolean },
): Promise<ReturnType<typeof groupNoteCard>> {
  const { id: groupId, code, line, members } = group;
  const { thought = '', skill = '', results = '', style = '' } = words ?? {};
  const dueOn = noteDueDay(await loadCalendar(ctx.tx), month);
  return groupNoteCard({
    groupId,
    code,
    line,
    members: members.map(({ name }) => name),
    month,
    dueOn,
    today: ctx.today,
    thought,
    skill,
    results,
    style,
    written,
  });
}
