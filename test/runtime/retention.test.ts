import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantAt } from '#core/dates';
import { asSystem } from '../../src/app.ts';
import { startTestApp, type TestApp } from '../harness.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-01 10:00' });
});
afterAll(() => it.close());

const query = async <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];
/** 还在的，按编号 */
const kept = async (table: string, column: string): Promise<string[]> =>
  (
    await query<{ id: string }>(`SELECT "${column}" AS id FROM "${table}" WHERE "${column}" LIKE 'kept-%' OR "${column}" LIKE 'gone-%' ORDER BY 1`)
  ).map(({ id }) => id);
const [now, old, recent] = ['2026-12-01', '2026-05-01', '2026-06-20'];

describe('留多久', () => {
  test('收件七天；了结的发件、失效的卡片、上传记录二百天；等着发的、还活着的卡片一直留', async () => {
    await query(`INSERT INTO "InboundEvent" (key, "receivedAt") VALUES ('gone-a', '2026-11-20'), ('kept-a', '2026-11-26')`);
    const entry = `INSERT INTO "OutboxEntry" (id, kind, priority, lane, recipient, "dedupeKey", payload, state, "notBefore", "createdAt", "settledAt")
      SELECT id, 'sendText', 3, id, 'person:x', id, '{}', state, '2030-01-01', '2026-04-01', "at"::timestamptz FROM unnest($1::text[], $2::text[], $3::text[]) AS x(id, state, "at")`;
    await query(entry, [
      ['gone-sent', 'gone-replaced', 'gone-dead', 'kept-sent', 'kept-dead', 'kept-pending', 'kept-sending'],
      ['sent', 'replaced', 'dead', 'sent', 'dead', 'pending', 'sending'],
      [old, old, old, recent, recent, null, null],
    ]);
    const card = `INSERT INTO "CardMessage" ("messageId", "cardKey", recipient, "sentAt", card, revision, state)
      SELECT id, key, 'person:x', "at"::timestamptz, '{}', 1, state FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS x(id, key, "at", state)`;
    await query(card, [
      ['gone-expired', 'gone-recalled', 'gone-replaced', 'kept-live', 'kept-expired'],
      ['k', 'k', 'replaced:gone-replaced', 'k', 'k'],
      [old, old, old, old, recent],
      ['expired', 'recalled', 'live', 'live', 'expired'],
    ]);
    await query(
      `INSERT INTO "UploadedFile" ("blobId", "fileName", "fileKey", "uploadedAt") VALUES ('gone-f', 'x', 'x', $1), ('kept-f', 'x', 'x', $2)`,
      [old, recent],
    );
    const audit = await query<{ n: string }>('SELECT count(*) AS n FROM "AuditEntry"');
    await it.moveTo('2026-12-02 04:00');
    expect(await kept('InboundEvent', 'key')).toEqual(['kept-a']);
    expect(await kept('OutboxEntry', 'id')).toEqual(['kept-dead', 'kept-pending', 'kept-sending', 'kept-sent']);
    expect(await kept('CardMessage', 'messageId')).toEqual(['kept-expired', 'kept-live']);
    expect(await kept('UploadedFile', 'blobId')).toEqual(['kept-f']);
    expect(await query('SELECT count(*) AS n FROM "AuditEntry"')).toEqual(audit);
  });

  test('文件：业务里还有一行提到的一直留，等着发的也留；没人提的留二百天', async () => {
    // 每个记着文件的列都认得：模型里添了新的，这里就红。
    const columns = await query<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns
       WHERE table_schema = 'public' AND lower(column_name) LIKE '%blobid' AND table_name NOT IN ('UploadedFile', 'BlobPart') ORDER BY 1, 2`,
    );
    expect(columns.length).toBeGreaterThan(9);
    const blobs = [...columns.map(({ table, column }) => `kept-${table}.${column}`), 'kept-waiting', 'gone-alone'];
    await query(`INSERT INTO "Blob" (id, bytes, "sizeBytes", "createdAt") SELECT id, '\\x00', 1, $2 FROM unnest($1::text[]) id`, [blobs, old]);
    await query(`INSERT INTO "Blob" (id, bytes, "sizeBytes", "createdAt") VALUES ('kept-recent', '\\x00', 1, $1)`, [now]);
    // 行不必齐全合规，只看清理认不认得这一列。
    const checks = await query<{ sql: string }>(
      `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS sql FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace`,
    );
    for (const { sql } of checks) await query(sql);
    await query(
      `INSERT INTO "BlobPart" ("blobId", position, bytes, "createdAt") VALUES ('gone-alone', 0, '\\x00', $1), ('kept-recent', 0, '\\x00', $1)`,
      [now],
    );
    for (const { table, column } of columns) await insertNaming(table, column);
    await query(
      `INSERT INTO "OutboxEntry" (id, kind, priority, lane, recipient, "dedupeKey", payload, state, "notBefore", "createdAt")
       VALUES ('w', 'sendFile', 3, 'w', 'person:x', 'w', '{"fileName":"x","blobId":"kept-waiting"}', 'pending', '2030-01-01', '2026-04-01')`,
    );
    const pruning = it.app.registry.schedules.find(({ name }) => name === 'system.prune-files');
    expect(pruning?.cron).toBe('45 3 * * *');
    await asSystem(it.app, instantAt('2026-12-03', '03:45'), async (ctx) => pruning?.sweep(ctx, instantAt('2026-12-03', '03:45')));
    const left = await query<{ id: string }>('SELECT id FROM "Blob" WHERE id LIKE $1 ORDER BY id', ['%-%']);
    expect(new Set(left.map(({ id }) => id))).toEqual(new Set([...blobs.filter((id) => id.startsWith('kept')), 'kept-recent']));
  });

  test('长文件的各段随文件一起清', async () => {
    expect(await query('SELECT "blobId" FROM "BlobPart"')).toEqual([{ blobId: 'kept-recent' }]);
  });

  test('留痕一行也不删：数据库不许', async () => {
    await expect(query('DELETE FROM "AuditEntry"')).rejects.toThrow();
  });
});

/** 随便造一行，只有那一列有意义：必填的列按类型填上。 */
async function insertNaming(table: string, column: string): Promise<void> {
  const needed = await query<{ name: string; type: string }>(
    `SELECT column_name AS name, udt_name AS type FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND column_name <> $2`,
    [table, column],
  );
  const fillings: Readonly<Record<string, string>> = {
    text: `'${table}.${column}'`,
    varchar: `'2026-01-01'`,
    timestamptz: 'now()',
    jsonb: `'{}'`,
    bool: 'false',
    _text: `'{}'`,
  };
  const client = await it.app.database.pool.connect();
  try {
    // 外键也不查。
    await client.query(`SET session_replication_role = replica`);
    await client.query(
      `INSERT INTO "${table}" ("${column}"${needed.map(({ name }) => `, "${name}"`).join('')}) VALUES ('kept-${table}.${column}'${needed.map(({ type }) => `, ${fillings[type] ?? '1'}`).join('')})`,
    );
  } finally {
    await client.query(`SET session_replication_role = DEFAULT`);
    client.release();
  }
}
