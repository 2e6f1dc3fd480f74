import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '#core/clock';
import { type Database, openDatabase } from '#db/client';
import { startEmbedded } from '#db/embedded';
import type { Application } from '#runtime/installation/claim';
import type { Surroundings } from '#runtime/unit-of-work';
import { furnish, type PlatformConnection } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { connectEmulator } from '../connect-emulator.ts';
import { connectFeishu } from '../connect-feishu.ts';
import { openDemoClock } from '../demo-clock.ts';
import { createLog } from '../log.ts';
import type { Shell } from './shell.ts';

/** 办事的地方 — the database, the platform and the clock of this installation, whether its program runs or not. */
export interface Workplace {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly database: Database;
  readonly around: Surroundings;
  readonly clock: Clock;
  readonly connection: PlatformConnection;
  readonly application: Application;
  /** false: the emulator is the platform and has never run here, so it knows nobody */
  readonly platformKnowsPeople: boolean;
  close(): Promise<void>;
}

/** 读配置 @throws ConfigError */
export function readShellConfig({ env }: Shell): Config {
  return readConfig(env, (path) => readFileSync(path, 'utf8'));
}

/** 数据库在哪 — ours or theirs; the one that ships with the program is joined when it runs and started when it does not. */
export async function openDatabaseServer(shell: Shell, config: Config): Promise<{ url: string; stop(): Promise<void> }> {
  if (config.databaseUrl !== undefined) return { url: config.databaseUrl, stop: () => Promise.resolve() };
  return startEmbedded({ dataDir: config.dataDir, log: (message) => logOf(shell).info({}, message) });
}

/** 开门办事 — nothing is migrated and nothing is written. @throws ConfigError, or Error when the database server can't be started */
export async function openWorkplace(shell: Shell): Promise<Workplace> {
  const config = readShellConfig(shell);
  const server = await openDatabaseServer(shell, config);
  const database = openDatabase(server.url, { poolMax: 2 });
  const platform = config.feishu
    ? { clock: systemClock, connection: connectFeishu(config.feishu, logOf(shell)), knowsPeople: true, forget: () => undefined }
    : readEmulator(config);
  return {
    config,
    databaseUrl: server.url,
    database,
    around: furnish(database, config).around,
    clock: platform.clock,
    connection: platform.connection,
    application: { appId: platform.connection.appId, demo: config.feishu === undefined },
    platformKnowsPeople: platform.knowsPeople,
    close: async () => {
      await database.close();
      await server.stop();
      platform.forget();
    },
  };
}

/** 看模拟平台 — a copy of its journal and clock: the running program goes on writing the originals, which have one writer only. */
function readEmulator(config: Config) {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-cli-'));
  const present = ['emulator.jsonl', 'emulator-clock.txt'].filter((name) => existsSync(join(config.dataDir, name)));
  for (const name of present) copyFileSync(join(config.dataDir, name), join(folder, name));
  const { clock } = openDemoClock(folder, config.emulator?.demoStart ?? systemClock.now());
  const { connection } = connectEmulator({ clock, journal: join(folder, 'emulator.jsonl') });
  const knowsPeople = present.includes('emulator.jsonl');
  return { clock, connection, knowsPeople, forget: () => rmSync(folder, { recursive: true, force: true }) };
}

/** 只报警告：命令行上看的是结果。 */
function logOf(shell: Shell): Logger {
  return createLog('warn', (line) => shell.err(line.trimEnd()));
}
