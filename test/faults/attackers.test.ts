import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPace } from '#runtime/inbound/pace';
import { startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { fc } from '../fast-check.ts';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { furnishUnits } from './district.ts';
import { actions, hostilePress } from './hostile.ts';
import { type Press, type Pressed, press } from './press.ts';

// 每次提交六百次，夜里 FUZZ_RUNS=20000。
const runs = Number(process.env.FUZZ_RUNS ?? 600);

let it: TestApp;
let stranger: string;
let liaison: string;
let database: TestDatabase;
/** 真有的编号，按钮里会带的 */
let ids: string[];
const bookId = 'book0';
beforeAll(async () => {
  database = await createTestDatabase();
  it = await startTestApp({ at: '2026-09-15 10:00', databaseUrl: database.url });
  liaison = (await furnishUnits(query, 6))[0]?.liaison ?? '';
  stranger = it.world.store.addPerson({ name: '路人甲', mobile: '13800000000' }).openId;
  const posts = await query<{ id: string }>(`SELECT id FROM "Post" LIMIT 5`);
  ids = ['book0', 'book1', 'item0', 'item1', 'item2', ...posts.map(({ id }) => id)];
}, 240_000);
afterAll(async () => {
  await it.close();
  await database.close();
});

const query = async <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];
const presses = (given: Press): Promise<Pressed> => press(`http://127.0.0.1:${it.app.port}`, it.world.connection, it.clock.now(), given);
const openIdOf = (name: string): string => it.person(name).person.openId;

/** 除了收件登记和限额的账，整个数据库的指纹 */
async function fingerprint(): Promise<string> {
  const tables = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT IN ('InboundEvent', 'ApiCall', 'OutboxEntry', 'CardMessage') ORDER BY 1`,
  );
  const prints: string[] = [];
  for (const { name } of tables)
    prints.push(
      (
        await query<{ print: string }>(
          `SELECT '${name} ' || count(*) || md5(COALESCE(string_agg(md5(t::text), '' ORDER BY t::text), '')) AS print FROM "${name}" t`,
        )
      )[0]?.print ?? '',
    );
  return prints.join('\n');
}
describe('按钮', () => {
  test('别人的卡片点不动：本单位的人拿着发给别人的按钮也不行，说明怎么办，什么都没变', async () => {
    const before = await fingerprint();
    const given = { openId: liaison, action: 'task-books.acknowledge', payload: { bookId } };
    for (const audience of [`person:${openIdOf('周启明')}`, 'chat:oc_elsewhere'])
      expect(await presses({ ...given, audience })).toMatchObject({ status: 200, type: 'error', text: expect.stringContaining('不是发给您的') });
    expect(await fingerprint()).toBe(before);
  });

  test('过期的按钮办不了事：满十四天的答一句话，什么都没变', async () => {
    const before = await fingerprint();
    const sealedAt = new Date(it.clock.now().getTime() - 14 * 24 * 60 * 60_000 - 2_000);
    const answer = await presses({ openId: liaison, action: 'task-books.acknowledge', payload: { bookId }, sealedAt });
    expect(answer).toMatchObject({ status: 200, type: 'info' });
    expect(await fingerprint()).toBe(before);
  });

  test('没有盖印的、换了动作的、换了编号的、换了收件人的、延了期限的：一概不认', async () => {
    const { createSeal } = await import('#runtime/seal');
    const sealed = createSeal(it.world.connection.appSecret).seal(
      { action: 'task-books.open-decline', payload: { bookId } },
      `person:${stranger}`,
      it.clock.now(),
    );
    const before = await fingerprint();
    const forged = [
      { action: 'task-books.acknowledge', payload: { bookId } },
      { ...sealed, a: 'task-books.acknowledge' },
      { ...sealed, p: { bookId: 'book1' } },
      { ...sealed, t: `person:${liaison}` },
      { ...sealed, e: Number(sealed['e']) + 1 },
      { ...sealed, m: 'AAAAAAAAAAAAAAAAAAAAAA' },
      createSeal(it.world.connection.encryptKeys[0] ?? '').seal(
        { action: 'task-books.acknowledge', payload: { bookId } },
        `person:${liaison}`,
        it.clock.now(),
      ),
      'sealed',
      [],
      null,
    ];
    for (const value of forged) {
      const answer = await presses({ openId: liaison, action: '', payload: {}, value });
      expect(`${answer.status} ${answer.type} ${answer.text} ${JSON.stringify(value)}`).toMatch(/^200 error 此按钮无法识别/);
    }
    expect(await fingerprint()).toBe(before);
  });

  test('没有这个动作的按钮：说明已停用，记下来', async () => {
    expect(await presses({ openId: stranger, action: 'nobody.knows', payload: {} })).toMatchObject({
      status: 200,
      type: 'error',
      text: expect.stringContaining('已停用'),
    });
    expect(it.logLines.some((line) => line.includes('unknown action nobody.knows'))).toBe(true);
  });
});

describe('太快的人', () => {
  test('一个人十秒里点第十一下、一秒里发三十条口令、一分钟里发第四份文件：说一声，不办；别人照办', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shuling-pace-'));
    const limits = { CLICKS_PER_TEN_SECONDS: '10', UPLOADS_PER_MINUTE: '3' };
    const strict = await startApp({
      config: readConfig({ NODE_ENV: 'test', HOST: '127.0.0.1', PORT: '0', DATA_DIR: folder, ...limits }, () => ''),
      databaseUrl: database.url,
      clock: it.clock,
      alarm: false,
      log: createLog('silent', () => undefined),
      connection: it.world.connection,
    });
    const url = `http://127.0.0.1:${strict.port}`;
    const [fang, zeng] = ['方伟', '曾小雨'].map(openIdOf);
    const given = { openId: fang ?? '', action: 'task-books.my-items', payload: { page: 0 } };
    const answers = await Promise.all(Array.from({ length: 13 }, () => press(url, it.world.connection, it.clock.now(), given)));
    expect(answers.filter(({ type, text }) => type === 'warning' && text.includes('操作太快'))).toHaveLength(3);
    // 伪造的、过期的也算在内：不为他查，不为他重发。
    for (const odd of [{ value: 'forged' }, { value: null }, { sealedAt: new Date(it.clock.now().getTime() - 15 * 24 * 60 * 60_000) }])
      expect(await press(url, it.world.connection, it.clock.now(), { ...given, ...odd })).toMatchObject({
        type: 'warning',
        text: expect.stringContaining('操作太快'),
      });
    expect((await press(url, it.world.connection, it.clock.now(), { ...given, openId: zeng ?? '' })).type).not.toBe('warning');
    const acts = it.world.actsFor(url);
    const heard = async (): Promise<number> => (await query<{ n: number }>('SELECT count(*)::int AS n FROM "InboundEvent"'))[0]?.n ?? 0;
    const before = await heard();
    const pours = Array.from({ length: 30 }, () => acts.says(zeng ?? '', 'bot', '我的任务'));
    await Promise.all([...pours, acts.choosesMenu(zeng ?? '', '我的任务')]);
    await strict.settled();
    // 先点过一下，所以还办九件；另有一件答的是太快，其余的不听。
    expect((await heard()) - before).toBe(10);
    const hasty = it
      .person('曾小雨')
      .cards()
      .map(textOfCard)
      .filter((text) => text.includes('太快'));
    expect(hasty).toEqual([expect.stringMatching(/您[发点]得太快，这一[条下]和紧接着的几[条下]没有办，请过十秒再[发点]/)]);
    for (let index = 1; index <= 4; index += 1)
      await acts.sendsFile(fang ?? '', 'bot', { name: `表${index}.xlsx`, bytes: new Uint8Array([1, 2, 3, index]) });
    await strict.settled();
    const told = it
      .person('方伟')
      .cards()
      .map(textOfCard)
      .filter((text) => text.includes('文件来得太快'));
    expect(told).toHaveLength(1);
    await strict.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('限次：任何一段时间里都不超过；过了就又可以，记的人多了会忘掉早已过去的', () => {
    let now = 0;
    const pace = createPace({ max: 10, perMs: 10_000, nowMs: () => now });
    const admitted: number[] = [];
    for (now = 0; now < 60_000; now += 137) if (pace.take('一个人')) admitted.push(now);
    for (const at of admitted) expect(admitted.filter((other) => other > at - 10_000 && other <= at).length).toBeLessThanOrEqual(10);
    expect(admitted.length).toBeGreaterThan(50);
    for (let person = 0; person < 10_500; person += 1) expect(pace.take(`${person}`)).toBe(true);
  });
});

describe('恶意的点击', () => {
  test('外人按任何按钮、填任何内容：没有一个 5xx，没有一句“没有办成”，什么都没变', { timeout: 600_000 }, async () => {
    const before = await fingerprint();
    const counts = await storm([stranger], Math.ceil(runs / 2));
    process.stdout.write(`外人：${counts.total}次点击，涉及${counts.actions}个动作，${JSON.stringify(counts.types)}\n`);
    expect(await fingerprint()).toBe(before);
    expect(Object.keys(counts.types)).not.toContain('success');
    expect(counts.failures).toEqual([]);
  });

  test('有权的人的卡片里带着任何内容：没有一个 5xx，没有一句“没有办成”；改了的都有留痕，链不断', { timeout: 600_000 }, async () => {
    const counts = await storm(['周启明', '林晓', '方伟', '梁海生'].map(openIdOf), Math.floor(runs / 2));
    process.stdout.write(`有权的人：${counts.total}次点击，涉及${counts.actions}个动作，${JSON.stringify(counts.types)}\n`);
    expect(counts.failures).toEqual([]);
    const { verifyAudit } = await import('#domain/audit/verify');
    const { withTransaction } = await import('#db/transaction');
    expect((await verifyAudit((work) => withTransaction(it.app.database, work))).fault).toBeNull();
  });
});

async function storm(people: readonly string[], numRuns: number) {
  const types: Record<string, number> = {};
  const seen = new Set<string>();
  const failures: string[] = [];
  let total = 0;
  await fc.assert(
    fc.asyncProperty(hostilePress(people, ids), async (given) => {
      const answer = await presses(given);
      total += 1;
      seen.add(given.action);
      types[answer.type] = (types[answer.type] ?? 0) + 1;
      if (answer.status >= 500 || answer.text.includes('没有办成'))
        failures.push(`${answer.status} ${answer.text} ${JSON.stringify(given).slice(0, 400)}`);
    }),
    { numRuns },
  );
  expect(actions.length).toBeGreaterThan(50);
  return { total, types, failures, actions: seen.size };
}
