-- 同一张卡片的各份按消息号取前几份：索引里就排好，不必把别的卡片也翻一遍。
CREATE INDEX "CardMessage_cardKey_messageId_idx" ON "CardMessage"("cardKey", "messageId");
DROP INDEX "CardMessage_cardKey_idx";
