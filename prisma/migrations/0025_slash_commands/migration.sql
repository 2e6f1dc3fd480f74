-- 登记到平台的指令：认得哪些是自己登记的。
CREATE TABLE "PanelCommand" (
  "commandId" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  CONSTRAINT "PanelCommand_pkey" PRIMARY KEY ("commandId")
);
