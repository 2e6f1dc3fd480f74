import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import exceljs from 'exceljs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personalPlaces, untouched } from '#domain/personal-data/places';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { openHall } from '../features/review-hall.ts';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { type CliRun, runCli } from './run-cli.ts';

const tasks = '2026年重点工作任务-修订.xlsx';

let it: TestApp;
let database: TestDatabase;
let dataDir: string;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), 'shuling-person-'));
  it = await startTestApp({ at: '2026-07-30 15:10', databaseUrl: database.url });
  const lin = it.person('林晓');
  await lin.sendsFile(tasks, readFileSync(new URL(`../fixtures/${tasks}`, import.meta.url)));
  await lin.clicks('确认导入');
  await it.person('周启明').clicks('审定');
  await it.person('周启明').clicks('下达');
  await it.person('曾小雨').clicks('签收');
  await it.person('方伟').says('我的任务');
  await it.person('方伟').clicks('反馈', { card: '渔排清退', within: '渔排清退' });
  await it.person('方伟').clicks('提交反馈', { form: { metric1: '209', percent: '95', content: '累计签约209户' } });
  await it.person('方伟').says('委托');
  await it.person('方伟').clicks('提交委托', { form: { person: '周碧云（副主任）', fromOn: '2026-08-03', toOn: '2026-08-07', reason: '膝伤住院' } });
}, 120_000);
afterAll(async () => {
  await it.close();
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** 命令行，看同一只钟 */
const run = (...argv: string[]): Promise<CliRun> =>
  runCli(argv, { DATABASE_URL: database.url, DATA_DIR: dataDir, DEMO_START: it.clock.now().toISOString() });
const query = async <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> =>
  (await it.app.database.pool.query<Row>(sql, values)).rows;
const personOf = async (name: string) => {
  const [person] = await query<{ id: string; mobile: string; openId: string }>(
    'SELECT id, mobile, "openId" FROM "Person" WHERE name = $1 AND "openId" = $2',
    name,
    it.person(name).person.openId,
  );
  if (!person) throw new Error(`没有${name}`);
  return person;
};

/** 全库逐列找一段字，报在哪几张表 */
async function tablesWith(words: string): Promise<string[]> {
  const columns = await query<{ table: string; column: string }>(`
    SELECT c.table_name AS "table", c.column_name AS "column" FROM information_schema.columns c
    JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_schema = c.table_schema AND t.table_type = 'BASE TABLE'
    WHERE c.table_schema = 'public' AND (c.data_type IN ('text', 'jsonb', 'ARRAY', 'character varying'))`);
  const found = new Set<string>();
  for (const { table, column } of columns) {
    const [hit] = await query<{ hit: boolean }>(`SELECT EXISTS (SELECT 1 FROM "${table}" WHERE strpos("${column}"::text, $1) > 0) AS hit`, words);
    if (hit?.hit) found.add(table);
  }
  return [...found].sort();
}

async function readLines(path: string): Promise<string[]> {
  const book = new exceljs.Workbook();
  await book.xlsx.readFile(path);
  const lines: string[] = [];
  book.worksheets[0]?.eachRow((row, number) => {
    if (number > 1) lines.push((row.values as string[]).slice(1).join(' '));
  });
  return lines;
}

const listed = new Set(personalPlaces.map(({ table }) => table));

describe('个人信息清单', () => {
  test('数据库里凡是记着人的编号、账号、号码的列，都在清单里，或在说明了不去碰的表里；清单里没有不存在的', async () => {
    const columns = await query<{ table: string; column: string }>(`
      SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%'
        AND column_name ~ '^(personId|delegateId|.*ById|by|.*AskedBy|requesterId|reporterId|actorId|actor|holder|voterId|openId|leaderOpenId|.*[mM]obile|recipient|recipients|members|target)$'`);
    const strange = columns.filter(({ table }) => !listed.has(table) && !(table in untouched));
    // 日历、规则的署名只有姓名，不是编号。
    expect(strange).toEqual([{ table: 'CalendarDay', column: 'by' }]);
    const known = await query<{ at: string }>(
      `SELECT table_name || '.' || column_name AS at FROM information_schema.columns WHERE table_schema = 'public'`,
    );
    const there = new Set(known.map(({ at }) => at));
    const named = personalPlaces.flatMap(({ table, by, fields, erasure }) =>
      [...by.map(({ name }) => name), ...Object.keys(fields), ...(erasure.kind === 'clear' ? Object.keys(erasure.columns) : [])].map(
        (name) => `${table}.${name}`,
      ),
    );
    expect(named.filter((at) => !there.has(at))).toEqual([]);
    for (const table of Object.keys(untouched))
      expect(
        [...there].some((at) => at.startsWith(`${table}.`)),
        table,
      ).toBe(true);
  });

  test('办过事的人，全库哪里找得到他的编号、账号、号码，清单里就有哪里', async () => {
    const fang = await personOf('方伟');
    for (const words of [fang.id, fang.openId, fang.mobile])
      expect((await tablesWith(words)).filter((table) => !listed.has(table) && !(table in untouched))).toEqual([]);
  });
});

describe('导出个人信息', () => {
  test('本人看得到：花名册里的、他写的、他办的；一处一行，没有别人的', async () => {
    const fang = await personOf('方伟');
    const path = join(dataDir, '方伟.xlsx');
    expect(await run('person', 'export', fang.mobile, path)).toMatchObject({ code: 0, out: expect.stringContaining('已导出方伟的个人信息') });
    const lines = await readLines(path);
    for (const line of [
      `人员 1 手机号 ${fang.mobile}`,
      `人员 1 飞书账号 ${fang.openId}`,
      '反馈 1 进展 累计签约209户',
      '委托别人代办 1 原因 膝伤住院',
    ])
      expect(lines).toContain(line);
    expect(lines.join('\n')).toMatch(/留痕（本人办的、关于本人的） \d+ 事项 report/);
    for (const name of ['林晓', '周碧云']) {
      const other = await personOf(name);
      for (const words of [other.mobile, other.openId]) expect(lines.join('\n')).not.toContain(words);
    }
  });

  test('受托的人看不到委托人为什么请假', async () => {
    const path = join(dataDir, '周碧云.xlsx');
    await run('person', 'export', (await personOf('周碧云')).mobile, path);
    const text = (await readLines(path)).join('\n');
    expect(text).toContain('受托代办 1 从 2026-08-03');
    expect(text).not.toContain('膝伤住院');
  });

  test('号码不对、查无此人、文件已在：说清楚，不留半个文件；导出过，留痕里有', async () => {
    expect(await run('person', 'export', '12', join(dataDir, 'x.xlsx'))).toMatchObject({ code: 1, err: expect.stringContaining('“12”不是手机号') });
    expect(await run('person', 'export', '13900009999', join(dataDir, 'x.xlsx'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('没有这个手机号的个人信息'),
    });
    expect(await run('person', 'export', (await personOf('方伟')).mobile, join(dataDir, '方伟.xlsx'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('已经存在'),
    });
    expect(await query('SELECT 1 FROM "AuditEntry" WHERE event = $1', 'exportPersonalData')).not.toHaveLength(0);
  });
});

describe('删除个人信息', () => {
  test('还在任、还有委托的不删，说清先办什么', async () => {
    const fang = await personOf('方伟');
    const plan = await run('person', 'erase', fang.mobile);
    expect(plan).toMatchObject({ code: 0, out: expect.stringContaining('现在不能删除：还在任') });
    expect(plan.out).toContain('还有没到期的委托，请先收回');
    expect(await run('person', 'erase', fang.mobile, '--confirm', '方伟')).toMatchObject({ code: 1, err: expect.stringContaining('请先移交岗位') });
    expect(await personOf('方伟')).toEqual(fang);
  });

  test('移交之后：先列出删什么、留什么，写对姓名才删；号码、账号、备注、请假原因没有了，署名和留痕还在', async () => {
    const fang = await personOf('方伟');
    await it.person('林晓').says('移交 方伟');
    await it.person('林晓').clicks('办理移交', { form: { person: '蒋程远（党政办科员）' } });
    await it.skipTo('2026-08-10 10:00');
    const plan = await run('person', 'erase', fang.mobile);
    expect(plan.out).toContain('反馈1条：留（公务记录，照档案和督查的规定保存）');
    expect(plan.out).toContain('没有删除。核对无误，请再加 --confirm 方伟');
    expect(await run('person', 'erase', fang.mobile, '--confirm', '方玮')).toMatchObject({ code: 1, err: expect.stringContaining('没有删除') });
    expect(await run('person', 'erase', fang.mobile, '--confirm', '方伟')).toMatchObject({
      code: 0,
      out: expect.stringContaining('已删除方伟的个人信息'),
    });
    expect(await tablesWith(fang.mobile)).toEqual([]);
    // 发件日志法定留六个月，到期自动清除。
    const logs = ['CardMessage', 'OutboxEntry', 'ApiCall'];
    for (const words of [fang.openId, '膝伤住院']) expect((await tablesWith(words)).filter((table) => !logs.includes(table))).toEqual([]);
    expect(await query('SELECT "reporterName" FROM "ProgressReport" WHERE "reporterId" = $1', fang.id)).toEqual([{ reporterName: '方伟' }]);
    expect(await run('audit', 'verify')).toMatchObject({ code: 0 });
    expect(await run('person', 'erase', fang.mobile)).toMatchObject({ code: 1, err: expect.stringContaining('没有这个手机号的个人信息') });
  });

  test('删了之后，他再来机器人不认得；花名册再导入，不认作缺的人', async () => {
    await it.person('方伟').says('我的任务');
    expect(textOfCard(it.person('方伟').lastCard()) + it.person('方伟').texts().join()).toContain('花名册里没有您这个账号');
    const lin = it.person('江岩');
    const sheet = new exceljs.Workbook();
    await sheet.xlsx.readFile(fileURLToPath(new URL('../fixtures/花名册.xlsx', import.meta.url)));
    const people = sheet.getWorksheet('人员');
    people?.eachRow((row) => {
      if (JSON.stringify(row.values).includes('方伟')) row.splice(1, row.cellCount);
    });
    await lin.sendsFile('花名册.xlsx', new Uint8Array(await sheet.xlsx.writeBuffer()));
    expect(textOfCard(lin.lastCard())).toContain('花名册');
    expect(textOfCard(lin.lastCard())).not.toContain('方伟');
  });
});

describe('名单里的来宾', () => {
  test('不在花名册的组长：名单换掉之后，号码和小组上的账号都清去，条线和姓名留着', async () => {
    const mobile = '13712345678';
    await query(`INSERT INTO "GroupRoll" (id, "fileName", sha256, "blobId", "unitCode", "uploadedById", "uploadedAt", state, summary, groups)
      VALUES ('r1', '旧名单.xlsx', 'x', 'x', 'U09', 'nobody', now(), 'replaced', '{}', '[{"leader":{"name":"组长甲","mobile":"${mobile}"}}]')`);
    await query(`INSERT INTO "MentorGroup" (id, "rollId", code, line, "leaderName", "leaderMobile", "leaderOpenId", members, position)
      VALUES ('g1', 'r1', 'G01', '城建', '组长甲', '${mobile}', 'ou_guest_leader', '[]', 0)`);
    expect((await run('person', 'erase', mobile)).out).toContain(`请再加 --confirm ${mobile}`);
    expect(await run('person', 'erase', mobile, '--confirm', mobile)).toMatchObject({ code: 0 });
    for (const words of [mobile, 'ou_guest_leader']) expect(await tablesWith(words)).toEqual([]);
    expect(await query('SELECT "leaderName", line FROM "MentorGroup" WHERE id = $1', 'g1')).toEqual([{ leaderName: '组长甲', line: '城建' }]);
  });
});

describe('测评人', () => {
  test('场次没有归档不删；归档之后删去号码，票、记号、评语一行没动，名册上的名字还在', async () => {
    await it.skipTo('2026-12-18 08:00');
    await openHall(it, { units: 1, guests: 2 });
    const [voter] = await query<{ name: string }>(`SELECT name FROM "ReviewVoter" WHERE channel = 'card' AND present ORDER BY position LIMIT 1`);
    const name = voter?.name ?? '';
    const secretary = it.person('沈澄');
    for (const button of ['开始述职', '开始问答', '开放测评']) await secretary.clicks(button);
    expect(await it.person(name).clicks('优秀')).toMatchObject({ toast: { content: '已投票' } });
    const person = await personOf(name);
    expect((await run('person', 'erase', person.mobile)).out).toContain('在述职场次SZ-2026-12-18的测评名册上，归档之后再办');
    await secretary.clicks('关闭测评');
    await query(`UPDATE "ReviewSession" SET state = 'archived'`);
    await query(`UPDATE "PostHolding" SET "toOn" = '2026-12-17' WHERE "personId" = $1`, person.id);
    const ballots = () =>
      Promise.all(
        ['Ballot', 'BallotMark', 'BallotRound', 'BallotComment', 'BallotSlip'].map((table) =>
          query(`SELECT t.*, xmin::text, ctid::text FROM "${table}" t ORDER BY ctid`),
        ),
      );
    const before = await ballots();
    expect(await run('person', 'erase', person.mobile, '--confirm', name)).toMatchObject({ code: 0 });
    expect(await ballots()).toEqual(before);
    expect(await tablesWith(person.mobile)).toEqual([]);
    expect(await query('SELECT name, mobile FROM "ReviewVoter" WHERE "personId" = $1', person.id)).toEqual([{ name, mobile: null }]);
  });
});
