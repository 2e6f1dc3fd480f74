import type { Card } from '#cards/kit/card';
import { formatDay } from '#cards/kit/format';
import { sheetCard } from '#cards/review/sheet.card';
import type { Context } from '#core/context';
import { releasedComments } from '#domain/review/comments';
import { type ReviewSession, releaseLevels, type SlotResult } from '#domain/review/model';
import { findPromises, findQuestions, findRounds, findSlots } from '#domain/review/store';
import { yearWords } from '#domain/review/year-result';
import { unitChat } from '#domain/roster/model';
import { chatOf, findHolders } from '#domain/roster/store';
import { formulaOf, piecesWords, totalWords } from './outcome.ts';
import { secrecyWords } from './views.ts';

const sheetKey = (slotId: string): string => `review-sheet:${slotId}`;

/** 发成绩单 — each unit gets its own sheet and nobody else's. */
export async function sendSheets(ctx: Context, session: ReviewSession): Promise<void> {
  for (const result of session.results ?? []) {
    const card = await sheetView(ctx, session, result);
    const cardKey = sheetKey(result.slotId);
    const chat = await chatOf(ctx.tx, unitChat(result.unitCode));
    if (chat) ctx.outbox.sendCard({ to: { chat }, cardKey, card, dedupeKey: `${cardKey}:group`, priority: 'order' });
    const heads = await findHolders(ctx.tx, { unitCodes: [result.unitCode], roles: ['unitHead'] }, ctx.today);
    for (const { openId } of heads)
      if (openId) ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${openId}`, priority: 'order' });
  }
}

/** 成绩单跟着变 — after comments were released; the unit that has no sheet yet gets them with it. */
export async function refreshSheet(ctx: Context, session: ReviewSession, roundId: string): Promise<void> {
  if (releaseLevels.indexOf(session.released) < releaseLevels.indexOf('units')) return;
  const round = (await findRounds(ctx.tx, session.id)).find(({ id }) => id === roundId);
  const result = (session.results ?? []).find(({ slotId }) => slotId === round?.slotId);
  if (result) ctx.outbox.updateCard({ cardKey: sheetKey(result.slotId), card: await sheetView(ctx, session, result) });
}

/** 成绩单 — one unit's own. */
async function sheetView(ctx: Context, session: ReviewSession, { slotId, rank, unitName, presenter, shown }: SlotResult): Promise<Card> {
  const { id: sessionId } = session;
  const slot = (await findSlots(ctx.tx, sessionId)).find(({ id }) => id === slotId);
  const asked = (await findQuestions(ctx.tx, { sessionId, slotId })).filter(({ state }) => state === 'asked');
  const promises = await findPromises(ctx.tx, { sessionId, slotId });
  const grades = (shown.classes.find(({ distribution }) => distribution !== null)?.distribution ?? []).map(({ name }) => name);
  return sheetCard({
    ...{ number: session.number, title: session.title, unitName, presenter, formula: formulaOf(session), mode: secrecyWords(session.plan) },
    year: slot?.yearResult ? yearWords(slot.yearResult) : '',
    questions: asked.map(({ voterClass, asker, text }) => `${voterClass} ${asker}：${text}`),
    comments: await releasedComments(ctx, session, slotId),
    promises: promises.map(({ itemCode, dueOn, content }) => `${itemCode ?? ''}　${formatDay(dueOn, ctx.today)}前：${content}`),
    ...{ rank: rank === null ? '' : String(rank), of: session.results?.length ?? 0, total: totalWords(shown) },
    excellent: shown.excellentRate === null ? '—' : `${shown.excellentRate}%（${shown.excellent}/${shown.valid}）`,
    pieces: piecesWords(shown),
    grades,
    classes: shown.classes.map(({ voterClass, score, instead, distribution }) => ({
      name: voterClass,
      score: score ?? instead ?? '',
      votes: distribution ? distribution.map(({ votes }) => votes) : grades.map(() => null),
    })),
  });
}
