-- 签收人的署名：代办的写明代谁（“蒋秋萍（代袁梦洁）”）。从前的由留痕补上。
ALTER TABLE "TaskBook" ADD COLUMN "acknowledgedBy" TEXT;
UPDATE "TaskBook" b SET "acknowledgedBy" = (
  SELECT a."actorName" || COALESCE('（代' || a."onBehalfOf" || '）', '') FROM "AuditEntry" a
  WHERE a."subjectType" = 'taskBook' AND a."subjectId" = b.id AND a.event = 'acknowledge' ORDER BY a.seq DESC LIMIT 1
) WHERE b."acknowledgedAt" IS NOT NULL;
