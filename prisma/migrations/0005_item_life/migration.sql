-- 退件、办结申请、中止各有自己的记录。
CREATE TABLE "ItemDecline" (
    "id" TEXT NOT NULL,
    "itemId" TEXT NOT NULL,
    "bookId" TEXT NOT NULL,
    "unitCode" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "suggestedUnit" TEXT NOT NULL,
    "filedById" TEXT NOT NULL,
    "filedBy" TEXT NOT NULL,
    "filedAt" TIMESTAMPTZ(3) NOT NULL,
    "proposal" TEXT,
    "proposedUnit" TEXT,
    "proposalNote" TEXT,
    "proposedBy" TEXT,
    "proposedAt" TIMESTAMPTZ(3),
    "decidedUnit" TEXT,
    "decisionNote" TEXT,
    "decidedBy" TEXT,
    "decidedAt" TIMESTAMPTZ(3),
    CONSTRAINT "ItemDecline_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ItemDecline_itemId_idx" ON "ItemDecline"("itemId");
CREATE INDEX "ItemDecline_status_idx" ON "ItemDecline"("status");
ALTER TABLE "ItemDecline" ADD CONSTRAINT "ItemDecline_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "CompletionRequest" (
    "id" TEXT NOT NULL,
    "itemId" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "evidence" TEXT,
    "waiver" TEXT,
    "requesterId" TEXT NOT NULL,
    "requestedBy" TEXT NOT NULL,
    "requestedAt" TIMESTAMPTZ(3) NOT NULL,
    "signedOffBy" TEXT,
    "signedOffAt" TIMESTAMPTZ(3),
    "onSiteNote" TEXT,
    "onSiteBy" TEXT,
    "onSiteAt" TIMESTAMPTZ(3),
    "findings" TEXT,
    "returnReason" TEXT,
    "decidedBy" TEXT,
    "decidedAt" TIMESTAMPTZ(3),
    CONSTRAINT "CompletionRequest_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "CompletionRequest_itemId_round_key" ON "CompletionRequest"("itemId", "round");
CREATE INDEX "CompletionRequest_status_idx" ON "CompletionRequest"("status");
ALTER TABLE "CompletionRequest" ADD CONSTRAINT "CompletionRequest_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "Suspension" (
    "id" TEXT NOT NULL,
    "itemId" TEXT NOT NULL,
    "formerStatus" TEXT NOT NULL,
    "basis" TEXT NOT NULL,
    "suspendedBy" TEXT NOT NULL,
    "suspendedAt" TIMESTAMPTZ(3) NOT NULL,
    "dueBefore" VARCHAR(10) NOT NULL,
    "resumeBasis" TEXT,
    "resumedBy" TEXT,
    "resumedAt" TIMESTAMPTZ(3),
    "dueAfter" VARCHAR(10),
    CONSTRAINT "Suspension_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Suspension_itemId_idx" ON "Suspension"("itemId");
ALTER TABLE "Suspension" ADD CONSTRAINT "Suspension_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
