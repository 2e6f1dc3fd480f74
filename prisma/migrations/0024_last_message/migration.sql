-- 成批在发的时候，等着的人由“回复”他最近的一张卡片送到：按人找最近的一张。
CREATE INDEX "CardMessage_recipient_sentAt_idx" ON "CardMessage"("recipient", "sentAt");
