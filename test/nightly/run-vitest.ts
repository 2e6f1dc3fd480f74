import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** 跑几个测试文件 — with more runs than by day. @throws Error when one is red */
export async function runVitest(files: readonly string[], env: Readonly<Record<string, string>>, say: (line: string) => void): Promise<void> {
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...files], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => say(chunk.toString().trimEnd()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${files.join('、')} 有测试没有通过`);
}
