import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import { defaultRules, type LadderRules, readRules } from '../ladder-policy.ts';

/** 规则的一版 */
export interface PolicyVersion {
  readonly id: number;
  readonly rules: LadderRules;
  readonly savedAt: Date;
  readonly savedBy: string;
}

/** 现行规则 — the newest version. */
export async function findPolicy(tx: Tx): Promise<PolicyVersion | null> {
  const found = await rows(tx).ladderPolicy.findFirst({ orderBy: { id: 'desc' } });
  return found && { ...found, rules: readRules(found.rules) };
}

/** 存一版规则 */
export async function insertPolicy(tx: Tx, { rules, savedAt, savedBy }: Omit<PolicyVersion, 'id'>): Promise<number> {
  const { id } = await rows(tx).ladderPolicy.create({ data: { rules: { steps: rules.steps.map((step) => ({ ...step })) }, savedAt, savedBy } });
  return id;
}

/** 预置规则 — idempotent; run at every start. */
export async function seedPolicy(tx: Tx, now: Date): Promise<void> {
  if (await findPolicy(tx)) return;
  await insertPolicy(tx, { rules: defaultRules, savedAt: now, savedBy: '系统' });
}

/** 仍用旧规则的在办事项 — of versions before this one. */
export async function findItemsOnOlderPolicy(tx: Tx, policyId: number): Promise<string[]> {
  const found = await rows(tx).$queryRaw<{ itemId: string }[]>`
    SELECT p."itemId" FROM "ReminderPlan" p JOIN "WorkItem" i ON i.id = p."itemId"
    WHERE i.status IN ('issued', 'inProgress', 'declinePending', 'underVerification', 'onSiteVerification', 'suspended')
      AND p."policyId" IS DISTINCT FROM ${policyId}
    ORDER BY i.code`;
  return found.map(({ itemId }) => itemId);
}

/** 换上规则 — and look at these items anew at the next sending time. */
export async function movePlansToPolicy(tx: Tx, itemIds: readonly string[], { policyId, at }: { policyId: number; at: Date }): Promise<void> {
  await rows(tx).$executeRaw`
    UPDATE "ReminderPlan" SET "policyId" = ${policyId}, "policyAppliedAt" = ${at}, "nextAt" = CASE WHEN "nextAt" IS NULL THEN NULL ELSE 'epoch'::timestamptz END
    WHERE "itemId" = ANY(${[...itemIds]}::text[])`;
}
