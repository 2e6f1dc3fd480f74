import { MovableClock, systemClock, TestClock } from '#core/clock';
import { migrate } from '#db/migrate';
import { type App, startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { connectFeishu } from '../../src/connect-feishu.ts';
import { createLog } from '../../src/log.ts';
import type { ChildOrders } from '../child-app.ts';

// 真的程序，真的进程，经官方 SDK 与父进程里的模拟平台说话；只有钟是给定的。
const orders = JSON.parse(process.env.CHILD_ORDERS ?? '') as ChildOrders & { readonly since: number };
const log = createLog('warn', (line) => process.stderr.write(line));
const { HOST = '127.0.0.1', PORT = '0' } = process.env;
// 走着的钟从交代的那一刻走起：起动要一两秒，不能慢下这一两秒。
const at = new Date(orders.at);
const clock = orders.runs ? new MovableClock(new Date(at.getTime() + systemClock.now().getTime() - orders.since)) : new TestClock(at);
const config = readConfig(
  { NODE_ENV: 'test', HOST, PORT, DATA_DIR: orders.dataDir, ADMIN_MOBILES: orders.adminMobile, SOFFICE_PATH: 'none' },
  () => '',
);
if (orders.migrates) await migrate(orders.databaseUrl, { log: (message) => log.info({}, message) });
const app: App = await startApp({
  config,
  databaseUrl: orders.databaseUrl,
  clock,
  log,
  connection: connectFeishu(orders.feishu, log, clock),
});
process.stdout.write(`port ${app.port}\n`);
process.on('SIGTERM', () => {
  void app.close().then(() => process.exit(0));
});
