// (c) 我们的整条路：验签、防重放、解密、严格形状、印章、查权、业务规则、反馈＋留痕＋发件箱同一次提交，再答卡片。
import { systemClock } from '#core/clock';
import { startApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import { connectEmulator } from '../../../src/connect-emulator.ts';
import { createLog } from '../../../src/log.ts';
import { secrets } from '../requests.ts';

const databaseUrl = process.env.BENCH_DATABASE_URL ?? '';
const config = readConfig({ NODE_ENV: 'test', HOST: '127.0.0.1', PORT: '0', DATA_DIR: process.env.BENCH_DATA_DIR ?? '.' }, () => '');
const world = connectEmulator({ clock: systemClock });
for (const openId of (process.env.BENCH_PEOPLE ?? '').split(',')) world.store.addPerson({ name: openId, openId });
const { encryptKey, verificationToken } = secrets;
const app = await startApp({
  config,
  databaseUrl,
  clock: systemClock,
  log: createLog('warn', (line) => process.stderr.write(line)),
  connection: { ...world.connection, encryptKeys: [encryptKey], verificationToken },
});
if (process.env.NO_OUTBOX) await app.outbox.stop();
process.on("SIGINT", () => process.exit(0));
process.stdout.write(`${JSON.stringify({ port: app.port })}\n`);
