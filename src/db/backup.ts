import { createHash } from 'node:crypto';
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { type BackupEnd, BackupError, type BackupHead, backupVersion, findTables, type StoredTable, sameWriting } from './backup-format.ts';

/** 备份的结果 */
export interface BackupMade {
  readonly head: BackupHead;
  readonly end: BackupEnd;
}

const pageSize = 500;

/**
 * 备份 — the whole database as it stood at one moment, into one file; the program may go on working meanwhile. Needs no tools of
 * PostgreSQL: the server that ships with the program has none. An existing file is never written over, half a file never stays.
 * @throws BackupError when the file exists, or the database has never been migrated
 */
export async function backUp(url: string, { file, now }: { file: string; now: Date }): Promise<BackupMade> {
  const client = new pg.Client({ connectionString: url, application_name: 'shuling-backup' });
  await client.connect();
  const draft = `${file}.part`;
  try {
    await client.query(sameWriting);
    // DEFERRABLE：等到一个不会因并发而作废的时刻，此后只读，不挡别人。
    await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE');
    const head = await readHead(client, now);
    const made: { end?: BackupEnd } = {};
    await pipeline(
      Readable.from(linesOf(client, head, (end) => (made.end = end))),
      createGzip(),
      createWriteStream(draft, { flags: 'wx', mode: 0o600 }),
    );
    await client.query('COMMIT');
    if (!made.end) throw new Error('the backup has no end');
    renameSync(draft, file);
    return { head, end: made.end };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new BackupError(`文件 ${draft} 已经存在：上一次备份没有做完，请删去后再做`);
    rmSync(draft, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}

async function readHead(client: pg.Client, now: Date): Promise<BackupHead> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM information_schema.tables WHERE table_schema = 'public' AND table_name = '_prisma_migrations'`,
  );
  if (rowCount === 0) throw new BackupError('这个数据库里还没有书令的数据，没有可以备份的');
  const { rows } = await client.query<{ name: string }>(
    'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name',
  );
  const { rows: heads } = await client.query<{ seq: string; hash: string }>('SELECT seq::text, hash FROM "AuditHead" WHERE id = 1');
  const [audit] = heads;
  if (!audit) throw new BackupError('留痕的链头不见了，请先运行 audit verify 并联系技术人员');
  return { shuling: backupVersion, takenAt: now.toISOString(), migrations: rows.map(({ name }) => name), audit };
}

async function* linesOf(client: pg.Client, head: BackupHead, ended: (end: BackupEnd) => void): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const line = (value: unknown): string => {
    const text = `${JSON.stringify(value)}\n`;
    hash.update(text);
    return text;
  };
  yield line(head);
  const counts: Record<string, number> = {};
  for (const table of await findTables(client)) {
    yield line({ table: table.name, columns: table.columns });
    let count = 0;
    for await (const page of rowsOf(client, table)) {
      count += page.length;
      yield page.map(line).join('');
    }
    counts[table.name] = count;
  }
  const end: BackupEnd = { rows: counts, sequences: await readSequences(client), sha256: hash.digest('hex') };
  ended(end);
  yield `${JSON.stringify(end)}\n`;
}

async function* rowsOf(client: pg.Client, { name }: StoredTable): AsyncGenerator<readonly string[]> {
  await client.query(`DECLARE backup NO SCROLL CURSOR FOR SELECT t::text AS row FROM "${name}" t`);
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${pageSize} FROM backup`);
    if (rows.length === 0) break;
    yield rows.map(({ row }) => row);
  }
  await client.query('CLOSE backup');
}

async function readSequences(client: pg.Client): Promise<BackupEnd['sequences']> {
  const { rows: names } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace ORDER BY relname`,
  );
  const found: BackupEnd['sequences'] = [];
  for (const { name } of names) {
    const { rows } = await client.query<{ value: string; called: boolean }>(`SELECT last_value::text AS value, is_called AS called FROM "${name}"`);
    if (rows[0]) found.push({ name, ...rows[0] });
  }
  return found;
}
