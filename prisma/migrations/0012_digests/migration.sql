-- 通报月报。
CREATE TABLE "MonthlyBulletin" (
  "id" TEXT NOT NULL,
  "month" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "previousAt" TIMESTAMPTZ(3) NOT NULL,
  "state" TEXT NOT NULL,
  "figures" JSONB NOT NULL,
  "highlights" TEXT NOT NULL DEFAULT '',
  "draftedAt" TIMESTAMPTZ(3) NOT NULL,
  "editedBy" TEXT,
  "releasedBy" TEXT,
  "releasedAt" TIMESTAMPTZ(3),
  "documentBlobId" TEXT,
  CONSTRAINT "MonthlyBulletin_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "MonthlyBulletin_month_key" ON "MonthlyBulletin"("month");
