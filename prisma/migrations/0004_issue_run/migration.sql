-- 下达的经过记在任务书上：第几次、为何没成、成文、发了几张、谁收不到。上传过的文件记下平台的钥匙。
ALTER TABLE "TaskBook"
  ADD COLUMN "issueRound" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "issueFault" TEXT,
  ADD COLUMN "documentBlobId" TEXT,
  ADD COLUMN "documentName" TEXT,
  ADD COLUMN "cardsSent" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "unreached" TEXT[] DEFAULT ARRAY[]::TEXT[];

CREATE TABLE "UploadedFile" (
  "blobId" TEXT NOT NULL,
  "fileName" TEXT NOT NULL,
  "fileKey" TEXT NOT NULL,
  "uploadedAt" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "UploadedFile_pkey" PRIMARY KEY ("blobId", "fileName")
);
