-- 依本人要求删去个人信息的人：行留着（公务记录里的署名要找得到是谁），号码、账号清空。
ALTER TABLE "Person" ADD COLUMN "erasedAt" TIMESTAMPTZ(3);
