CREATE TABLE "ExtensionRequest" (
  "id" TEXT NOT NULL,
  "itemId" TEXT NOT NULL,
  "round" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "dueBefore" VARCHAR(10) NOT NULL,
  "requestedOn" VARCHAR(10) NOT NULL,
  "reason" TEXT NOT NULL,
  "progress" TEXT NOT NULL,
  "former" INTEGER NOT NULL,
  "requesterId" TEXT NOT NULL,
  "requestedBy" TEXT NOT NULL,
  "requestedAt" TIMESTAMPTZ(3) NOT NULL,
  "signedOffBy" TEXT,
  "signedOffAt" TIMESTAMPTZ(3),
  "checkedBy" TEXT,
  "checkedAt" TIMESTAMPTZ(3),
  "checkNote" TEXT,
  "agreedBy" TEXT,
  "agreedAt" TIMESTAMPTZ(3),
  "decidedBy" TEXT,
  "decidedAt" TIMESTAMPTZ(3),
  "approvedOn" VARCHAR(10),
  "note" TEXT,
  CONSTRAINT "ExtensionRequest_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ExtensionRequest_itemId_round_key" ON "ExtensionRequest"("itemId", "round");
CREATE INDEX "ExtensionRequest_status_idx" ON "ExtensionRequest"("status");
ALTER TABLE "ExtensionRequest" ADD CONSTRAINT "ExtensionRequest_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE CASCADE ON UPDATE CASCADE;
