import { createHash } from 'node:crypto';
import ExcelJS from 'exceljs';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bind } from '#cards/kit/action';
import { agreeRedraw, writeComment } from '#cards/review/actions';
import { ballotsFile } from '#domain/ballots/ballots-file';
import { cast } from '#domain/ballots/box/store';
import { slipHash } from '#domain/review/slips';
import { createSeal } from '#runtime/seal';
import { asSystem } from '../../src/app.ts';
import { press } from '../faults/press.ts';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { openHall, sendPlan } from './review-hall.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-18 14:30' });
});
afterAll(() => it.close());

const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];
const http = (path: string, form?: Record<string, string>): Promise<Response> =>
  fetch(`http://127.0.0.1:${it.app.port}${path}`, form ? { method: 'POST', body: new URLSearchParams(form) } : {});
const textOf = (html: string): string => html.replace(/<style>[\s\S]*?<\/style>|<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const tables = [
  'ReviewSlot',
  'ReviewVoter',
  'Draw',
  'BallotRound',
  'BallotMark',
  'Ballot',
  'BallotSlip',
  'ReviewLink',
  'BallotKey',
  'BallotIssue',
  'BallotPass',
  'BallotComment',
  'ReviewQuestion',
  'ReviewPromise',
];
const counts = async (): Promise<string[]> => {
  const found: string[] = [];
  for (const table of tables) {
    const [row] = await query<{ n: number }>(`SELECT count(*)::int AS n FROM "${table}"`);
    if (row && row.n > 0) found.push(`${table} ${row.n}`);
  }
  return found;
};
const secretary = () => it.person('沈澄');
const present = async (): Promise<{ name: string; voterClass: string }[]> =>
  query(`SELECT name, "voterClass" FROM "ReviewVoter" WHERE present AND channel = 'card' ORDER BY position`);

/** 会话里的文件 */
const filesOf = (chatId: string): { name: string; bytes: Uint8Array }[] =>
  it.world.store
    .messagesOf(chatId)
    .filter(({ msgType }) => msgType === 'file')
    .map(({ content }) => (JSON.parse(content) as { file_key: string }).file_key)
    .map((key) => ({ name: it.world.store.file(key)?.name ?? '', bytes: it.world.store.fileBytes(key) ?? new Uint8Array() }));
const filesIn = (group: string): string[] => filesOf(it.group(group).chatId).map(({ name }) => name);

/** 大屏的画面，连上去看到的第一眼 */
async function firstSight(path: string): Promise<string> {
  const aborter = new AbortController();
  const stream = await fetch(`http://127.0.0.1:${it.app.port}${path}`, { signal: aborter.signal });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!/data: .*\n\n/.test(seen)) seen += (await reader?.read())?.value ?? '';
  aborter.abort();
  return seen;
}

/** 说了其中哪几样 */
const wordsIn = (text: string, words: readonly string[]): string[] => words.filter((word) => text.includes(word));

/** 说出去的一切 — every message, every file with what is packed in it, the big screen as page and as live view. */
async function everythingSaid(screen: string): Promise<string> {
  const chats = it.world.store.chats().map(({ chatId }) => chatId);
  const messages = chats.flatMap((chatId) => it.world.store.messagesOf(chatId)).map(({ content }) => content);
  const files = chats.flatMap(filesOf).map(({ name, bytes }) => {
    const parts = /\.(docx|xlsx)$/.test(name) ? Object.values(unzipSync(bytes)) : [bytes];
    return `${name}${parts.map((part) => strFromU8(part).replace(/<[^>]+>/g, '')).join('')}`;
  });
  return [...messages, ...files, textOf(await (await http(screen)).text()), await firstSight(`${screen}/live`)].join('\n');
}

/** 遮住的几类实际得多少分 — from the box itself; none of them is the score of a class that is shown, or the total. */
async function scoresOfCovered(sql: string): Promise<{ voterClass: string; score: string }[]> {
  const [{ shown } = { shown: null }] = await query<{
    shown: { total: string; classes: { voterClass: string; score: string | null; distribution: unknown }[] } | null;
  }>(sql);
  const points = await query<{ voterClass: string; score: string }>(
    `SELECT "voterClass", round(avg(CASE choice WHEN '优秀' THEN 100 WHEN '良好' THEN 80 ELSE 60 END), 2)::text AS score FROM "Ballot" GROUP BY 1 ORDER BY 1 DESC`,
  );
  const covered = (shown?.classes ?? []).filter(({ distribution }) => distribution === null).map(({ voterClass }) => voterClass);
  const open = [shown?.total, ...(shown?.classes ?? []).map(({ score }) => score)];
  const own = points
    .filter(({ voterClass }) => covered.includes(voterClass))
    .sort((left, right) => covered.indexOf(left.voterClass) - covered.indexOf(right.voterClass));
  expect(own.filter(({ score }) => open.includes(score))).toEqual([]);
  return own;
}

const notAlone = { toast: { content: '提出的人不能自己同意，须另一位监督员同意' } };
/** 一个人任两个岗位：监督员，又是场务秘书 */
const holdsSecretaryToo = (name: string) =>
  query(
    `INSERT INTO "PostHolding" (id, "postId", "personId", "fromOn") SELECT 'both', post.id, p.id, '2026-01-01' FROM "Post" post, "Person" p
     WHERE post.role = 'sessionSecretary' AND p.name = $1 LIMIT 1`,
    [name],
  );
const onlyObserver = (name: string) =>
  query(`DELETE FROM "PostHolding" WHERE id = 'both' AND "personId" = (SELECT id FROM "Person" WHERE name = $1)`, [name]);

/** 说一句，看答复 */
const said = async (name: string, words: string): Promise<string> => {
  await it.person(name).says(words);
  return it.world.store.messagesOf(it.world.store.directChat(it.person(name).person.openId).chatId).at(-1)?.content ?? '';
};

test('看不懂的结果显示、投票方式、法定人数：预检就说清，指到那一格', async () => {
  await sendPlan(it, { settings: { 结果显示: '看情况', 投票方式: '举手', 法定人数: '来了就行' } });
  const text = textOfCard(secretary().lastCard());
  expect(text).toContain('“来了就行”看不懂');
  expect(text).toContain('“看情况”看不懂');
  expect(text).toContain('“举手”看不懂');
  expect(await counts()).toEqual([]);
});

test('试测：三位群众代表，那一类不单列分数和分布；清空之后什么都不剩，同一编号可以正式再来', { timeout: 120_000 }, async () => {
  const slips = await openHall(it, { settings: { 试测: '是', 结果显示: '即时公布' }, units: 1, guests: 3 });
  // 试测在每一处都看得出是试测。
  expect(textOfCard(it.person('陈建业').lastCard())).toContain('【试测】');
  const before = (await present()).length;
  expect(await said('沈澄', '述职 离会 冯立')).toContain('已登记冯立离会');
  expect(await present()).toHaveLength(before - 1);
  const list = await said('沈澄', '述职 签到表');
  for (const words of ['领导：到会8/9，未到：冯立', '群众代表：到会3/3']) expect(list).toContain(words);
  await secretary().clicks('登记来宾');
  const [away] = await query<{ id: string }>(`SELECT id FROM "ReviewVoter" WHERE channel = 'slip' ORDER BY position`);
  await secretary().clicks('登记到会', { form: { absent: [away?.id] } });
  // 没到的已经选好：后到一位，去掉他就行。
  expect(JSON.stringify(secretary().lastCard())).toContain(`"selected_values":["${away?.id}"]`);
  await secretary().clicks('登记到会', { form: { absent: [] } });
  expect(await said('沈澄', '述职 签到表')).toContain('群众代表：到会3/3');
  await secretary().clicks('开始述职');
  await secretary().clicks('开始问答');
  await secretary().clicks('问答记录');
  await secretary().clicks('登记提问', { form: { voterClass: '2', question: '试一问' } });
  await secretary().clicks('记承诺', { form: { promise: '试一诺', promiseDueOn: '2027-03-31' } });
  expect(await query(`SELECT 1 FROM "WorkItem" WHERE category = '述职承诺'`)).toEqual([]);
  await secretary().clicks('开放测评');
  expect(await said('沈澄', '述职 催投')).toContain(`已提醒${before - 1}位`);
  expect(it.person('陈建业').texts().at(-1)).toContain('您还没有投票');
  expect(it.person('冯立').texts().at(-1) ?? '').not.toContain('您还没有投票');
  const grades = ['优秀', '良好', '一般'];
  for (const [index, { name }] of (await present()).entries()) await it.person(name).clicks(grades[index % 3] ?? '');
  const [round] = await query<{ id: string }>(`SELECT id FROM "BallotRound"`);
  for (const [index, slip] of slips.slice(0, 3).entries())
    expect(textOf(await (await http(slip, { round: round?.id ?? '', [`choice-${round?.id}`]: grades[index === 2 ? 2 : 0] ?? '' })).text())).toContain(
      '已投票，谢谢',
    );
  await secretary().clicks('关闭测评');
  const [screen = ''] = /\/p\/screen\/[\w-]+/.exec(await said('沈澄', '述职 大屏')) ?? [];
  const covered = await scoresOfCovered(`SELECT shown FROM "BallotRound"`);
  expect(covered.map(({ voterClass }) => voterClass)).toEqual(['领导', '群众代表']);
  // 即时公布的也遮住：主持台、大屏都有总分，没有这两类的。
  const atOnce = await everythingSaid(screen);
  const [{ total } = { total: '没有' }] = await query<{ total: string }>(`SELECT shown->>'total' AS total FROM "BallotRound"`);
  expect(wordsIn(atOnce, [total, ...covered.map(({ score }) => score)])).toEqual([total]);
  await secretary().clicks('计票');
  // 遮住的两类，票一张一张看得出：票面文件里只有指纹。
  expect(textOfCard(it.person('罗静').lastCard())).toContain('群众代表票数少');
  // 遮住的一类，监督员也只核对几张，不知道谁弃权。
  expect(textOfCard(it.person('罗静').lastCard())).toContain('群众代表3/3/3/3/—');
  const [proof, file, ...others] = filesOf(it.group('述职测评监督员群').chatId);
  expect([proof?.name, others]).toEqual([expect.stringContaining('抽签证明'), []]);
  const listed = strFromU8(file?.bytes ?? new Uint8Array())
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[3] ?? '');
  expect([...new Set(listed)]).toEqual(['两代表一委员', '']);
  for (const name of ['罗静', '白露', '石磊']) await it.person(name).clicks('确认票数');
  const leader = it.person('陈建业');
  await leader.clicks('放行：仅领导');
  const [session] = await query<{
    results: { shown: { classes: { voterClass: string; score: string | null; distribution: unknown; instead: string }[] } }[];
  }>(`SELECT results FROM "ReviewSession" WHERE results IS NOT NULL`);
  const people = session?.results[0]?.shown.classes.find(({ voterClass }) => voterClass === '群众代表');
  expect(people).toMatchObject({ score: null, distribution: null, instead: '票数少，不单列' });
  expect(JSON.stringify(leader.lastCard())).toContain('群众代表票数少，不单列');
  expect(await counts()).not.toEqual([]);
  // 公布到底，每一条消息、每一份文件、大屏的页面和画面里，都没有这两类的得分；计票表里这两行没有各等次的票数。
  for (const level of ['参会者', '各单位', '公开']) await leader.clicks(`放行：${level}`);
  const told = await everythingSaid(screen);
  const shownToAll = ['群众代表票数少，不单列', '述职测评成绩单', '述职测评纪要', '名次', total];
  const hidden = await scoresOfCovered(`SELECT results->0->'shown' AS shown FROM "ReviewSession" WHERE results IS NOT NULL`);
  expect(hidden).toEqual(covered);
  expect(wordsIn(told, [...shownToAll, ...hidden.map(({ score }) => score)])).toEqual(shownToAll);
  const book = new ExcelJS.Workbook();
  const sheets = [...it.world.store.chats()].flatMap(({ chatId }) => filesOf(chatId)).filter(({ name }) => name.startsWith('计票表'));
  await book.xlsx.load(Buffer.from(sheets[0]?.bytes ?? []) as unknown as ArrayBuffer);
  const rows = (book.getWorksheet('计票表')?.getSheetValues() ?? []).slice(2) as unknown[][];
  const cellsOf = (voterClass: string) => rows.find((row) => row[5] === voterClass)?.slice(11);
  expect(cellsOf('群众代表')).toEqual([
    ...Array.from({ length: 3 }, () => undefined),
    ...Array.from(grades, () => undefined),
    undefined,
    '票数少，不单列',
  ]);
  expect(cellsOf('领导')).toEqual([...Array.from({ length: 3 }, () => undefined), ...Array.from(grades, () => undefined), undefined, '70—90分']);
  expect(cellsOf('两代表一委员')?.slice(3, 6)).toEqual([5, 4, 5]);
  await secretary().clicks('清空试测');
  expect(await counts()).toEqual([]);
  expect(textOfCard(it.person('王海峰').cards())).toContain('这次试测的签到和票都已删除');
  expect(await query(`SELECT 1 FROM "ReviewSession" WHERE jsonb_typeof(results) = 'array' OR "ballotsHash" IS NOT NULL`)).toEqual([]);
  expect(textOf(await (await http(slips[0] ?? '')).text())).toContain('认不出这张票');
  await sendPlan(it, { units: 2, settings: { 方式: '集中测评', 票决方式: '打分', 按键规则: '末次有效' } });
  expect(await secretary().clicks('确认方案')).toMatchObject({ toast: { content: '已确认，主持台已发给您' } });
  expect(textOfCard(secretary().lastCard())).not.toContain('清空试测');
});

test('集中测评、打分、末次有效：一张单子投各家，关闭前可以改投；一按全部关闭；满六票去掉一个最高分、一个最低分', { timeout: 120_000 }, async () => {
  const slips = await openHall(it, { units: 2, settings: { 方式: '集中测评', 票决方式: '打分', 按键规则: '末次有效', 去掉最高最低分: '去掉' } });
  for (let unit = 0; unit < 2; unit += 1) {
    await secretary().clicks('开始述职');
    await secretary().clicks('开始问答');
    await secretary().clicks('述职完毕');
  }
  await secretary().clicks('集中测评');
  const voters = await present();
  const [first] = voters;
  expect(await it.person(first?.name ?? '').clicks('投票', { form: { s1: '一百', s2: '90' } })).toMatchObject({
    toast: { content: expect.stringContaining('分数应为0到100的整数') },
  });
  const score = (index: number, unit: number): number => (unit === 1 ? 100 - (index % 9) * 5 : 60 + (index % 9) * 3);
  for (const [index, { name }] of voters.entries()) {
    const form = { s1: String(score(index, 1)), s2: String(score(index, 2)) };
    // 第一位先投错，再改：以最后一次为准。
    if (index === 0) {
      await it.person(name).clicks('投票', { form: { s1: '0', s2: '0' } });
      await it.person(name).clicks('改投');
      expect(await it.person(name).clicks('投票', { form })).toMatchObject({ toast: { content: '已改投，以这一次为准' } });
    } else expect(await it.person(name).clicks('投票', { form })).toMatchObject({ toast: { content: '已投票' } });
  }
  const rounds = await query<{ id: string }>(
    `SELECT r.id FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" WHERE r.state = 'open' ORDER BY s.position`,
  );
  expect(rounds).toHaveLength(2);
  for (const [index, slip] of slips.slice(0, 18).entries()) {
    const html = await (await http(slip)).text();
    expect(html.match(/inputmode="numeric"/g)).toHaveLength(2);
    const form = Object.fromEntries(rounds.map(({ id }, unit) => [`choice-${id}`, String(score(index, unit + 1))]));
    expect(textOf(await (await http(slip, form)).text())).toContain('已投票，谢谢');
  }
  await secretary().clicks('关闭测评');
  expect(await query(`SELECT 1 FROM "BallotRound" WHERE state = 'open'`)).toEqual([]);
  expect(await query(`SELECT 1 FROM "Ballot" WHERE handle IS NOT NULL`)).toEqual([]);
  await secretary().clicks('计票');
  const [session] = await query<{ results: { shown: { valid: number; classes: { voterClass: string; score: string }[] } }[] }>(
    `SELECT results FROM "ReviewSession" WHERE jsonb_typeof(results) = 'array'`,
  );
  const leaders = session?.results.map(({ shown }) => shown.classes.find(({ voterClass }) => voterClass === '领导')?.score);
  // 九位领导：100…60，去掉100和60，平均80；60…84，去掉60和84，平均72。
  expect(leaders?.sort()).toEqual(['72.00', '80.00']);
  expect(session?.results.map(({ shown }) => shown.valid)).toEqual([voters.length + 18, voters.length + 18]);
});

test('没有投票的人写不了评语；换票、作废须另一个人同意；换发的票接着旧票，这一轮不多投一张', async () => {
  await it.moveTo('2026-12-18 17:00');
  const slips = await openHall(it, { units: 1, settings: { 场次编号: 'SZ-评语' } });
  for (const step of ['开始述职', '开始问答', '开放测评']) await secretary().clicks(step);
  const [round] = await query<{ id: string; sessionId: string }>(`SELECT id, "sessionId" FROM "BallotRound" WHERE state = 'open'`);
  const { person } = it.person('王海峰');
  const unsealed = bind(writeComment, { sessionId: round?.sessionId ?? '', rounds: [round?.id ?? ''] });
  const value = createSeal(it.world.connection.appSecret).seal(unsealed, `person:${person.openId}`, it.clock.now());
  const message = it.world.store.messagesOf(it.world.store.directChat(person.openId).chatId).findLast(({ msgType }) => msgType === 'interactive');
  const say = () =>
    it.acts.forgesClick(person.openId, message?.messageId ?? '', { tag: 'button', value, name: 'say', form_value: { comment: '先说再投' } });
  expect(JSON.stringify((await say()).seen)).toContain('请先投票，再写评语');
  await it.person('王海峰').clicks('优秀');
  expect(await it.person('王海峰').clicks('送出评语', { form: { comment: '投了再说' } })).toMatchObject({ toast: { content: '评语已收下，不署名' } });
  expect(await query(`SELECT body FROM "BallotComment"`)).toEqual([{ body: '投了再说' }]);
  const votes = async (slip: string, choice: string): Promise<string> =>
    textOf(await (await http(slip, { round: round?.id ?? '', [`choice-${round?.id}`]: choice })).text());
  const [lost = '', spare = ''] = [slips[0], slips[20]];
  expect(await votes(lost, '良好')).toContain('已投票，谢谢');
  expect(await votes(spare, '优秀')).toContain('没有计入');
  // 罗静又是监督员，又代理场务秘书：自己提出的，自己同意不了；换票、作废一轮都是。
  await holdsSecretaryToo('罗静');
  const both = it.person('罗静');
  await both.says('述职 换票 1');
  expect(both.texts().at(-1)).toContain('已请监督员同意作废1号票');
  expect(await both.clicks('同意换领')).toMatchObject(notAlone);
  await both.says('述职');
  await both.clicks('作废重测');
  await both.clicks('提出作废', { form: { reason: '自己提出' } });
  expect(textOfCard(it.person('白露').lastCard())).toContain('罗静提出作废');
  expect(await both.clicks('同意作废')).toMatchObject(notAlone);
  expect(await query(`SELECT state FROM "BallotRound" WHERE id = $1`, [round?.id])).toEqual([{ state: 'open' }]);
  expect(await votes(spare, '优秀')).toContain('没有计入');
  await it.person('白露').clicks('同意换领');
  await onlyObserver('罗静');
  expect(await votes(spare, '优秀')).toContain('此票已使用');
  expect(await query(`SELECT choice FROM "Ballot" WHERE "voterClass" = '群众代表' AND "roundId" = '${round?.id}'`)).toEqual([{ choice: '良好' }]);
  // 群众代表收回五张，四张弃权：有效的一张，卡片上遮住，票面文件里也不能有。
  for (const slip of slips.slice(1, 5)) expect(await votes(slip, 'abstain')).toContain('已投票，谢谢');
  const others = (await present()).filter(({ name, voterClass }) => voterClass === '领导' && name !== '王海峰');
  const leaders = [...new Set(others.map(({ name }) => name))].slice(0, 5);
  for (const [index, name] of leaders.entries()) await it.person(name).clicks(index % 2 ? '良好' : '优秀');
  await secretary().clicks('关闭测评');
  // 关闭之后有人动过票箱：数对不上，不计票，说找谁；放回去才计。
  const [touched] = await query<{ id: string }>(
    `SELECT id FROM "Ballot" WHERE "roundId" = '${round?.id}' AND choice = '良好' AND "voterClass" = '领导'`,
  );
  const touch = (choice: string | null) => query(`UPDATE "Ballot" SET choice = $1 WHERE id = $2`, [choice, touched?.id]);
  await touch(null);
  const refused = JSON.stringify(await secretary().clicks('计票'));
  for (const words of ['领导关闭时6票，现在6票，弃权的张数不同，不能计票', '请系统管理员查明']) expect(refused).toContain(words);
  await touch('良好');
  await secretary().clicks('计票');
  const counted = textOfCard(it.person('罗静').lastCard());
  for (const words of ['群众代表20/20/20/5/—', '群众代表票数少，列出来会看出谁投了什么：这样的几类封存']) expect(counted).toContain(words);
  const [file, ...otherFiles] = filesOf(it.group('述职测评监督员群').chatId).filter(({ name }) => name.startsWith('测评票面-SZ-评语'));
  expect(otherFiles).toEqual([]);
  const published = Buffer.from(file?.bytes ?? []);
  const [tallied] = await query<{ hash: string; kept: Buffer; shown: unknown }>(
    `SELECT "ballotsHash" AS hash, b.bytes AS kept, results->0->'shown'->'classes'->2->'distribution' AS shown
     FROM "ReviewSession" e JOIN "Blob" b ON b.id = e."ballotsBlobId" WHERE number = 'SZ-评语'`,
  );
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  const sealed = tallied?.kept.subarray(published.length) ?? Buffer.alloc(0);
  const [, print] = /\n封存,(\w+),,,\n$/.exec(published.toString()) ?? [];
  expect([sha256(published), sha256(sealed), tallied?.shown]).toEqual([tallied?.hash, print, null]);
  // 遮住的一类一张也不在文件里，封存的那一份里一张不少。
  const ofGuests = (bytes: Buffer): number =>
    bytes
      .toString()
      .split('\n')
      .filter((line) => line.includes(',群众代表,')).length;
  expect([ofGuests(published), ofGuests(sealed)]).toEqual([0, 5]);
  // 公布的指纹不是光从票算得出的：各种投法全试一遍，也认不出箱里是哪一种。
  const lines = await query<Parameters<typeof ballotsFile>[1][number]>(
    `SELECT s."unitCode", s."unitName", b."voterClass", b.choice FROM "Ballot" b JOIN "BallotRound" r ON r.id = b."roundId" JOIN "ReviewSlot" s ON s.id = r."slotId"
     WHERE r.id = '${round?.id}'`,
  );
  expect(lines).toHaveLength(11);
  const covered = lines.filter(({ voterClass }) => !published.includes(`,${voterClass},`));
  expect(covered.map(({ voterClass }) => voterClass)).toContain('群众代表');
  expect(sha256(ballotsFile('SZ-评语', [], { salt: '', ballots: covered }).kept)).not.toBe(print);
});

test('在聊天里新建一场：单位、监督员、群众代表、等次、权重、法定人数都在一张单子上；先看方案，可以再改，确认才建立', async () => {
  await it.moveTo('2026-12-18 17:30');
  expect(await said('曾小雨', '述职 新建')).toContain('无权');
  await secretary().says('述职 新建');
  const ids = await query<{ id: string }>(`SELECT id FROM "Person" WHERE name IN ('罗静', '白露') ORDER BY name DESC`);
  const typed = {
    ...{ heldOn: '2027-01-15', startsAt: '9:00', place: '新区会议中心', units: ['U06', 'U11', 'U30'], observers: ids.map(({ id }) => id) },
    ...{ guests: '张三 灯塔社区\n李四　坝湾学校', method: 'each', reportMinutes: '10', questionMinutes: '5', voteSeconds: '60' },
    ...{ scale: 'competent', weights: '40/40/20', press: 'last', quorum: 'twoThirds', show: 'immediate', secrecy: 'simple', comments: 'no' },
    ...{ emptyClass: 'block', taskWeight: '20', trial: 'no' },
  };
  const sends = (form: Record<string, unknown>) => secretary().clicks('看方案', { form });
  expect(await sends({ ...typed, weights: '50/30' })).toMatchObject({ toast: { content: expect.stringContaining('权重要写3个数') } });
  expect(await sends({ ...typed, weights: '50/30/30' })).toMatchObject({ toast: { content: expect.stringContaining('相加不是100') } });
  expect(await sends({ ...typed, heldOn: '2026-12-01' })).toMatchObject({ toast: { content: expect.stringContaining('已经过去') } });
  expect(await sends({ ...typed, startsAt: '25:00' })).toMatchObject({ toast: { content: expect.stringContaining('看不懂') } });
  expect(await sends(typed)).toMatchObject({ toast: { content: '方案已发给您，请核对后确认' } });
  const first = textOfCard(secretary().lastCard());
  for (const words of [
    ...['SZ-2027-01-15', '台上3家｜书面28家', '一述一评，述职10分钟、问答5分钟、测评60秒，预计共48分钟', '优秀100 称职80 基本称职60 不称职40'],
    ...['末次有效', '法定人数三分之二', '即时公布'],
  ])
    expect(first).toContain(words);
  expect(first).toMatch(/罗静、白露|白露、罗静/);
  expect(await query(`SELECT 1 FROM "ReviewSlot" s JOIN "ReviewSession" e ON e.id = s."sessionId" WHERE e.number = 'SZ-2027-01-15'`)).toEqual([]);
  await secretary().clicks('改设置');
  const { units: _units, observers: _observers, guests: _guests, ...settings } = typed;
  await secretary().clicks('照此修改', { form: { ...settings, method: 'together', scale: 'trimmed', quorum: 'half', comments: 'yes' } });
  const second = textOfCard(secretary().lastCard());
  for (const words of ['集中测评', '预计共46分钟', '0—100分', '收评语']) expect(second).toContain(words);
  expect(second).not.toContain('三分之二');
  await secretary().clicks('确认方案');
  const roll = await query<{ voterClass: string; channel: string; n: number }>(
    `SELECT "voterClass", channel, count(*)::int AS n FROM "ReviewVoter" v JOIN "ReviewSession" e ON e.id = v."sessionId"
     WHERE e.number = 'SZ-2027-01-15' GROUP BY 1, 2 ORDER BY 2, 3`,
  );
  expect(roll).toEqual([
    { voterClass: '领导', channel: 'card', n: 9 },
    { voterClass: '两代表一委员', channel: 'card', n: 15 },
    { voterClass: '群众代表', channel: 'slip', n: 2 },
  ]);
  const [plan] = await query<{ rules: object; people: number }>(
    `SELECT plan->'rules' AS rules, (SELECT count(*)::int FROM "ReviewVoter" v WHERE v."sessionId" = e.id AND v.channel = 'card' AND v."personId" IS NOT NULL) AS people
     FROM "ReviewSession" e WHERE number = 'SZ-2027-01-15' AND state = 'preparing'`,
  );
  expect(plan).toMatchObject({ people: 24, rules: { method: 'scores', trimFrom: 6, emptyClass: 'block', taskWeight: '20' } });
});

test('锁定之后监督员到不了：场务秘书提出、监督员同意，这次抽签作废留底，名单可以再改，重锁另有承诺', async () => {
  await secretary().clicks('锁定名册');
  const [first] = await query<{ id: string; commitment: string }>(`SELECT id, commitment FROM "Draw" WHERE id LIKE 'SZ-2027%'`);
  await it.person('罗静').clicks('提交取数', { form: { number: '371920' } });
  expect(await said('沈澄', '述职 重新抽签')).toContain('请写明原因');
  await holdsSecretaryToo('罗静');
  await it.person('罗静').says('述职 重新抽签 白露临时不能到场');
  expect(it.person('罗静').texts().at(-1)).toContain('已请监督员同意作废');
  expect(await said('沈澄', '述职 重新抽签 再来一次')).toContain('已有人提出作废');
  expect(await it.person('罗静').clicks('同意作废')).toMatchObject(notAlone);
  await onlyObserver('罗静');
  // 认的是人，不是姓名：白露和石磊都改名叫罗静，白露还是这一场的监督员、还是另一个人，石磊还是不在这一场。
  const renamed = (name: string, to: string) => query(`UPDATE "Person" SET name = $2 WHERE "openId" = $1`, [it.person(name).person.openId, to]);
  for (const name of ['白露', '石磊']) await renamed(name, '罗静');
  // 不在这一场的，卡片也没有发给他。
  expect(textOfCard(it.person('石磊').lastCard())).not.toContain('白露临时不能到场');
  const [session] = await query<{ id: string }>(`SELECT id FROM "ReviewSession" WHERE number = 'SZ-2027-01-15' AND state = 'locked'`);
  const forged = { openId: it.person('石磊').person.openId, action: agreeRedraw.name, payload: { sessionId: session?.id ?? '' } };
  const answer = await press(`http://127.0.0.1:${it.app.port}`, it.world.connection, it.clock.now(), forged);
  expect(answer.text).toBe('您不是这一场的监督员');
  expect(await it.person('白露').clicks('同意作废')).toMatchObject({ toast: { content: '已作废，等重新锁定名册' } });
  expect(JSON.stringify(await secretary().clicks('锁定名册'))).toContain('花名册里没有叫白露的监督员，没有人取数');
  for (const name of ['白露', '石磊']) await renamed(name, name);
  expect(textOf(await (await http(`/p/draw/${first?.commitment}`)).text())).toContain('白露临时不能到场');
  expect(textOfCard(it.person('白露').cards())).toContain('抽签已作废');
  await secretary().clicks('锁定名册');
  const draws = await query<{ id: string; state: string; commitment: string }>(
    `SELECT id, state, commitment FROM "Draw" WHERE id LIKE 'SZ-2027%' ORDER BY id`,
  );
  expect(draws.map(({ id, state }) => `${id} ${state}`)).toEqual(['SZ-2027-01-15 voided', 'SZ-2027-01-15-2 committed']);
  expect(draws[1]?.commitment).not.toBe(first?.commitment);
  for (const name of ['罗静', '白露']) await it.person(name).clicks('提交取数', { form: { number: '084415' } });
  const order = await query<{ position: number }>(
    `SELECT s.position FROM "ReviewSlot" s JOIN "ReviewSession" e ON e.id = s."sessionId" WHERE e.number = 'SZ-2027-01-15' AND e.state = 'drawn' ORDER BY 1`,
  );
  expect(order.map(({ position }) => position)).toEqual([1, 2, 3]);
  expect(JSON.stringify(it.group('述职测评监督员群').messages())).toContain(draws[1]?.commitment);
  await secretary().clicks('开始签到');
  expect(await said('沈澄', '述职 重新抽签 太晚了')).toContain('开始签到之前，才能作废抽签');
});

test('两类来宾都用纸质票：一类一种颜色、各有备用，号码接着排；换票换同一类的备用票；先后两批只有后一批算数，打印地址一刻钟过期', async () => {
  await it.moveTo('2026-12-18 17:45');
  await sendPlan(it, { units: 1, bySlip: '两代表一委员', settings: { 场次编号: 'SZ-两色' } });
  await secretary().clicks('确认方案');
  await secretary().clicks('锁定名册');
  const prints = async (): Promise<string> => {
    const [path = ''] = /\/p\/print\/\S+/.exec(await said('沈澄', '述职 打印票 SZ-两色')) ?? [];
    return (await http(path.replace(/[^\w/-].*$/, ''), {})).text();
  };
  const [old = ''] = /\/p\/ballot\/[\w-]{22}/.exec(await prints()) ?? [];
  const sheet = await prints();
  expect(textOf(await (await http(old)).text())).toContain('认不出这张票');
  const colours = [...sheet.matchAll(/<h2>([^<]+)<\/h2><div class="sheet" style="color:(#\w+)"/g)].map(([, words, css]) => `${words} ${css}`);
  expect(colours).toEqual(['两代表一委员：15张，另备用3张，蓝色 #1456f0', '群众代表：20张，另备用4张，橙色 #d46b08']);
  expect([...sheet.matchAll(/第(\d+)号/g)].map(([, serial]) => Number(serial))).toEqual(Array.from({ length: 42 }, (_, index) => index + 1));
  const spares = [...sheet.matchAll(/第(\d+)号（备用）/g)].map(([, serial]) => Number(serial));
  expect(spares).toEqual([16, 17, 18, 39, 40, 41, 42]);
  expect(await said('沈澄', '述职 换票 17 SZ-两色')).toContain('17号是备用票，还没有发出');
  for (const [serial, spare] of [
    [19, '39号备用票（群众代表，橙色）'],
    [1, '16号备用票（两代表一委员，蓝色）'],
  ] as const) {
    expect(await said('沈澄', `述职 换票 ${serial} SZ-两色`)).toContain(`已请监督员同意作废${serial}号票`);
    await it.person('白露').clicks('同意换领', { card: `${serial}号票` });
    expect(secretary().texts().at(-1)).toContain(`${serial}号票已作废，旧票在的请收回，换发${spare}`);
  }
  // 打印的地址过了一刻钟就不认，没有用过也一样。
  const [late = ''] = /\/p\/print\/[\w-]+/.exec(await said('沈澄', '述职 打印票')) ?? [];
  const printed = await query(`SELECT id FROM "BallotSlip" ORDER BY id`);
  await it.skipTo('2026-12-18 18:00:01');
  const answer = await http(late, {});
  expect([answer.status, textOf(await answer.text())]).toEqual([404, expect.stringContaining('已用过或已过期')]);
  expect(await query(`SELECT id FROM "BallotSlip" ORDER BY id`)).toEqual(printed);
});

test('投票期间不能登记离会：人数一减，收回的就多于发出的；箱里少一张，关闭时当即作废', async () => {
  await it.moveTo('2026-12-18 18:01');
  await sendPlan(it, { units: 1, settings: { 场次编号: 'SZ-2' } });
  await secretary().clicks('确认方案');
  await query(`UPDATE "ReviewVoter" SET present = true WHERE "sessionId" = (SELECT id FROM "ReviewSession" WHERE number = 'SZ-2')`);
  await query(`UPDATE "ReviewSession" SET state = 'inSession' WHERE number = 'SZ-2'`);
  await query(
    `INSERT INTO "BallotRound" (id, "sessionId", "slotId", number, state, choices, "closesAt") SELECT 'r-2', "sessionId", id, 1, 'open', '{优秀}', '2099-01-01' FROM "ReviewSlot" WHERE "sessionId" = (SELECT id FROM "ReviewSession" WHERE number = 'SZ-2')`,
  );
  await secretary().says('述职 离会 王海峰');
  expect(JSON.stringify(it.world.store.messagesOf(it.world.store.directChat(secretary().person.openId).chatId))).toContain(
    '正在测评，这时减少到会的人会使票数对不上',
  );
  await otherSession('SZ-2');
  // 记着王海峰投过，箱里却没有他的票：少一张与多一张一样，关闭时当即作废，说找谁。
  await query(`UPDATE "ReviewSlot" SET state = 'voting' WHERE id = (SELECT "slotId" FROM "BallotRound" WHERE id = 'r-2')`);
  await query(
    `INSERT INTO "BallotMark" ("roundId", holder) SELECT r.id, v.id FROM "BallotRound" r JOIN "ReviewVoter" v ON v."sessionId" = r."sessionId" WHERE r.id = 'r-2' AND v.name = '王海峰'`,
  );
  await secretary().says('述职');
  expect(await secretary().clicks('关闭测评')).toMatchObject({ toast: { content: '票数异常，本轮作废' } });
  for (const words of ['领导记着投过1票，箱里0票，本轮作废', '请系统管理员查明票箱'])
    expect(textOfCard(it.person('罗静').lastCard())).toContain(words);
  expect(await query(`SELECT state, "voidReason" FROM "BallotRound" WHERE id = 'r-2'`)).toEqual([
    { state: 'voided', voidReason: '票数异常：领导记着投过1票，箱里0票' },
  ]);
});

/** 别的一场的票 — a slip of the session is no vote in a round of another, on the page or past it; 0 rows. */
async function otherSession(number: string): Promise<void> {
  const token = 'o'.repeat(22);
  const tokenHash = slipHash(token);
  await query(
    `INSERT INTO "BallotSlip" (id, "sessionId", "voterClass", serial, "tokenHash", state) SELECT 'slip-o', id, '群众代表', 900, $2, 'valid' FROM "ReviewSession" WHERE number = $1`,
    [number, tokenHash],
  );
  const copied = (table: string, change: object, where: string) =>
    query(`INSERT INTO "${table}" SELECT (jsonb_populate_record(one, $1)).* FROM "${table}" one WHERE ${where}`, [JSON.stringify(change)]);
  await copied('ReviewSession', { id: 'other', number: 'SZ-别场', createdAt: '2026-01-01' }, `number = '${number}'`);
  await copied('ReviewSlot', { id: 'other-slot', sessionId: 'other', state: 'voting' }, `id = (SELECT "slotId" FROM "BallotRound" WHERE id = 'r-2')`);
  await copied('BallotRound', { id: 'other-round', sessionId: 'other', slotId: 'other-slot' }, `id = 'r-2'`);
  const html = textOf(await (await http(`/p/ballot/${token}`, { round: 'other-round', 'choice-other-round': '优秀' })).text());
  expect(html).toContain('没有计入');
  const given = { roundId: 'other-round', personId: null, tokenHash, ballotId: 'stolen', choice: '优秀', now: it.clock.now() };
  expect(await asSystem(it.app, it.clock.now(), (ctx) => cast(ctx.tx, given))).toBe('stranger');
  expect(await query(`SELECT 1 FROM "Ballot" WHERE "roundId" IN ('r-2', 'other-round')`)).toEqual([]);
  expect(await query(`SELECT 1 FROM "BallotMark" WHERE "roundId" IN ('r-2', 'other-round')`)).toEqual([]);
  // 对照：自己那一场的，收下了。
  expect(await asSystem(it.app, it.clock.now(), (ctx) => cast(ctx.tx, { ...given, roundId: 'r-2' }))).toBe('cast');
  await query(`DELETE FROM "Ballot" WHERE "roundId" = 'r-2'`);
  await query(`DELETE FROM "BallotMark" WHERE "roundId" = 'r-2'`);
}

test('大屏的地址过了四十八小时：页面说过期，画面断开，不再接上', async () => {
  await it.moveTo('2026-12-18 18:10');
  await sendPlan(it, { units: 1, settings: { 场次编号: 'SZ-大屏' } });
  await secretary().clicks('确认方案');
  const [screen = ''] = /\/p\/screen\/[\w-]+/.exec(await said('沈澄', '述职 大屏')) ?? [];
  const aborter = new AbortController();
  const stream = await fetch(`http://127.0.0.1:${it.app.port}${screen}/live`, { signal: aborter.signal });
  const words = stream.text().catch(() => '没有断');
  await it.skipTo('2026-12-20 18:10:01');
  const page = await http(screen);
  const live = await fetch(`http://127.0.0.1:${it.app.port}${screen}/live`, { signal: aborter.signal });
  // 一直连着的那一个也断了：读得到头，头上是过期之前的画面。
  const wait = setTimeout(() => aborter.abort(), 5_000);
  const seen = await words;
  clearTimeout(wait);
  aborter.abort();
  expect([page.status, live.status]).toEqual([404, 404]);
  expect(textOf(await page.text())).toContain('地址已过期，请在主持台重新取一个');
  expect(seen).toContain('data:');
});
