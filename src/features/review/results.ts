import type { Card } from '#cards/kit/card';
import { archiveSession, confirmCounts, releaseResults, tallySession } from '#cards/review/actions';
import { countsCard } from '#cards/review/counts.card';
import { resultsCard } from '#cards/review/results.card';
import { on } from '#core/click';
import type { Context } from '#core/context';
import type { Recipient } from '#core/outbox';
import { coveredClasses } from '#domain/ballots/disclose';
import {
  allConfirmed,
  confirmCounts as confirm,
  tallySession as count,
  nextLevel,
  releaseResults as release,
  validRound,
  whySealed,
} from '#domain/review/counting';
import type { BallotRound, ReviewSession } from '#domain/review/model';
import { archiveSession as archive } from '#domain/review/setup';
import { findRounds, findSlots } from '#domain/review/store';
import { chatOf, findHolders } from '#domain/roster/store';
import { refreshedConsole } from './attend.ts';
import { tellObservers } from './closing.ts';
import { askForJudgement } from './comments.ts';
import { queueMinutes } from './minutes.ts';
import { formulaOf, remarksOf, resultRows, tieRuleOf } from './outcome.ts';
import { sendSheets } from './sheets.ts';
import { countsKey, releaseKey, resultsKey, secrecyWords } from './views.ts';

/** 计票 — the observers get the counts, and the ballots as a file that anybody can recompute; what is covered on the cards is sealed. */
export const onTally = on(tallySession, async (ctx, { sessionId }) => {
  const { session, file } = await count(ctx, sessionId);
  await tellObservers(ctx, session, {
    card: await countsView(ctx, session, true),
    cardKey: countsKey(sessionId),
    occasion: `review-counts:${sessionId}`,
  });
  const chat = await chatOf(ctx.tx, 'observers');
  if (chat) {
    const cardKey = `${countsKey(sessionId)}:group`;
    const dedupeKey = `review-ballots:${sessionId}`;
    ctx.outbox.sendCard({ to: { chat }, cardKey, card: await countsView(ctx, session, false), dedupeKey, priority: 'order' });
    const fileName = `测评票面-${session.number}.csv`;
    ctx.outbox.sendFile({ to: { chat }, fileName, blobId: file.blobId, dedupeKey: `${dedupeKey}:file`, priority: 'order', withCard: cardKey });
  }
  return { toast: '已计票，等监督员确认票数', card: await refreshedConsole(ctx, session) };
});

/** 确认票数 — after the last of them the leaders may release. */
export const onConfirmCounts = on(confirmCounts, async (ctx, { sessionId }) => {
  const session = await confirm(ctx, sessionId);
  ctx.outbox.updateCard({ cardKey: `${countsKey(sessionId)}:group`, card: await countsView(ctx, session, false) });
  await refreshedConsole(ctx, session);
  if (!allConfirmed(session)) return { toast: '已确认', card: await countsView(ctx, session, false) };
  await askForRelease(ctx, session);
  await askForJudgement(ctx, session);
  return { toast: '已确认', card: await countsView(ctx, session, false) };
});

async function askForRelease(ctx: Context, session: ReviewSession): Promise<void> {
  const card = await resultsView(ctx, session, true);
  for (const { openId } of await findHolders(ctx.tx, { roles: ['principalLeader', 'chiefInspector'] }, ctx.today)) {
    if (openId === null) continue;
    const cardKey = releaseKey(session.id);
    ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${openId}`, priority: 'order' });
  }
}

/** 放行 — 仅领导 → 参会者 → 各单位 → 公开; each unit gets its own sheet and nobody else's. */
export const onRelease = on(releaseResults, async (ctx, { sessionId, level }) => {
  const session = await release(ctx, { sessionId, level });
  const send = (to: Recipient, card: Card, key: string): void => {
    ctx.outbox.sendCard({ to, cardKey: resultsKey(sessionId), card, dedupeKey: `${resultsKey(sessionId)}:${key}`, priority: 'order' });
  };
  const card = await resultsView(ctx, session, false);
  ctx.outbox.updateCard({ cardKey: resultsKey(sessionId), card });
  if (level === 'leaders') {
    for (const { openId } of await findHolders(ctx.tx, { roles: ['leaderInCharge'] }, ctx.today)) if (openId) send({ person: openId }, card, openId);
  }
  if (level === 'hall' || level === 'all') {
    const chat = await chatOf(ctx.tx, level === 'hall' ? 'session' : 'district');
    if (chat) send({ chat }, card, level);
  }
  if (level === 'hall') queueMinutes(ctx, sessionId, 'hall');
  if (level === 'units') await sendSheets(ctx, session);
  const own = await resultsView(ctx, session, true);
  ctx.outbox.updateCard({ cardKey: releaseKey(sessionId), card: own });
  await refreshedConsole(ctx, session);
  return { toast: '已放行', card: own };
});

/** 归档 */
export const onArchive = on(archiveSession, async (ctx, { sessionId }) => {
  const session = await archive(ctx, sessionId);
  ctx.outbox.updateCard({ cardKey: releaseKey(sessionId), card: await resultsView(ctx, session, false) });
  return { toast: '已归档', card: await refreshedConsole(ctx, session) };
});

/** 为什么封存 — empty: it isn't. Which class was of one mind is not said: that alone would tell what each of them chose. */
function sealedWords(session: ReviewSession): string {
  const why = whySealed(session);
  if (!why) return '';
  return why.small.length > 0 ? `${why.small.join('、')}票数少` : '有的类别投得完全一样';
}

/** 票数核对卡 */
export async function countsView(ctx: Context, session: ReviewSession, asks: boolean): Promise<Card> {
  const [slots, rounds] = [await findSlots(ctx.tx, session.id), await findRounds(ctx.tx, session.id)];
  return countsCard({
    ...{ sessionId: session.id, number: session.number, title: session.title, ballotsHash: session.ballotsHash ?? '', asks },
    rounds: slots.flatMap((slot) => {
      const round = validRound(rounds, slot.id);
      if (!round) return [];
      const shown = (session.results ?? []).find(({ slotId }) => slotId === slot.id)?.shown;
      const covered = shown ? coveredClasses(shown).map(({ voterClass }) => voterClass) : [];
      const add = (of: (one: NonNullable<BallotRound['counts']>[number]) => number): number =>
        (round.counts ?? []).reduce((all, one) => all + of(one), 0);
      return [
        {
          ...{ unitName: slot.unitName, round: round.number },
          ...{ entitled: add((one) => one.entitled), present: add((one) => one.present), issued: add((one) => one.issued) },
          used: add((one) => one.used),
          valid: shown?.valid == null ? '—' : `${shown.valid}/${shown.abstained ?? 0}`,
          classes: (round.counts ?? [])
            .map(
              (one) =>
                `${one.voterClass}${one.entitled}/${one.present}/${one.issued}/${one.used}/${covered.includes(one.voterClass) ? '—' : one.abstained}`,
            )
            .join(' '),
        },
      ];
    }),
    sealed: sealedWords(session),
    confirmedBy: [...session.confirmedBy],
    wanted: session.plan.observers.length,
  });
}

/** 结果卡 @param releasing with the button of the next level */
export async function resultsView(ctx: Context, session: ReviewSession, releasing: boolean): Promise<Card> {
  return resultsCard({
    ...{ sessionId: session.id, number: session.number, title: session.title, formula: formulaOf(session) },
    tieRule: tieRuleOf(session),
    mode: secrecyWords(session.plan),
    ballotsHash: session.ballotsHash ?? '',
    released: session.released,
    next: releasing && allConfirmed(session) ? nextLevel(session.released) : null,
    rows: resultRows(session),
    remarks: await remarksOf(ctx, session),
  });
}
