-- 何时换上了现在的规则：之前的步不补。
ALTER TABLE "ReminderPlan" ADD COLUMN "policyAppliedAt" TIMESTAMPTZ(3);
