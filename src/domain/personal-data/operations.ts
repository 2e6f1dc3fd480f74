import type { Context } from '#core/context';
import { ConflictError, NotFoundError } from '#core/errors';
import { type PersonalPlace, personalPlaces, personPlace } from './places.ts';
import { countRecords, type DataSubject, erasePersonRow, eraseRecords, findDuties, findRecords, findSubject, lockSubject } from './store.ts';

/** 个人信息的一行：哪一处、第几条、什么、内容 */
export interface PersonalLine {
  readonly place: string;
  readonly record: number;
  readonly field: string;
  readonly content: string;
}

/** 一处的去留 */
export interface PlaceFate {
  readonly place: PersonalPlace;
  readonly count: number;
}

/** 删除个人信息的打算：是谁，各处怎样，有什么还拦着 */
export interface ErasurePlan {
  readonly subject: DataSubject;
  readonly fates: readonly PlaceFate[];
  readonly duties: readonly string[];
}

/**
 * 导出个人信息 — all that is held under one number: what he is entitled to see of it, and nothing of other people. The trail says that it was done.
 * @param mobile digits only
 * @throws NotFoundError when nothing is held under the number
 */
export async function exportPerson(ctx: Context, mobile: string): Promise<{ subject: DataSubject; lines: PersonalLine[] }> {
  const subject = await findSubject(ctx.tx, mobile);
  const lines: PersonalLine[] = [];
  for (const place of personalPlaces) {
    for (const [index, row] of (await findRecords(ctx.tx, place, subject)).entries()) {
      for (const [name, field] of Object.entries(place.fields)) {
        const content = row[name];
        if (content != null && content !== '') lines.push({ place: place.title, record: index + 1, field, content });
      }
    }
  }
  if (lines.length === 0) throw nothingHeld();
  ctx.audit.record({ subject: { type: 'person', id: subject.personId ?? 'guest' }, event: 'exportPersonalData', detail: { lines: lines.length } });
  return { subject, lines };
}

/** 看删除会怎样 — nothing is changed. @throws NotFoundError */
export async function planErasure(ctx: Context, mobile: string): Promise<ErasurePlan> {
  const subject = await findSubject(ctx.tx, mobile);
  const fates: PlaceFate[] = [];
  for (const place of personalPlaces) {
    const count = await countRecords(ctx.tx, place, subject);
    if (count > 0) fates.push({ place, count });
  }
  if (fates.length === 0) throw nothingHeld();
  return { subject, fates, duties: await findDuties(ctx.tx, subject, ctx.today) };
}

/**
 * 删除个人信息 — number, accounts, notes and personal cards go; signatures in the office's records and the trail stay, as the law
 * on archives wants them; ballots are not looked at (B4, S19).
 * @throws NotFoundError when nothing is held under the number
 * @throws ConflictError while somebody still counts on him: a post, a delegation, a session's roll, a list in force
 */
export async function erasePerson(ctx: Context, mobile: string): Promise<ErasurePlan> {
  await lockSubject(ctx.tx, await findSubject(ctx.tx, mobile));
  const plan = await planErasure(ctx, mobile);
  if (plan.duties.length > 0) throw new ConflictError(plan.duties.join('；'));
  for (const { place } of plan.fates) if (place !== personPlace) await eraseRecords(ctx.tx, place, plan.subject);
  const { personId } = plan.subject;
  if (personId !== null) await erasePersonRow(ctx.tx, personId, ctx.now);
  const erased = plan.fates.filter(({ place }) => place.erasure.kind !== 'keep').map(({ place, count }) => [place.table, count] as const);
  ctx.audit.record({ subject: { type: 'person', id: personId ?? 'guest' }, event: 'erasePersonalData', detail: Object.fromEntries(erased) });
  return plan;
}

function nothingHeld(): NotFoundError {
  return new NotFoundError('没有这个手机号的个人信息，请核对号码');
}
