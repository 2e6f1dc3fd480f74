-- 反馈的附件：在聊天里发来、由本人附到某一次反馈上的文件；从不要求。
CREATE TABLE "ReportAttachment" (
  "reportId" TEXT NOT NULL,
  "blobId" TEXT NOT NULL,
  "itemId" TEXT NOT NULL,
  "fileName" TEXT NOT NULL,
  "sizeBytes" INTEGER NOT NULL,
  "byId" TEXT NOT NULL,
  "byName" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "ReportAttachment_pkey" PRIMARY KEY ("reportId", "blobId")
);
CREATE INDEX "ReportAttachment_itemId_at_idx" ON "ReportAttachment"("itemId", "at");
ALTER TABLE "ReportAttachment" ADD CONSTRAINT "ReportAttachment_reportId_fkey" FOREIGN KEY ("reportId") REFERENCES "ProgressReport"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ReportAttachment" ADD CONSTRAINT "ReportAttachment_blobId_fkey" FOREIGN KEY ("blobId") REFERENCES "Blob"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
