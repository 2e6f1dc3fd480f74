-- 这个数据库是谁的：哪个飞书应用，按钮用哪副印章。换了就要有人知道，演示的数据也不会混进正式的。
CREATE TABLE "Installation" (
  "id" INTEGER NOT NULL,
  "appId" TEXT NOT NULL,
  "demo" BOOLEAN NOT NULL,
  "claimedAt" TIMESTAMPTZ(3) NOT NULL,
  "sealMark" TEXT NOT NULL,
  "sealedFrom" TIMESTAMPTZ(3),
  CONSTRAINT "Installation_pkey" PRIMARY KEY ("id")
);
