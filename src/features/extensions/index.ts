import { extensionCard } from '#cards/extensions/extension.card';
import { extensionFormCard } from '#cards/extensions/extension-form.card';
import { defineFeature } from '#core/feature';
import { extensionMachine } from '#domain/extensions/model';
import { onAgree, onApprove, onCheck, onInstruct, onItemChanged, onReject, onSignOff, onWithdraw } from './decide.ts';
import { extendedLine } from './digest-line.ts';
import { askExtension, extensionOffers, onExplain, onOpenExtension, onRequestExtension, onViewExtension } from './request.ts';
import { extensionsFor, renewExtension } from './views.ts';

/** 延期 — asked for in time, signed off by the unit, checked by the inspectors, approved by the leader; the original limit stays on record. */
export const extensions = defineFeature({
  name: 'extensions',
  title: '延期',
  cards: [extensionFormCard, extensionCard],
  actions: [
    ...[onOpenExtension, onRequestExtension, onExplain, onViewExtension],
    ...[onSignOff, onCheck, onAgree, onApprove, onInstruct, onReject, onWithdraw],
  ],
  commands: [askExtension],
  itemActions: extensionOffers,
  itemChanged: onItemChanged,
  digestLine: extendedLine,
  renewals: [renewExtension],
  waitingFor: extensionsFor,
  machines: { 延期申请: extensionMachine },
});
