import { z } from 'zod';
import type { Card } from '#cards/kit/card';
import { formatInstant } from '#cards/kit/format';
import { decideProposal as decideAction, proposeNotice } from '#cards/orders/actions';
import { proposalCard } from '#cards/orders/proposal.card';
import { type ActionReply, on } from '#core/click';
import type { Actor, Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { NotFoundError } from '#core/errors';
import { defineJob } from '#core/job';
import type { CardRenewal } from '#core/renewal';
import { saveBlob } from '#domain/blobs/store';
import { proposalDocument } from '#domain/documents/proposal';
import { findProposal, findProposalsIn, type Proposal } from '#domain/orders/proposals/store';
import { decide, propose } from '#domain/orders/propose';
import { chiefDesk } from '#domain/roster/desk';
import { assertMay, may } from '#domain/roster/policy';
import { findHolders } from '#domain/roster/store';
import { tellOthers } from './unheard.ts';

const proposalKey = (id: string): string => `order-proposal:${id}`;

/** 等他决定的草稿 — for the chief. */
export async function proposalsFor(ctx: Context, person: Actor): Promise<string[]> {
  return may(person, 'decideEscalation') ? (await findProposalsIn(ctx.tx, 'drafted')).map(({ id }) => proposalKey(id)) : [];
}

/** 换发草稿 — while nobody has decided. */
export const renewProposal: CardRenewal = {
  prefix: 'order-proposal:',
  redraw: async (ctx, { cardKey }) => {
    const proposal = await findProposal(ctx.tx, cardKey.slice('order-proposal:'.length));
    if (!proposal) return null;
    return { card: proposal.status === 'drafted' ? viewOf(ctx, proposal) : null, isFor: (reader) => may(reader, 'decideEscalation') };
  },
};

const words = { interview: '提请约谈', publicNotice: '提请通报' } as const;
const names = { interview: '约谈建议单', publicNotice: '通报稿' } as const;
const fileNames = { interview: '约谈建议单（草稿）', publicNotice: '通报稿（草稿）' } as const;

/** 送督查室主任 — the draft, and to nobody else. */
export async function sendProposal(ctx: Context, proposal: Proposal): Promise<void> {
  const cardKey = proposalKey(proposal.id);
  for (const { openId } of await findHolders(ctx.tx, { roles: ['chiefInspector'] }, ctx.today)) {
    if (openId)
      ctx.outbox.sendCard({ to: { person: openId }, cardKey, card: viewOf(ctx, proposal), dedupeKey: `${cardKey}:${openId}`, priority: 'task' });
  }
  await tellOthers(ctx, chiefDesk, { matter: `${names[proposal.kind]}待督查室主任决定：${proposal.content.heading}`, occasion: cardKey });
}

/** 决定 — taken further, the paper comes as a file to whoever decided; the rest is his to do. */
export const onDecideProposal = on(decideAction, async (ctx, { proposalId, verdict }, { note }): Promise<ActionReply> => {
  const proposal = await decide(ctx, proposalId, { status: verdict, note: note?.trim() || null });
  if (verdict === 'taken') ctx.outbox.job(proposalPaperJob, { proposalId }, { dedupeKey: `proposal-paper:${proposalId}`, priority: 'task' });
  const card = viewOf(ctx, proposal);
  ctx.outbox.updateCard({ cardKey: proposalKey(proposalId), card });
  return { toast: verdict === 'taken' ? `已${words[proposal.kind]}，文稿随后发来` : '已记下，暂不处理', card };
});

/** 拟通报 — instead of the talk, or beside it: another draft. */
export const onProposeNotice = on(proposeNotice, async (ctx, { proposalId }, { note }): Promise<ActionReply> => {
  assertMay(ctx.actor, 'decideEscalation');
  const former = await findProposal(ctx.tx, proposalId);
  if (!former) throw new NotFoundError('没有这份草稿，请以最新卡片为准', `no proposal ${proposalId}`);
  const decided = await decide(ctx, proposalId, { status: 'dropped', note: note?.trim() || '改拟通报' });
  const notice = await propose(ctx, { kind: 'publicNotice', occasion: `notice:${former.occasion}`, content: former.content });
  if (notice) await sendProposal(ctx, notice);
  const card = viewOf(ctx, decided);
  ctx.outbox.updateCard({ cardKey: proposalKey(proposalId), card });
  return { toast: '已拟通报稿', card };
});

/** 文稿 — typeset for the one who decided. */
export const proposalPaperJob = defineJob<{ proposalId: string }, { bytes: Uint8Array; fileName: string }>({
  name: 'orders.proposal-paper',
  payload: z.object({ proposalId: z.string() }),
  prepare: async (world, { proposalId }) => {
    const { document, fileName } = await world.briefly(async (ctx) => {
      const proposal = await findProposal(ctx.tx, proposalId);
      if (!proposal) throw new NotFoundError('没有这份草稿', `no proposal ${proposalId}`);
      const { kind, content, note, draftedAt } = proposal;
      const on = localDateOf(proposal.decidedAt ?? draftedAt);
      const document = proposalDocument({ districtName: ctx.settings.districtName, kind, heading: content.heading, lines: content.lines, note, on });
      return { document, fileName: `${fileNames[kind]}-${on}.docx` };
    });
    return { fileName, bytes: await world.typeset(document) };
  },
  apply: async (ctx, { proposalId }, { bytes, fileName }) => {
    const { openId } = ctx.actor;
    if (openId === null) return;
    const blobId = await saveBlob(ctx.tx, bytes, ctx.now);
    ctx.outbox.sendFile({ to: { person: openId }, fileName, blobId, dedupeKey: `proposal-file:${proposalId}`, priority: 'task' });
  },
  fail: (ctx, { proposalId }, reason) => {
    const { openId } = ctx.actor;
    if (openId !== null)
      ctx.outbox.sendText({ to: { person: openId }, text: `文稿没有印成：${reason}`, dedupeKey: `proposal-fault:${proposalId}`, priority: 'task' });
    return Promise.resolve();
  },
});

function viewOf(ctx: Context, { id, kind, status, content, decidedBy, decidedAt, note }: Proposal): Card {
  const verdict = status === 'taken' ? words[kind] : '暂不处理';
  return proposalCard({
    ...{ kind, proposalId: id, status, heading: content.heading, lines: content.lines },
    decided: decidedAt && `${decidedBy ?? ''}　${formatInstant(decidedAt, ctx.today)}　${verdict}${note === null ? '' : `：${note}`}`,
  });
}
