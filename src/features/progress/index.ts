import { progressFormCard } from '#cards/progress/progress-form.card';
import { reportCard } from '#cards/progress/report.card';
import { defineFeature } from '#core/feature';
import { progressReportMachine } from '#domain/work-items/model';
import { onAdopt, onReturn, onSignOff } from './decide.ts';
import { onOpenForm, onReportNoChange, onSubmitReport } from './report.ts';

/** 反馈 — progress is reported from a card, signed off by the unit and adopted by the inspectors. */
export const progress = defineFeature({
  name: 'progress',
  title: '反馈',
  cards: [progressFormCard, reportCard],
  actions: [onOpenForm, onSubmitReport, onReportNoChange, onSignOff, onAdopt, onReturn],
  machines: { 反馈: progressReportMachine },
});
