-- 述职人自己也在测评人名册上的，是名册的哪一行：他评别家，不评自己。
ALTER TABLE "ReviewSlot" ADD COLUMN "voterId" TEXT;
