-- 评语：随票写的话，与人、与票都没有对应；关闭时打乱，审看放行之后本单位才看得到。即时公布的一轮，关闭时就有可公布的结果。
ALTER TABLE "BallotRound" ADD COLUMN "commentKey" TEXT;
ALTER TABLE "BallotRound" ADD COLUMN "shown" JSONB;

CREATE TABLE "BallotComment" (
    "id" TEXT NOT NULL,
    "roundId" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "handle" TEXT,

    CONSTRAINT "BallotComment_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "BallotComment_roundId_handle_key" ON "BallotComment"("roundId", "handle");
CREATE INDEX "BallotComment_roundId_state_idx" ON "BallotComment"("roundId", "state");
