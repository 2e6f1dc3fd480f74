-- CreateTable
CREATE TABLE "InboundEvent" (
    "key" TEXT NOT NULL,
    "receivedAt" TIMESTAMPTZ(3) NOT NULL,
    "reply" JSONB,

    CONSTRAINT "InboundEvent_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "OutboxEntry" (
    "id" TEXT NOT NULL,
    "seq" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "priority" INTEGER NOT NULL,
    "lane" TEXT NOT NULL,
    "recipient" TEXT,
    "cardKey" TEXT,
    "dedupeKey" TEXT NOT NULL,
    "collapseKey" TEXT,
    "payload" JSONB NOT NULL,
    "actor" JSONB,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "notBefore" TIMESTAMPTZ(3) NOT NULL,
    "leaseUntil" TIMESTAMPTZ(3),
    "claimedBy" TEXT,
    "firstTriedAt" TIMESTAMPTZ(3),
    "fence" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "settledAt" TIMESTAMPTZ(3),
    "messageId" TEXT,
    "lastError" TEXT,

    CONSTRAINT "OutboxEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CardMessage" (
    "messageId" TEXT NOT NULL,
    "cardKey" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "sentAt" TIMESTAMPTZ(3) NOT NULL,
    "card" JSONB NOT NULL,
    "revision" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'live',

    CONSTRAINT "CardMessage_pkey" PRIMARY KEY ("messageId")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actorId" TEXT,
    "actorName" TEXT NOT NULL,
    "onBehalfOf" TEXT,
    "subjectType" TEXT NOT NULL,
    "subjectId" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    "detail" JSONB,
    "sourceEventId" TEXT,
    "prevHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "AuditHead" (
    "id" INTEGER NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditHead_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ScheduleRun" (
    "name" TEXT NOT NULL,
    "slot" TIMESTAMPTZ(3) NOT NULL,
    "ranAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ScheduleRun_pkey" PRIMARY KEY ("name","slot")
);

-- CreateTable
CREATE TABLE "ApiCall" (
    "id" BIGSERIAL NOT NULL,
    "api" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "interactive" BOOLEAN NOT NULL,

    CONSTRAINT "ApiCall_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Blob" (
    "id" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "sizeBytes" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Blob_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Unit" (
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "shortName" TEXT NOT NULL,
    "aliases" TEXT[],
    "kind" TEXT NOT NULL,
    "leaderName" TEXT,
    "chatName" TEXT,
    "position" INTEGER NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "Unit_pkey" PRIMARY KEY ("code")
);

-- CreateTable
CREATE TABLE "Person" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mobile" TEXT NOT NULL,
    "openId" TEXT,
    "unionId" TEXT,
    "userId" TEXT,
    "note" TEXT,
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "Person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Post" (
    "id" TEXT NOT NULL,
    "unitCode" TEXT,
    "title" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "field" TEXT,
    "backup" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL,

    CONSTRAINT "Post_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PostHolding" (
    "id" TEXT NOT NULL,
    "postId" TEXT NOT NULL,
    "personId" TEXT NOT NULL,
    "fromOn" VARCHAR(10) NOT NULL,
    "toOn" VARCHAR(10),

    CONSTRAINT "PostHolding_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Delegation" (
    "id" TEXT NOT NULL,
    "personId" TEXT NOT NULL,
    "delegateId" TEXT NOT NULL,
    "fromOn" VARCHAR(10) NOT NULL,
    "toOn" VARCHAR(10) NOT NULL,
    "reason" TEXT,

    CONSTRAINT "Delegation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ChatBinding" (
    "purpose" TEXT NOT NULL,
    "chatName" TEXT NOT NULL,
    "chatId" TEXT,
    "boundAt" TIMESTAMPTZ(3),
    "lostAt" TIMESTAMPTZ(3),

    CONSTRAINT "ChatBinding_pkey" PRIMARY KEY ("purpose")
);

-- CreateTable
CREATE TABLE "RosterImport" (
    "id" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "importedBy" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "summary" JSONB NOT NULL,

    CONSTRAINT "RosterImport_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CalendarDay" (
    "date" VARCHAR(10) NOT NULL,
    "source" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "CalendarDay_pkey" PRIMARY KEY ("date","source")
);

-- CreateTable
CREATE TABLE "WorkbookImport" (
    "id" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "blobId" TEXT NOT NULL,
    "year" INTEGER NOT NULL,
    "uploadedById" TEXT NOT NULL,
    "uploadedAt" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "summary" JSONB NOT NULL,
    "rows" JSONB NOT NULL,
    "confirmedAt" TIMESTAMPTZ(3),
    "cancelledAt" TIMESTAMPTZ(3),

    CONSTRAINT "WorkbookImport_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TaskBook" (
    "id" TEXT NOT NULL,
    "year" INTEGER NOT NULL,
    "unitCode" TEXT NOT NULL,
    "importId" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "itemCount" INTEGER NOT NULL,
    "approvedAt" TIMESTAMPTZ(3),
    "issuedAt" TIMESTAMPTZ(3),
    "acknowledgeBy" TIMESTAMPTZ(3),
    "acknowledgedAt" TIMESTAMPTZ(3),
    "acknowledgedById" TEXT,

    CONSTRAINT "TaskBook_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WorkItem" (
    "id" TEXT NOT NULL,
    "year" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "series" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "bookId" TEXT,
    "status" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "goal" TEXT NOT NULL,
    "measures" TEXT NOT NULL,
    "leadUnit" TEXT NOT NULL,
    "supportingUnits" TEXT[],
    "leaderInCharge" TEXT,
    "responsiblePostId" TEXT,
    "liaisonPostId" TEXT,
    "issueOn" VARCHAR(10),
    "dueOn" VARCHAR(10) NOT NULL,
    "originalDueOn" VARCHAR(10) NOT NULL,
    "feedbackPeriod" TEXT NOT NULL,
    "theme" TEXT,
    "internalNote" TEXT,
    "metrics" JSONB NOT NULL,
    "percent" INTEGER NOT NULL DEFAULT 0,
    "lastReportAt" TIMESTAMPTZ(3),
    "issuedAt" TIMESTAMPTZ(3),
    "acknowledgedAt" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "WorkItem_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProgressReport" (
    "id" TEXT NOT NULL,
    "itemId" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "percent" INTEGER NOT NULL,
    "content" TEXT NOT NULL,
    "difficulties" TEXT,
    "metrics" JSONB NOT NULL,
    "noChange" BOOLEAN NOT NULL DEFAULT false,
    "reporterId" TEXT NOT NULL,
    "reporterName" TEXT NOT NULL,
    "submittedAt" TIMESTAMPTZ(3) NOT NULL,
    "signedOffAt" TIMESTAMPTZ(3),
    "signedOffBy" TEXT,
    "adoptedAt" TIMESTAMPTZ(3),
    "adoptedBy" TEXT,
    "returnedAt" TIMESTAMPTZ(3),
    "returnedBy" TEXT,
    "returnReason" TEXT,

    CONSTRAINT "ProgressReport_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "OutboxEntry_dedupeKey_key" ON "OutboxEntry"("dedupeKey");

-- CreateIndex
CREATE INDEX "CardMessage_cardKey_idx" ON "CardMessage"("cardKey");

-- CreateIndex
CREATE INDEX "AuditEntry_subjectType_subjectId_seq_idx" ON "AuditEntry"("subjectType", "subjectId", "seq");

-- CreateIndex
CREATE INDEX "ApiCall_api_at_idx" ON "ApiCall"("api", "at");

-- CreateIndex
CREATE INDEX "ApiCall_target_at_idx" ON "ApiCall"("target", "at");

-- CreateIndex
CREATE UNIQUE INDEX "Unit_name_key" ON "Unit"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Person_mobile_key" ON "Person"("mobile");

-- CreateIndex
CREATE UNIQUE INDEX "Person_openId_key" ON "Person"("openId");

-- CreateIndex
CREATE INDEX "Post_unitCode_role_idx" ON "Post"("unitCode", "role");

-- CreateIndex
CREATE INDEX "PostHolding_personId_idx" ON "PostHolding"("personId");

-- CreateIndex
CREATE INDEX "PostHolding_postId_idx" ON "PostHolding"("postId");

-- CreateIndex
CREATE INDEX "Delegation_delegateId_idx" ON "Delegation"("delegateId");

-- CreateIndex
CREATE INDEX "Delegation_personId_idx" ON "Delegation"("personId");

-- CreateIndex
CREATE UNIQUE INDEX "ChatBinding_chatId_key" ON "ChatBinding"("chatId");

-- CreateIndex
CREATE INDEX "WorkbookImport_sha256_idx" ON "WorkbookImport"("sha256");

-- CreateIndex
CREATE INDEX "TaskBook_unitCode_idx" ON "TaskBook"("unitCode");

-- CreateIndex
CREATE UNIQUE INDEX "TaskBook_importId_unitCode_key" ON "TaskBook"("importId", "unitCode");

-- CreateIndex
CREATE INDEX "WorkItem_leadUnit_status_idx" ON "WorkItem"("leadUnit", "status");

-- CreateIndex
CREATE INDEX "WorkItem_responsiblePostId_idx" ON "WorkItem"("responsiblePostId");

-- CreateIndex
CREATE INDEX "WorkItem_dueOn_idx" ON "WorkItem"("dueOn");

-- CreateIndex
CREATE UNIQUE INDEX "WorkItem_year_code_key" ON "WorkItem"("year", "code");

-- CreateIndex
CREATE INDEX "ProgressReport_status_idx" ON "ProgressReport"("status");

-- CreateIndex
CREATE UNIQUE INDEX "ProgressReport_itemId_round_key" ON "ProgressReport"("itemId", "round");

-- AddForeignKey
ALTER TABLE "Post" ADD CONSTRAINT "Post_unitCode_fkey" FOREIGN KEY ("unitCode") REFERENCES "Unit"("code") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PostHolding" ADD CONSTRAINT "PostHolding_postId_fkey" FOREIGN KEY ("postId") REFERENCES "Post"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PostHolding" ADD CONSTRAINT "PostHolding_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TaskBook" ADD CONSTRAINT "TaskBook_importId_fkey" FOREIGN KEY ("importId") REFERENCES "WorkbookImport"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WorkItem" ADD CONSTRAINT "WorkItem_bookId_fkey" FOREIGN KEY ("bookId") REFERENCES "TaskBook"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProgressReport" ADD CONSTRAINT "ProgressReport_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- 以下是 Prisma 的模型说不出来的部分。

-- 待发的行很少，已发的行很多：只索引前者。
CREATE INDEX "OutboxEntry_open_idx" ON "OutboxEntry" ("priority", "seq") WHERE "state" IN ('pending', 'sending');
CREATE INDEX "OutboxEntry_open_job_idx" ON "OutboxEntry" ("priority", "seq") WHERE "state" IN ('pending', 'sending') AND "kind" = 'job';
CREATE INDEX "OutboxEntry_open_lane_idx" ON "OutboxEntry" ("lane", "seq") WHERE "state" IN ('pending', 'sending');
CREATE INDEX "OutboxEntry_open_card_idx" ON "OutboxEntry" ("cardKey", "seq") WHERE "state" IN ('pending', 'sending');
CREATE INDEX "OutboxEntry_collapse_idx" ON "OutboxEntry" ("collapseKey") WHERE "state" = 'pending' AND "collapseKey" IS NOT NULL;
ALTER TABLE "OutboxEntry" SET (fillfactor = 70);
ALTER TABLE "WorkItem" SET (fillfactor = 80);

-- 留痕只增不改。
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '留痕只增不改：% 被拒绝', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "AuditEntry_append_only" BEFORE UPDATE OR DELETE ON "AuditEntry" FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "AuditEntry_no_truncate" BEFORE TRUNCATE ON "AuditEntry" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();

-- 链头只有一行，从零起。
INSERT INTO "AuditHead" ("id", "seq", "hash") VALUES (1, 0, repeat('0', 64));
ALTER TABLE "AuditHead" ADD CONSTRAINT "AuditHead_single_row" CHECK ("id" = 1);
