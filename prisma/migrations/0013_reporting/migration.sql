-- 反馈：数值不得无故下调；待审签、待采纳各一张卡片。
ALTER TABLE "ProgressReport" ADD COLUMN "previousPercent" INTEGER;
ALTER TABLE "ProgressReport" ADD COLUMN "reason" TEXT;

CREATE TABLE "WaitingListCard" (
  "list" TEXT NOT NULL,
  "personId" TEXT NOT NULL,
  "sentAt" TIMESTAMPTZ(3),
  "newestAt" TIMESTAMPTZ(3),
  "open" INTEGER NOT NULL DEFAULT 0,
  "page" INTEGER NOT NULL DEFAULT 0,
  "readingUntil" TIMESTAMPTZ(3),
  CONSTRAINT "WaitingListCard_pkey" PRIMARY KEY ("list", "personId")
);
