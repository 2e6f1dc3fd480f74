import { haltCard } from '#cards/halts/halt.card';
import { defineFeature } from '#core/feature';
import { haltOffers, onArchive, onCancel, onOpenHalt, onResume, onSuspend } from './halt.ts';

/** 中止、恢复、撤销、归档 — by decision, with the basis in writing. */
export const halts = defineFeature({
  name: 'halts',
  title: '中止与撤销',
  cards: [haltCard],
  actions: [onOpenHalt, onSuspend, onResume, onCancel, onArchive],
  itemActions: haltOffers,
});
