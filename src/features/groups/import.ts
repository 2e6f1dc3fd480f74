import { confirmGroups } from '#cards/groups/actions';
import { groupRollCard } from '#cards/groups/roll.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import type { WorkbookImporter } from '#core/workbook';
import { checkGroups, isGroupSheet } from '#domain/groups/check-groups';
import { groupRollMachine } from '#domain/groups/model';
import { findRoll, findRollsInForce, findRosterAccounts, type GroupRoll, insertGroups, insertRoll, moveRoll } from '#domain/groups/store';
import { commonUnit } from '#domain/roster/common-unit';
import { assertMay, may } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import { readRosterView } from '#domain/workbook-import/store';
import { findLeadersJob } from './monthly.ts';

const rollKey = (rollId: string): string => `group-roll:${rollId}`;

/** 导入小组名单 — dry run first. */
export const groupImporter: WorkbookImporter<ReturnType<typeof checkGroups>> = {
  name: 'groups',
  title: '“一带五”小组名单',
  recognises: (sheets) => sheets.some(isGroupSheet),
  mayImport: (actor) => actor.posts.some(({ unitCode }) => may(actor, 'manageGroups', { unitCode })),
  check: (_world, { sheets }) => Promise.resolve(checkGroups(sheets)),
  receive: async (ctx, { fileName, sha256, blobId }, { groups, summary }) => {
    const leaders = new Set(groups.map(({ leader }) => leader.mobile));
    const { people } = await readRosterView(ctx.tx, ctx.today);
    const unitCode = commonUnit(people.filter(({ mobile }) => leaders.has(mobile)));
    if (unitCode === null) throw new InvalidError('组长没有一位在花名册里，无法认出是哪个单位的小组。请先更新花名册，再发这份表。');
    assertMay(ctx.actor, 'manageGroups', { unitCode });
    const [uploadedById, uploadedAt, state] = [ctx.actor.personId ?? '', ctx.now, groupRollMachine.initial];
    const roll: GroupRoll = { id: newId(), fileName, sha256, blobId, unitCode, uploadedById, uploadedAt, state, summary, groups, confirmedAt: null };
    await insertRoll(ctx.tx, roll);
    return { card: await rollView(ctx, roll), cardKey: rollKey(roll.id), privately: true };
  },
};

/** 确认小组名单 — it takes the place of the unit's former list. */
export const onConfirmGroups = on(confirmGroups, async (ctx, { rollId }) => {
  const roll = await findRoll(ctx.tx, rollId);
  if (!roll) throw new NotFoundError('没有这份名单，请重新发送文件');
  const right = assertMay(ctx.actor, 'manageGroups', { unitCode: roll.unitCode });
  if (roll.state !== 'checked') throw new ConflictError('已导入，无需重复确认');
  if (roll.summary.errors.length > 0) throw new ConflictError('还有需要修改的地方，请改好后重新发送文件');
  for (const former of await findRollsInForce(ctx.tx)) if (former.unitCode === roll.unitCode) await move(ctx, former, 'replace');
  const inForce = await move(ctx, roll, 'confirm');
  const mobiles = roll.groups.map(({ leader }) => leader.mobile);
  await insertGroups(ctx.tx, roll, await findRosterAccounts(ctx.tx, mobiles));
  const { groups, people } = roll.summary;
  ctx.audit.record({ subject: { type: 'groupRoll', id: rollId }, event: 'register', detail: { groups, people }, ...right });
  ctx.outbox.job(findLeadersJob, { rollId, mobiles }, { dedupeKey: `group-leaders:${rollId}`, priority: 'task' });
  return { toast: `已导入${groups}组${people}人`, card: await rollView(ctx, inForce) };
});

async function move(ctx: Context, roll: GroupRoll, event: 'confirm' | 'replace'): Promise<GroupRoll> {
  const state = groupRollMachine.next(roll.state, event);
  if (!(await moveRoll(ctx.tx, { id: roll.id, from: roll.state, to: state, at: ctx.now }))) throw new ConflictError();
  ctx.audit.record({ subject: { type: 'groupRoll', id: roll.id }, event, before: roll.state, after: state });
  const moved = { ...roll, state };
  ctx.outbox.updateCard({ cardKey: rollKey(roll.id), card: await rollView(ctx, moved) });
  return moved;
}

async function rollView(ctx: Context, { id: rollId, fileName, unitCode, state, summary }: GroupRoll): Promise<ReturnType<typeof groupRollCard>> {
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === unitCode);
  return groupRollCard({ rollId, fileName, unitName: unit?.name ?? unitCode, ...summary, state });
}
