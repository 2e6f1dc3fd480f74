-- 文号登记簿：一类一年一册，签发的事务里取号。
CREATE TABLE "NumberSeries" (
  "series" TEXT NOT NULL,
  "year" INTEGER NOT NULL,
  "last" INTEGER NOT NULL,
  CONSTRAINT "NumberSeries_pkey" PRIMARY KEY ("series", "year")
);

CREATE TABLE "DocumentNumber" (
  "series" TEXT NOT NULL,
  "year" INTEGER NOT NULL,
  "number" INTEGER NOT NULL,
  "text" TEXT NOT NULL,
  "subjectId" TEXT NOT NULL,
  "takenAt" TIMESTAMPTZ(3) NOT NULL,
  "takenBy" TEXT NOT NULL,
  "voidedAt" TIMESTAMPTZ(3),
  "voidedBy" TEXT,
  "voidReason" TEXT,
  CONSTRAINT "DocumentNumber_pkey" PRIMARY KEY ("series", "year", "number"),
  CONSTRAINT "DocumentNumber_voided" CHECK (("voidedAt" IS NULL) = ("voidReason" IS NULL))
);
CREATE UNIQUE INDEX "DocumentNumber_subjectId_key" ON "DocumentNumber"("subjectId");
CREATE UNIQUE INDEX "DocumentNumber_series_text_key" ON "DocumentNumber"("series", "text");

-- 号一经取用，不收回，不改；只可以记上作废，一次。
CREATE FUNCTION "keep_number"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a document number is never taken back';
  END IF;
  IF (NEW."series", NEW."year", NEW."number", NEW."text", NEW."subjectId", NEW."takenAt", NEW."takenBy")
     IS DISTINCT FROM (OLD."series", OLD."year", OLD."number", OLD."text", OLD."subjectId", OLD."takenAt", OLD."takenBy")
     OR OLD."voidedAt" IS NOT NULL THEN
    RAISE EXCEPTION 'a document number is never changed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "DocumentNumber_kept" BEFORE UPDATE OR DELETE ON "DocumentNumber" FOR EACH ROW EXECUTE FUNCTION "keep_number"();

CREATE TABLE "SupervisionOrder" (
  "id" TEXT NOT NULL,
  "itemId" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "origin" TEXT NOT NULL,
  "basis" TEXT,
  "baseOn" VARCHAR(10) NOT NULL,
  "facts" JSONB NOT NULL,
  "requirement" TEXT NOT NULL,
  "evidence" TEXT NOT NULL,
  "draftedBy" TEXT NOT NULL,
  "draftedAt" TIMESTAMPTZ(3) NOT NULL,
  "checkedBy" TEXT,
  "checkedAt" TIMESTAMPTZ(3),
  "returnReason" TEXT,
  "returnedBy" TEXT,
  "dropReason" TEXT,
  "droppedBy" TEXT,
  "signedBy" TEXT,
  "signedAt" TIMESTAMPTZ(3),
  "number" TEXT,
  "acknowledgeBy" TIMESTAMPTZ(3),
  "replyBy" TIMESTAMPTZ(3),
  "documentBlobId" TEXT,
  "documentName" TEXT,
  "printBlobId" TEXT,
  "printName" TEXT,
  "issueRound" INTEGER NOT NULL DEFAULT 0,
  "issueFault" TEXT,
  "issuedAt" TIMESTAMPTZ(3),
  "unreached" TEXT[] DEFAULT ARRAY[]::TEXT[],
  "acknowledgedBy" TEXT,
  "acknowledgedAt" TIMESTAMPTZ(3),
  "dueBefore" VARCHAR(10),
  "promisedOn" VARCHAR(10),
  "closedBy" TEXT,
  "closedAt" TIMESTAMPTZ(3),
  "voidReason" TEXT,
  "voidAskedBy" TEXT,
  "voidAskedById" TEXT,
  "voidAskedAt" TIMESTAMPTZ(3),
  "voidedBy" TEXT,
  "voidedAt" TIMESTAMPTZ(3),
  "replacesId" TEXT,
  "previousId" TEXT,
  "version" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "SupervisionOrder_pkey" PRIMARY KEY ("id"),
  -- 有号与签发过是一回事。
  CONSTRAINT "SupervisionOrder_numbered" CHECK (("number" IS NULL) = ("status" = ANY ('{draft,checked,dropped}'::text[])))
);
CREATE INDEX "SupervisionOrder_itemId_idx" ON "SupervisionOrder"("itemId");
CREATE INDEX "SupervisionOrder_status_replyBy_idx" ON "SupervisionOrder"("status", "replyBy");
-- 一个事项同时至多有一道没有采纳的令。
CREATE UNIQUE INDEX "SupervisionOrder_pending_key" ON "SupervisionOrder"("itemId")
  WHERE "status" = ANY ('{draft,checked,signed,issued,acknowledged,replied}'::text[]);
ALTER TABLE "SupervisionOrder" ADD CONSTRAINT "SupervisionOrder_itemId_fkey" FOREIGN KEY ("itemId") REFERENCES "WorkItem"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "OrderReply" (
  "id" TEXT NOT NULL,
  "orderId" TEXT NOT NULL,
  "round" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "cause" TEXT NOT NULL,
  "measure" TEXT NOT NULL,
  "promisedOn" VARCHAR(10) NOT NULL,
  "byId" TEXT NOT NULL,
  "byName" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "decidedBy" TEXT,
  "decidedAt" TIMESTAMPTZ(3),
  "reason" TEXT,
  CONSTRAINT "OrderReply_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "OrderReply_orderId_round_key" ON "OrderReply"("orderId", "round");
ALTER TABLE "OrderReply" ADD CONSTRAINT "OrderReply_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "SupervisionOrder"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "EscalationProposal" (
  "id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "occasion" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "content" JSONB NOT NULL,
  "draftedAt" TIMESTAMPTZ(3) NOT NULL,
  "decidedBy" TEXT,
  "decidedAt" TIMESTAMPTZ(3),
  "note" TEXT,
  CONSTRAINT "EscalationProposal_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "EscalationProposal_occasion_key" ON "EscalationProposal"("occasion");

-- 提醒规则添上拟督办令的一步：新的一版，只管以后下达的事项；在办的按下达时的一版，要改须“重新套用”。
INSERT INTO "LadderPolicy" ("rules", "savedAt", "savedBy")
SELECT jsonb_set(p."rules", '{steps}', (p."rules"->'steps') || '[{"level": "L4", "offset": 5}]'::jsonb), now(), '系统'
FROM "LadderPolicy" p
WHERE p."id" = (SELECT max("id") FROM "LadderPolicy") AND NOT p."rules" @> '{"steps": [{"level": "L4"}]}';
