-- 亮灯的变化：只添不改。
CREATE TABLE "LightChange" (
  "id" TEXT NOT NULL,
  "itemId" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "from" TEXT,
  "to" TEXT NOT NULL,
  "reasons" JSONB NOT NULL,
  "manual" BOOLEAN NOT NULL DEFAULT false,
  "byName" TEXT NOT NULL,
  CONSTRAINT "LightChange_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "LightChange_itemId_at_idx" ON "LightChange"("itemId", "at");
CREATE INDEX "LightChange_at_idx" ON "LightChange"("at");

-- 人工亮灯。
CREATE TABLE "LightOverride" (
  "id" TEXT NOT NULL,
  "itemId" TEXT NOT NULL,
  "light" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "untilOn" VARCHAR(10) NOT NULL,
  "setBy" TEXT NOT NULL,
  "setAt" TIMESTAMPTZ(3) NOT NULL,
  "endedBy" TEXT,
  "endedAt" TIMESTAMPTZ(3),
  CONSTRAINT "LightOverride_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "LightOverride_itemId_setAt_idx" ON "LightOverride"("itemId", "setAt");
