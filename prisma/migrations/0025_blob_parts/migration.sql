-- 长文件分段存：边写边存，内存里从不放整份。没有写完的段不属于任何文件，过一天清掉。
CREATE TABLE "BlobPart" (
  "blobId" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "bytes" BYTEA NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "BlobPart_pkey" PRIMARY KEY ("blobId", "position")
);
CREATE INDEX "BlobPart_createdAt_idx" ON "BlobPart"("createdAt");
