import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CellValue } from '#core/workbook';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { partBytes, readBlob, saveBlobPart } from '#domain/blobs/store';
import { keepFile } from '#runtime/long-files';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { storeWorkbook } from '#runtime/workbook/store-workbook';
import { asSystem } from '../../src/app.ts';
import { startTestApp, type TestApp } from '../harness.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-09-22 10:00' });
}, 60_000);
afterAll(() => it.close());

const columns = [
  { heading: '序号', width: 10 },
  { heading: '任务名称', width: 30 },
];
const inDatabase = <Found>(read: (db: ReturnType<typeof rows>) => Promise<Found>): Promise<Found> =>
  withTransaction(it.app.database, (tx) => read(rows(tx)));

/** 压不小的字，好让文件有几段 */
const table = Array.from({ length: 3_000 }, (_, index) => [`管-${index + 1}`, randomBytes(600).toString('base64')]);
async function* stream(): AsyncGenerator<readonly CellValue[]> {
  await Promise.resolve();
  yield* table;
}

test('长的表分段存进库里，读回来一行不少；再存一份一样的，库里还是一份；没写完的过一天清掉', async () => {
  const { database } = it.app;
  const stray = { blobId: 'unfinished', position: 0, bytes: new Uint8Array([1]), createdAt: new Date('2026-09-20T00:00:00Z') };
  await withTransaction(database, (tx) => saveBlobPart(tx, stray));
  const id = await storeWorkbook(database, { name: '台账', columns, rows: stream() }, it.clock.now());
  const parts = await inDatabase((db) => db.blobPart.count({ where: { blobId: id } }));
  expect(parts).toBeGreaterThan(1);
  const bytes = await withTransaction(database, (tx) => readBlob(tx, id));
  const [sheet] = await readWorkbook(bytes, '台账.xlsx');
  expect(sheet?.rows.slice(1)).toEqual(table);
  expect(await storeWorkbook(database, { name: '台账', columns, rows: stream() }, it.clock.now())).toBe(id);
  expect(await inDatabase((db) => db.blobPart.count())).toBe(parts);
  // 再导出的那一天也算，不会被当成旧的清走。
  const later = new Date(it.clock.now().getTime() + 60_000);
  await storeWorkbook(database, { name: '台账', columns, rows: stream() }, later);
  expect(await inDatabase((db) => db.blob.findUnique({ where: { id } }))).toMatchObject({ createdAt: later });
});

test('人发来的长文件也分段存；同一份再发来，库里还是一份，又算今天存的', async () => {
  const { database } = it.app;
  const bytes = randomBytes(partBytes * 2 + 1);
  const id = await keepFile(database, bytes, new Date('2026-09-20T00:00:00Z'));
  expect(id).toBe(createHash('sha256').update(bytes).digest('hex'));
  const parts = (): Promise<{ bytes: Uint8Array }[]> =>
    inDatabase((db) => db.blobPart.findMany({ where: { blobId: id }, orderBy: { position: 'asc' } }));
  expect((await parts()).map((part) => part.bytes.byteLength)).toEqual([partBytes, partBytes, 1]);
  expect(Buffer.from(await withTransaction(database, (tx) => readBlob(tx, id)))).toEqual(bytes);
  expect(await keepFile(database, bytes, it.clock.now())).toBe(id);
  expect(await parts()).toHaveLength(3);
  expect(await inDatabase((db) => db.blob.findUnique({ where: { id } }))).toMatchObject({ sizeBytes: bytes.byteLength, createdAt: it.clock.now() });
});

test('发出去的就是那一份：上传从磁盘走', async () => {
  const { openId } = it.person('林晓').person;
  const id = await storeWorkbook(it.app.database, { name: '台账', columns, rows: stream() }, it.clock.now());
  await withTransaction(it.app.database, async (tx) => {
    expect((await rows(tx).blob.findUniqueOrThrow({ where: { id } })).bytes).toHaveLength(0);
  });
  await asSystem(it.app, it.clock.now(), async (ctx) => {
    ctx.outbox.sendFile({ to: { person: openId }, fileName: '台账.xlsx', blobId: id, dedupeKey: 'long-file', priority: 'interactive' });
    await Promise.resolve();
  });
  it.app.outbox.wake();
  await it.settled();
  const message = it.world.store.messagesOf(it.world.store.directChat(openId).chatId).findLast(({ msgType }) => msgType === 'file');
  const key = (JSON.parse(message?.content ?? '{}') as { file_key?: string }).file_key ?? '';
  const [sheet] = await readWorkbook(it.world.store.fileBytes(key) ?? new Uint8Array(), '台账.xlsx');
  expect(sheet?.rows).toHaveLength(table.length + 1);
});
