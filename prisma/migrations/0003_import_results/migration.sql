-- 预检的行和校验结果都存成文件；还没确认的预检作废，重新发送即可。
DELETE FROM "WorkbookImport" i WHERE i.state = 'checked' AND NOT EXISTS (SELECT 1 FROM "TaskBook" b WHERE b."importId" = i.id);
ALTER TABLE "WorkbookImport" DROP COLUMN "rows";
ALTER TABLE "WorkbookImport" ADD COLUMN "rowsBlobId" TEXT NOT NULL DEFAULT '';
ALTER TABLE "WorkbookImport" ADD COLUMN "resultBlobId" TEXT NOT NULL DEFAULT '';
ALTER TABLE "WorkbookImport" ALTER COLUMN "rowsBlobId" DROP DEFAULT;
ALTER TABLE "WorkbookImport" ALTER COLUMN "resultBlobId" DROP DEFAULT;
