import { appendFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbedded } from '#db/embedded';
import { migrate } from '#db/migrate';
import { reportOf, simulate } from './run.ts';

// npm run simulate -- --seed 7 --days 365：一个种子，一整年；红了就用同一个种子重放，加 --trace 文件 写下每一步。
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, days: { type: 'string', default: '362' }, trace: { type: 'string' } },
});
const [seed, days] = [Number(values.seed), Number(values.days)];
const dataDir = mkdtempSync(join(tmpdir(), 'shuling-simulate-'));
// 以 root 运行时，数据库用户也要进得来。
chmodSync(dataDir, 0o755);
const server = await startEmbedded({ dataDir, log: () => undefined, durable: false });
await migrate(server.url, { log: () => undefined });
const began = performance.now();
const width = 30;
const progress = (day: string, done: number): void => {
  const filled = Math.round((done / days) * width);
  const seconds = Math.round((performance.now() - began) / 1000);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${day} ${done}/${days} ${seconds}秒`;
  process.stderr.write(process.stderr.isTTY ? `\r${bar}` : `${bar}\n`);
};
const { trace } = values;
const onTrace = trace === undefined ? {} : { onTrace: (line: string): void => appendFileSync(trace, `${line}\n`) };
const outcome = await simulate({ seed, days, databaseUrl: server.url, progress, ...onTrace });
if (process.stderr.isTTY) process.stderr.write('\n');
process.stdout.write(`${reportOf(outcome)}\n`);
await server.stop();
rmSync(dataDir, { recursive: true, force: true });
process.exit(outcome.problems.length === 0 ? 0 : 1);
