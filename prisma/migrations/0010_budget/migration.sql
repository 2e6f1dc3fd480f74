-- 额度只按时间查：按 API、按对象的两个索引用不上。
DROP INDEX "ApiCall_api_at_idx";
DROP INDEX "ApiCall_target_at_idx";
CREATE INDEX "ApiCall_at_idx" ON "ApiCall"("at");
