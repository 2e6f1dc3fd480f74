import type pg from 'pg';
import { z } from 'zod';

/** 备份不能用，或不该恢复到这里 — a Chinese message for whoever typed the command. */
export class BackupError extends Error {}

/**
 * 备份的写法 — gzip over lines of JSON: the head, then for each table one line with its columns followed by its rows, then the end.
 * A row is the text that PostgreSQL itself writes for it, so every type comes back as it was. The end carries the number of rows of
 * each table and the SHA-256 of all lines before it: a file that is cut or altered is recognised before anything is committed.
 */
export const backupVersion = 1;

const headShape = z.object({
  shuling: z.literal(backupVersion),
  takenAt: z.iso.datetime(),
  /** names of the applied migrations, in order */
  migrations: z.array(z.string()),
  audit: z.object({ seq: z.string(), hash: z.string() }),
});
const tableShape = z.object({ table: z.string(), columns: z.array(z.string()) });
const endShape = z.object({
  rows: z.record(z.string(), z.number().int()),
  sequences: z.array(z.object({ name: z.string(), value: z.string(), called: z.boolean() })),
  sha256: z.string(),
});

/** 开头 */
export type BackupHead = z.output<typeof headShape>;
/** 一张表的开头 */
export type BackupTable = z.output<typeof tableShape>;
/** 结尾 */
export type BackupEnd = z.output<typeof endShape>;

/** 备份里的一行 */
export type BackupLine =
  | { readonly kind: 'head'; readonly head: BackupHead }
  | { readonly kind: 'table'; readonly table: BackupTable }
  | { readonly kind: 'row'; readonly row: string }
  | { readonly kind: 'end'; readonly end: BackupEnd };

/** 读一行 @throws BackupError when it is none of a backup */
export function readLine(text: string): BackupLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BackupError('这不是书令的备份，或文件已损坏');
  }
  if (typeof value === 'string') return { kind: 'row', row: value };
  const head = headShape.safeParse(value);
  if (head.success) return { kind: 'head', head: head.data };
  const table = tableShape.safeParse(value);
  if (table.success) return { kind: 'table', table: table.data };
  const end = endShape.safeParse(value);
  if (end.success) return { kind: 'end', end: end.data };
  throw new BackupError('这不是书令的备份，或是别的版本写的');
}

/** 读写备份的连接都先说这几句：行的写法随会话的时区和格式而变，同样的内容须写成同样的字。 */
export const sameWriting = `SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1`;

/** 一张表 */
export interface StoredTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** 全部的表 — of the product, in the order of their names; Prisma's books of migrations are not among them. */
export async function findTables(client: pg.ClientBase): Promise<StoredTable[]> {
  const { rows } = await client.query<StoredTable>(`
    SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations'
    GROUP BY c.relname ORDER BY c.relname`);
  return rows;
}
