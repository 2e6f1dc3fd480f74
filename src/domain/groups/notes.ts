import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { assertMay, signatureOf } from '../roster/policy.ts';
import { type GroupNote, type NoteField, noteFields } from './model.ts';
import { monthBefore } from './months.ts';
import { findGroup, findNotes, type GroupRoll, lockGroup, type MentorGroup, putNote } from './store.ts';

/** 打开月记 — the note of the month if it was written, else last month's words to start from. @throws ForbiddenError, NotFoundError */
export async function openNote(
  ctx: Context,
  { groupId, month }: { groupId: string; month: string },
): Promise<{ group: MentorGroup; roll: GroupRoll; written: GroupNote | null; former: GroupNote | null }> {
  const found = await findGroup(ctx.tx, groupId);
  if (!found || found.roll.state !== 'inForce')
    throw new NotFoundError('小组名单已经更换，请发送“一带五”打开最新的卡片', `no group ${groupId} in force`);
  const { group, roll } = found;
  assertMay(ctx.actor, 'writeGroupNote', { groupLeader: group.leaderOpenId });
  const of = { unitCode: roll.unitCode, groupCode: group.code };
  const [written = null] = await findNotes(ctx.tx, { ...of, month });
  const [former = null] = written ? [] : await findNotes(ctx.tx, { ...of, month: monthBefore(month) });
  return { group, roll, written, former };
}

/** 写月记 — at least one of the four lines; the same words again change nothing. */
export async function writeNote(
  ctx: Context,
  target: { groupId: string; month: string },
  words: Readonly<Record<NoteField, string>>,
): Promise<{ group: MentorGroup; roll: GroupRoll; note: GroupNote }> {
  await lockGroup(ctx.tx, target.groupId);
  const { group, roll, written } = await openNote(ctx, target);
  if (noteFields.every((field) => words[field] === '')) throw new InvalidError('四条都是空的，请至少写一条再提交');
  if (written && noteFields.every((field) => written[field] === words[field])) throw new ConflictError('已提交，无需重复提交');
  const right = assertMay(ctx.actor, 'writeGroupNote', { groupLeader: group.leaderOpenId });
  const note: GroupNote = { groupCode: group.code, month: target.month, ...words };
  const by = ctx.actor.personId === null ? group.leaderName : signatureOf(ctx.actor, right);
  await putNote(ctx.tx, { ...note, unitCode: roll.unitCode, writtenBy: by, writtenAt: ctx.now });
  // 留痕记下有这回事，不记写了什么：谈的是人。
  ctx.audit.record({ subject: { type: 'mentorGroup', id: group.id }, event: written ? 'rewriteNote' : 'writeNote', after: target.month, ...right });
  return { group, roll, note };
}
