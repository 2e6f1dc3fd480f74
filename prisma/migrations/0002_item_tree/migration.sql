-- 事项有了上下级；任务书分年度、增补、改派三种。
ALTER TABLE "TaskBook" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'annual';
ALTER TABLE "TaskBook" ALTER COLUMN "importId" DROP NOT NULL;
ALTER TABLE "TaskBook" DROP CONSTRAINT "TaskBook_importId_fkey";
ALTER TABLE "TaskBook" ADD CONSTRAINT "TaskBook_importId_fkey" FOREIGN KEY ("importId") REFERENCES "WorkbookImport"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "WorkItem"
  ADD COLUMN "parentId" TEXT,
  ADD COLUMN "position" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "weight" INTEGER,
  ADD COLUMN "mandatory" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "startOn" VARCHAR(10),
  ADD COLUMN "completedAt" TIMESTAMPTZ(3),
  ADD COLUMN "reworkCount" INTEGER NOT NULL DEFAULT 0;
CREATE INDEX "WorkItem_parentId_idx" ON "WorkItem"("parentId");
ALTER TABLE "WorkItem" ADD CONSTRAINT "WorkItem_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "WorkItem"("id") ON DELETE SET NULL ON UPDATE CASCADE;
