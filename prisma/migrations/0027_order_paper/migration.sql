-- 令的网址：印在纸上的二维码打开它；钥匙随机，谁拿着纸谁看得到。用印在系统之外，由人记下。
ALTER TABLE "SupervisionOrder"
  ADD COLUMN "accessKey" TEXT NOT NULL DEFAULT gen_random_uuid()::text,
  ADD COLUMN "sealedBy" TEXT,
  ADD COLUMN "sealedAt" TIMESTAMPTZ(3);
CREATE UNIQUE INDEX "SupervisionOrder_accessKey_key" ON "SupervisionOrder"("accessKey");
