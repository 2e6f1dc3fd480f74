import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { features } from '#features/index';
import { createPace } from '#runtime/inbound/pace';
import { startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { furnishUnits } from './district.ts';
import { actions, buttonsIn, formFor, hostilePresses, type RealButton } from './hostile.ts';
import { type Press, type Pressed, press } from './press.ts';

// 每次提交六百次，夜里 FUZZ_RUNS=20000。
const runs = Number(process.env.FUZZ_RUNS ?? 600);

/** 谁都按得的，各看各的、各管各的：自己的任务、一句口令、自己看得到的台账、投诉建议、自己的免打扰 */
const openToAll: readonly string[] = ['task-books.my-items', 'system.ask', 'ledger.send', 'burden.suggest', 'burden.pause'];

let it: TestApp;
let stranger: string;
let liaison: string;
let head: string;
/** 别的单位的联络员 */
let otherUnit: string;
let database: TestDatabase;
let businessTables: string[] = [];
/** 真有的编号，按钮里会带的 */
let ids: string[];
const bookId = 'book0';
beforeAll(async () => {
  database = await createTestDatabase();
  it = await startTestApp({ at: '2026-09-15 10:00', databaseUrl: database.url });
  const units = await furnishUnits(query, 6);
  // 口令里认得的编号是三位数的。
  await query(`UPDATE "WorkItem" SET code = '试-00' || number`);
  [liaison, head] = [units[0]?.liaison ?? '', units[0]?.head ?? ''];
  otherUnit = units[5]?.liaison ?? '';
  stranger = it.world.store.addPerson({ name: '路人甲', mobile: '13800000000' }).openId;
  const posts = await query<{ id: string }>(`SELECT id FROM "Post" LIMIT 5`);
  businessTables = (
    await query<{ name: string }>(`SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`)
  )
    .map(({ name }) => name)
    .filter((name) => !notBusiness.includes(name));
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

/** 除了收件登记和限额的账，整个数据库的指纹；要发的也在内：漏出去一条，也是变了 */
async function fingerprint(): Promise<string> {
  const tables = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT IN ('InboundEvent', 'ApiCall') ORDER BY 1`,
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
/** 机房的账，和只记着人翻到哪一页的；其余的一改就要有留痕 */
const notBusiness = [
  'InboundEvent',
  'ApiCall',
  'OutboxEntry',
  'CardMessage',
  'AuditEntry',
  'AuditHead',
  'UploadedFile',
  'WaitingListCard',
  'Blob',
  'BlobPart',
];

/** 各表的行数和最新写下的一行 — far cheaper than a fingerprint, and no write gets past it. */
async function tables(): Promise<ReadonlyMap<string, string>> {
  const one = (name: string): string => `SELECT '${name}' AS name, count(*) || ' ' || COALESCE(max(xmin::text::bigint), 0) AS found FROM "${name}"`;
  const text = [...businessTables, 'AuditEntry', 'OutboxEntry'].map(one).join(' UNION ALL ');
  // 有名字的语句，计划只定一次：几百下，每下两遍。
  const found = await it.app.database.pool.query<{ name: string; found: string }>({ name: 'attackers-tables', text });
  return new Map(found.rows.map((row) => [row.name, row.found]));
}

/** 一下被拒绝 — the log has exactly one line of it, with the event and the reason, and nobody's name. */
async function logged(given: Press, reason: RegExp): Promise<Pressed> {
  const eventId = given.eventId ?? randomUUID();
  const before = it.logLines.length;
  const answer = await presses({ ...given, eventId });
  const lines = it.logLines.slice(before).filter((line) => line.includes(eventId));
  expect(lines, JSON.stringify(given)).toHaveLength(1);
  expect((JSON.parse(lines[0] ?? '{}') as { refusal?: string }).refusal).toMatch(reason);
  expect(lines[0]).not.toMatch(/\p{Script=Han}/u);
  return answer;
}

describe('按钮', () => {
  test('别人的卡片点不动：本单位的人拿着发给别人的按钮也不行，说明怎么办，什么都没变', async () => {
    const before = await fingerprint();
    const given = { openId: liaison, action: 'task-books.acknowledge', payload: { bookId } };
    for (const audience of [`person:${openIdOf('周启明')}`, 'chat:oc_elsewhere'])
      expect(await logged({ ...given, audience }, /^card for /)).toMatchObject({
        status: 200,
        type: 'error',
        text: expect.stringContaining('不是发给您的'),
      });
    expect(await fingerprint()).toBe(before);
  });

  test('过期的按钮办不了事：满十四天的答一句话，什么都没变', async () => {
    const before = await fingerprint();
    const sealedAt = new Date(it.clock.now().getTime() - 14 * 24 * 60 * 60_000 - 2_000);
    const answer = await logged({ openId: liaison, action: 'task-books.acknowledge', payload: { bookId }, sealedAt }, /^expired button/);
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
      const answer = await logged({ openId: liaison, action: '', payload: {}, value }, /^forged or missing/);
      expect(`${answer.status} ${answer.type} ${answer.text} ${JSON.stringify(value)}`).toMatch(/^200 error 此按钮无法识别/);
    }
    expect(await fingerprint()).toBe(before);
  });

  test('没有这个权的、送来第二遍的：办不了第二次，日志里一下一行，有事件号和原因，没有人名', async () => {
    const before = await fingerprint();
    await logged({ openId: stranger, action: 'task-books.acknowledge', payload: { bookId } }, /may not acknowledgeBook$/);
    // 全区待采纳的清单，拿着从前的卡片也翻不开。
    const list = { action: 'progress.open-waiting', payload: { list: 'adopt', page: 0 } };
    for (const openId of [stranger, liaison]) expect((await logged({ openId, ...list }, /may not adoptReport$/)).body).not.toContain('"card"');
    expect(await fingerprint()).toBe(before);
    const again = { openId: liaison, action: 'task-books.my-items', payload: { page: 0 }, eventId: randomUUID() };
    expect((await presses(again)).body).toContain('"card"');
    expect((await logged(again, /^the event was handled before$/)).body).not.toContain('"card"');
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
  test('外人按任何按钮、填任何内容：没有一个 5xx，没有一句“没有办成”，什么都没变，什么也没看到', { timeout: 600_000 }, async () => {
    const before = await fingerprint();
    const counts = await storm([stranger], Math.ceil(runs / 2));
    process.stdout.write(`外人：${counts.total}次点击，涉及${counts.actions}个动作，${JSON.stringify(counts.types)}\n`);
    expect(await fingerprint()).toBe(before);
    expect(Object.keys(counts.types)).not.toContain('success');
    expect(counts.failures).toEqual([]);
    expect(counts.shown.filter((action) => !openToAll.includes(action))).toEqual([]);
  });

  test('有权的人的卡片里带着任何内容：没有一个 5xx，没有一句“没有办成”；改了的都有这一下的留痕，没改的没有，链不断', {
    timeout: 600_000,
  }, async () => {
    const counts = await storm(['周启明', '林晓', '方伟', '梁海生'].map(openIdOf), Math.floor(runs / 2), true);
    process.stdout.write(
      `有权的人：${counts.total}次点击，涉及${counts.actions}个动作，${counts.changes}次改了东西，${JSON.stringify(counts.types)}\n`,
    );
    expect(counts.failures).toEqual([]);
    const { verifyAudit } = await import('#domain/audit/verify');
    const { withTransaction } = await import('#db/transaction');
    expect((await verifyAudit((work) => withTransaction(it.app.database, work))).fault).toBeNull();
  });

  test('真有的按钮落到外人、别的单位的人手里：一概拒绝，不给看，不发消息，什么都没变', { timeout: 600_000 }, async () => {
    const { real, traces } = await realButtons();
    expect(traces).toEqual([]);
    const pressed = [...real.values()].filter(({ action }) => !openToAll.includes(action));
    await it.settled();
    const before = await fingerprint();
    const taken: string[] = [];
    const unproven = new Set<string>();
    for (const { action, payload } of pressed)
      for (const openId of [stranger, otherUnit]) {
        const { type, text, body } = await presses({ openId, action, payload, form: formFor(action) });
        // 填写先被拒的，还没有轮到看权限。
        if (type === 'warning') unproven.add(action);
        else if (type !== 'error' || body.includes('"card"'))
          taken.push(`${openId === stranger ? '外人' : '别的单位'} ${action} ${type} ${text}${body.includes('"card"') ? ' 有卡片' : ''}`);
      }
    process.stdout.write(
      `真有的按钮：${actions.length}个动作里的${real.size}个，${pressed.length - unproven.size}个拒在权限上，${unproven.size}个拒在填写上（${[...unproven].join('、')}）\n`,
    );
    expect(taken).toEqual([]);
    expect(pressed.length - unproven.size).toBeGreaterThanOrEqual(25);
    await it.settled();
    expect(await fingerprint()).toBe(before);
  });
});

/** 有权的人的卡片上的按钮 — what the commands show them, and what those buttons that need no form show; each press is held against the trail. */
async function realButtons(): Promise<{ real: ReadonlyMap<string, RealButton>; traces: string[] }> {
  // 督查员试每一句口令；别人只说自己那几句。
  const lines: readonly (readonly [string, readonly string[]])[] = [
    [liaison, ['我的任务', '任务 试-001', '任务书 综合办公室', '台账', '委托', '免打扰', '投诉建议']],
    [openIdOf('林晓'), features.flatMap(({ commands = [] }) => commands.map(({ example }) => example))],
    [openIdOf('周启明'), ['任务 试-001', '提醒规则', '减负', '通报']],
    [head, ['我的任务', '待审签', '任务 试-001', '任务书 综合办公室']],
  ];
  const real = new Map<string, RealButton>();
  const traces: string[] = [];
  const found = (text: string): RealButton[] => {
    const fresh = buttonsIn(text).filter(({ action }) => !real.has(action));
    for (const button of fresh) if (!real.has(button.action)) real.set(button.action, button);
    return fresh;
  };
  for (const [openId, texts] of lines) for (const text of texts) await it.acts.says(openId, 'bot', text.replace(/(管|党)-\d{3}/, '试-001'));
  await it.settled();
  const cardsOf = (openId: string): string[] => it.world.store.messagesOf(it.world.store.directChat(openId).chatId).map(({ content }) => content);
  const cards = (): string => lines.flatMap(([openId]) => cardsOf(openId)).join('\n');
  for (let round = 0, queue = found(cards()); round < 3 && queue.length > 0; round += 1) {
    const shown: string[] = [];
    for (const { action, payload, openId } of new Map(queue.map((each) => [each.action, each])).values()) {
      // 撤销放在最后：撤了，等着审签的申请随之失效，卡片上的按钮便看不到了。
      if (action === 'halts.cancel') continue;
      // 前一下引出的后台办理先办完，免得算在这一下头上。
      await it.settled();
      const answer = await traced({ openId, action, payload, form: formFor(action) }, (fault) => traces.push(fault));
      shown.push(answer.body);
    }
    await it.settled();
    queue = found(`${shown.join('\n')}\n${cards()}`);
  }
  const cancel = real.get('halts.cancel');
  if (cancel) await traced({ ...cancel, form: formFor(cancel.action) }, (fault) => traces.push(fault));
  await it.settled();
  return { real, traces };
}

/** 按一下，对一对留痕 — a business table changed: this very event is in the trail; nothing changed and nothing is to be sent: it is not. */
async function traced(given: Press, report: (fault: string) => void): Promise<Pressed & { readonly changed: boolean }> {
  const eventId = randomUUID();
  const before = await tables();
  const answer = await presses({ ...given, eventId });
  const after = await tables();
  const differs = (name: string): boolean => before.get(name) !== after.get(name);
  const changed = businessTables.filter(differs);
  if (changed.length === 0 && !differs('AuditEntry')) return { ...answer, changed: false };
  const [trail] = await query<{ n: number }>(`SELECT count(*)::int AS n FROM "AuditEntry" WHERE "sourceEventId" = $1`, [eventId]);
  const lines = trail?.n ?? 0;
  if (changed.length > 0 ? lines === 0 : lines > 0 && !differs('OutboxEntry'))
    report(`${given.action} ${answer.text} 改了${changed.join('、')}，留痕${lines}行 ${JSON.stringify(given.payload).slice(0, 200)}`);
  return { ...answer, changed: changed.length > 0 };
}

/** @param held every press is also held against the trail */
async function storm(people: readonly string[], atLeast: number, held = false) {
  const types: Record<string, number> = {};
  const seen = new Set<string>();
  const shown = new Set<string>();
  const failures: string[] = [];
  let [total, changes] = [0, 0];
  for (const given of hostilePresses(people, ids, atLeast)) {
    const fault = (words: string): number => failures.push(words);
    const answer = held ? await traced(given, fault) : { ...(await presses(given)), changed: false };
    total += 1;
    if (answer.changed) changes += 1;
    seen.add(given.action);
    types[answer.type] = (types[answer.type] ?? 0) + 1;
    if (answer.body.includes('"card"')) shown.add(given.action);
    if (answer.status >= 500 || answer.text.includes('没有办成')) fault(`${answer.status} ${answer.text} ${JSON.stringify(given).slice(0, 400)}`);
  }
  expect(seen).toEqual(new Set(actions.map(({ name }) => name)));
  return { total, types, failures, changes, shown: [...shown], actions: seen.size };
}
