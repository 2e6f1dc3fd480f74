import { bulletinCard } from '#cards/digests/bulletin.card';
import { dailyDigestCard } from '#cards/digests/daily.card';
import { defineFeature } from '#core/feature';
import { bulletinMachine } from '#domain/digests/bulletin';
import { draftMonthly, onRelease, onSaveHighlights, otherPeriods, showBulletin, typesetBulletinJob } from './bulletin.ts';
import { sendDigests, showDigest } from './daily.ts';

/** 简报与通报 — each day for those whom something concerns, each month a draft that a person releases. */
export const digests = defineFeature({
  name: 'digests',
  title: '简报与通报',
  cards: [dailyDigestCard, bulletinCard],
  actions: [onSaveHighlights, onRelease],
  commands: [showDigest, showBulletin, ...otherPeriods],
  jobs: [typesetBulletinJob],
  schedules: [sendDigests, draftMonthly],
  machines: { 通报月报: bulletinMachine },
});
