import { ledgerCard } from '#cards/ledger/ledger.card';
import { lightFormCard } from '#cards/ledger/light-form.card';
import { defineFeature } from '#core/feature';
import { exportJob, exportLedger, onExport } from './export.ts';
import { lightOffer, lookAtLights, onItemChanged, onOpenLight, onRestoreLight, onSetLight } from './light.ts';
import { dueThisWeek, ledgerTopic, onOpenItem, onOpenLedger, onSendLedger, showLedger } from './show.ts';

/** 台账 — items as they stand now or stood on a past day, with their lights; the same query as the digests'. */
export const ledger = defineFeature({
  name: 'ledger',
  title: '台账与亮灯',
  cards: [ledgerCard, lightFormCard],
  actions: [onOpenLedger, onSendLedger, onOpenItem, onExport, onOpenLight, onSetLight, onRestoreLight],
  commands: [showLedger, dueThisWeek, exportLedger],
  jobs: [exportJob],
  schedules: [lookAtLights],
  itemActions: [lightOffer],
  itemChanged: onItemChanged,
  topic: ledgerTopic,
});
