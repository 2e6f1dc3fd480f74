import { mkdirSync, readFileSync } from 'node:fs';
import { readConfig } from './config.ts';
import { readEnvFile } from './env-file.ts';
import { explainFailure } from './explain-failure.ts';
import { createLog } from './log.ts';
import { run } from './run.ts';

try {
  readEnvFile('.env', process.env);
  const config = readConfig(process.env, (path) => readFileSync(path, 'utf8'));
  mkdirSync(config.dataDir, { recursive: true });
  const log = createLog(config.logLevel, (line) => process.stdout.write(line));
  const running = await run(config, log);
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      log.info({ signal }, 'stopping');
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
    });
  }
  // 先听得到停，再说已启动：看见这一句就来停的，不会停得半截。
  process.stdout.write(`\n${running.banner}\n\n`);
} catch (error) {
  const stack = error instanceof Error && error.stack ? error.stack : String(error);
  process.stderr.write(`${explainFailure(error, '没有启动') ?? stack}\n`);
  process.exit(1);
}
