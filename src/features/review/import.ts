import { confirmPlan } from '#cards/review/actions';
import { InvalidError } from '#core/errors';
import { on, type WorkbookImporter } from '#core/feature';
import { newId } from '#core/ids';
import { registerSession } from '#domain/review/advance';
import { type ReviewSession, reviewSessionMachine } from '#domain/review/model';
import { isSessionWorkbook, readSessionPlan } from '#domain/review/session-sheet';
import { confirmSession } from '#domain/review/setup';
import { findSessionsByNumber } from '#domain/review/store';
import { may } from '#domain/roster/policy';
import { readRosterView } from '#domain/workbook-import/store';
import { consoleKey, consoleView, planKey, planView } from './views.ts';

/** 导入述职方案 — dry run first. */
export const planImporter: WorkbookImporter<ReturnType<typeof readSessionPlan>> = {
  name: 'review',
  title: '述职测评方案',
  recognises: isSessionWorkbook,
  mayImport: (actor) => may(actor, 'runReview'),
  check: async (world, { sheets }) => readSessionPlan(sheets, await world.briefly((ctx) => readRosterView(ctx.tx, ctx.today))),
  receive: async (ctx, { fileName, blobId }, { plan, errors }) => {
    const [id, state, createdById] = [newId(), reviewSessionMachine.initial, ctx.actor.personId ?? ''];
    const { number, title, trial } = plan;
    const session = { id, number, title, state, trial, plan, fileName, blobId, createdById, createdAt: ctx.now };
    // 有错的方案不存：改好了再发就是新的一份。
    if (errors.length === 0) await registerSession(ctx, session);
    const unsaved: ReviewSession = {
      ...session,
      rollHash: null,
      released: 'none',
      ballotsHash: null,
      ballotsBlobId: null,
      results: null,
      confirmedBy: [],
    };
    return { card: planView(unsaved, errors), cardKey: planKey(id), privately: true };
  },
};

/** 确认方案 — the console comes as a card of its own. */
export const onConfirmPlan = on(confirmPlan, async (ctx, { sessionId }) => {
  const { openId } = ctx.actor;
  if (openId === null) throw new InvalidError('认不出您的账号，请联系系统管理员');
  const session = await confirmSession(ctx, sessionId);
  for (const former of await findSessionsByNumber(ctx.tx, session.number)) {
    if (former.id !== session.id) ctx.outbox.updateCard({ cardKey: planKey(former.id), card: planView(former, []) });
  }
  const card = planView(session, []);
  ctx.outbox.updateCard({ cardKey: planKey(sessionId), card });
  const dedupeKey = `review-console:${sessionId}:first`;
  ctx.outbox.sendCard({
    to: { person: openId },
    cardKey: consoleKey(sessionId),
    card: await consoleView(ctx, session),
    dedupeKey,
    priority: 'interactive',
  });
  return { toast: '已确认，主持台已发给您', card };
});
