-- 快满14天的卡片：只翻还有效的，按发出的时间找。
CREATE INDEX "CardMessage_live_sentAt_idx" ON "CardMessage"("sentAt") WHERE "state" = 'live';
