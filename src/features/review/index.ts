import { ballotCard } from '#cards/review/ballot.card';
import { commentsCard } from '#cards/review/comments.card';
import { countsCard } from '#cards/review/counts.card';
import { deskCard } from '#cards/review/desk.card';
import { drawCard } from '#cards/review/draw.card';
import { guestsCard } from '#cards/review/guests.card';
import { hearingCard } from '#cards/review/hearing.card';
import { observerCard } from '#cards/review/observer.card';
import { passCard } from '#cards/review/pass.card';
import { planCard } from '#cards/review/plan.card';
import { redrawCard } from '#cards/review/redraw.card';
import { resultsCard } from '#cards/review/results.card';
import { setupCard } from '#cards/review/setup.card';
import { sheetCard } from '#cards/review/sheet.card';
import { slipCard } from '#cards/review/slip.card';
import { voidCard } from '#cards/review/void.card';
import { defineFeature } from '#core/feature';
import { ballotRoundMachine, drawMachine, reviewQuestionMachine, reviewSessionMachine, reviewSlotMachine } from '#domain/review/model';
import { review as reviewCommand } from './ask.ts';
import { onAskPass, onOpenGuests, onOpenSignIn, onRefreshBallot, onRefreshConsole, onSignIn, onSignInGuests, onStart, onWipe } from './attend.ts';
import { blindCast, blindIssue, blindNow, blindPage, blindScript } from './blind-page.ts';
import { onJudgeComments, onWriteComment } from './comments.ts';
import { onAgreeRedraw, onGiveNumber, onLockRoll } from './draw.ts';
import { drawPage, drawScript } from './draw-page.ts';
import { consoleJob } from './follow-up.ts';
import { onDrawQuestion, onOpenHearing, onPutQuestion, onRecordPromise, onRegisterQuestion } from './hearing.ts';
import { onConfirmPlan, planImporter } from './import.ts';
import { minutesJob } from './minutes.ts';
import { onAgreeObserver } from './observers.ts';
import { onAgreeSlip } from './papers.ts';
import { printPage, printSheet } from './print-page.ts';
import { onArchive, onConfirmCounts, onRelease, onTally } from './results.ts';
import { screenPage, screenView } from './screen-page.ts';
import { onAdjustPlan, onDraftPlan, onOpenSetup } from './setup-form.ts';
import { slipPage, slipVote } from './slip-page.ts';
import { onAgreeVoid, onCloseVote, onMarkAbsent, onOpenVoid, onOpenVote, onProposeVoid, onStartPhase, onStepBack } from './stage.ts';
import { closeJob, turnoutJob, warnJob } from './timers.ts';
import { onCastBallot, onCastForm } from './vote.ts';

/** 述职“赶考” — one session from the chat: plan, draw, sign-in, clock, secret ballot, tally, release. */
export const review = defineFeature({
  name: 'review',
  title: '述职测评',
  cards: [
    planCard,
    setupCard,
    drawCard,
    redrawCard,
    observerCard,
    deskCard,
    guestsCard,
    hearingCard,
    ballotCard,
    voidCard,
    slipCard,
    passCard,
    countsCard,
    resultsCard,
    sheetCard,
    commentsCard,
  ],
  actions: [
    ...[
      onDraftPlan,
      onOpenSetup,
      onAdjustPlan,
      onConfirmPlan,
      onLockRoll,
      onGiveNumber,
      onAgreeRedraw,
      onAgreeObserver,
      onOpenSignIn,
      onSignIn,
      onOpenGuests,
      onSignInGuests,
      onStart,
    ],
    ...[
      onRefreshConsole,
      onStartPhase,
      onStepBack,
      onMarkAbsent,
      onOpenVote,
      onCloseVote,
      onOpenVoid,
      onProposeVoid,
      onAgreeVoid,
      onRefreshBallot,
      onAgreeSlip,
      onAskPass,
    ],
    ...[onOpenHearing, onRegisterQuestion, onPutQuestion, onDrawQuestion, onRecordPromise],
    ...[onCastBallot, onCastForm, onWriteComment, onJudgeComments, onTally, onConfirmCounts, onRelease, onArchive, onWipe],
  ],
  commands: [reviewCommand],
  jobs: [warnJob, closeJob, turnoutJob, consoleJob, minutesJob],
  imports: [planImporter],
  pages: [slipPage, slipVote, blindPage, blindNow, blindIssue, blindCast, printPage, printSheet, screenPage, drawPage],
  pageScripts: [blindScript, drawScript],
  liveViews: [screenView],
  machines: {
    述职场次: reviewSessionMachine,
    述职单元: reviewSlotMachine,
    测评轮次: ballotRoundMachine,
    抽签: drawMachine,
    述职提问: reviewQuestionMachine,
  },
});
