-- 叫醒的次数：提醒正在算的时候，事项又变了（计划又被叫醒），算好的“下一次”就不作数，不许盖上去。谁来叫醒都数，漏不掉。
ALTER TABLE "ReminderPlan" ADD COLUMN "woken" INTEGER NOT NULL DEFAULT 0;
CREATE FUNCTION "count_waking"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."woken" = OLD."woken" + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER "ReminderPlan_woken" BEFORE UPDATE ON "ReminderPlan" FOR EACH ROW
  WHEN (NEW."nextAt" = 'epoch' AND NEW."feedbackRemindedOn" = OLD."feedbackRemindedOn") EXECUTE FUNCTION "count_waking"();
