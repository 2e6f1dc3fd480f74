-- 提醒规则的版本：只添不改。
CREATE TABLE "LadderPolicy" (
  "id" SERIAL NOT NULL,
  "rules" JSONB NOT NULL,
  "savedAt" TIMESTAMPTZ(3) NOT NULL,
  "savedBy" TEXT NOT NULL,
  CONSTRAINT "LadderPolicy_pkey" PRIMARY KEY ("id")
);

-- 提醒计划：一个已下达的事项一行。
CREATE TABLE "ReminderPlan" (
  "itemId" TEXT NOT NULL,
  "policyId" INTEGER,
  "nextAt" TIMESTAMPTZ(3),
  "promisedOn" VARCHAR(10),
  "promisedFor" VARCHAR(10),
  "promisedAt" TIMESTAMPTZ(3),
  CONSTRAINT "ReminderPlan_pkey" PRIMARY KEY ("itemId")
);
ALTER TABLE "ReminderPlan" ADD CONSTRAINT "ReminderPlan_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE CASCADE ON UPDATE CASCADE;
-- 到点只看到期的，不管一共有多少事项。
CREATE INDEX "ReminderPlan_due_idx" ON "ReminderPlan"("nextAt") WHERE "nextAt" IS NOT NULL;
CREATE INDEX "TaskBook_awaiting_idx" ON "TaskBook"("acknowledgeBy") WHERE "status" = 'issued';

-- 项目分解的任务不在催办之列。下达时建计划、记下当时的规则；此后时限、状态、反馈周期变了，就叫醒它，下一次到点重算。谁改都漏不掉。
CREATE FUNCTION "plan_reminders"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ReminderPlan" ("itemId", "policyId", "nextAt")
  VALUES (NEW."id", (SELECT max("id") FROM "LadderPolicy"), 'epoch')
  ON CONFLICT ("itemId") DO UPDATE SET "nextAt" = EXCLUDED."nextAt";
  RETURN NULL;
END $$;
CREATE TRIGGER "WorkItem_plan_new" AFTER INSERT ON "WorkItem" FOR EACH ROW
  WHEN (NEW."status" <> 'draft' AND NEW."kind" <> ALL ('{project,part,projectItem,task}'::text[])) EXECUTE FUNCTION "plan_reminders"();
CREATE TRIGGER "WorkItem_plan_changed" AFTER UPDATE ON "WorkItem" FOR EACH ROW
  WHEN (NEW."status" <> 'draft' AND NEW."kind" <> ALL ('{project,part,projectItem,task}'::text[]) AND (OLD."status", OLD."dueOn", OLD."feedbackPeriod") IS DISTINCT FROM (NEW."status", NEW."dueOn", NEW."feedbackPeriod"))
  EXECUTE FUNCTION "plan_reminders"();
-- 此前已下达的事项补上计划。
INSERT INTO "ReminderPlan" ("itemId", "nextAt") SELECT "id", 'epoch' FROM "WorkItem" WHERE "status" <> 'draft' AND "kind" <> ALL ('{project,part,projectItem,task}'::text[]);

CREATE TABLE "ReminderSend" (
  "id" TEXT NOT NULL,
  "subjectId" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "step" TEXT NOT NULL,
  "level" TEXT,
  "offset" INTEGER,
  "baseOn" VARCHAR(10) NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "byName" TEXT NOT NULL,
  "recipients" JSONB NOT NULL,
  "known" JSONB NOT NULL,
  CONSTRAINT "ReminderSend_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ReminderSend_subjectId_baseOn_step_key" ON "ReminderSend"("subjectId", "baseOn", "step");
CREATE INDEX "ReminderSend_at_idx" ON "ReminderSend"("at");

CREATE TABLE "ReminderCard" (
  "id" TEXT NOT NULL,
  "personId" TEXT NOT NULL,
  "on" VARCHAR(10) NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "auto" BOOLEAN NOT NULL,
  "byName" TEXT NOT NULL,
  "lines" JSONB NOT NULL,
  CONSTRAINT "ReminderCard_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ReminderCard_on_personId_idx" ON "ReminderCard"("on", "personId");

CREATE TABLE "UrgeBatch" (
  "id" TEXT NOT NULL,
  "itemIds" TEXT[],
  "byId" TEXT,
  "byName" TEXT NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL,
  "sentAt" TIMESTAMPTZ(3),
  CONSTRAINT "UrgeBatch_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "UrgeReply" (
  "id" TEXT NOT NULL,
  "itemId" TEXT NOT NULL,
  "dueOn" VARCHAR(10) NOT NULL,
  "status" TEXT NOT NULL,
  "text" TEXT,
  "cause" TEXT,
  "measure" TEXT,
  "promisedOn" VARCHAR(10),
  "byId" TEXT NOT NULL,
  "byName" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "decidedBy" TEXT,
  "decidedAt" TIMESTAMPTZ(3),
  "returnReason" TEXT,
  CONSTRAINT "UrgeReply_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "UrgeReply_itemId_at_idx" ON "UrgeReply"("itemId", "at");
ALTER TABLE "UrgeReply" ADD CONSTRAINT "UrgeReply_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE CASCADE ON UPDATE CASCADE;
