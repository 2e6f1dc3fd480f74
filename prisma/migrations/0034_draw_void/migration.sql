-- 抽签作废：监督员没有到、名单要改时，两人同意作废，留着原来的承诺和取数，另开一次。备用票另有状态 spare，不改表。
DROP INDEX "Draw_sessionId_key";
CREATE INDEX "Draw_sessionId_idx" ON "Draw"("sessionId");
ALTER TABLE "Draw" ADD COLUMN "voidAskedBy" TEXT;
ALTER TABLE "Draw" ADD COLUMN "voidReason" TEXT;
