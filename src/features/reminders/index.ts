import { reapplyCard } from '#cards/reminders/reapply.card';
import { rehearsalCard } from '#cards/reminders/rehearsal.card';
import { reminderCard } from '#cards/reminders/reminder.card';
import { replyCard } from '#cards/reminders/reply.card';
import { replyFormCard } from '#cards/reminders/reply-form.card';
import { rulesCard } from '#cards/reminders/rules.card';
import { urgePreviewCard } from '#cards/reminders/urge-preview.card';
import { defineFeature } from '#core/feature';
import { urgeReplyMachine } from '#domain/deadlines/reply-model';
import { reminderCheck } from './checks.ts';
import { noticeJob, onAskNotice } from './notice.ts';
import { rehearsal } from './rehearse.ts';
import { renewReminder, renewReply } from './renew.ts';
import { onAcceptReply, onItemChanged, onOpenReply, onReply, onReturnReply, received } from './reply.ts';
import { onOpenReapply, onReapply, onSaveRules, rules } from './rules.ts';
import { sendHeldJob } from './send.ts';
import { onCalendarChanged, onOpenReminder, remindDaily } from './sweep.ts';
import { onSendUrge, urge } from './urge.ts';

/** 提醒与催办 — before the limit, on the day and after it, one merged card per person that is answered in place. */
export const reminders = defineFeature({
  name: 'reminders',
  title: '提醒与催办',
  cards: [reminderCard, replyFormCard, replyCard, urgePreviewCard, rehearsalCard, rulesCard, reapplyCard],
  actions: [onOpenReminder, onOpenReply, onReply, onAcceptReply, onReturnReply, onAskNotice, onSendUrge, onSaveRules, onOpenReapply, onReapply],
  commands: [urge, rehearsal, rules, received],
  itemChanged: onItemChanged,
  renewals: [renewReminder, renewReply],
  jobs: [noticeJob, sendHeldJob],
  schedules: [remindDaily],
  checks: [reminderCheck],
  calendarChanged: onCalendarChanged,
  machines: { 催办回复: urgeReplyMachine },
});
