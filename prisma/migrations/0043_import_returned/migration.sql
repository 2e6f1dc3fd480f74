-- 退回导入：主任在下达之前把一次导入退回，由谁、为什么。
ALTER TABLE "WorkbookImport" ADD COLUMN "returnedBy" TEXT, ADD COLUMN "returnReason" TEXT;
