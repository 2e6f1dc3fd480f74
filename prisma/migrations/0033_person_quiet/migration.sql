-- 免打扰：本人暂停到某一天，其间不发到期预告、反馈提醒和个人简报。
CREATE TABLE "PersonQuiet" (
  "personId" TEXT NOT NULL,
  "untilOn" VARCHAR(10) NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "PersonQuiet_pkey" PRIMARY KEY ("personId")
);
CREATE INDEX "PersonQuiet_untilOn_idx" ON "PersonQuiet"("untilOn");
ALTER TABLE "PersonQuiet" ADD CONSTRAINT "PersonQuiet_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;
