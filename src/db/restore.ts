import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { heldMark } from '#core/outbox';
import { type BackupEnd, BackupError, type BackupHead, type BackupLine, findTables, readLine, sameWriting } from './backup-format.ts';
import { migrate } from './migrate.ts';

/** 恢复的结果 */
export interface Restored {
  readonly head: BackupHead;
  readonly end: BackupEnd;
  /** migrations that are newer than the backup and were applied afterwards */
  readonly migrated: readonly string[];
  /** whom the sends were for that waited in the backup and are held, because nobody knows whether they went out since; one for each */
  readonly held: readonly string[];
}

const pageSize = 500;
/** 平台按 uuid 防重一小时：备份比这更早，等着发的多半早已发出。 */
const uuidLifeMs = 55 * 60_000;

/**
 * 恢复 — into an empty database only, in one transaction: either all of it or nothing. The database is brought to the level of the
 * backup first, and to that of this version afterwards.
 * @throws BackupError when the database holds data, or the file is cut, altered, newer than this version, or no backup
 */
export async function restore(url: string, { file, now, log }: { file: string; now: Date; log: (message: string) => void }): Promise<Restored> {
  const { head } = await firstLine(file);
  const client = new pg.Client({ connectionString: url, application_name: 'shuling-restore' });
  await client.connect();
  try {
    await assertEmpty(client);
    await migrate(url, { log: () => undefined, only: head.migrations });
    await assertSameLevel(client, head);
    await client.query(sameWriting);
    await client.query('BEGIN');
    const { end, held } = await load(client, file, { head, now });
    await client.query('COMMIT');
    const { applied: migrated } = await migrate(url, { log });
    return { head, end, migrated, held };
  } finally {
    // 没有提交的，连接一断就全部撤销。
    await client.end();
  }
}

/** 空的 — nothing but what the migrations themselves put in. */
async function assertEmpty(client: pg.Client): Promise<void> {
  const ownRows = new Set(['AuditHead', 'LadderPolicy']);
  for (const { name } of await findTables(client)) {
    if (ownRows.has(name)) continue;
    const { rowCount } = await client.query(`SELECT 1 FROM "${name}" LIMIT 1`);
    if (rowCount !== 0) throw new BackupError(`数据库里已有数据（${name}），不能恢复到这里；请换一个空的数据库，或换一个新的 DATA_DIR`);
  }
}

async function assertSameLevel(client: pg.Client, { migrations }: BackupHead): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL');
  const applied = new Set(rows.map(({ name }) => name));
  const unknown = migrations.filter((name) => !applied.has(name));
  if (unknown.length > 0) throw new BackupError(`备份是更新的版本做的（多出迁移 ${unknown.join('、')}），请用同样新的版本恢复`);
  const extra = [...applied].filter((name) => !migrations.includes(name));
  if (extra.length > 0) throw new BackupError('数据库已迁移到比备份新的版本，请换一个没有用过的空数据库');
}

async function* linesOf(file: string): AsyncGenerator<{ readonly line: BackupLine; readonly text: string }> {
  const source = createReadStream(file);
  const unpacked = createGunzip();
  source.once('error', (error) => unpacked.destroy(error));
  let rest = '';
  try {
    for await (const chunk of source.pipe(unpacked).setEncoding('utf8')) {
      const texts = (rest + String(chunk)).split('\n');
      rest = texts.pop() ?? '';
      for (const text of texts) yield { line: readLine(text), text };
    }
    if (rest !== '') throw new BackupError('备份文件不完整，没有结尾');
  } catch (error) {
    if (error instanceof BackupError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new BackupError(`没有文件 ${file}`);
    if (code?.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE') throw new BackupError(`备份文件不完整或已损坏，读不下去（${code}）`);
    throw error;
  } finally {
    source.destroy();
  }
}

async function firstLine(file: string): Promise<{ head: BackupHead }> {
  for await (const { line } of linesOf(file)) {
    if (line.kind === 'head') return { head: line.head };
    break;
  }
  throw new BackupError('这不是书令的备份');
}

async function load(
  client: pg.Client,
  file: string,
  { head, now }: { head: BackupHead; now: Date },
): Promise<{ end: BackupEnd; held: readonly string[] }> {
  const known = new Map((await findTables(client)).map(({ name, columns }) => [name, columns]));
  const rebuild = await layBareTables(client, [...known.keys()]);
  const hash = createHash('sha256');
  const counts = new Map<string, number>();
  let end: BackupEnd | undefined;
  let table: string | undefined;
  let page: string[] = [];
  const flush = async (): Promise<void> => {
    if (table !== undefined && page.length > 0)
      await client.query(
        `INSERT INTO "${table}" SELECT (r.given).* FROM (SELECT text::"${table}" AS given FROM unnest($1::text[]) text OFFSET 0) r`,
        [page],
      );
    page = [];
  };
  for await (const { line, text } of linesOf(file)) {
    if (end) throw new BackupError('备份文件的结尾之后还有内容，不可信');
    if (line.kind === 'end') {
      await flush();
      end = line.end;
      continue;
    }
    hash.update(`${text}\n`);
    if (line.kind === 'table') {
      await flush();
      table = line.table.table;
      if (known.get(table)?.join() !== line.table.columns.join()) throw new BackupError(`备份里的表 ${table} 与这个版本的对不上`);
      counts.set(table, 0);
    } else if (line.kind === 'row') {
      if (table === undefined) throw new BackupError('备份文件已损坏');
      counts.set(table, (counts.get(table) ?? 0) + 1);
      if (page.push(line.row) >= pageSize) await flush();
    }
  }
  if (!end) throw new BackupError('备份文件不完整，没有结尾');
  if (hash.digest('hex') !== end.sha256) throw new BackupError('备份文件的内容与校验值不符，被改动过或已损坏');
  for (const [name, count] of Object.entries(end.rows)) {
    if (counts.get(name) !== count) throw new BackupError(`备份里 ${name} 的行数不符`);
  }
  for (const { name, value, called } of end.sequences)
    await client.query('SELECT setval($1::regclass, $2::bigint, $3)', [`"${name}"`, value, called]);
  await rebuild();
  const held = now.getTime() - new Date(head.takenAt).getTime() > uuidLifeMs ? await holdSends(client, now) : [];
  return { end, held };
}

/** 先拆外键、停触发器，装完再照样装回 — the rows come in no particular order. @returns puts everything back; a broken reference fails here */
async function layBareTables(client: pg.Client, names: readonly string[]): Promise<() => Promise<void>> {
  const { rows: keys } = await client.query<{ table: string; name: string; definition: string }>(`
    SELECT c.relname AS table, k.conname AS name, pg_get_constraintdef(k.oid) AS definition
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace`);
  for (const { table, name } of keys) await client.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${name}"`);
  for (const name of names) {
    await client.query(`ALTER TABLE "${name}" DISABLE TRIGGER USER`);
    await client.query(`DELETE FROM "${name}"`);
  }
  return async () => {
    for (const { table, name, definition } of keys) await client.query(`ALTER TABLE "${table}" ADD CONSTRAINT "${name}" ${definition}`);
    for (const name of names) await client.query(`ALTER TABLE "${name}" ENABLE TRIGGER USER`);
  };
}

/** 押下发送 — what the platform may have taken since the backup is not sent a second time; it is listed as given up, with the reason. */
async function holdSends(client: pg.Client, now: Date): Promise<string[]> {
  const { rows } = await client.query<{ recipient: string }>(
    `UPDATE "OutboxEntry" SET state = 'dead', "settledAt" = $1, "claimedBy" = NULL, "leaseUntil" = NULL, "lastError" = $2
     WHERE state IN ('pending', 'sending') AND kind NOT IN ('job', 'updateCard') AND "notBefore" <= $1
     RETURNING COALESCE(recipient, '') AS recipient`,
    [now, `${heldMark}备份之后是否已发出不得而知，未再发`],
  );
  return rows.map(({ recipient }) => recipient);
}
