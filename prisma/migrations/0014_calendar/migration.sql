-- 例外日记下属于哪一年的安排、谁在何时调整的。
ALTER TABLE "CalendarDay" ADD COLUMN "year" INTEGER;
UPDATE "CalendarDay" SET "year" = substring("date" FOR 4)::int;
ALTER TABLE "CalendarDay" ALTER COLUMN "year" SET NOT NULL;
ALTER TABLE "CalendarDay" ADD COLUMN "by" TEXT, ADD COLUMN "at" TIMESTAMPTZ(3);

CREATE TABLE "CalendarNotice" (
  "id" TEXT NOT NULL,
  "year" INTEGER NOT NULL,
  "origin" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "days" JSONB NOT NULL,
  "problems" TEXT[],
  "ignored" TEXT[],
  "byName" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "importedBy" TEXT,
  "importedAt" TIMESTAMPTZ(3),
  CONSTRAINT "CalendarNotice_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "CalendarNotice_year_state_idx" ON "CalendarNotice"("year", "state");
