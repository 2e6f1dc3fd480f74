-- 更正已下达的事项：提出、批准，改之前和改之后都留着。一个事项同时只有一份等着批准。
CREATE TABLE "ItemCorrection" (
  "id" TEXT NOT NULL,
  "itemId" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "before" JSONB NOT NULL,
  "after" JSONB NOT NULL,
  "reason" TEXT NOT NULL,
  "proposedById" TEXT NOT NULL,
  "proposedBy" TEXT NOT NULL,
  "proposedAt" TIMESTAMPTZ(3) NOT NULL,
  "decidedBy" TEXT,
  "decidedAt" TIMESTAMPTZ(3),
  "note" TEXT,
  CONSTRAINT "ItemCorrection_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ItemCorrection_open_key" ON "ItemCorrection"("itemId") WHERE "status" = 'proposed';
CREATE INDEX "ItemCorrection_itemId_proposedAt_idx" ON "ItemCorrection"("itemId", "proposedAt");
ALTER TABLE "ItemCorrection" ADD CONSTRAINT "ItemCorrection_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE CASCADE ON UPDATE CASCADE;
