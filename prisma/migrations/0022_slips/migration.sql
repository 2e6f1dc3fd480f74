-- 来宾的纸质票（只存令牌的指纹，不记是谁）和述职的网页钥匙（打印、大屏）。
CREATE TABLE "BallotSlip" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "voterClass" TEXT NOT NULL,
    "serial" INTEGER NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "voidAskedBy" TEXT,

    CONSTRAINT "BallotSlip_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "BallotSlip_tokenHash_key" ON "BallotSlip"("tokenHash");
CREATE UNIQUE INDEX "BallotSlip_sessionId_serial_key" ON "BallotSlip"("sessionId", "serial");

CREATE TABLE "ReviewLink" (
    "key" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "validUntil" TIMESTAMPTZ(3) NOT NULL,
    "used" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "ReviewLink_pkey" PRIMARY KEY ("key")
);
