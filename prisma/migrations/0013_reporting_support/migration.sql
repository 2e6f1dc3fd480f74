-- 分工反馈：配合单位说自己的那一部分，由牵头单位并入反馈。
CREATE TABLE "SupportNote" (
  "id" TEXT NOT NULL,
  "itemId" TEXT NOT NULL,
  "unitCode" TEXT NOT NULL,
  "content" TEXT NOT NULL,
  "byId" TEXT NOT NULL,
  "byName" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "SupportNote_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "SupportNote_itemId_at_idx" ON "SupportNote"("itemId", "at");
ALTER TABLE "SupportNote" ADD CONSTRAINT "SupportNote_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE CASCADE ON UPDATE CASCADE;
