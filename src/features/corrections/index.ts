import { correctionCard } from '#cards/corrections/correction.card';
import { correctionFormCard } from '#cards/corrections/correction-form.card';
import { defineFeature } from '#core/feature';
import { correctionMachine } from '#domain/corrections/model';
import { correctItem, correctionOffer, onApprove, onItemChanged, onOpen, onPropose, onReject, onWithdraw } from './correct.ts';
import { correctionsFor, renewCorrection } from './views.ts';

/** 更正 — a word of an issued item was wrong: proposed by an inspector, approved by the chief. */
export const corrections = defineFeature({
  name: 'corrections',
  title: '更正',
  cards: [correctionFormCard, correctionCard],
  actions: [onOpen, onPropose, onApprove, onReject, onWithdraw],
  commands: [correctItem],
  itemActions: [correctionOffer],
  itemChanged: onItemChanged,
  renewals: [renewCorrection],
  waitingFor: correctionsFor,
  machines: { 更正: correctionMachine },
});
