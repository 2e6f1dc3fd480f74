import { delegationCard } from '#cards/roster/delegation.card';
import { delegationFormCard } from '#cards/roster/delegation-form.card';
import { delegationsCard } from '#cards/roster/delegations.card';
import { handOverFormCard } from '#cards/roster/hand-over-form.card';
import { handedOverCard } from '#cards/roster/handed-over.card';
import { rosterImportCard } from '#cards/roster/import-result.card';
import { strangerCard } from '#cards/roster/stranger.card';
import { takeOverCard } from '#cards/roster/take-over.card';
import { defineFeature } from '#core/feature';
import { bindThisChat, onBotAdded, onBotRemoved } from './bind-chat.ts';
import { rosterChecks } from './checks.ts';
import { delegate, onDelegate, onOpenDelegationForm, onWithdrawDelegation } from './delegate.ts';
import { handOver, onHandOver } from './hand-over.ts';
import { rosterImporter } from './import.ts';
import { onPersonLeft } from './leave.ts';
import { letGoJob } from './let-go.ts';
import { rebindDaily, rebindJob } from './rebind.ts';
import { showRoster } from './show-roster.ts';
import { onStrangerEntered, onStrangerSpoke } from './stranger.ts';
import { takeOverJob } from './take-over.ts';

/** 名册 — units, posts, people and groups, and who is bound to which account. */
export const roster = defineFeature({
  name: 'roster',
  title: '花名册',
  cards: [rosterImportCard, handOverFormCard, handedOverCard, delegationFormCard, delegationCard, delegationsCard, takeOverCard, strangerCard],
  actions: [onHandOver, onOpenDelegationForm, onDelegate, onWithdrawDelegation],
  commands: [showRoster, handOver, delegate, bindThisChat],
  imports: [rosterImporter],
  jobs: [rebindJob, takeOverJob, letGoJob],
  schedules: [rebindDaily],
  notices: [onBotAdded, onBotRemoved, onPersonLeft, onStrangerEntered, onStrangerSpoke],
  checks: rosterChecks,
});
