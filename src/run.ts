import { join } from 'node:path';
import type { Logger } from 'pino';
import { systemClock } from '#core/clock';
import { holdAlone } from '#db/alone';
import { startEmbedded } from '#db/embedded';
import { migrate } from '#db/migrate';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { createPage } from '#platform/emulator/page/server';
import { prepareReading } from '#runtime/workbook/open-workbook';
import { type App, startApp } from './app.ts';
import { type Config, ConfigError } from './config.ts';
import { connectEmulator } from './connect-emulator.ts';
import { connectFeishu } from './connect-feishu.ts';
import { demoAdministrator, demoCast, importDemoRoster, populateEmulator, readDemoRoster } from './demo.ts';
import { openDemoClock } from './demo-clock.ts';
import { createControls } from './emulator-controls.ts';

/** 运行中的程序 */
export interface Running {
  readonly app: App;
  /** what the person who started it should read */
  readonly banner: string;
  stop(): Promise<void>;
}

/** 运行 — the database (ours or theirs), the migrations, the platform (emulated or real), the product. */
export async function run(config: Config, log: Logger): Promise<Running> {
  const database =
    config.databaseUrl === undefined ? await startEmbedded({ dataDir: config.dataDir, log: (message) => log.info({}, message) }) : undefined;
  const databaseUrl = config.databaseUrl ?? database?.url ?? '';
  const stopDatabase = async (): Promise<void> => database?.stop();
  try {
    await migrate(databaseUrl, { log: (message) => log.info({}, message) });
    const started = config.feishu ? await runOnFeishu(config, databaseUrl, log) : await runOnEmulator(config, databaseUrl, log);
    const examiners = started.app.registry.contributions.imports.flatMap(({ examiner }) => examiner?.module ?? []);
    // 不必等它：没备好，第一份表只是慢一秒。
    prepareReading(examiners).catch((error: unknown) => log.warn({ err: error }, 'the process that reads tables was not prepared'));
    return {
      ...started,
      stop: async () => {
        await started.stop();
        await stopDatabase();
      },
    };
  } catch (error) {
    await stopDatabase();
    throw error;
  }
}

async function runOnFeishu(config: Config, databaseUrl: string, log: Logger): Promise<Running> {
  if (!config.feishu) throw new Error('no credentials');
  const app = await startApp({ config, databaseUrl, clock: systemClock, log, connection: connectFeishu(config.feishu, log) });
  const banner = `书令已启动，飞书回调地址：${config.publicUrl}/webhook/event 和 ${config.publicUrl}/webhook/card`;
  return { app, banner, stop: () => app.close() };
}

/** 演示 — the emulator's journal has one writer: a second one beside it would tear it. @throws ConfigError when one is running already */
async function runOnEmulator(config: Config, databaseUrl: string, log: Logger): Promise<Running> {
  const letGo = await holdAlone(databaseUrl, 'emulator');
  if (letGo === null)
    throw new ConfigError('没有启动：这份演示数据上已有一个演示在运行，打开它的地址就行；要另开一个，请换一个 DATA_DIR（或 DATABASE_URL）。');
  try {
    const running = await startDemo(config, databaseUrl, log);
    return { ...running, stop: () => running.stop().finally(letGo) };
  } catch (error) {
    await letGo();
    throw error;
  }
}

async function startDemo(config: Config, databaseUrl: string, log: Logger): Promise<Running> {
  const { port, demoStart } = config.emulator ?? { port: 0, demoStart: systemClock.now() };
  const { clock, save } = openDemoClock(config.dataDir, demoStart);
  const world = connectEmulator({ clock, journal: join(config.dataDir, 'emulator.jsonl') });
  const sheets = await readDemoRoster();
  populateEmulator(world.store, sheets);
  const adminMobiles = config.adminMobiles.length > 0 ? config.adminMobiles : [demoAdministrator.mobile];
  const app = await startApp({ config: { ...config, adminMobiles }, databaseUrl, clock, log, connection: world.connection });
  await importDemoRoster(app, clock.now(), sheets);
  const acts = world.actsFor(`http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${app.port}`);
  const controls = createControls({ app, clock, acts, cast: demoCast(world.store) });
  const page = createPage({ store: world.store, acts, faults: world.faults, controls, openApi: createOpenApi(world.api) });
  const listening = await listenOnLoopback(page, { port });
  return {
    app,
    banner: `书令演示已启动，请在浏览器打开：${listening.url}`,
    stop: async () => {
      await listening.close();
      await app.close();
      save();
    },
  };
}
