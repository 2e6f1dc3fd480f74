import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type MigrationText, offencesIn } from './migration-rules.ts';

const migrations: readonly MigrationText[] = readdirSync('prisma/migrations', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()
  .map((name) => ({ name, sql: readFileSync(`prisma/migrations/${name}/migration.sql`, 'utf8') }));

/** 第一次发布之前的：那时还没有旧程序。只会少，不会多；以后的分两版做（src/ARCHITECTURE.md“升级与回退”）。 */
const beforeFirstRelease = [
  '0002_item_tree 让列可以为空：旧程序读到空就出错',
  '0002_item_tree 给旧表添要求',
  '0003_import_results 删旧表的行',
  '0003_import_results 去掉列',
  '0003_import_results 去掉默认值：旧程序写的行里没有它',
  '0003_import_results 去掉默认值：旧程序写的行里没有它',
  '0014_calendar 把列改成必填',
  '0017_orders 往旧表里添行：旧程序要读得懂',
  '0027_order_paper 给旧表添唯一键',
  '0034_draw_void 去掉唯一键：旧程序靠它防重',
];

const ground: MigrationText = {
  name: '0001_ground',
  sql: `CREATE TABLE "Unit" ("code" TEXT NOT NULL, "kind" TEXT); CREATE UNIQUE INDEX "Unit_code_key" ON "Unit"("code"); CREATE INDEX "Unit_kind_idx" ON "Unit"("kind");`,
};
const brokenBy = (sql: string): string[] => offencesIn([ground, { name: '0002_next', sql }]).map(({ rule }) => rule);

describe('新旧两版要能同时跑，也要回得去：迁移只添不改', () => {
  test('每一个迁移都守规矩；第一次发布之前的几句例外，列在这里，不再添', () => {
    expect(migrations.length).toBeGreaterThan(30);
    expect(offencesIn(migrations).map(({ migration, rule }) => `${migration} ${rule}`)).toEqual(beforeFirstRelease);
  });

  test.each([
    ['DROP TABLE "Unit"', '去掉或改名'],
    ['ALTER TABLE "Unit" RENAME TO "Office"', '去掉或改名'],
    ['ALTER TABLE "Unit" RENAME COLUMN "kind" TO "sort"', '去掉或改名'],
    ['ALTER TABLE "Unit" DROP COLUMN "kind"', '去掉列'],
    ['ALTER TABLE "Unit" ADD COLUMN "note" TEXT, DROP "kind"', '去掉列'],
    ['ALTER TABLE "Unit" ADD COLUMN "note" TEXT, ADD COLUMN "year" INTEGER NOT NULL', '添必填的列而没有默认值'],
    ['ALTER TABLE "Unit" ALTER COLUMN "kind" SET NOT NULL', '把列改成必填'],
    ['ALTER TABLE "Unit" ALTER COLUMN "code" DROP NOT NULL', '让列可以为空：旧程序读到空就出错'],
    ['ALTER TABLE "Unit" ALTER COLUMN "kind" DROP DEFAULT', '去掉默认值：旧程序写的行里没有它'],
    ['ALTER TABLE "Unit" ALTER COLUMN "kind" TYPE VARCHAR(10)', '改列的类型：放宽也算，备好的语句会不认'],
    ['ALTER TABLE "Unit" ALTER "kind" SET DATA TYPE TEXT', '改列的类型：放宽也算，备好的语句会不认'],
    [`ALTER TYPE "Kind" ADD VALUE 'street'`, '改枚举'],
    [`ALTER TABLE "Unit" ADD CONSTRAINT "Unit_kind_check" CHECK ("kind" <> '')`, '给旧表添要求'],
    ['ALTER TABLE "Unit" ADD CONSTRAINT "Unit_kind_fkey" FOREIGN KEY ("kind") REFERENCES "Kind"("id")', '给旧表添要求'],
    ['CREATE UNIQUE INDEX "Unit_kind_key" ON "Unit"("kind")', '给旧表添唯一键'],
    ['DROP INDEX "Unit_code_key"', '去掉唯一键：旧程序靠它防重'],
    ['ALTER TABLE "Unit" DROP CONSTRAINT "Unit_pkey"', '去掉唯一键：旧程序靠它防重'],
    [`DELETE FROM "Unit" WHERE "kind" = ''`, '删旧表的行'],
    [`INSERT INTO "Unit" ("code") VALUES ('U99')`, '往旧表里添行：旧程序要读得懂'],
    [`UPDATE "Unit" SET "kind" = '街道'`, '改写旧列'],
    ['CREATE INDEX CONCURRENTLY "Unit_x_idx" ON "Unit"("kind")', '不在一个事务里，断在中间就剩一半'],
    ['COMMIT; CREATE TABLE "Late" ("id" TEXT)', '不在一个事务里，断在中间就剩一半'],
    ['ALTER TABLE Unit DROP COLUMN kind', '这里读不懂的写法'],
    ['DO $$ BEGIN ALTER TABLE "Unit" DROP COLUMN "kind"; END $$', '这里读不懂的写法'],
  ])('不许：%s', (sql, rule) => {
    expect(brokenBy(sql)).toContain(rule);
  });

  test.each([
    'CREATE TABLE "Street" ("id" TEXT NOT NULL); CREATE UNIQUE INDEX "Street_id_key" ON "Street"("id"); INSERT INTO "Street" VALUES (\'s\'); ALTER TABLE "Street" ADD CONSTRAINT "Street_c" CHECK ("id" <> \'\')',
    'ALTER TABLE "Unit" ADD COLUMN "note" TEXT, ADD COLUMN "position" INTEGER NOT NULL DEFAULT 0; UPDATE "Unit" u SET "position" = 1, "note" = u."kind" WHERE u."kind" = \'街道\'',
    'ALTER TABLE "Unit" ADD COLUMN "parent" TEXT; CREATE UNIQUE INDEX "Unit_parent_key" ON "Unit"("parent"); ALTER TABLE "Unit" ADD CONSTRAINT "Unit_parent_fkey" FOREIGN KEY ("parent") REFERENCES "Unit"("code") ON UPDATE CASCADE',
    'DROP INDEX "Unit_kind_idx"; CREATE INDEX "Unit_kind_code_idx" ON "Unit"("kind", "code"); -- DROP TABLE "Unit";',
    'CREATE FUNCTION "f"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM "Unit"; RETURN NEW; END $$; CREATE TRIGGER "t" AFTER UPDATE ON "Unit" FOR EACH ROW EXECUTE FUNCTION "f"()',
  ])('可以：%s', (sql) => {
    expect(brokenBy(sql)).toEqual([]);
  });
});
