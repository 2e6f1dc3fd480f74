-- 每人每天的自动消息至多两次：提醒、换新、简报合在一起数，只看当天的。
CREATE INDEX "OutboxEntry_automatic_idx" ON "OutboxEntry" ("createdAt") WHERE "kind" = 'sendCard' AND "priority" >= 3;
