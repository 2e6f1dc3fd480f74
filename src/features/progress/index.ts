import { attachCard } from '#cards/progress/attach.card';
import { progressFormCard } from '#cards/progress/progress-form.card';
import { reportCard } from '#cards/progress/report.card';
import { supportAskCard } from '#cards/progress/support-ask.card';
import { supportAskFormCard } from '#cards/progress/support-ask-form.card';
import { supportFormCard } from '#cards/progress/support-form.card';
import { waitingListCard } from '#cards/progress/waiting-list.card';
import { defineFeature } from '#core/feature';
import { progressReportMachine } from '#domain/work-items/model';
import { attachJob, attachmentsOffer, offerToAttach, onAttach, onOpenAttachments } from './attach.ts';
import { onAdopt, onAdoptTogether, onReturn, onSignOff, onSignOffTogether, renewReturned } from './decide.ts';
import { quickReport } from './quick.ts';
import { onOpenForm, onReportNoChange, onSubmitReport } from './report.ts';
import { onAskSupport, onGiveSupport, onOpenSupport, onOpenSupportAsk, renewSupportAsk, supportAskOffer, supportOffer } from './support.ts';
import { onItemChanged, onOpenReport, onOpenWaiting, refreshWaitingJob, renewWaiting, toAdopt, toSignOff, waitingListsFor } from './waiting-lists.ts';

/** 反馈 — progress is reported from a card, signed off by the unit and adopted by the inspectors. */
export const progress = defineFeature({
  name: 'progress',
  title: '反馈',
  cards: [progressFormCard, reportCard, waitingListCard, supportFormCard, supportAskFormCard, supportAskCard, attachCard],
  actions: [
    ...[onOpenForm, onSubmitReport, onReportNoChange],
    ...[onOpenWaiting, onOpenReport, onSignOff, onAdopt, onReturn, onSignOffTogether, onAdoptTogether],
    ...[onOpenSupport, onGiveSupport, onOpenSupportAsk, onAskSupport, onAttach, onOpenAttachments],
  ],
  itemActions: [supportOffer, supportAskOffer, attachmentsOffer],
  commands: [quickReport, toSignOff, toAdopt],
  jobs: [refreshWaitingJob, attachJob],
  material: offerToAttach,
  itemChanged: onItemChanged,
  renewals: [renewWaiting, renewReturned, renewSupportAsk],
  waitingFor: waitingListsFor,
  machines: { 反馈: progressReportMachine },
});
