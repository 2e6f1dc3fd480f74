-- 反馈周期和最近提醒过的反馈日：由事项和提醒记录得来，核对时按它们找没提醒过的，不必翻遍在办的事项和全部记录。
ALTER TABLE "ReminderPlan" ADD COLUMN "feedbackPeriod" TEXT NOT NULL DEFAULT '', ADD COLUMN "feedbackRemindedOn" VARCHAR(10) NOT NULL DEFAULT '';
UPDATE "ReminderPlan" p SET "feedbackPeriod" = i."feedbackPeriod" FROM "WorkItem" i WHERE i."id" = p."itemId";
CREATE OR REPLACE FUNCTION "plan_reminders"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ReminderPlan" ("itemId", "policyId", "nextAt", "feedbackPeriod")
  VALUES (NEW."id", (SELECT max("id") FROM "LadderPolicy"), 'epoch', NEW."feedbackPeriod")
  ON CONFLICT ("itemId") DO UPDATE SET "nextAt" = EXCLUDED."nextAt", "feedbackPeriod" = EXCLUDED."feedbackPeriod";
  RETURN NULL;
END $$;
UPDATE "ReminderPlan" p SET "feedbackRemindedOn" = s."on"
FROM (SELECT "subjectId", max("baseOn") AS "on" FROM "ReminderSend" WHERE "kind" = 'feedback' GROUP BY "subjectId") s WHERE s."subjectId" = p."itemId";
CREATE FUNCTION "note_feedback_reminders"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "ReminderPlan" p SET "feedbackRemindedOn" = a."on"
  FROM (SELECT "subjectId", max("baseOn") AS "on" FROM "added" WHERE "kind" = 'feedback' GROUP BY "subjectId") a
  WHERE a."subjectId" = p."itemId" AND a."on" > p."feedbackRemindedOn";
  RETURN NULL;
END $$;
CREATE TRIGGER "ReminderSend_feedback" AFTER INSERT ON "ReminderSend" REFERENCING NEW TABLE AS "added" FOR EACH STATEMENT EXECUTE FUNCTION "note_feedback_reminders"();
CREATE INDEX "ReminderPlan_feedback_idx" ON "ReminderPlan"("feedbackPeriod", "feedbackRemindedOn") WHERE "nextAt" IS NOT NULL;
-- 时限将到、已过而没有办完的：办完的再多，也不在里面。
CREATE INDEX "WorkItem_chased_idx" ON "WorkItem"("dueOn") WHERE "status" IN ('issued', 'inProgress');
