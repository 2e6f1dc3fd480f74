import { draftCard } from '#cards/orders/draft.card';
import { draftsCard } from '#cards/orders/drafts.card';
import { orderCard } from '#cards/orders/order.card';
import { proposalCard } from '#cards/orders/proposal.card';
import { registerCard } from '#cards/orders/register.card';
import { voidCard } from '#cards/orders/void.card';
import { defineFeature } from '#core/feature';
import { orderMachine } from '#domain/orders/model';
import { onAcknowledgeOrder, onAdoptReply, onItemChanged, onReplyToOrder, onSendBackReply } from './answer.ts';
import { draft, onCheckOrder, onDraftOrder, onDropOrder, onOpenOrder, onOrderDue, onReturnOrder, orderOffers } from './draft.ts';
import { exportRegisterJob } from './export.ts';
import { inForceLine } from './in-force.ts';
import { issueOrderJob, onRetryIssue, onSealOrder, onSignOrder, undeliveredJob } from './issue.ts';
import { orderPage } from './print-page.ts';
import { onDecideProposal, onProposeNotice, proposalPaperJob, proposalsFor, renewProposal } from './propose.ts';
import { active, onOpenRegister, orders as register } from './register.ts';
import { ordersFor, renewOrder } from './views.ts';
import { onAskToVoid, onConfirmVoid, onKeepOrder, onOpenVoid, onRedraftOrder } from './void.ts';
import { onCalendarChanged, watchOrders } from './watch.ts';

/** 督办令 — drafted from the record when the reminders were of no use; checked, signed, numbered, delivered, answered, closed. */
export const orders = defineFeature({
  name: 'orders',
  title: '督办令',
  cards: [draftCard, draftsCard, orderCard, registerCard, voidCard, proposalCard],
  actions: [
    ...[onOpenOrder, onDraftOrder, onCheckOrder, onReturnOrder, onDropOrder, onSignOrder, onRetryIssue, onSealOrder],
    ...[onAcknowledgeOrder, onReplyToOrder, onAdoptReply, onSendBackReply],
    ...[onOpenVoid, onAskToVoid, onConfirmVoid, onKeepOrder, onRedraftOrder, onOpenRegister, onDecideProposal, onProposeNotice],
  ],
  commands: [register, active, draft],
  jobs: [issueOrderJob, undeliveredJob, proposalPaperJob, exportRegisterJob],
  schedules: [watchOrders],
  pages: [orderPage],
  machines: { 督办令: orderMachine },
  itemActions: orderOffers,
  itemChanged: onItemChanged,
  orderDue: onOrderDue,
  calendarChanged: onCalendarChanged,
  renewals: [renewOrder, renewProposal],
  waitingFor: async (ctx, person) => [...(await ordersFor(ctx, person)), ...(await proposalsFor(ctx, person))],
  digestLine: inForceLine,
});
