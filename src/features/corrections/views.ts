import { type CorrectionProps, correctionCard } from '#cards/corrections/correction.card';
import type { Card } from '#cards/kit/card';
import { formatInstant } from '#cards/kit/format';
import { doneToast, type Toast } from '#core/click';
import type { Actor, Context } from '#core/context';
import type { CardRenewal } from '#core/renewal';
import { metricLine } from '#domain/corrections/metric-lines';
import { type Corrected, type Correction, correctable } from '#domain/corrections/model';
import { findCorrection, findOpenCorrections } from '#domain/corrections/store';
import { chiefDesk, findDesk } from '#domain/roster/desk';
import { may } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import { matterOf } from '#domain/work-items/item-view';
import { findItem } from '#domain/work-items/store';
import { writtenCode } from '#domain/work-items/written-code';

type Audience = CorrectionProps['audience'];
const audiences: readonly Audience[] = ['office', 'chief', 'told'];

/** 卡片键 */
export const correctionKey = (id: string, audience: Audience): string => `correction:${id}:${audience}`;

/** 更正 → 卡片 */
export async function correctionView(ctx: Context, audience: Audience, correction: Correction): Promise<Card> {
  const { item, request } = correction;
  const units = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
  const { decidedAt, decidedBy, note } = request;
  return correctionCard({
    ...{ audience, correctionId: request.id, code: await writtenCode(ctx, item), title: item.title },
    unitName: units.get(item.leadUnit) ?? item.leadUnit,
    status: request.status,
    changes: correctable
      .filter((key) => key in request.after)
      .map((key) => ({ label: labels[key], before: wordsOf(key, request.before, units), after: wordsOf(key, request.after, units) })),
    reason: request.reason,
    proposed: { by: request.proposedBy, at: formatInstant(new Date(request.proposedAt), ctx.today) },
    decided: decidedAt === null ? null : { by: decidedBy ?? '', at: formatInstant(new Date(decidedAt), ctx.today), note },
    inBook: item.bookId !== null,
    unheard: await unheardOf(ctx, correction),
  });
}

const labels: Readonly<Record<keyof Corrected, string>> = {
  title: '任务名称',
  goal: '工作目标',
  metrics: '量化指标',
  leaderInCharge: '分管领导',
  supportingUnits: '配合单位',
};

function wordsOf(key: keyof Corrected, values: Partial<Corrected>, units: ReadonlyMap<string, string>): string {
  if (key === 'metrics') return (values.metrics ?? []).map(metricLine).join('；');
  if (key === 'supportingUnits') return (values.supportingUnits ?? []).map((code) => units.get(code) ?? code).join('、');
  return values[key] ?? '';
}

/** 主任收不到的缘由；null：收得到，或者不等谁了 */
async function unheardOf(ctx: Context, { request }: Correction): Promise<string | null> {
  return request.status === 'proposed' ? (await findDesk(ctx, chiefDesk)).unheard : null;
}

/** 提出之后的提示 */
export async function passedToast(ctx: Context, correction: Correction): Promise<string | Toast> {
  if (may(ctx.actor, 'decideCorrection')) return '已填好，请核对之后批准';
  return doneToast('已提出更正', await unheardOf(ctx, correction), '，待督查室主任批准');
}

/** 发给主任 — but not to him who has it under his finger. */
export async function sendToChief(ctx: Context, correction: Correction): Promise<void> {
  const cardKey = correctionKey(correction.request.id, 'chief');
  const card = await correctionView(ctx, 'chief', correction);
  const { people } = await findDesk(ctx, chiefDesk);
  for (const openId of new Set(people.flatMap((person) => person.openId ?? [])))
    if (openId !== ctx.actor.openId)
      ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${openId}`, priority: 'task' });
}

/** 各处的卡片都换成新的 — returns the copy of whoever clicked. */
export async function refreshCorrection(ctx: Context, mine: Audience, correction: Correction): Promise<Card> {
  for (const audience of audiences) {
    const cardKey = correctionKey(correction.request.id, audience);
    ctx.outbox.updateCard({ cardKey, card: await correctionView(ctx, audience, correction) });
  }
  return correctionView(ctx, mine, correction);
}

/** 快过期的更正 — goes out again only to the chief, while it waits. */
export const renewCorrection: CardRenewal = {
  prefix: 'correction:',
  redraw: async (ctx, { cardKey }) => {
    const [, id = '', said] = cardKey.split(':');
    const request = await findCorrection(ctx.tx, id);
    const item = request && (await findItem(ctx.tx, request.itemId));
    const audience = audiences.find((each) => each === said);
    if (!request || !item || audience === undefined) return null;
    const isFor = (reader: Actor): boolean =>
      audience === 'told' ? may(reader, 'readItem', matterOf(item)) : may(reader, audience === 'chief' ? 'decideCorrection' : 'proposeCorrection');
    const open = request.status === 'proposed' && audience === 'chief';
    return { card: open ? await correctionView(ctx, audience, { item, request }) : null, isFor };
  },
};

/** 等主任批准的更正 */
export async function correctionsFor(ctx: Context, person: Actor): Promise<string[]> {
  if (!may(person, 'decideCorrection')) return [];
  return (await findOpenCorrections(ctx.tx)).map(({ id }) => correctionKey(id, 'chief'));
}
