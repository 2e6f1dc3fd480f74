-- 请配合单位反馈：牵头单位请它在某日之前说自己的部分；过了没有答复，催办抄送它。
CREATE TABLE "SupportAsk" (
  "id" TEXT NOT NULL,
  "itemId" TEXT NOT NULL,
  "unitCode" TEXT NOT NULL,
  "words" TEXT NOT NULL,
  "dueOn" VARCHAR(10) NOT NULL,
  "byId" TEXT NOT NULL,
  "byName" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "answeredAt" TIMESTAMPTZ(3),
  CONSTRAINT "SupportAsk_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "SupportAsk_open_key" ON "SupportAsk"("itemId", "unitCode") WHERE "answeredAt" IS NULL;
CREATE INDEX "SupportAsk_itemId_at_idx" ON "SupportAsk"("itemId", "at");
ALTER TABLE "SupportAsk" ADD CONSTRAINT "SupportAsk_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE CASCADE ON UPDATE CASCADE;
