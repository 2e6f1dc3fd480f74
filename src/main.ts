import { mkdirSync, readFileSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { ConfigError, readConfig } from './config.ts';
import { createLog } from './log.ts';
import { run } from './run.ts';

try {
  loadEnvFile();
} catch {
  // 没有 .env 也能跑：全部用默认值。
}

try {
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
  const known = error instanceof ConfigError || (error instanceof Error && ['MigrationError', 'ForeignDatabase'].includes(error.name));
  process.stderr.write(
    `${known || !(error instanceof Error) ? String(error instanceof Error ? error.message : error) : (error.stack ?? error.message)}\n`,
  );
  process.exit(1);
}
