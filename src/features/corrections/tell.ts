import type { Context } from '#core/context';
import { type Recipient, recipientKey } from '#core/outbox';
import type { Correction } from '#domain/corrections/model';
import { unheardAt } from '#domain/roster/desk';
import { leaderRoles, leadersOf, unitChat } from '#domain/roster/model';
import { chatOf, findHolders } from '#domain/roster/store';
import type { WorkItem } from '#domain/work-items/records';
import { writtenCode } from '#domain/work-items/written-code';
import { correctionKey, correctionView } from './views.ts';

/**
 * 告知更正 — the lead unit's group, head, liaison and responsible person; the liaisons of the supporting units, former ones too; the leader
 * before and now. One card each, whatever posts somebody has. @returns why nobody of the lead unit hears of it
 */
export async function tellCorrected(ctx: Context, { before, correction }: { before: WorkItem; correction: Correction }): Promise<string | null> {
  const { item } = correction;
  const own = await findHolders(ctx.tx, { unitCodes: [item.leadUnit], roles: ['unitHead', 'liaison'], backup: false }, ctx.today);
  const postIds = [item.responsiblePostId, item.liaisonPostId].filter((id) => id !== null);
  const reporting = postIds.length > 0 ? await findHolders(ctx.tx, { postIds }, ctx.today) : [];
  const units = [...new Set([...before.supportingUnits, ...item.supportingUnits])];
  const supporting = units.length > 0 ? await findHolders(ctx.tx, { unitCodes: units, roles: ['liaison'], backup: false }, ctx.today) : [];
  const leaders = before.leaderInCharge === item.leaderInCharge ? [] : await findHolders(ctx.tx, { roles: leaderRoles }, ctx.today);
  const concerned = [before.leaderInCharge, item.leaderInCharge].flatMap((name) => (name === null ? [] : leadersOf(leaders, name)));
  const accounts = [...own, ...reporting, ...supporting, ...concerned].flatMap(({ openId }) => openId ?? []);
  const chat = await chatOf(ctx.tx, unitChat(item.leadUnit));
  await send(ctx, correction, [
    ...(chat === null ? [] : [{ chat }]),
    ...[...new Set(accounts)].filter((openId) => openId !== ctx.actor.openId).map((person) => ({ person })),
  ]);
  return unheardAt({ title: '主要负责人、联络员' }, own);
}

async function send(ctx: Context, correction: Correction, places: readonly Recipient[]): Promise<void> {
  const cardKey = correctionKey(correction.request.id, 'told');
  const card = await correctionView(ctx, 'told', correction);
  for (const to of places) ctx.outbox.sendCard({ to, cardKey, card, dedupeKey: `${cardKey}:${recipientKey(to)}`, priority: 'task' });
}

/** 告知提出的人 — a card that changes makes no sound. */
export async function tellProposer(ctx: Context, { item, request }: Correction): Promise<void> {
  const office = await findHolders(ctx.tx, { roles: ['inspector', 'chiefInspector'] }, ctx.today);
  const openId = office.find(({ personId }) => personId === request.proposedById)?.openId ?? null;
  if (openId === null || openId === ctx.actor.openId) return;
  const code = await writtenCode(ctx, item);
  const text =
    request.status === 'approved'
      ? `${code}的更正已由${request.decidedBy ?? ''}批准，事项已改，有关单位已通知。`
      : `${code}的更正已由${request.decidedBy ?? ''}退回：${request.note ?? ''}。事项照旧；要再提，请发“更正 ${code}”。`;
  ctx.outbox.sendText({ to: { person: openId }, text, dedupeKey: `correction-decided:${request.id}`, priority: 'task' });
}
