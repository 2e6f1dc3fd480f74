import { groupCoverageCard } from '#cards/groups/coverage.card';
import { missingNotesCard } from '#cards/groups/missing.card';
import { groupNoteCard } from '#cards/groups/note.card';
import { groupRollCard } from '#cards/groups/roll.card';
import { defineFeature } from '#core/feature';
import { groupRollMachine } from '#domain/groups/model';
import { mentorGroups } from './coverage.ts';
import { groupImporter, onConfirmGroups } from './import.ts';
import { findLeadersJob, listMissingMonthly, sendNotesJob, sendNotesMonthly } from './monthly.ts';
import { onOpenNote, onWriteNote } from './note.ts';

/** 一带五 — groups of one leader and five members, and the leaders' monthly note of four lines. */
export const groups = defineFeature({
  name: 'groups',
  title: '一带五',
  cards: [groupRollCard, groupNoteCard, groupCoverageCard, missingNotesCard],
  actions: [onConfirmGroups, onOpenNote, onWriteNote],
  commands: [mentorGroups],
  jobs: [findLeadersJob, sendNotesJob],
  schedules: [sendNotesMonthly, listMissingMonthly],
  imports: [groupImporter],
  machines: { 小组名单: groupRollMachine },
});
