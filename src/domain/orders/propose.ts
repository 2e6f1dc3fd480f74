import type { Context } from '#core/context';
import { ConflictError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { assertMay, signatureOf } from '../roster/policy.ts';
import { decideProposal, findProposal, insertProposal, type Proposal, type ProposalContent } from './proposals/store.ts';

/** 拟约谈建议单或通报稿 — a draft only (L5, L6). null: it was drafted before. */
export async function propose(
  ctx: Context,
  { kind, occasion, content }: { kind: Proposal['kind']; occasion: string; content: ProposalContent },
): Promise<Proposal | null> {
  const proposal: Proposal = {
    ...{ id: newId(), kind, occasion, status: 'drafted', content, draftedAt: ctx.now },
    ...{ decidedBy: null, decidedAt: null, note: null },
  };
  if (!(await insertProposal(ctx.tx, proposal))) return null;
  const subject = { type: 'escalationProposal', id: proposal.id };
  ctx.audit.record({ subject, event: 'draft', after: proposal.status, detail: { kind, occasion, orderIds: content.orderIds } });
  return proposal;
}

/** 决定约谈、通报 — taken further by a human, or not; either way it is on record. */
export async function decide(
  ctx: Context,
  proposalId: string,
  { status, note }: { status: 'taken' | 'dropped'; note: string | null },
): Promise<Proposal> {
  const right = assertMay(ctx.actor, 'decideEscalation');
  const proposal = await findProposal(ctx.tx, proposalId);
  if (!proposal) throw new NotFoundError('没有这份草稿，请以最新卡片为准', `no proposal ${proposalId}`);
  const verdict = { status, decidedBy: signatureOf(ctx.actor, right), decidedAt: ctx.now, note };
  if (!(await decideProposal(ctx.tx, proposalId, verdict))) throw new ConflictError('已经决定过，无需重复');
  const subject = { type: 'escalationProposal', id: proposalId };
  ctx.audit.record({ subject, event: 'decide', before: proposal.status, after: status, detail: note ? { reason: note } : {}, ...right });
  return { ...proposal, ...verdict };
}
