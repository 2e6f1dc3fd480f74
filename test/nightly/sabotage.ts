import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Nightly } from './main.ts';

/** 逐个拆除 — every one must turn its test red. */
export const nightlySabotage: Nightly = async (say) => {
  const entry = fileURLToPath(new URL('../sabotage/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', entry], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    say(chunk.toString().trimEnd());
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const last = said.trimEnd().split('\n').at(-1) ?? '';
  if (code !== 0) throw new Error(last);
  return last;
};
