import { adjustPlan, draftPlan, openSetup } from '#cards/review/actions';
import { type SetupProps, setupCard } from '#cards/review/setup.card';
import { on } from '#core/click';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { ConflictError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import type { ReviewSession, SessionPlan } from '#domain/review/model';
import { applySettings, bothLeaderAndDeputy, type PlanSettings, planOfPeople, type RollSource, scaleKeyOf } from '#domain/review/plan-form';
import { getSession, replaceChecked } from '#domain/review/setup';
import { findRollSource } from '#domain/review/store';
import { assertMay } from '#domain/roster/policy';
import { receivePlan } from './import.ts';
import { planKey, planView } from './views.ts';

/** 述职 新建 — the form; nothing is kept before it is sent. */
export async function askSetup(ctx: Context): Promise<Answer> {
  assertMay(ctx.actor, 'runReview');
  const source = await findRollSource(ctx.tx, ctx.today);
  const units = source.filter(({ role, unitCode }) => role === 'unitHead' && unitCode !== null);
  const observers = source.filter(
    ({ role, personId }, index) => role === 'observer' && source.findIndex((other) => other.role === role && other.personId === personId) === index,
  );
  if (units.length === 0 || observers.length === 0) throw new NotFoundError('花名册里还没有单位主要负责人或监督员，请先导入花名册。');
  const both = bothLeaderAndDeputy(source);
  const deputies = peopleIn(source, ['voter']) - both.length;
  const counts = `领导${peopleIn(source, ['principalLeader', 'leaderInCharge'])}位、两代表一委员${deputies}位`;
  const once = both.length === 0 ? '' : `${both.map(({ name }) => name).join('、')}既是领导又是代表，一人一票，算在领导里。`;
  const card = setupCard({
    ...{ sessionId: '', about: '', classes: '领导、两代表一委员、群众代表', version: versionOf(ctx) },
    people: {
      units: units.map(({ unitCode, unitName }) => ({ code: unitCode ?? '', name: unitName ?? '' })),
      observers: observers.map(({ personId, name }) => ({ personId, name })),
      fromRoster: `${counts}照花名册，用卡片投票，监督员不参加。${once}`,
    },
    settings: { ...usual, weights: '50/30/20' },
  });
  return { card, privately: true };
}

/** 新建的方案 — from here on as if it had been read from a workbook. */
export const onDraftPlan = on(draftPlan, async (ctx, _payload, { units, observers, guests = '', ...settings }) => {
  assertMay(ctx.actor, 'runReview');
  const base = planOfPeople({ unitCodes: units, observerIds: observers, guests }, await findRollSource(ctx.tx, ctx.today));
  return showPlan(ctx, applySettings(base, settingsOf(settings), ctx.today), { fileName: '在聊天里新建', blobId: '' });
});

/** 打开设置单 */
export const onOpenSetup = on(openSetup, async (ctx, { sessionId }) => {
  assertMay(ctx.actor, 'runReview');
  const session = await getSession(ctx, sessionId);
  if (session.state !== 'checked') throw new ConflictError('方案已经确认；锁定名册之前，重发方案可以替换');
  const { openId } = ctx.actor;
  const card = setupCard(adjusting(session, versionOf(ctx)));
  if (openId === null) return { card };
  const cardKey = `review-setup:${sessionId}`;
  ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${ctx.now.getTime()}`, priority: 'interactive' });
  return { toast: { type: 'info', text: '设置单已发给您' } };
});

/** 改方案 — the former card is out of date from now on. */
export const onAdjustPlan = on(adjustPlan, async (ctx, { sessionId }, settings) => {
  const former = await replaceChecked(ctx, sessionId);
  const plan = applySettings(former.plan, settingsOf(settings), ctx.today);
  ctx.outbox.updateCard({ cardKey: planKey(sessionId), card: planView(former, []) });
  return showPlan(ctx, plan, former);
});

async function showPlan(ctx: Context, plan: SessionPlan, { fileName, blobId }: { fileName: string; blobId: string }) {
  const { card, cardKey } = await receivePlan(ctx, { plan, errors: [], fileName, blobId });
  const { openId } = ctx.actor;
  if (openId === null || !card || cardKey === undefined) return { ...(card ? { card } : {}) };
  ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${newId()}`, priority: 'interactive' });
  return { toast: '方案已发给您，请核对后确认' };
}

const versionOf = ({ now }: Pick<Context, 'now'>): number => Math.floor(now.getTime() / 1000) % 100_000;

const peopleIn = (source: readonly RollSource[], roles: readonly string[]): number =>
  new Set(source.flatMap(({ role, personId }) => (roles.includes(role) ? [personId] : []))).size;

const usual: Omit<SetupProps['settings'], 'weights'> = {
  ...{ heldOn: '', startsAt: '14:30', place: '', method: 'each', reportMinutes: '8', questionMinutes: '6', voteSeconds: '90' },
  ...{ scale: 'excellent', press: 'first', quorum: 'half', show: 'delayed', secrecy: 'simple', comments: 'yes' },
  ...{ emptyClass: 'renormalise', taskWeight: '', trial: 'no' },
};

function adjusting({ id, number, title, plan }: ReviewSession, version: number): SetupProps {
  const { heldOn, startsAt, place, method, reportMinutes, questionMinutes, voteSeconds, press, rules } = plan;
  return {
    ...{ sessionId: id, about: `${number}　${title}`, people: null, version },
    classes: rules.classes.map(({ name }) => name).join('、'),
    settings: {
      ...{ heldOn, startsAt, place, method, press },
      ...{ reportMinutes: String(reportMinutes), questionMinutes: String(questionMinutes), voteSeconds: String(voteSeconds) },
      ...{ scale: scaleKeyOf(rules), weights: rules.classes.map(({ weight }) => weight).join('/') },
      ...{ quorum: plan.quorum ?? 'half', show: plan.show ?? 'delayed', secrecy: plan.secrecy ?? 'simple', comments: plan.comments ? 'yes' : 'no' },
      ...{ emptyClass: rules.emptyClass, taskWeight: rules.taskWeight ?? '', trial: plan.trial ? 'yes' : 'no' },
    },
  };
}

function settingsOf({
  place = '',
  taskWeight = '',
  ...settings
}: Omit<PlanSettings, 'place' | 'taskWeight'> & { place?: string | undefined; taskWeight?: string | undefined }): PlanSettings {
  return { ...settings, place, taskWeight, heldOn: settings.heldOn.slice(0, 10) };
}
