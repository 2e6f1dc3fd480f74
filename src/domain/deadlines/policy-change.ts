import type { Context } from '#core/context';
import { ConflictError, InvalidError } from '#core/errors';
import { nextSendingInstant } from '../calendar/sending-hours.ts';
import { loadCalendar } from '../calendar/store.ts';
import { assertMay, signatureOf } from '../roster/policy.ts';
import { dueStep } from './ladder.ts';
import { isDraftOnly, type LadderRules, type LadderStep, stepName } from './ladder-policy.ts';
import { findPlanned } from './plan/store.ts';
import { findItemsOnOlderPolicy, findPolicy, insertPolicy, movePlansToPolicy, type PolicyVersion } from './policies/store.ts';

/** 提前提醒至多几次、至多几天 */
const noticesMax = 5;
const daysMax = 30;

/** 读规则的写法 — `7、3、1`, `1`, `3`: working days before the limit, and after it. @throws InvalidError that says which figure is wrong */
export function rulesOf({ notices, urge, secondUrge }: { notices: string; urge: string; secondUrge: string }, former: LadderRules): LadderRules {
  const before = notices
    .normalize('NFKC')
    .split(/[\s,，、]+/)
    .filter(Boolean)
    .map((word) => dayCount(word, '到期预告'));
  if (before.length === 0 || before.length > noticesMax) throw new InvalidError(`到期预告请写1到${noticesMax}个数，例如：7、3、1`);
  if (new Set(before).size !== before.length) throw new InvalidError('到期预告有重复的天数，请改正');
  const [second, third] = [dayCount(urge, '催办'), dayCount(secondUrge, '二次催办')];
  if (third <= second) throw new InvalidError('二次催办要晚于催办，请改正');
  // 督办令几时拟稿不在这里改，照旧。
  const orders = former.steps.filter(({ level }) => isDraftOnly(level));
  const tooLate = orders.find(({ offset }) => offset <= third);
  if (tooLate) throw new InvalidError(`二次催办要早于拟督办令（过${tooLate.offset}个工作日），请改正`);
  const steps: LadderStep[] = [
    ...before.sort((left, right) => right - left).map((days) => ({ level: 'L0' as const, offset: -days })),
    { level: 'L1', offset: 0 },
    { level: 'L2', offset: second },
    { level: 'L3', offset: third },
    ...orders,
  ];
  return { steps };
}

/** 现行规则 */
export async function currentPolicy(ctx: Context): Promise<PolicyVersion> {
  const policy = await findPolicy(ctx.tx);
  if (!policy) throw new ConflictError('还没有提醒规则，请重新启动程序', 'no ladder policy');
  return policy;
}

/** 存新规则 — items that are issued from now on follow it; those under way keep theirs until it is applied to them. */
export async function savePolicy(ctx: Context, rules: LadderRules): Promise<PolicyVersion> {
  const right = assertMay(ctx.actor, 'manageReminderRules');
  const former = await currentPolicy(ctx);
  const [before, after] = [wordsOf(former.rules), wordsOf(rules)];
  if (before === after) throw new InvalidError('与现行规则一样，没有改动');
  const version = { rules, savedAt: ctx.now, savedBy: signatureOf(ctx.actor, right) };
  const id = await insertPolicy(ctx.tx, version);
  ctx.audit.record({ subject: { type: 'ladderPolicy', id: String(id) }, event: 'save', before, after, ...right });
  return { ...version, id };
}

/** 重新套用会怎样 */
export interface Reapplication {
  readonly policy: PolicyVersion;
  /** 仍用旧规则的在办事项 */
  readonly itemIds: readonly string[];
  /** 下一次发提醒时因此会多发的 */
  readonly dueNext: readonly { readonly code: string; readonly step: LadderStep }[];
  readonly nextAt: Date;
}

/** 预览重新套用 — nothing changes: how many items follow an older version, and what the new one would send them next. */
export async function previewReapplication(ctx: Context): Promise<Reapplication> {
  assertMay(ctx.actor, 'manageReminderRules');
  const policy = await currentPolicy(ctx);
  const itemIds = await findItemsOnOlderPolicy(ctx.tx, policy.id);
  const calendar = await loadCalendar(ctx.tx);
  const nextAt = nextSendingInstant(calendar, ctx.now);
  const dueNext = (await findPlanned(ctx.tx, itemIds)).flatMap(({ code, facts }) => {
    const step = dueStep(calendar, { ...facts, rules: policy.rules, since: ctx.now }, nextAt);
    const anyway = dueStep(calendar, facts, nextAt);
    return step && step.offset !== anyway?.offset ? [{ code, step }] : [];
  });
  return { policy, itemIds, dueNext, nextAt };
}

/** 重新套用 — to what was shown in the preview. @throws ConflictError when the rules have changed since */
export async function reapplyPolicy(ctx: Context, policyId: number): Promise<Reapplication> {
  const right = assertMay(ctx.actor, 'manageReminderRules');
  const preview = await previewReapplication(ctx);
  if (preview.policy.id !== policyId) throw new ConflictError('规则又改过了，请重新预览');
  if (preview.itemIds.length === 0) throw new ConflictError('已套用，无需重复套用');
  await movePlansToPolicy(ctx.tx, preview.itemIds, { policyId, at: ctx.now });
  for (const id of preview.itemIds)
    ctx.audit.record({ subject: { type: 'workItem', id }, event: 'reapplyPolicy', after: String(policyId), detail: { policyId }, ...right });
  return preview;
}

function dayCount(text: string, what: string): number {
  const days = Number(text.normalize('NFKC').trim());
  if (!Number.isInteger(days) || days < 1 || days > daysMax)
    throw new InvalidError(`${what}的“${text.slice(0, 10)}”不是1到${daysMax}之间的整数，请改正`);
  return days;
}

function wordsOf({ steps }: LadderRules): string {
  return steps.map((step) => `${stepName(step)} ${step.level}`).join('，');
}
