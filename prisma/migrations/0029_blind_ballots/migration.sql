-- 可证明匿名模式：一次开放一副钥匙；谁领过匿名票；投票页的钥匙。
ALTER TABLE "BallotRound" ADD COLUMN "openingId" TEXT;
CREATE INDEX "BallotRound_openingId_idx" ON "BallotRound"("openingId");

CREATE TABLE "BallotKey" (
    "openingId" TEXT NOT NULL,
    "voterClass" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "privateKey" TEXT NOT NULL,

    CONSTRAINT "BallotKey_pkey" PRIMARY KEY ("openingId","voterClass")
);

CREATE TABLE "BallotIssue" (
    "openingId" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "voterClass" TEXT NOT NULL,
    "requestHash" TEXT,

    CONSTRAINT "BallotIssue_pkey" PRIMARY KEY ("openingId","holder")
);

CREATE TABLE "BallotPass" (
    "keyHash" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "voterId" TEXT NOT NULL,

    CONSTRAINT "BallotPass_pkey" PRIMARY KEY ("keyHash")
);
CREATE INDEX "BallotPass_sessionId_idx" ON "BallotPass"("sessionId");
