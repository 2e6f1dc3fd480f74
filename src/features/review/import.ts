import { readFileSync } from 'node:fs';
import { confirmPlan } from '#cards/review/actions';
import { on } from '#core/click';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { isRealDate, type LocalDate } from '#core/dates';
import { InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import type { WorkbookImporter } from '#core/workbook';
import { saveBlob } from '#domain/blobs/store';
import { registerSession } from '#domain/review/advance';
import { copyPlan } from '#domain/review/copy-plan';
import { type ReviewSession, reviewSessionMachine, type SessionPlan } from '#domain/review/model';
import { isSessionWorkbook, readSessionPlan } from '#domain/review/session-sheet';
import { confirmSession } from '#domain/review/setup';
import { findLastSession, findSessionsByNumber } from '#domain/review/store';
import { assertMay, may } from '#domain/roster/policy';
import type { Finding } from '#domain/workbook-import/model';
import { readRosterView } from '#domain/workbook-import/store';
import { consoleKey, consoleView, planKey, planView } from './views.ts';

const templateName = '述职测评方案模板.xlsx';

/** 导入述职方案 — dry run first. */
export const planImporter: WorkbookImporter<ReturnType<typeof readSessionPlan>> = {
  name: 'review',
  title: '述职测评方案',
  recognises: isSessionWorkbook,
  mayImport: (actor) => may(actor, 'runReview'),
  check: async (world, { sheets }) => readSessionPlan(sheets, await world.briefly((ctx) => readRosterView(ctx.tx, ctx.today))),
  receive: (ctx, { fileName, blobId }, { plan, errors }) =>
    receivePlan(ctx, { plan, errors: [...errors, ...pastFaults(plan, ctx.today)], fileName, blobId }),
};

/** 去年的表格忘了改日期 */
function pastFaults({ heldOn }: SessionPlan, today: LocalDate): Finding[] {
  if (!isRealDate(heldOn) || heldOn >= today) return [];
  const suggestion = '请写今天以后的日期；照去年的表格改的，场次编号、场次名称、抽签编号也要改';
  return [{ sheet: '场次', row: 0, cell: '', code: '日期', rule: '述职方案', message: `${heldOn}已经过去`, suggestion }];
}

/** 照上次的方案 — with a new day; everything else as it was, held against today's roster. */
export async function copyLastPlan(ctx: Context, words: string): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  const [heldOn = '', trial = ''] = words.split(/\s+/);
  const former = await findLastSession(ctx.tx);
  if (!former) throw new NotFoundError('还没有办过述职场次。请发送“述职 模板”取一份表格，填好发给我。');
  const roster = await readRosterView(ctx.tx, ctx.today);
  const copied = copyPlan(former.plan, { heldOn, today: ctx.today, trial: trial.startsWith('试'), roster });
  return receivePlan(ctx, { ...copied, fileName: `照${former.number}`, blobId: former.blobId });
}

/** 方案模板 — the workbook that the import reads, with its usual values and no names. */
export async function sendTemplate(ctx: Context): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  const { openId } = ctx.actor;
  if (openId === null) throw new InvalidError('认不出您的账号，请联系系统管理员');
  const blobId = await saveBlob(ctx.tx, readFileSync(new URL(`./${templateName}`, import.meta.url)), ctx.now);
  const dedupeKey = `review-template:${openId}:${ctx.now.getTime()}`;
  ctx.outbox.sendFile({ to: { person: openId }, fileName: templateName, blobId, dedupeKey, priority: 'interactive' });
  return { text: '模板随后发来。填好“台上单位”“测评人”等各页，直接发给我；办过的场次也可以发“述职 照上次 2027-01-15”。', privately: true };
}

/** 收方案 — kept as checked when nothing is wrong with it, and shown. */
export async function receivePlan(
  ctx: Context,
  { plan, errors, fileName, blobId }: ReturnType<typeof readSessionPlan> & { fileName: string; blobId: string },
): Promise<Answer> {
  const [id, state, createdById] = [newId(), reviewSessionMachine.initial, ctx.actor.personId ?? ''];
  const { number, trial } = plan;
  // 试测在哪一张卡片、哪一块屏幕上都看得出是试测。
  const title = trial ? `【试测】${plan.title}` : plan.title;
  const session = { id, number, title, state, trial, plan, fileName, blobId, createdById, createdAt: ctx.now };
  // 有错的方案不存：改好了再发就是新的一份。
  if (errors.length === 0) await registerSession(ctx, session);
  const blank = { rollHash: null, released: 'none', ballotsHash: null, ballotsBlobId: null, results: null, confirmedBy: [] } as const;
  const unsaved: ReviewSession = { ...session, ...blank };
  return { card: planView(unsaved, errors), cardKey: planKey(id), privately: true };
}

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
