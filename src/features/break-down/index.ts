import { assignCard } from '#cards/break-down/assign.card';
import { breakDownFormCard } from '#cards/break-down/break-down-form.card';
import { partsCard } from '#cards/break-down/parts.card';
import { defineFeature } from '#core/feature';
import { assignOffer, onAssign, onOpenAssign } from './assign.ts';
import { breakDownOffer, onBreakDown, onOpenBreakDown } from './break-down.ts';

/** 分解 — the liaison splits an item into parts and names who answers for them. */
export const breakDown = defineFeature({
  name: 'break-down',
  title: '分解',
  cards: [breakDownFormCard, partsCard, assignCard],
  actions: [onOpenBreakDown, onBreakDown, onOpenAssign, onAssign],
  itemActions: [breakDownOffer, assignOffer],
});
