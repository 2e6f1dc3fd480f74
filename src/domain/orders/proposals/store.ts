import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 约谈建议单、通报稿的内容 */
export interface ProposalContent {
  /** 涉及的令 */
  readonly orderIds: readonly string[];
  readonly heading: string;
  /** 事实，一条一行 */
  readonly lines: readonly string[];
}

/** 约谈建议单或通报稿 — drafted by the machine, decided by a human, sent to nobody by itself. */
export interface Proposal {
  readonly id: string;
  readonly kind: 'interview' | 'publicNotice';
  /** 同一件事只拟一次 */
  readonly occasion: string;
  readonly status: 'drafted' | 'taken' | 'dropped';
  readonly content: ProposalContent;
  readonly draftedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
}

/** 记草稿 — false: it was drafted already. */
export async function insertProposal(tx: Tx, proposal: Proposal): Promise<boolean> {
  const { count } = await rows(tx).escalationProposal.createMany({
    data: { ...proposal, content: { ...proposal.content, orderIds: [...proposal.content.orderIds], lines: [...proposal.content.lines] } },
    skipDuplicates: true,
  });
  return count === 1;
}

/** 找草稿 */
export async function findProposal(tx: Tx, id: string): Promise<Proposal | null> {
  return (await rows(tx).escalationProposal.findUnique({ where: { id } })) as unknown as Proposal | null;
}

/** 等着决定的草稿，先后为序 */
export async function findProposalsIn(tx: Tx, status: Proposal['status']): Promise<{ id: string }[]> {
  return rows(tx).escalationProposal.findMany({ where: { status }, select: { id: true }, orderBy: { draftedAt: 'asc' } });
}

/** 记决定 — false: it was decided already. */
export async function decideProposal(tx: Tx, id: string, verdict: Pick<Proposal, 'status' | 'decidedBy' | 'decidedAt' | 'note'>): Promise<boolean> {
  const { count } = await rows(tx).escalationProposal.updateMany({ where: { id, status: 'drafted' }, data: verdict });
  return count === 1;
}
