import { z } from 'zod';
import type { Context } from '#core/context';
import { defineJob } from '#core/job';
import type { Recipient } from '#core/outbox';
import type { CellValue } from '#core/workbook';
import { coveredClasses } from '#domain/ballots/disclose';
import { saveBlob } from '#domain/blobs/store';
import { type MinutesFacts, minutesDocument } from '#domain/documents/minutes';
import { openDraw } from '#domain/draws/draw';
import { validRound } from '#domain/review/counting';
import type { BallotRound, ReviewSession, SlotResult } from '#domain/review/model';
import { drawNumbers } from '#domain/review/observers';
import { getSession } from '#domain/review/setup';
import { countAttended, countRoll, findDraw, findPromises, findQuestions, findRounds, findSlots, findVoidDraws } from '#domain/review/store';
import { yearWords } from '#domain/review/year-result';
import { chatOf, findHolders } from '#domain/roster/store';
import { formulaOf, remarksOf, resultRows, tieRuleOf, totalWords } from './outcome.ts';
import { secrecyWords } from './views.ts';

const payloadShape = z.object({ sessionId: z.string(), occasion: z.string() });

/** 排队整理纪要和计票表 — when the result is released to the hall, and whenever the secretary asks again. @param occasion the same occasion makes it once */
export function queueMinutes(ctx: Context, sessionId: string, occasion: string): void {
  ctx.outbox.job(minutesJob, { sessionId, occasion }, { dedupeKey: `review-minutes:${sessionId}:${occasion}`, priority: 'order' });
}

/** 纪要和计票表 — the minutes to the secretary, the tally sheet to the secretary and the observers' group. */
export const minutesJob = defineJob<z.output<typeof payloadShape>, { number: string; minutes: Uint8Array; sheetId: string }>({
  name: 'review.minutes',
  payload: payloadShape,
  prepare: async (world, { sessionId }) => {
    const { number, document, lines } = await world.briefly(async (ctx) => {
      const session = await getSession(ctx, sessionId);
      return { number: session.number, document: minutesDocument(await factsOf(ctx, session)), lines: await linesOf(ctx, session) };
    });
    const minutes = await world.typeset(document);
    const sheetId = await world.tabulate({ name: '计票表', columns: [...lines.columns], rows: each(lines.rows) });
    return { number, minutes, sheetId };
  },
  apply: async (ctx, { sessionId, occasion }, { number, minutes, sheetId }) => {
    const minutesId = await saveBlob(ctx.tx, minutes, ctx.now);
    const send = (to: Recipient, name: string, file: { fileName: string; blobId: string }): void =>
      ctx.outbox.sendFile({ to, ...file, dedupeKey: `review-minutes:${sessionId}:${occasion}:${name}:${file.fileName}`, priority: 'order' });
    const tallySheet = { fileName: `计票表-${number}.xlsx`, blobId: sheetId };
    for (const openId of await secretariesOf(ctx)) {
      send({ person: openId }, openId, { fileName: `述职测评纪要-${number}.docx`, blobId: minutesId });
      send({ person: openId }, openId, tallySheet);
    }
    const chat = await chatOf(ctx.tx, 'observers');
    if (chat) send({ chat }, chat, tallySheet);
  },
  fail: async (ctx, { sessionId }, reason) => {
    for (const openId of await secretariesOf(ctx))
      ctx.outbox.sendText({
        to: { person: openId },
        text: `纪要和计票表没有排印成：${reason}。结果卡片不受影响；请稍后发送“述职 纪要”再要一份。`,
        dedupeKey: `review-minutes:${sessionId}:failed:${openId}:${ctx.now.toISOString()}`,
        priority: 'task',
      });
  },
});

async function secretariesOf(ctx: Context): Promise<string[]> {
  const people = await findHolders(ctx.tx, { roles: ['sessionSecretary'] }, ctx.today);
  return people.flatMap(({ openId }) => (openId === null ? [] : [openId]));
}

async function factsOf(ctx: Context, session: ReviewSession): Promise<MinutesFacts> {
  const { id, plan, number, title, trial } = session;
  const [slots, rounds, draw] = [await findSlots(ctx.tx, id), await findRounds(ctx.tx, id), await findDraw(ctx.tx, id)];
  const [questions, promises] = [await findQuestions(ctx.tx, { sessionId: id }), await findPromises(ctx.tx, { sessionId: id })];
  const [roll, attended] = [await countRoll(ctx.tx, id), await countAttended(ctx.tx, id)];
  const numbers = drawNumbers(plan, draw?.inputs ?? {});
  const proof = draw?.state === 'opened' ? openDraw({ drawId: draw.id, secret: draw.secret, items: draw.items }, numbers) : null;
  return {
    ...{ districtName: ctx.settings.districtName, number, title, trial, observers: plan.observers, writtenOn: ctx.today },
    ...{ heldOn: plan.heldOn, startsAt: plan.startsAt, place: plan.place },
    classes: plan.rules.classes.map(({ name, weight }) => {
      const entitled = roll.find(({ voterClass }) => voterClass === name)?.entitled ?? 0;
      return { name, weight, entitled, present: Math.max(attended.get(name) ?? 0, ...presentIn(rounds, name)) };
    }),
    draw: draw && proof ? { commitment: draw.commitment, numbers } : null,
    voidDraws: (await findVoidDraws(ctx.tx, id)).map((each) => ({ drawId: each.id, commitment: each.commitment, reason: each.voidReason ?? '' })),
    slots: slots.map((slot) => ({
      ...{ unitName: slot.unitName, presenter: slot.presenter, year: slot.yearResult ? yearWords(slot.yearResult) : '' },
      questions: questions.filter(({ slotId, state }) => slotId === slot.id && state === 'asked'),
      promises: promises.filter(({ slotId }) => slotId === slot.id).map(({ content, dueOn, itemCode }) => ({ content, dueOn, code: itemCode })),
      ...(slot.state === 'absent'
        ? { absent: true, pieces: '' }
        : { absent: false, pieces: roundWords(validRound(rounds, slot.id), abstainedOf(session, slot.id)) }),
    })),
    remarks: await remarksOf(ctx, session),
    ...{ formula: `${formulaOf(session)}；同分${tieRuleOf(session)}`, mode: secrecyWords(session.plan), ballotsHash: session.ballotsHash ?? '' },
    results: resultRows(session).map(({ rank, unitName, total, excellent, classes }) => ({ rank, unitName, total, excellent, classes })),
  };
}

const abstainedOf = ({ results }: ReviewSession, slotId: string): number | null =>
  (results ?? []).find((result) => result.slotId === slotId)?.shown.abstained ?? null;

/** 各轮关闭时这一类在场几人：来宾在会中改登为没有到的也投过票，实到不能少于发出的票 */
const presentIn = (rounds: readonly BallotRound[], name: string): number[] =>
  rounds.flatMap(({ counts }) => (counts ?? []).flatMap(({ voterClass, present }) => (voterClass === name ? [present] : [])));

type Counted = NonNullable<BallotRound['counts']>[number];
const addUp = (round: BallotRound | null, of: (one: Counted) => number): number => (round?.counts ?? []).reduce((all, one) => all + of(one), 0);

/** @param abstained null: it would show single ballots */
function roundWords(round: BallotRound | null, abstained: number | null): string {
  if (!round) return '没有有效的测评';
  const [issued, used] = [addUp(round, (one) => one.issued), addUp(round, (one) => one.used)];
  return `第${round.number}轮测评发出${issued}票，收回${used}票${abstained === null ? '' : `，弃权${abstained}票`}`;
}

interface Lines {
  readonly columns: readonly { readonly heading: string; readonly width: number }[];
  readonly rows: readonly (readonly CellValue[])[];
}

/** 计票表的行 — what may be shown, a line for every class and one for the whole; the ballots themselves are in the file of 票面. */
async function linesOf(ctx: Context, session: ReviewSession): Promise<Lines> {
  const [slots, rounds] = [await findSlots(ctx.tx, session.id), await findRounds(ctx.tx, session.id)];
  const results = session.results ?? [];
  const grades = [
    ...new Set(results.flatMap(({ shown }) => shown.classes.flatMap(({ distribution }) => (distribution ?? []).map(({ name }) => name)))),
  ];
  const heading = (name: string, width = 10) => ({ heading: name, width });
  const columns = [
    ...[heading('名次', 8), heading('单位', 24), heading('述职人', 12), heading('轮次', 8), heading('类别', 18), heading('权重（%）')],
    ...[heading('应到'), heading('实到'), heading('发出'), heading('收回'), heading('有效'), heading('弃权'), heading('无效')],
    ...[...grades.map((name) => heading(name)), heading('得分', 22), heading('优秀率（%）', 14)],
  ];
  const rows = results.flatMap((result): CellValue[][] => {
    const slot = slots.find(({ id }) => id === result.slotId);
    const round = slot ? validRound(rounds, slot.id) : null;
    const { shown } = result;
    const head = [result.rank, result.unitName, result.presenter, result.round] as const;
    const weightOf = (name: string): string => session.plan.rules.classes.find((one) => one.name === name)?.weight ?? '';
    const lines = shown.classes.map((each): CellValue[] => {
      const counted = (round?.counts ?? []).find(({ voterClass }) => voterClass === each.voterClass);
      const votes = grades.map((name) => each.distribution?.find((one) => one.name === name)?.votes ?? null);
      return [
        ...[...head, each.voterClass, weightOf(each.voterClass)],
        ...[counted?.entitled ?? null, counted?.present ?? null, counted?.issued ?? null, counted?.used ?? null],
        ...(coveredClasses(shown).includes(each) ? [null, null, null] : [each.valid, each.abstained, each.invalid]),
        ...[...votes, each.score ?? each.instead, null],
      ];
    });
    return [...lines, wholeOf(result, round, grades.length)];
  });
  return { columns, rows };
}

function wholeOf({ rank, unitName, presenter, round: number, shown, task }: SlotResult, round: BallotRound | null, grades: number): CellValue[] {
  return [
    ...[rank, unitName, presenter, number, task ? `合计（测评${task.vote ?? '不公布'}，按时办结${task.onTime}/${task.due}）` : '合计', null],
    ...[addUp(round, (one) => one.entitled), addUp(round, (one) => one.present), addUp(round, (one) => one.issued), addUp(round, (one) => one.used)],
    ...[shown.valid, shown.abstained, shown.invalid, ...Array.from({ length: grades }, () => null)],
    ...[totalWords(shown), shown.excellentRate],
  ];
}

async function* each(rows: Lines['rows']): AsyncGenerator<readonly CellValue[]> {
  yield* rows;
}
