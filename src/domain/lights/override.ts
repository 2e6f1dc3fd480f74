import type { Context } from '#core/context';
import type { LocalDate } from '#core/dates';
import { addDays } from '#core/dates';
import { ConflictError, InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, signatureOf } from '../roster/policy.ts';
import { openStatuses } from '../work-items/model.ts';
import type { WorkItem } from '../work-items/records.ts';
import { standingWords } from '../work-items/standing.ts';
import { asWritten } from '../work-items/written-code.ts';
import type { LightOverride, SettableLight } from './light.ts';
import { endOverrides, insertOverride } from './store.ts';

/** 人工亮灯至多管这么多天，之后要重新看一次 */
const daysMax = 92;

/** 定人工亮灯 — with a reason and a last day; what stood before gives way. */
export async function overrideLight(
  ctx: Context,
  item: WorkItem,
  { light, reason, untilOn }: { light: SettableLight; reason: string; untilOn: LocalDate },
): Promise<LightOverride> {
  const right = assertMay(ctx.actor, 'overrideLight');
  if (!openStatuses.includes(item.status) || item.status === 'declinePending')
    throw new ConflictError(standingWords(await asWritten(ctx, item), '人工亮灯'));
  if (untilOn < ctx.today) throw new InvalidError('有效期已经过去，请另选日期');
  if (untilOn > addDays(ctx.today, daysMax)) throw new InvalidError(`人工亮灯至多${daysMax}天，到期请再看一次；请选近一些的日期`);
  const setBy = signatureOf(ctx.actor, right);
  await endOverrides(ctx.tx, { itemId: item.id, by: setBy, at: ctx.now });
  const override: LightOverride = { id: newId(), itemId: item.id, light, reason, untilOn, setBy, setAt: ctx.now };
  await insertOverride(ctx.tx, override);
  ctx.audit.record({ subject: { type: 'workItem', id: item.id }, event: 'overrideLight', after: light, detail: { reason, untilOn }, ...right });
  return override;
}

/** 撤下人工亮灯 — the light is again what the facts say. */
export async function restoreLight(ctx: Context, item: WorkItem): Promise<void> {
  const right = assertMay(ctx.actor, 'overrideLight');
  if ((await endOverrides(ctx.tx, { itemId: item.id, by: signatureOf(ctx.actor, right), at: ctx.now })) === 0)
    throw new ConflictError('没有人工亮灯，亮灯已是按规则算的');
  ctx.audit.record({ subject: { type: 'workItem', id: item.id }, event: 'restoreLight', ...right });
}
