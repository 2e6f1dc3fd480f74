import { formatInstant } from '#cards/kit/format';
import type { DeclineProps } from '#cards/task-books/decline.card';
import type { Context } from '#core/context';
import { chiefDesk, type Desk, findDesk, inspectorsDesk, unitDesk } from '#domain/roster/desk';
import type { Unit } from '#domain/roster/model';
import { listUnits } from '#domain/roster/store';
import type { ItemDecline, WorkItem } from '#domain/work-items/records';
import { writtenCode } from '#domain/work-items/written-code';

const decisionOf: Readonly<Record<string, string>> = { upheld: 'uphold', reassigned: 'reassign', cancelled: 'cancel' };

/** 轮到的各方 — after the decision the unit that declined, and the one that has the item now. */
function desksOf({ status, unitCode, decidedUnit }: ItemDecline, units: readonly Unit[]): readonly Desk[] {
  if (status === 'filed') return [inspectorsDesk];
  if (status === 'proposed') return [chiefDesk];
  return [unitCode, ...(decidedUnit === null ? [] : [decidedUnit])].map((code) =>
    unitDesk({ code, name: units.find((unit) => unit.code === code)?.name ?? code }),
  );
}

/** 轮到的哪一方一个人也收不到，一方一句；null：各方都有人收得到 */
export async function unheardOf(ctx: Context, decline: ItemDecline): Promise<string | null> {
  const sentences: string[] = [];
  for (const desk of desksOf(decline, await listUnits(ctx.tx))) {
    const { unheard } = await findDesk(ctx, desk);
    if (unheard !== null) sentences.push(unheard);
  }
  return sentences.length === 0 ? null : sentences.join('；');
}

/** 退件 → 卡片 */
export async function declineProps(
  ctx: Context,
  audience: DeclineProps['audience'],
  { item, decline }: { item: WorkItem; decline: ItemDecline },
): Promise<DeclineProps> {
  const units = await listUnits(ctx.tx);
  const nameOf = (code: string | null): string | null => (code === null ? null : (units.find((unit) => unit.code === code)?.name ?? code));
  const { proposal, proposedBy, decidedBy, decidedAt } = decline;
  return {
    audience,
    declineId: decline.id,
    code: await writtenCode(ctx, item),
    title: item.title,
    unitName: nameOf(decline.unitCode) ?? '',
    status: decline.status,
    reason: decline.reason,
    suggestedUnit: nameOf(decline.suggestedUnit) ?? '',
    filedBy: decline.filedBy,
    filedAt: formatInstant(decline.filedAt, ctx.today),
    proposal:
      proposal && proposedBy ? { decision: proposal, unitName: nameOf(decline.proposedUnit), note: decline.proposalNote, by: proposedBy } : null,
    decision:
      decidedBy && decidedAt
        ? {
            decision: decisionOf[decline.status] ?? decline.status,
            unitName: nameOf(decline.decidedUnit),
            note: decline.decisionNote,
            by: decidedBy,
            at: formatInstant(decidedAt, ctx.today),
          }
        : null,
    units: units.filter(({ code }) => code !== decline.unitCode).map(({ code, name }) => ({ code, name })),
    unheard: await unheardOf(ctx, decline),
    initial: { decision: proposal ?? 'reassign', unit: (proposal ? decline.proposedUnit : decline.suggestedUnit) ?? '' },
  };
}
