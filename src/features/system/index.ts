import { diagnosisCard } from '#cards/system/diagnosis.card';
import { didYouMeanCard } from '#cards/system/did-you-mean.card';
import { helpCard } from '#cards/system/help.card';
import { noticeCard } from '#cards/system/notice.card';
import { renewalCard } from '#cards/system/renewal.card';
import { settingsCard } from '#cards/system/settings.card';
import { welcomeCard } from '#cards/system/welcome.card';
import { defineFeature } from '#core/feature';
import { anchorCheck, anchorTrail } from './anchor.ts';
import { onAsk } from './ask.ts';
import { diagnose, diagnoseJob } from './diagnose.ts';
import { help } from './help.ts';
import { imports } from './imports.ts';
import { pruneFiles } from './prune.ts';
import { onReopen, renewDaily } from './renew.ts';
import { settings } from './settings.ts';
import { reportUndelivered } from './undelivered.ts';
import { onBotWelcomed, onChatEntered, onMenu } from './welcome.ts';

/** 系统 — help, welcome, diagnosis: what every other feature relies on and none owns. */
export const system = defineFeature({
  name: 'system',
  title: '帮助与诊断',
  cards: [welcomeCard, helpCard, didYouMeanCard, diagnosisCard, noticeCard, renewalCard, settingsCard],
  actions: [onAsk, onReopen],
  commands: [help, imports, settings, diagnose],
  schedules: [renewDaily, pruneFiles, anchorTrail, reportUndelivered],
  checks: [anchorCheck],
  jobs: [diagnoseJob],
  notices: [onChatEntered, onBotWelcomed, onMenu],
});
