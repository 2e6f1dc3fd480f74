-- 述职“赶考”：场次、单元、名册、抽签。
CREATE TABLE "ReviewSession" (
    "id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "heldOn" VARCHAR(10) NOT NULL,
    "startsAt" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "trial" BOOLEAN NOT NULL,
    "plan" JSONB NOT NULL,
    "rollHash" TEXT,
    "released" TEXT NOT NULL DEFAULT 'none',
    "fileName" TEXT NOT NULL,
    "blobId" TEXT NOT NULL,
    "createdById" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "ballotsHash" TEXT,
    "ballotsBlobId" TEXT,
    "results" JSONB,
    "confirmedBy" TEXT[],

    CONSTRAINT "ReviewSession_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ReviewSession_number_inForce_key" ON "ReviewSession"("number") WHERE "state" NOT IN ('checked', 'replaced', 'wiped');

CREATE TABLE "ReviewSlot" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "unitCode" TEXT NOT NULL,
    "unitName" TEXT NOT NULL,
    "presenter" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "phaseSince" TIMESTAMPTZ(3),
    "phaseUntil" TIMESTAMPTZ(3),
    "phase" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "ReviewSlot_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ReviewSlot_sessionId_unitCode_key" ON "ReviewSlot"("sessionId", "unitCode");
ALTER TABLE "ReviewSlot" ADD CONSTRAINT "ReviewSlot_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "ReviewSession"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "ReviewVoter" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "voterClass" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "identity" TEXT NOT NULL,
    "workplace" TEXT NOT NULL,
    "mobile" TEXT,
    "personId" TEXT,
    "channel" TEXT NOT NULL,
    "present" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL,

    CONSTRAINT "ReviewVoter_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ReviewVoter_sessionId_personId_key" ON "ReviewVoter"("sessionId", "personId");
CREATE INDEX "ReviewVoter_sessionId_voterClass_idx" ON "ReviewVoter"("sessionId", "voterClass");
ALTER TABLE "ReviewVoter" ADD CONSTRAINT "ReviewVoter_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "ReviewSession"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "Draw" (
    "id" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "items" TEXT[],
    "commitment" TEXT NOT NULL,
    "inputs" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "order" TEXT[],
    "seed" TEXT,

    CONSTRAINT "Draw_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Draw_sessionId_key" ON "Draw"("sessionId");
