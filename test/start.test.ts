import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** 起动一次 — `until`: stop it with SIGTERM once it has said that, and `meanwhile` is done. */
function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  until?: RegExp,
  meanwhile?: () => Promise<void>,
): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['--enable-source-maps', 'src/start.mjs', ...args], { env: { ...process.env, ...env } });
  let said = '';
  let stopped = false;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (stopped || until?.test(said) !== true) return;
      stopped = true;
      void Promise.resolve(meanwhile?.()).finally(() => child.kill('SIGTERM'));
    });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}

test('npm start：空文件夹上起动，印出一个地址；以 SIGTERM 停得干净', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-start-'));
  chmodSync(folder, 0o755);
  const env = { NODE_ENV: 'development', DATA_DIR: folder, HOST: '127.0.0.1', PORT: '0', EMULATOR_PORT: '0' };
  const { code, said } = await start(['main'], env, /请在浏览器打开：http:\/\/127\.0\.0\.1:\d+/);
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('请在浏览器打开') });
  rmSync(folder, { recursive: true });
});

test('已经有一个在运行：同一份演示数据上的第二个、占着的端口，都说清是怎么回事，不印堆栈', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-start-'));
  chmodSync(folder, 0o755);
  const env = { NODE_ENV: 'development', DATA_DIR: folder, HOST: '127.0.0.1', PORT: '0', EMULATOR_PORT: '0' };
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  expect(await start(['main'], { ...env, PORT: String(port) })).toEqual({
    code: 1,
    said: expect.stringMatching(new RegExp(`没有启动：127.0.0.1:${port} 已被占用.*换一个 PORT`)),
  });
  taken.close();
  let second: Awaited<ReturnType<typeof start>> | undefined;
  const first = await start(['main'], env, /请在浏览器打开/, async () => {
    // 起来了也要停：留着它，这一条就等不到头。
    second = await start(['main'], env, /请在浏览器打开/);
  });
  expect(second).toEqual({ code: 1, said: expect.stringMatching(/没有启动：这份演示数据上已有一个演示在运行/) });
  expect([first.code, second?.said.includes('    at ')]).toEqual([0, false]);
  rmSync(folder, { recursive: true });
});

test('npm run cli：命令行也这样起动，参数照给；没有的程序说得清楚', { timeout: 60_000 }, async () => {
  expect(await start(['cli/main', '--help'])).toMatchObject({ code: 0, said: expect.stringContaining('Usage: shuling') });
  expect(await start(['nothing'])).toMatchObject({ code: 1, said: expect.stringContaining('程序没有编成') });
});
