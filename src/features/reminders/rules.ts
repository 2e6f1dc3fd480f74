import type { Card } from '#cards/kit/card';
import { formatInstant } from '#cards/kit/format';
import { reminderLevel, term } from '#cards/kit/terms';
import { openReapply, reapplyRules, saveRules } from '#cards/reminders/actions';
import { reapplyCard } from '#cards/reminders/reapply.card';
import { rulesCard } from '#cards/reminders/rules.card';
import { on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { stepName } from '#domain/deadlines/ladder-policy';
import { findItemsOnOlderPolicy } from '#domain/deadlines/policies/store';
import { currentPolicy, previewReapplication, type Reapplication, reapplyPolicy, rulesOf, savePolicy } from '#domain/deadlines/policy-change';
import { assertMay, may } from '#domain/roster/policy';

/** 提醒规则 */
export const rules: Command = command({
  words: ['提醒规则', 'rules'],
  summary: '查看和修改提醒、催办的规则，对在办事项重新套用',
  example: '提醒规则',
  visibleTo: (actor) => may(actor, 'manageReminderRules'),
  handle: async (ctx) => {
    assertMay(ctx.actor, 'manageReminderRules');
    return { card: await rulesView(ctx), privately: true };
  },
});

/** 保存规则 */
export const onSaveRules = on(saveRules, async (ctx, _payload, form) => {
  const { id } = await savePolicy(ctx, rulesOf(form, (await currentPolicy(ctx)).rules));
  return { toast: `已保存为第${id}版；在办事项照旧，要改请点“重新套用”`, card: await rulesView(ctx) };
});

/** 预览重新套用 */
export const onOpenReapply = on(openReapply, async (ctx) => ({ card: reapplyView(ctx, await previewReapplication(ctx), 'offered') }));

/** 确认套用 */
export const onReapply = on(reapplyRules, async (ctx, { policyId }) => {
  const done = await reapplyPolicy(ctx, policyId);
  return { toast: `已对${done.itemIds.length}项套用`, card: reapplyView(ctx, done, 'done') };
});

async function rulesView(ctx: Context): Promise<Card> {
  const { id, rules: version, savedAt, savedBy } = await currentPolicy(ctx);
  const offsetOf = (level: string): number => version.steps.find((step) => step.level === level)?.offset ?? 0;
  return rulesCard({
    version: id,
    notices: version.steps.filter(({ level }) => level === 'L0').map(({ offset }) => -offset),
    urge: offsetOf('L2'),
    secondUrge: offsetOf('L3'),
    order: offsetOf('L4'),
    savedBy,
    savedAt: formatInstant(savedAt, ctx.today),
    olderItems: (await findItemsOnOlderPolicy(ctx.tx, id)).length,
  });
}

function reapplyView(ctx: Context, { policy, itemIds, dueNext, nextAt }: Reapplication, state: 'offered' | 'done'): Card {
  return reapplyCard({
    policyId: policy.id,
    state,
    items: itemIds.length,
    dueNext: dueNext.map(({ code, step }) => `${code} ${stepName(step)} ${term(reminderLevel, step.level)}`),
    nextAt: formatInstant(nextAt, ctx.today),
  });
}
