import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { run } from '../../src/run.ts';
import { type CliRun, runCli } from '../cli/run-cli.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { copyPlatform, type Stage } from '../stage.ts';
import { inDatabase, issuedStage } from './given-books.ts';

const real = { appId: 'cli_real000000000000', appSecret: 'real-secret-000000000000000000000' };
const credentials = {
  PUBLIC_URL: 'https://duban.example.gov.cn',
  FEISHU_APP_ID: real.appId,
  FEISHU_APP_SECRET: real.appSecret,
  FEISHU_ENCRYPT_KEY: 'another-encrypt-key-0000',
  FEISHU_VERIFICATION_TOKEN: 'another-token',
  // 1 号端口没有人听：要是先去问平台，这里就红了。
  FEISHU_DOMAIN: 'http://127.0.0.1:1',
};

let stage: Stage;
const folder = mkdtempSync(join(tmpdir(), 'shuling-another-'));
const databases: TestDatabase[] = [];
beforeAll(async () => {
  stage = await issuedStage();
}, 120_000);
afterAll(async () => {
  for (const database of databases) await database.close();
  rmSync(folder, { recursive: true, force: true });
});

async function withBooks(): Promise<string> {
  const database = await createTestDatabase(stage.template);
  databases.push(database);
  return database.url;
}

/** 启动，像 npm start 那样 @returns what it said instead of starting */
async function refusal(databaseUrl: string, env: Readonly<Record<string, string>>): Promise<string> {
  const config = readConfig(
    {
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: '0',
      EMULATOR_PORT: '0',
      DATA_DIR: folder,
      DATABASE_URL: databaseUrl,
      ADMIN_MOBILES: '17700000001',
      ...env,
    },
    () => '',
  );
  return run(
    config,
    createLog('silent', () => undefined),
  ).then(
    async (running) => {
      await running.stop();
      return '启动了';
    },
    (error: Error) => error.message,
  );
}

const countsOf = (it: TestApp) =>
  inDatabase(it, async (db) => [await db.unit.count(), await db.person.count(), await db.workItem.count(), await db.auditEntry.count()]);

async function belongsTo(databaseUrl: string, whose: { appId?: string; demo: boolean }): Promise<void> {
  const it = await startTestApp({ stage, roster: false, databaseUrl });
  await inDatabase(it, (db) => db.installation.update({ where: { id: 1 }, data: whose }));
  await it.close();
}

test('演示的数据库填上凭证再启动：不启动，说清怎么办，什么都没有动', async () => {
  const databaseUrl = await withBooks();
  expect(await refusal(databaseUrl, credentials)).toMatch(
    /没有启动：这个数据库里是演示数据，不能用于正式的应用 cli_real.*\n.*换一个 DATA_DIR.*从空的开始/,
  );
  const again = await startTestApp({ stage, roster: false, databaseUrl });
  expect(await countsOf(again)).toEqual([31, expect.any(Number), 254, expect.any(Number)]);
  await again.close();
});

test('正式的数据库，没有读到 .env 就启动：不启动，演示的人员不会装进去', async () => {
  const databaseUrl = await withBooks();
  await belongsTo(databaseUrl, { appId: 'cli_office', demo: false });
  expect(await refusal(databaseUrl, {})).toMatch(/没有启动：这个数据库是正式的（应用 cli_office），而配置里没有飞书的凭证.*\n.*没有读到 \.env/);
  const doctor = await runCli(['doctor'], { DATABASE_URL: databaseUrl, DATA_DIR: folder });
  expect(doctor.code).toBe(1);
  expect(doctor.out).toContain('未通过  数据库：没有启动：这个数据库是正式的');
});

test('应用换了一个：不启动，说清是抄错了还是真的换了', async () => {
  const databaseUrl = await withBooks();
  await belongsTo(databaseUrl, { appId: 'cli_office', demo: false });
  const said = await refusal(databaseUrl, credentials);
  expect(said).toMatch(/没有启动：这个数据库属于应用 cli_office，配置里是 cli_real.*\n.*抄错了，改回 FEISHU_APP_ID.*npm run cli -- change-app/);
  const imported = await runCli(['roster', 'import', 'prisma/demo/花名册.xlsx'], { DATABASE_URL: databaseUrl, DATA_DIR: folder, ...credentials });
  expect([imported.code, imported.err]).toEqual([1, said]);
});

test('换应用：先说会做什么，确认了才换；各人的账号按手机号认到新的，等他办的由新应用重发，旧应用写下的一件不发，事项一项不少', async () => {
  const databaseUrl = await withBooks();
  const change = (...argv: string[]): Promise<CliRun> =>
    runCli(['change-app', ...argv], { DATABASE_URL: databaseUrl, DATA_DIR: folder, ...credentials });
  expect(await change('--confirm', real.appId)).toMatchObject({ code: 1, err: expect.stringContaining('演示的数据不能交给正式的应用') });
  await belongsTo(databaseUrl, { demo: false });
  expect(await change()).toMatchObject({ code: 1, out: expect.stringMatching(/还没有换[\s\S]*change-app --confirm cli_real/) });
  const before = await startTestApp({ stage, roster: false, databaseUrl });
  const counted = await countsOf(before);
  await before.close();

  const done = await change('--confirm', real.appId);
  expect(done).toMatchObject({ code: 0, err: '' });
  expect(done.out).toMatch(
    /^数据库已交给应用 cli_real0+。旧应用发的\d+张卡片不再更新，\d+件没有发出的不再发。\n启动程序之后，3\d\d人的账号按手机号重新认/,
  );
  expect(await change('--confirm', real.appId)).toMatchObject({ code: 1, err: expect.stringContaining('已经是应用') });

  // 命令行看的是真的钟，这里的钟停在五月：排下的那一件挪到那一天。
  const moved = await startTestApp({ stage, roster: false, databaseUrl, application: real });
  await inDatabase(moved, (db) => db.outboxEntry.updateMany({ where: { state: 'pending', kind: 'job' }, data: { notBefore: moved.clock.now() } }));
  await moved.close();
  // 新应用的平台：同样的人和手机号，账号是另一套。
  const it = await startTestApp({ at: '2026-05-29 09:30', roster: false, databaseUrl, application: real });
  try {
    await it.settled();
    expect((await countsOf(it)).slice(0, 3)).toEqual(counted.slice(0, 3));
    const head = it.person('梁海生');
    expect(
      head
        .cards()
        .map((card) => textOfCard(card))
        .join('\n'),
    ).toContain('任务书');
    await head.says('我的任务');
    expect(head.texts().join('\n') + textOfCard(head.lastCard())).not.toContain('花名册里没有');
    const dead = await inDatabase(it, (db) => db.outboxEntry.findMany({ where: { state: 'dead' }, select: { lastError: true } }));
    expect(dead.filter(({ lastError }) => !lastError?.startsWith('换了应用'))).toEqual([]);
    const [line] = await inDatabase(it, (db) => db.auditEntry.findMany({ where: { subjectType: 'application' } }));
    expect(line).toMatchObject({ event: 'change', after: real.appId });
    await it.person('江岩').says('诊断');
    expect(JSON.stringify(it.person('江岩').lastCard())).toMatch(/工作群.*个群没有绑定/);
  } finally {
    await it.close();
  }
});

test('换了应用密钥：从前发的卡片点了，什么也不办，重发一张点得动的；换了之后的，改过的按钮照旧认作伪造', async () => {
  const databaseUrl = await withBooks();
  const platformDir = mkdtempSync(join(tmpdir(), 'shuling-seal-'));
  copyPlatform(stage, platformDir);
  const restart = (at: string, appSecret: string) =>
    startTestApp({ at, roster: false, databaseUrl, platformDir, application: { appId: 'cli_emulator0000000', appSecret } });
  const it = await restart('2026-05-29 14:30', 'a-fresh-secret-00000000000000000000');
  try {
    const zeng = it.person('曾小雨');
    const before = zeng.cards().length;
    expect(await zeng.clicks('签收')).toMatchObject({ toast: { type: 'info', content: '此卡已过期，已为您重发最新卡片' } });
    expect(await inDatabase(it, (db) => db.taskBook.count({ where: { acknowledgedAt: { not: null } } }))).toBe(0);
    expect(zeng.cards().length).toBe(before + 1);
    expect(textOfCard(zeng.cards()[before - 1])).toContain('已更新，请看新卡片。');
    const fresh = it.world.store.messagesOf(it.world.store.directChat(zeng.person.openId).chatId).at(-1);
    const [forged] = (await it.acts
      .forgesClick(zeng.person.openId, fresh?.messageId ?? '', { tag: 'button', value: { a: 'task-books.acknowledge', p: {}, t: '', e: 1, m: 'x' } })
      .then(({ seen }) => [seen])) as [{ toast?: { content?: string } }];
    expect(forged.toast?.content).toContain('此按钮无法识别');
    expect(await zeng.clicks('签收')).toMatchObject({ toast: { type: 'success' } });
    expect(it.logLines.filter((line) => line.includes('sealed with another secret'))).toHaveLength(1);
    await it.person('江岩').says('诊断');
    expect(JSON.stringify(it.person('江岩').lastCard())).toContain('14:30换了应用密钥或 SEAL_KEY，之前发的卡片点了会重发一张');
  } finally {
    await it.close();
  }
  const again = await restart('2026-06-15 09:30', 'a-fresh-secret-00000000000000000000');
  expect(again.logLines.filter((line) => line.includes('sealed with another secret'))).toEqual([]);
  await again.close();
  rmSync(platformDir, { recursive: true });
});
