-- 票决：轮次、谁投过（不记投了什么）、票（不记是谁）。两张表之间没有共同的键。
CREATE TABLE "BallotRound" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "slotId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "choices" TEXT[],
    "closesAt" TIMESTAMPTZ(3) NOT NULL,
    "roundKey" TEXT,
    "counts" JSONB,
    "voidReason" TEXT,
    "voidAskedBy" TEXT,

    CONSTRAINT "BallotRound_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "BallotRound_slotId_number_key" ON "BallotRound"("slotId", "number");
CREATE INDEX "BallotRound_sessionId_idx" ON "BallotRound"("sessionId");

CREATE TABLE "BallotMark" (
    "roundId" TEXT NOT NULL,
    "holder" TEXT NOT NULL,

    CONSTRAINT "BallotMark_pkey" PRIMARY KEY ("roundId","holder")
);

CREATE TABLE "Ballot" (
    "id" TEXT NOT NULL,
    "roundId" TEXT NOT NULL,
    "voterClass" TEXT NOT NULL,
    "choice" TEXT,
    "handle" TEXT,

    CONSTRAINT "Ballot_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Ballot_roundId_handle_key" ON "Ballot"("roundId", "handle");
CREATE INDEX "Ballot_roundId_idx" ON "Ballot"("roundId");
