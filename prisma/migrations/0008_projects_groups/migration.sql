-- 项目分解表（7-60-178）的导入；“一带五”联系小组和组长的月记。
CREATE TABLE "ProjectImport" (
    "id" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "blobId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "year" INTEGER NOT NULL,
    "unitCode" TEXT NOT NULL,
    "uploadedById" TEXT NOT NULL,
    "uploadedAt" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "summary" JSONB NOT NULL,
    "tasks" JSONB NOT NULL,
    "confirmedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ProjectImport_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ProjectImport_sha256_idx" ON "ProjectImport"("sha256");

CREATE TABLE "GroupRoll" (
    "id" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "blobId" TEXT NOT NULL,
    "unitCode" TEXT NOT NULL,
    "uploadedById" TEXT NOT NULL,
    "uploadedAt" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "summary" JSONB NOT NULL,
    "groups" JSONB NOT NULL,
    "confirmedAt" TIMESTAMPTZ(3),

    CONSTRAINT "GroupRoll_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "GroupRoll_sha256_idx" ON "GroupRoll"("sha256");
CREATE UNIQUE INDEX "GroupRoll_unitCode_inForce_key" ON "GroupRoll"("unitCode") WHERE "state" = 'inForce';

CREATE TABLE "MentorGroup" (
    "id" TEXT NOT NULL,
    "rollId" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "line" TEXT NOT NULL,
    "leaderName" TEXT NOT NULL,
    "leaderMobile" TEXT NOT NULL,
    "leaderOpenId" TEXT,
    "members" JSONB NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "MentorGroup_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "MentorGroup_rollId_code_key" ON "MentorGroup"("rollId", "code");
CREATE INDEX "MentorGroup_leaderOpenId_idx" ON "MentorGroup"("leaderOpenId");
ALTER TABLE "MentorGroup" ADD CONSTRAINT "MentorGroup_rollId_fkey" FOREIGN KEY ("rollId") REFERENCES "GroupRoll"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "GroupNote" (
    "unitCode" TEXT NOT NULL,
    "groupCode" TEXT NOT NULL,
    "month" VARCHAR(7) NOT NULL,
    "thought" TEXT NOT NULL,
    "skill" TEXT NOT NULL,
    "results" TEXT NOT NULL,
    "style" TEXT NOT NULL,
    "writtenBy" TEXT NOT NULL,
    "writtenAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "GroupNote_pkey" PRIMARY KEY ("unitCode", "groupCode", "month")
);
