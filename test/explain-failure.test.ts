import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { openDatabase } from '#db/client';
import { migrate } from '#db/migrate';
import { listen } from '#http/server';
import { PlatformError } from '#platform/errors';
import { readEnvFile } from '../src/env-file.ts';
import { explainFailure } from '../src/explain-failure.ts';
import { runCli, silentPort } from './cli/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'shuling-explain-'));
const file = join(folder, 'file');
afterAll(() => rmSync(folder, { recursive: true }));

const failing = (work: () => unknown): Promise<string | null> =>
  Promise.resolve()
    .then(work)
    .then(
      () => '办成了',
      (error: unknown) => explainFailure(error, '没有启动'),
    );
const onServer = (change: (url: URL) => void): string => {
  const url = new URL(inject('database').serverUrl);
  change(url);
  return url.href;
};

/** PgBouncer 对它不认的设置这样答（1.18），答了就断 */
async function throughPooler(): Promise<void> {
  const said = Buffer.from('SFATAL\0C08P01\0Munsupported startup parameter: statement_timeout\0\0');
  const header = Buffer.alloc(5, 'E');
  header.writeInt32BE(said.length + 4, 1);
  const pooler = createTcpServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(Buffer.concat([header, said])));
  });
  const port = await listen(pooler as never, { host: '127.0.0.1', port: 0 });
  const database = openDatabase(`postgresql://u:p@127.0.0.1:${port}/x`, { poolMax: 1 });
  try {
    await database.prisma.$queryRaw`SELECT 1`;
  } finally {
    await database.close();
    pooler.close();
  }
}

/** 真的错误，不是编的 */
test.each([
  [
    '端口占着',
    async () => {
      const server = createServer();
      const port = await listen(server, { host: '127.0.0.1', port: 0 });
      return listen(createServer(), { host: '127.0.0.1', port }).finally(() => server.close());
    },
    /^没有启动：127\.0\.0\.1:\d+ 已被占用/,
  ],
  ['不是本机的地址', () => listen(createServer(), { host: '192.0.2.1', port: 0 }), /192\.0\.2\.1 不是本机的地址，请核对 HOST/],
  [
    '数据库没有在运行',
    () => migrate(`postgresql://u:p@127.0.0.1:${silentPort}/x`, { log: () => undefined }),
    /^没有启动：连不上数据库：127\.0\.0\.1:1 没有程序在听/,
  ],
  [
    '数据库的口令不对',
    () =>
      migrate(
        onServer((url) => {
          url.password = 'no-such-password';
          url.search = '';
        }),
        { log: () => undefined },
      ),
    /^没有启动：数据库不认这个用户名或口令/,
  ],
  [
    '没有这个库',
    () =>
      migrate(
        onServer((url) => {
          url.pathname = '/no_such_database';
        }),
        { log: () => undefined },
      ),
    /^没有启动：数据库服务器上没有这个库/,
  ],
  [
    '连接池不认程序的连接设置',
    throughPooler,
    /^没有启动：数据库不认程序的连接设置：DATABASE_URL 多半指着数据库前面的连接池，请写 PostgreSQL 自己的地址和端口/,
  ],
  [
    'DATA_DIR是个文件',
    () => {
      writeFileSync(file, '');
      mkdirSync(join(file, 'data'), { recursive: true });
    },
    /file.*请核对 DATA_DIR/,
  ],
])('%s：说清缘由和怎么办', async (_title, work, words) => {
  expect(await failing(work)).toMatch(words);
});

test('别的错误不乱猜', () => {
  expect(explainFailure(new Error('连接断了'), '没有启动')).toBeNull();
  expect(explainFailure('x', '没有启动')).toBeNull();
});

test('命令行也这样说，退出码1，不印堆栈', async () => {
  const { code, err } = await runCli(['export', join(folder, '台账.xlsx')], {
    DATABASE_URL: `postgresql://u:p@127.0.0.1:${silentPort}/x`,
    DATA_DIR: folder,
  });
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^没有办成：连不上数据库。请核对 DATABASE_URL[^\n]*$/) });
});

test('飞书连不上，不说成数据库连不上', () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: 1 });
  const words = (reached: boolean) => explainFailure(new PlatformError('unknown', 'feishu findAccounts', { reached, cause: refused }), '没有办成');
  expect([words(false), words(true)]).toEqual(['没有办成：连不上飞书，请核对网络、FEISHU_DOMAIN 和 FEISHU_PROXY。', null]);
});

const envFile = join(folder, '.env');
test('.env 从 Windows 来：开头的记号、回车都认得，第一行不丢；环境里已有的不盖', () => {
  writeFileSync(envFile, '\ufeffPORT=3100\r\nDISTRICT_NAME=滨湾新区\r\nHOST=0.0.0.0\r\n');
  const env: NodeJS.ProcessEnv = { HOST: '127.0.0.1' };
  readEnvFile(envFile, env);
  expect(env).toEqual({ PORT: '3100', DISTRICT_NAME: '滨湾新区', HOST: '127.0.0.1' });
  readEnvFile(join(folder, '没有这个文件'), env);
});

test.each([
  ['Unicode', Buffer.from('PORT=3100\r\n', 'utf16le')],
  ['ANSI', Buffer.concat([Buffer.from('DISTRICT_NAME='), Buffer.from([0xb1, 0xf5, 0xcd, 0xe5]), Buffer.from('\r\n')])],
])('.env 存成了%s：不当作没有，说清怎么办', (_kind, bytes) => {
  writeFileSync(envFile, bytes);
  expect(() => readEnvFile(envFile, {})).toThrow(/不是 UTF-8 文本.*另存为 UTF-8/);
});
