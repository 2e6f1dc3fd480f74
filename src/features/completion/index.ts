import { completionCard } from '#cards/completion/completion.card';
import { completionFormCard } from '#cards/completion/completion-form.card';
import { defineFeature } from '#core/feature';
import { completionRequestMachine } from '#domain/work-items/model';
import { completionOffer, onOpenCompletion, onRequestCompletion } from './request.ts';
import { onComplete, onRequireOnSite, onReturnCompletion, onSendBack, onSignOffCompletion } from './verify.ts';
import { completionsFor, onItemChanged, renewCompletion } from './views.ts';

/** 办结 — requested by who did it, signed off by the unit, verified by the inspectors. */
export const completion = defineFeature({
  name: 'completion',
  title: '办结',
  cards: [completionFormCard, completionCard],
  actions: [onOpenCompletion, onRequestCompletion, onSignOffCompletion, onReturnCompletion, onRequireOnSite, onComplete, onSendBack],
  itemActions: [completionOffer],
  itemChanged: onItemChanged,
  renewals: [renewCompletion],
  waitingFor: completionsFor,
  machines: { 办结申请: completionRequestMachine },
});
