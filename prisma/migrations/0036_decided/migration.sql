-- 今天审签、采纳、退回的：清单卡每画一次就要找一遍，不能每次把一年的反馈翻完。
CREATE INDEX "ProgressReport_signedOffOrReturned_idx" ON "ProgressReport" (COALESCE("signedOffAt", "returnedAt"))
  WHERE COALESCE("signedOffAt", "returnedAt") IS NOT NULL;
CREATE INDEX "ProgressReport_adoptedOrReturned_idx" ON "ProgressReport" (GREATEST("adoptedAt", "returnedAt"))
  WHERE GREATEST("adoptedAt", "returnedAt") IS NOT NULL;
