-- 述职问答与现场承诺；述职人开讲时冻结的年度办理情况。
ALTER TABLE "ReviewSlot" ADD COLUMN "yearResult" JSONB;

CREATE TABLE "ReviewQuestion" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "slotId" TEXT NOT NULL,
    "voterClass" TEXT NOT NULL,
    "asker" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "queuedAt" TIMESTAMPTZ(3) NOT NULL,
    "askedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ReviewQuestion_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ReviewQuestion_sessionId_slotId_idx" ON "ReviewQuestion"("sessionId", "slotId");
ALTER TABLE "ReviewQuestion" ADD CONSTRAINT "ReviewQuestion_slotId_fkey" FOREIGN KEY ("slotId") REFERENCES "ReviewSlot"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "ReviewPromise" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "slotId" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "dueOn" VARCHAR(10) NOT NULL,
    "itemId" TEXT,
    "itemCode" TEXT,
    "recordedBy" TEXT NOT NULL,
    "recordedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ReviewPromise_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ReviewPromise_sessionId_slotId_idx" ON "ReviewPromise"("sessionId", "slotId");
ALTER TABLE "ReviewPromise" ADD CONSTRAINT "ReviewPromise_slotId_fkey" FOREIGN KEY ("slotId") REFERENCES "ReviewSlot"("id") ON DELETE CASCADE ON UPDATE CASCADE;
