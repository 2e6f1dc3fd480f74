// 整个程序，带演示名册；父进程给一个文件路径，就以林晓的身份发给机器人，预检的卡片到了就报用时；给“say 导出”，文件到了就报用时。
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { systemClock } from '#core/clock';
import { checkRoster, importRoster } from '#features/roster/import';
import { prepareReading } from '#runtime/workbook/open-workbook';
import { asSystem, startApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import { connectEmulator } from '../../../src/connect-emulator.ts';
import { demoAdministrator, populateEmulator, readDemoRoster } from '../../../src/demo.ts';
import { createLog } from '../../../src/log.ts';
import { secrets } from '../requests.ts';

const env = { NODE_ENV: 'test', HOST: '127.0.0.1', PORT: '0', DATA_DIR: process.env.BENCH_DATA_DIR ?? '.', ADMIN_MOBILES: demoAdministrator.mobile };
const world = connectEmulator({ clock: systemClock });
const sheets = await readDemoRoster();
populateEmulator(world.store, sheets);
for (const openId of (process.env.BENCH_PEOPLE ?? '').split(',')) world.store.addPerson({ name: openId, openId });
const { encryptKey, verificationToken } = secrets;
const app = await startApp({
  config: readConfig(env, () => ''),
  databaseUrl: process.env.BENCH_DATABASE_URL ?? '',
  clock: systemClock,
  log: createLog('warn', (line) => process.stderr.write(line)),
  connection: { ...world.connection, encryptKeys: [encryptKey], verificationToken },
});
const checked = await checkRoster(app.reader, sheets);
await asSystem(app, systemClock.now(), async (ctx) => {
  await importRoster(ctx, checked);
});
await prepareReading(app.registry.contributions.imports.flatMap(({ examiner }) => examiner?.module ?? []));
const acts = world.actsFor(`http://127.0.0.1:${app.port}`);
const sender = world.store.people().find(({ name }) => name === '林晓')?.openId ?? '';
const { chatId } = world.store.directChat(sender);
process.stdout.write(`${JSON.stringify({ port: app.port })}\n`);

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

createInterface({ input: process.stdin }).on('line', (path) => {
  if (path === 'pause') {
    process.stdout.write(`${JSON.stringify({ ms: delay.max / 1e6 })}\n`);
    delay.reset();
    return;
  }
  if (path.startsWith('say ')) {
    void exporting(path.slice(4)).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`));
    return;
  }
  void importing(path).then((result) => process.stdout.write(`${JSON.stringify(result)}\n`));
});

/** 从口令到收到文件，毫秒；文件的字节数 */
async function exporting(words: string): Promise<{ ms: number; bytes: number }> {
  const startedAt = performance.now();
  const before = world.store.messagesOf(chatId).length;
  await acts.says(sender, 'bot', words);
  for (;;) {
    const file = world.store
      .messagesOf(chatId)
      .slice(before)
      .find(({ msgType, sender: by }) => msgType === 'file' && by.kind === 'bot');
    const key = file && (JSON.parse(file.content) as { file_key: string }).file_key;
    if (key !== undefined) return { ms: performance.now() - startedAt, bytes: world.store.fileBytes(key)?.byteLength ?? 0 };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** 从发文件到“预检完成”的卡片，毫秒 */
async function importing(path: string): Promise<{ ms: number; found: string }> {
  const startedAt = performance.now();
  const before = world.store.messagesOf(chatId).length;
  await acts.sendsFile(sender, 'bot', { name: basename(path), bytes: readFileSync(path) });
  for (;;) {
    // 卡片之后还有标好的表：最后一条不一定是卡片。
    const since = world.store.messagesOf(chatId).slice(before);
    const found = since.flatMap(({ content }) => /共\d+行[^"\\]*可导入[^"\\]*/.exec(content)?.[0] ?? [])[0];
    if (found !== undefined) return { ms: performance.now() - startedAt, found };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
