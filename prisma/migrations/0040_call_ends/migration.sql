-- 一次调用从认领占到答复之后一个窗口：几个进程合着数，到平台的时刻必在其间。
ALTER TABLE "ApiCall" ADD COLUMN "entryId" TEXT, ADD COLUMN "endedAt" TIMESTAMPTZ(3);
CREATE INDEX "ApiCall_open" ON "ApiCall" ("entryId") WHERE "endedAt" IS NULL;
