import { rosterImportCard } from '#cards/roster/import-result.card';
import { defineFeature, onNotice } from '#core/feature';
import { markPersonLeft } from '#domain/roster/operations';
import { bindThisChat, onBotAdded, onBotRemoved } from './bind-chat.ts';
import { rosterChecks } from './checks.ts';
import { rosterImporter } from './import.ts';
import { rebindDaily, rebindJob } from './rebind.ts';

/** 人员离职 */
const onPersonLeft = onNotice('personLeft', async (ctx, { openId }) => {
  await markPersonLeft(ctx, openId);
});

/** 名册 — units, posts, people and groups, and who is bound to which account. */
export const roster = defineFeature({
  name: 'roster',
  title: '花名册',
  cards: [rosterImportCard],
  commands: [bindThisChat],
  imports: [rosterImporter],
  jobs: [rebindJob],
  schedules: [rebindDaily],
  notices: [onBotAdded, onBotRemoved, onPersonLeft],
  checks: rosterChecks,
});
