import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { bind } from '#cards/kit/action';
import { castBallot } from '#cards/review/actions';
import { backUp } from '#db/backup';
import { checkDraw, type DrawProof } from '#domain/draws/draw';
import type { Seen } from '#platform/emulator/click';
import { createSeal } from '#runtime/seal';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { signIn } from './review-hall.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const planName = '述职测评-2026-12-18.xlsx';
const observers = ['罗静', '白露', '石磊'];
const ballots = fixture('述职测评-票面.csv')
  .toString()
  .replace('\ufeff', '')
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((line) => line.split(','));

const expected = [
  ['葵岭办事处', '93.65'],
  ['应急管理局', '93.41'],
  ['南屿办事处', '91.67'],
  ['教育和卫生健康局', '90.89'],
  ['科技创新和经济服务局', '88.81'],
  ['住房和建设局', '83.76'],
  ['城市管理和综合执法局', '81.13'],
  ['公共事业局', '80.46'],
] as const;

/** 来宾手里的票：扫码得到的地址 */
let slips: readonly string[] = [];
let screen = '';
let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-16 10:00' });
});
afterAll(() => it.close());

const http = (path: string, form?: Record<string, string>): Promise<Response> =>
  fetch(`http://127.0.0.1:${it.app.port}${path}`, form ? { method: 'POST', body: new URLSearchParams(form) } : {});
/** 来宾投一票：打开扫到的地址，选一项，写不写评语都行，提交；没有脚本，没有账号。 */
async function voteBySlip(path: string, choice: string, comment = ''): Promise<string> {
  const html = await (await http(path)).text();
  const [, round = ''] = /name="round" value="([^"]+)"/.exec(html) ?? [];
  const answer = await (await http(path, { round, [`choice-${round}`]: choice, [`comment-${round}`]: comment })).text();
  // 投完的人不会卡在这一页：有按钮看下一家，有脚本的自己看。
  expect(answer).toContain(`id="again" href="${path}"`);
  return textOf(answer);
}
/** 写给第一家的评语：三条放行，一条认得出是谁写的 */
const comments = {
  leader: '防火隔离带的账讲得清楚。',
  changed: '预警短信来得太晚。',
  guest: '避难场所的牌子看不见。',
  telling: '我们三中后门的井盖响了半年。',
};
const allComments = Object.values(comments);
const textOf = (html: string): string => html.replace(/<style>[\s\S]*?<\/style>|<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];
const consoleCard = () =>
  it
    .person('沈澄')
    .cards()
    .findLast((card) => JSON.stringify(card).includes('述职主持台'));
const consoleText = (): string => textOfCard(consoleCard());
const messages = () => it.world.store.chats().flatMap(({ chatId }) => it.world.store.messagesOf(chatId));
const messagesWith = (words: string): number => messages().filter(({ content }) => content.includes(words)).length;
const present = (): Promise<{ name: string; voterClass: string }[]> =>
  query(`SELECT name, "voterClass" FROM "ReviewVoter" WHERE present AND channel = 'card' ORDER BY position`);

/** 各类的票按文件里的数目分给到会的人；谁投哪一票，无关紧要。 */
async function voteAs(unit: string, saying: readonly string[] = []): Promise<void> {
  const left = new Map<string, (string | undefined)[]>();
  for (const [, , name, voterClass = '', grade] of ballots)
    if (name === unit) left.set(voterClass, [...(left.get(voterClass) ?? []), grade || undefined]);
  await Promise.all(
    (await present()).map(async ({ name, voterClass }) => {
      if (name === '谢静怡') return;
      const { openId } = it.person(name).person;
      const card = it.world.store.messagesOf(it.world.store.directChat(openId).chatId).findLast(({ content }) => content.includes('正在测评'));
      const { seen } = await it.acts.clicks(openId, card?.messageId ?? '', { button: left.get(voterClass)?.pop() ?? '弃权' });
      expect(seen).toMatchObject({ toast: { content: '已投票' } });
    }),
  );
  await Promise.all(
    slips
      .slice(0, 18)
      .map((slip, index) =>
        voteBySlip(slip, left.get('群众代表')?.pop() || 'abstain', saying[index]).then((text) => expect(text).toContain('已投票，谢谢')),
      ),
  );
}

describe('述职“赶考”：2026年12月18日', () => {
  test('发来方案：报清家数、人数、权重，确认之前什么都不建；别人无权', async () => {
    await it.person('曾小雨').sendsFile(planName, fixture(planName));
    expect(textOfCard(it.person('曾小雨').lastCard())).toContain('您无权导入述职测评方案');
    const secretary = it.person('沈澄');
    await secretary.sendsFile(planName, fixture(planName));
    const text = textOfCard(secretary.lastCard());
    for (const words of [
      '台上8家｜书面23家｜测评人44人',
      '一述一评，述职8分钟、问答6分钟、测评90秒，预计共124分钟',
      '优秀100 良好80 一般60 较差40，首次有效',
      '罗静、白露、石磊',
    ])
      expect(text).toContain(words);
    expect(await query(`SELECT 1 FROM "ReviewSlot"`)).toEqual([]);
    expect(await secretary.clicks('确认方案')).toMatchObject({ toast: { content: '已确认，主持台已发给您' } });
    expect(await query(`SELECT 1 FROM "ReviewVoter"`)).toHaveLength(44);
  });

  test('锁定名册：承诺公布到监督员群，三位监督员各收一张取数卡；最后一位取数，当即开签，谁都能重算', async () => {
    await it.person('沈澄').clicks('锁定名册');
    const group = it.group('述职测评监督员群');
    const [{ commitment } = { commitment: '' }] = await query<{ commitment: string }>(`SELECT commitment FROM "Draw"`);
    expect(JSON.stringify(group.messages())).toContain(commitment);
    await it.skipTo('2026-12-18 14:20');
    for (const [index, name] of observers.entries()) {
      const number = ['371920', '084415', '559003'][index] ?? '';
      expect(await it.person(name).clicks('提交取数', { form: { number: '12' } })).toMatchObject({
        toast: { content: '请填写6位数字，例如 084415' },
      });
      await it.person(name).clicks('提交取数', { form: { number } });
    }
    const file = group.messages().find(({ msgType }) => msgType === 'file');
    const { file_key: key } = JSON.parse(file?.content ?? '{}') as { file_key: string };
    const proof = JSON.parse(Buffer.from(it.world.store.fileBytes(key) ?? []).toString()) as DrawProof;
    expect(proof.inputs).toEqual(['371920', '084415', '559003']);
    expect(checkDraw(proof, commitment)).toEqual([]);
    const order = await query<{ item: string }>(`SELECT "unitCode" || ' ' || "unitName" AS item FROM "ReviewSlot" ORDER BY position`);
    expect(order.map(({ item }) => item)).toEqual(proof.order);
    expect(textOfCard(it.person('罗静').lastCard())).toContain('已开签');
  });

  test('签到：41人到会，93.18%，达到法定人数；人不够时开不了场', async () => {
    await it.person('沈澄').clicks('开始签到');
    await it.moveTo('2026-12-18 14:30');
    expect(await it.person('沈澄').clicks('开场')).toMatchObject({ toast: { content: expect.stringContaining('没有超过半数，不能开场') } });
    const roll = await query<{ name: string; channel: string }>(`SELECT name, channel FROM "ReviewVoter" ORDER BY position`);
    await signIn(
      it,
      roll.flatMap(({ name, channel }) => (channel === 'card' && name !== '谢静怡' ? [name] : [])),
    );
    await it.person('沈澄').says('述职 打印票');
    const [address = ''] = /\/p\/print\/\S+/.exec(it.person('沈澄').texts().at(-1) ?? '') ?? [];
    expect(await (await http(address)).text()).toContain('生成并打印');
    const sheet = await (await http(address, {})).text();
    expect(sheet.match(/class="slip"/g)).toHaveLength(24);
    expect(await (await http(address, {})).text()).toContain('已用过或已过期');
    slips = [...sheet.matchAll(/\/p\/ballot\/[\w-]{22}/g)].map(([path]) => path);
    expect(new Set(slips).size).toBe(24);
    await it.person('沈澄').clicks('登记来宾');
    const away = await query<{ id: string }>(`SELECT id FROM "ReviewVoter" WHERE name = ANY($1)`, [['许庆元', '董梦洁']]);
    await it.person('沈澄').clicks('登记到会', { form: { absent: away.map(({ id }) => id) } });
    expect(consoleText()).toContain('应到44 实到41（93.18%）达到法定人数');
    await it.person('沈澄').says('述职 大屏');
    [screen = ''] = /\/p\/screen\/\S+/.exec(it.person('沈澄').texts().at(-1) ?? '') ?? [];
    const shown = textOf(await (await http(screen)).text());
    for (const words of ['正在签到', '41/44', '达到法定人数', '应急管理局']) expect(shown).toContain(words);
    expect(await it.person('沈澄').clicks('开场')).toMatchObject({ toast: { content: '已开场' } });
  });

  test('第一家：计时、提醒、开放测评；投票期间只看得到“已投几票”，到时自动关闭；名册外的人、没签到的人、重复投的都不算', async () => {
    const secretary = it.person('沈澄');
    const [first] = await query<{ unitName: string; presenter: string }>(`SELECT "unitName", presenter FROM "ReviewSlot" WHERE position = 1`);
    await secretary.clicks('开始述职');
    await it.moveTo('2026-12-18 14:36');
    expect(consoleText()).toContain('还剩2分钟');
    // 别的缘故重画主持台（有人刚签到），提醒还在。
    await secretary.clicks('刷新', { card: '还剩2分钟' });
    expect(consoleText()).toContain('还剩2分钟');
    expect(messagesWith('述职提醒：述职还剩2分钟')).toBe(1);
    await secretary.clicks('开始问答');
    await questionsAndPromise(first?.unitName ?? '', first?.presenter ?? '');
    await secretary.clicks('开放测评');
    await voteAs(first?.unitName ?? '', [comments.guest, comments.telling]);
    const sends = (name: string, comment: string) => it.person(name).clicks('送出评语', { form: { comment } });
    expect(await sends('赵敏之', '长'.repeat(101))).toMatchObject({ kind: 'refused', reason: 'tooLong' });
    expect(await sends('赵敏之', comments.leader)).toMatchObject({ toast: { content: '评语已收下，不署名' } });
    expect(textOfCard(it.person('赵敏之').cards())).toContain('评语已收下，不署名。');
    expect(await sends('王海峰', comments.changed)).toMatchObject({ toast: { content: '评语已收下，不署名' } });
    expect(await said('周启明', '述职 评语')).toContain('计票之后才能审看评语');
    expect(await said('沈澄', '述职 评语')).toContain('无权');
    await secretary.clicks('刷新');
    expect(consoleText()).toContain('已投41/41');
    for (const grade of ['优秀', '良好', '一般', '较差']) expect(consoleText()).not.toContain(grade);
    await it.person('陈建业').says('我的票');
    expect(textOfCard(it.person('陈建业').lastCard())).toContain('您已投票');
    await it.person('谢静怡').says('我的票');
    expect(textOfCard(it.person('谢静怡').lastCard())).toContain('请到会场后签到');
    await it.moveTo('2026-12-18 14:38');
    expect(JSON.stringify(consoleCard())).toContain('41/41');
    expect(
      textOfCard(
        it
          .person('陈建业')
          .cards()
          .findLast((card) => JSON.stringify(card).includes('述职测评')),
      ),
    ).not.toContain('现在测评');
  });

  test('第二家：收回多于发出，当即作废并告知监督员；重测时名册外的人、没签到的人投不了，投过的再投以第一次为准，用过的票不能再用', async () => {
    const secretary = it.person('沈澄');
    await secretary.clicks('开始述职');
    await it.moveTo('2026-12-18 14:45:30');
    expect(consoleText()).toContain('还剩30秒');
    expect(messagesWith('述职提醒：述职还剩30秒')).toBe(1);
    await it.moveTo('2026-12-18 14:46');
    expect(consoleText()).toContain('时间到');
    await secretary.clicks('开始问答');
    await secretary.clicks('开放测评');
    await query(
      `INSERT INTO "Ballot" (id, "roundId", "voterClass", choice) SELECT gen_random_uuid(), id, '群众代表', '优秀' FROM "BallotRound", generate_series(1, 19) WHERE state = 'open'`,
    );
    expect(await secretary.clicks('关闭测评')).toMatchObject({ toast: { content: '票数异常，本轮作废' } });
    expect(textOfCard(it.person('罗静').lastCard())).toContain('群众代表发出18收回19，本轮作废');
    expect(consoleText()).toContain('待测评');
    await secretary.clicks('开放测评');
    const [slot] = await query<{ unitName: string }>(`SELECT "unitName" FROM "ReviewSlot" WHERE state = 'voting'`);
    await voteAs(slot?.unitName ?? '');
    expect(await press('陈建业', '较差')).toMatchObject({ toast: { content: '您已投票，以第一次为准' } });
    expect(await press('谢静怡', '优秀')).toMatchObject({ toast: { content: '您还没有签到，请先签到再投票' } });
    expect(await press('曾小雨', '优秀')).toMatchObject({ toast: { content: expect.stringContaining('您无权在这一场投票') } });
    const [used = ''] = slips;
    expect(textOf(await (await http(used)).text())).toContain('此票已使用');
    const [round] = await query<{ id: string }>(`SELECT id FROM "BallotRound" WHERE state = 'open'`);
    const twice = await (await http(used, { round: round?.id ?? '', [`choice-${round?.id}`]: '优秀' })).text();
    expect(textOf(twice)).toContain('此票已使用');
    expect((await http('/p/ballot/AAAAAAAAAAAAAAAAAAAAAA')).status).toBe(404);
    const [spare = '', other = ''] = slips.slice(20);
    for (const each of [spare, other]) expect(textOf(await (await http(each)).text())).toContain('备用票，还没有启用');
    await secretary.says('述职 换票 1');
    expect(await it.person('罗静').clicks('同意换领')).toMatchObject({ toast: { content: '已作废，换发21号备用票' } });
    expect(secretary.texts().at(-1)).toContain('1号票已作废，旧票在的请收回，换发21号备用票（群众代表，蓝色）');
    expect(textOf(await (await http(used)).text())).toContain('这张票已经作废');
    // 旧票在这一轮投过：新票接着它，不再多投一张，这一轮的票数不多不少。
    expect(textOf(await (await http(spare)).text())).toContain('此票已使用');
    const extra = { round: round?.id ?? '', [`choice-${round?.id}`]: '优秀' };
    expect(textOf(await (await http(spare, extra)).text())).toContain('此票已使用');
    expect(textOf(await (await http(other, extra)).text())).toContain('没有计入');
    expect(textOf(await (await http(used, extra)).text())).toContain('这张票已经作废');
    slips = [...slips.slice(1, 18), spare];
    expect(await secretary.clicks('关闭测评')).toMatchObject({ toast: { content: '测评已关闭' } });
    expect(await press('陈建业', '较差')).toMatchObject({ toast: { content: '测评已关闭，这一票没有计入' } });
  });

  test('两人作废：场务秘书提出，监督员同意，旧的一轮封存，重新测评', async () => {
    const secretary = it.person('沈澄');
    await secretary.clicks('作废重测');
    // 别的场次的监督员同意不了，也就不发给他。
    await query(`INSERT INTO "PostHolding" (id, "postId", "personId", "fromOn")
      SELECT 'elsewhere', p.id, n.id, '2026-01-01' FROM "Post" p, "Person" n WHERE p.role = 'observer' AND n.name = '曾小雨' LIMIT 1`);
    await secretary.clicks('提出作废', { form: { reason: '会场断网' } });
    await query(`DELETE FROM "PostHolding" WHERE id = 'elsewhere'`);
    expect(textOfCard(it.person('曾小雨').cards())).not.toContain('会场断网');
    expect(await it.person('白露').clicks('同意作废')).toMatchObject({ toast: { content: '已作废，等重新测评' } });
    await secretary.clicks('开放测评');
    const [slot] = await query<{ unitName: string }>(`SELECT "unitName" FROM "ReviewSlot" WHERE state = 'voting'`);
    await voteAs(slot?.unitName ?? '');
    await secretary.says('述职 未投');
    expect(secretary.texts().at(-1)).toContain('用卡片投票的都已投票');
    await secretary.clicks('关闭测评');
    const rounds = await query<{ number: number; state: string }>(
      `SELECT r.number, r.state FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" WHERE s.position = 2 ORDER BY 1`,
    );
    expect(rounds.map(({ number, state }) => `${number}${state}`)).toEqual(['1voided', '2voided', '3closed']);
  });

  test('16:10迟到的委员签到：此后的分母是42；其余各家投完，计票、三位监督员确认、逐级放行，总分一位不差', { timeout: 240_000 }, async () => {
    const secretary = it.person('沈澄');
    for (let position = 3; position <= 8; position += 1) {
      if (position === 6) {
        await it.skipTo('2026-12-18 16:10');
        await it.person('谢静怡').clicks('签到');
      }
      await secretary.clicks('开始述职');
      await secretary.clicks('开始问答');
      await secretary.clicks('开放测评');
      const [slot] = await query<{ unitName: string }>(`SELECT "unitName" FROM "ReviewSlot" WHERE state = 'voting'`);
      await voteAs(slot?.unitName ?? '');
      await secretary.clicks('刷新');
      expect(consoleText()).toContain(`已投41/${position >= 6 ? 42 : 41}`);
      await secretary.clicks('关闭测评');
    }
    await secretary.clicks('计票');
    await everyRoundAddsUp();
    expect(textOf(await (await http(screen)).text())).toContain('计票完成');
    expect(textOfCard(it.person('罗静').lastCard())).toMatch(/领导9\/9\/9\/9\/0 两代表一委员15\/1[45]\/1[45]\/14\/0 群众代表20\/18\/18\/18\/1/);
    const leader = it.person('陈建业');
    expect(await leader.clicks('放行：仅领导').catch(String)).toContain('没有“放行：仅领导”');
    for (const name of observers) expect(await it.person(name).clicks('确认票数')).toMatchObject({ toast: { content: '已确认' } });
    await judgeComments();
    await it.moveTo('2026-12-18 17:02');
    expect(await leader.clicks('放行：仅领导')).toMatchObject({ toast: { content: '已放行' } });
    await leader.clicks('放行：参会者');
    for (const [unit, total] of expected) expect(rowOf(leader.lastCard(), unit)).toContain(total);
    const printed = textOfCard(leader.lastCard());
    for (const words of [
      '领导×50%＋两代表一委员×30%＋群众代表×20%',
      '先比优秀率，再比领导类得分，再并列',
      '简易模式（分开存放，不留对应；不是可证明匿名）',
    ])
      expect(printed).toContain(words);
    expect(JSON.stringify(it.group('述职测评场务群').messages())).toContain('93.65');
    const projected = textOf(await (await http(screen)).text());
    for (const words of ['93.65', '投票方式：简易模式']) expect(projected).toContain(words);
    const minutes = strFromU8(unzipSync(fileSentTo('沈澄', '.docx'))['word/document.xml'] ?? new Uint8Array()).replace(/<[^>]+>/g, '');
    for (const words of [
      '监督员当场取数371920、084415、559003',
      '领导陈建业问：防火隔离带为什么只完成八成？',
      '诺-001，2027年3月31日前',
      '第3轮测评发出41票',
      '第1轮作废：票数异常：群众代表发出18收回19',
      '第2轮作废：会场断网',
      '简易模式（分开存放，不留对应；不是可证明匿名）',
      '93.65',
    ])
      expect(minutes).toContain(words);
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load(Buffer.from(fileSentTo('沈澄', '.xlsx')) as unknown as ArrayBuffer);
    const lines = (workbook.getWorksheet('计票表')?.getSheetValues() ?? []).slice(1) as unknown[][];
    expect(lines).toHaveLength(1 + 8 * 4);
    expect(lines.find((line) => line[2] === '教育和卫生健康局' && line[5] === '群众代表')?.slice(7)).toEqual([
      20,
      18,
      18,
      18,
      17,
      1,
      0,
      9,
      6,
      2,
      0,
      '88.24',
    ]);
    await it.moveTo('2026-12-18 17:30');
    await leader.clicks('放行：各单位');
    const sheets = messages().filter(({ content }) => content.includes('述职测评成绩单'));
    expect(sheets).toHaveLength(16);
    const own = sheets.filter(({ content }) => content.includes('许沛然'));
    for (const words of ['有效40 弃权1', '简易模式']) expect(textOfCard(JSON.parse(own[0]?.content ?? '{}'))).toContain(words);
    expect(own.some(({ content }) => content.includes('葵岭办事处'))).toBe(false);
    const [first] = await query<{ presenter: string }>(`SELECT presenter FROM "ReviewSlot" WHERE position = 1`);
    for (const { content } of sheets) {
      const told = allComments.filter((comment) => content.includes(comment)).sort();
      expect(told).toEqual(content.includes(first?.presenter ?? '') ? [comments.leader, comments.changed, comments.guest].sort() : []);
    }
  });

  test('票面文件：328张，指纹与公布的一致；另一个程序照它重算，八个总分一位不差', () => {
    const file = it
      .group('述职测评监督员群')
      .messages()
      .findLast(
        ({ msgType, content }) =>
          msgType === 'file' && it.world.store.file((JSON.parse(content) as { file_key: string }).file_key)?.name.endsWith('.csv'),
      );
    const bytes = Buffer.from(it.world.store.fileBytes((JSON.parse(file?.content ?? '{}') as { file_key: string }).file_key) ?? []);
    expect(JSON.stringify(it.person('罗静').cards())).toContain(createHash('sha256').update(bytes).digest('hex'));
    expect(bytes.toString().trim().split('\n')).toHaveLength(329);
    const script = new URL('./recount.mjs', import.meta.url).pathname;
    const out = execFileSync(process.execPath, [script, '领导=50', '两代表一委员=30', '群众代表=20'], { input: bytes }).toString();
    for (const [unit, total] of expected) expect(out).toContain(`${unit} ${total}`);
  });

  test('整个数据库、全部日志里，没有一行同时有人（或票号）和他的选择；票与记号不能按写入对上', async () => {
    const tables = await query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%'`);
    const people = await query<{ words: string[] }>(
      `SELECT array_remove(ARRAY[v.id, v."personId", p."openId", v.name], NULL) AS words FROM "ReviewVoter" v LEFT JOIN "Person" p ON p.id = v."personId" UNION ALL SELECT ARRAY[id, "tokenHash"] FROM "BallotSlip"`,
    );
    const who = people.flatMap(({ words }) => words).concat(slips.map((path) => path.slice('/p/ballot/'.length)));
    const grades = ['优秀', '良好', '一般', '较差'];
    /** 一行里有人，又只有一部分等次：测评票和方案把四个等次一起列出，那不是谁的选择。 */
    const tells = (line: string): boolean => {
      const chosen = grades.filter((grade) => line.includes(`"${grade}"`) || line.includes(`choice":"${grade}`));
      return chosen.length > 0 && chosen.length < grades.length && who.some((word) => line.includes(word));
    };
    for (const { name } of tables) {
      const lines = await query<{ line: string }>(`SELECT to_jsonb(t)::text AS line FROM "${name}" t`);
      expect(lines.filter(({ line }) => tells(line)).map(({ line }) => `${name} ${line.slice(0, 200)}`)).toEqual([]);
    }
    expect(it.logLines.filter((line) => grades.some((grade) => line.includes(grade)))).toEqual([]);
    expect(it.logLines.filter((line) => line.includes('review.cast') && who.some((word) => line.includes(word)))).toEqual([]);
    const columns = await query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'Ballot' ORDER BY ordinal_position`,
    );
    expect(columns.map(({ name }) => name)).toEqual(['id', 'roundId', 'voterClass', 'choice', 'handle']);
    expect(await query(`SELECT 1 FROM "Ballot" WHERE handle IS NOT NULL`)).toEqual([]);
    // 评语也一样：不放行的只在自己那一行里，放行的另在成绩单里；没有一行同时有人。
    const kept = await query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'BallotComment' ORDER BY ordinal_position`,
    );
    expect(kept.map(({ name }) => name)).toEqual(['id', 'roundId', 'body', 'state', 'handle']);
    expect(await query(`SELECT 1 FROM "BallotComment" WHERE handle IS NOT NULL`)).toEqual([]);
    expect(await query(`SELECT 1 FROM "BallotRound" WHERE "commentKey" IS NOT NULL`)).toEqual([]);
    for (const { name } of tables) {
      const lines = await query<{ line: string }>(`SELECT to_jsonb(t)::text AS line FROM "${name}" t`);
      const withComment = lines.filter(({ line }) => allComments.some((comment) => line.includes(comment)));
      if (name !== 'BallotComment' && name !== 'OutboxEntry' && name !== 'CardMessage') expect(withComment).toEqual([]);
      // 发给人看的那几张卡片里有评语，也有收卡片的人：那是审看的人和本单位，不是写的人。
      const writers = people.filter(({ words }) => words.includes('赵敏之') || words.includes('王海峰')).flatMap(({ words }) => words);
      expect(withComment.filter(({ line }) => [...writers, ...slips.map((path) => path.slice(10))].some((word) => line.includes(word)))).toEqual([]);
    }
    expect(it.logLines.filter((line) => allComments.some((comment) => line.includes(comment)))).toEqual([]);
    const writers = await query<{ rounds: number; writers: number }>(
      `SELECT count(DISTINCT "roundId")::int AS rounds, count(DISTINCT b.xmin::text)::int AS writers FROM "Ballot" b JOIN "BallotRound" r ON r.id = b."roundId" WHERE r.state = 'closed'`,
    );
    expect(writers).toEqual([{ rounds: 8, writers: 8 }]);
    expect(await query(`SELECT 1 FROM "AuditEntry" WHERE event LIKE '%cast%' OR detail::text LIKE '%choice%'`)).toEqual([]);
  });

  test('备份里也一样：票在，人也在，没有一行两样都有', async () => {
    const url = new URL(inject('database').serverUrl);
    [{ name: url.pathname } = { name: '' }] = await query<{ name: string }>('SELECT current_database() AS name');
    const folder = mkdtempSync(join(tmpdir(), 'shuling-review-'));
    await backUp(url.href, { file: join(folder, '备份'), now: it.clock.now() });
    const lines = gunzipSync(readFileSync(join(folder, '备份')))
      .toString()
      .split('\n');
    rmSync(folder, { recursive: true, force: true });
    const grades = ['优秀', '良好', '一般', '较差'];
    const chosen = (line: string): number => grades.filter((grade) => new RegExp(`[,("\\\\]${grade}[,)"\\\\]`).test(line)).length;
    const people = await query<{ words: string[] }>(
      `SELECT array_remove(ARRAY[v.id, v."personId", p."openId"], NULL) AS words FROM "ReviewVoter" v LEFT JOIN "Person" p ON p.id = v."personId" UNION ALL SELECT ARRAY[id, "tokenHash"] FROM "BallotSlip"`,
    );
    const who = people.flatMap(({ words }) => words);
    const told = lines.filter((line) => chosen(line) > 0 && chosen(line) < grades.length);
    // 对照：票确实在备份里，这样找得到它们。
    expect(told.length).toBeGreaterThanOrEqual(320);
    expect(told.filter((line) => who.some((word) => line.includes(word))).map((line) => line.slice(0, 200))).toEqual([]);
  });

  test('系统管理员没有一个画面看得到谁投了什么；公开之后可以归档，归档之后不再是进行中的场次', async () => {
    expect(await said('江岩', '述职')).toContain('没有与您有关的述职场次');
    for (const words of ['述职 未投', '述职 签到表', '述职 评语', '述职 纪要']) expect(await said('江岩', words)).toContain('无权');
    expect(await said('沈澄', '述职 签到表')).toContain('两代表一委员：到会15/15');
    expect(await it.person('陈建业').clicks('放行：公开')).toMatchObject({ toast: { content: '已放行' } });
    expect(await it.person('陈建业').clicks('放行：公开').catch(String)).toContain('没有“放行：公开”');
    await secretaryArchives();
    expect(await said('沈澄', '述职')).toContain('现在没有述职场次');
  });

  test('下一场：照上次的方案换个日子，与今天的花名册对过才能确认；试测另用编号；模板能取，填之前报出缺什么', async () => {
    const secretary = it.person('沈澄');
    expect(await said('沈澄', '述职 照上次 2026-02-30')).toContain('不是日期');
    expect(await said('沈澄', '述职 照上次 2026-01-15')).toContain('已经过去');
    await secretary.says('述职 照上次 2027-01-15');
    const text = textOfCard(secretary.lastCard());
    for (const words of ['SZ-2027-01-15', '2027年度单位主要负责人', '台上8家｜书面23家｜测评人44人', '可以确认']) expect(text).toContain(words);
    await secretary.says('述职 照上次 2027-01-14 试测');
    expect(textOfCard(secretary.lastCard())).toContain('SZ-2027-01-14-试');
    await query(`UPDATE "Unit" SET name = '应急管理和消防局' WHERE code = 'U11'`);
    await secretary.says('述职 照上次 2027-01-15');
    expect(textOfCard(secretary.lastCard())).toContain('在花名册里已改为应急管理和消防局');
    await query(`UPDATE "Unit" SET name = '应急管理局' WHERE code = 'U11'`);
    await secretary.says('述职 模板');
    const template = fileSentTo('沈澄', '模板.xlsx');
    await secretary.sendsFile('空白.xlsx', Buffer.from(template));
    expect(textOfCard(secretary.lastCard())).toContain('台上单位有0家，应为1到40家');
  });
});

/** 每一轮的票，等于投过的人，等于各类有效、弃权、无效之和 — counted in the box, in the marks and on what is published. */
async function everyRoundAddsUp(): Promise<void> {
  const rounds = await query<{ slotId: string; box: number; marks: number; used: number }>(
    `SELECT "slotId", (SELECT count(*)::int FROM "Ballot" b WHERE b."roundId" = r.id) AS box, (SELECT count(*)::int FROM "BallotMark" m WHERE m."roundId" = r.id) AS marks,
       (SELECT sum((each->>'used')::int)::int FROM jsonb_array_elements(r.counts) each) AS used FROM "BallotRound" r WHERE state = 'closed'`,
  );
  const [session] = await query<{ results: { slotId: string; shown: { classes: { valid: number; abstained: number; invalid: number }[] } }[] }>(
    `SELECT results FROM "ReviewSession" WHERE state = 'tallied'`,
  );
  expect(rounds).toHaveLength(8);
  for (const { slotId, box, marks, used } of rounds) {
    const classes = session?.results.find((each) => each.slotId === slotId)?.shown.classes ?? [];
    const shown = classes.reduce((all, { valid, abstained, invalid }) => all + valid + abstained + invalid, 0);
    expect([box, marks, used, shown]).toEqual([41, 41, 41, 41]);
  }
}

/** 归档 */
async function secretaryArchives(): Promise<void> {
  expect(await it.person('沈澄').clicks('归档')).toMatchObject({ toast: { content: '已归档' } });
  expect(consoleText()).toContain('已归档');
}

/** 审看评语 — only 督查室主任 is asked; what is held back nobody sees. */
async function judgeComments(): Promise<void> {
  const chief = it.person('周启明');
  const judging = (): string => textOfCard(chief.cards().findLast((card) => JSON.stringify(card).includes('评语审看')));
  const page = judging();
  expect(page).toContain('的评语，还有4条');
  const places = allComments.map((comment) => ({ comment, at: page.indexOf(comment) }));
  expect(places.every(({ at }) => at > 0)).toBe(true);
  for (const comment of allComments) expect(messagesWith(comment)).toBe(1);
  const order = places.sort((left, right) => left.at - right.at).findIndex(({ comment }) => comment === comments.telling);
  const held = [String(order + 1)];
  expect(await chief.clicks('放行其余各条', { form: { held } })).toMatchObject({ toast: { content: '放行3条，不放行1条' } });
  expect(judging()).toContain('评语已全部审看');
}

/** 第一家的问答 — a leader asks from his own chat, guests by the secretary; one is picked, one is drawn by lot; a promise becomes an item at once. */
async function questionsAndPromise(unit: string, presenter: string): Promise<void> {
  const secretary = it.person('沈澄');
  expect(await said('谢静怡', '述职 提问 几点开饭？')).toContain('签到之后才能提问');
  expect(await said('陈建业', '述职 提问')).toContain('请写明要问什么');
  expect(await said('陈建业', '述职 提问 防火隔离带为什么只完成八成？')).toContain(`已登记，向${unit}提问`);
  await secretary.clicks('问答记录');
  for (const question of ['避难场所在哪里看得到？', '台风预警什么时候发？'])
    await secretary.clicks('登记提问', { form: { voterClass: '2', question } });
  expect(textOfCard(secretary.lastCard())).toContain('已问0问，排队3问，承诺0件');
  expect(await secretary.clicks('请提问', { within: '防火隔离带' })).toMatchObject({ toast: { content: '请领导陈建业提问' } });
  expect(await secretary.clicks('随机请一位')).toMatchObject({ toast: { content: '抽到未署名' } });
  const promised = { promise: '打通葵岭片区12处消防通道', promiseDueOn: '2026-12-18' };
  expect(await secretary.clicks('记承诺', { form: promised })).toMatchObject({ toast: { content: '完成日期应在今天之后，请重新选择' } });
  expect(await secretary.clicks('记承诺', { form: { ...promised, promiseDueOn: '2027-03-31' } })).toMatchObject({
    toast: { content: '已立项：诺-001' },
  });
  expect(it.person(presenter).texts().at(-1)).toContain('承诺：打通葵岭片区12处消防通道。已立为诺-001，2027年3月31日（周三）前办结');
  await it.person(presenter).says('诺-001');
  expect(textOfCard(it.person(presenter).lastCard())).toContain('打通葵岭片区12处消防通道');
  const [item] = await query(
    `SELECT i.status, i."dueOn", u.name, i.category FROM "WorkItem" i JOIN "Unit" u ON u.code = i."leadUnit" WHERE i.code = '诺-001'`,
  );
  expect(item).toEqual({ status: 'inProgress', dueOn: '2027-03-31', name: unit, category: '述职承诺' });
}

/** 说一句，看答复：卡片或文字 */
async function said(name: string, words: string): Promise<string> {
  await it.person(name).says(words);
  return it.world.store.messagesOf(it.world.store.directChat(it.person(name).person.openId).chatId).at(-1)?.content ?? '';
}

/** 机器人发来的最后一份这种文件 */
function fileSentTo(name: string, ending: string): Uint8Array {
  const { chatId } = it.world.store.directChat(it.person(name).person.openId);
  const keys = it.world.store.messagesOf(chatId).flatMap(({ msgType, content, sender }) => {
    return msgType === 'file' && sender.kind === 'bot' ? [(JSON.parse(content) as { file_key: string }).file_key] : [];
  });
  const key = keys.findLast((each) => it.world.store.file(each)?.name.endsWith(ending)) ?? '';
  return it.world.store.fileBytes(key) ?? new Uint8Array();
}

/** 表里的一行 — the cells of the row that names the unit. */
function rowOf(card: unknown, unit: string): string {
  return (
    [...JSON.stringify(card).matchAll(/\{[^{}]*\}/g)].map(([row]) => row).find((row) => row.includes(`"${unit}"`) && row.includes('"total"')) ?? ''
  );
}

/** 手上留着一张旧的测评票的人再按一次 — the button as we sealed it for him. */
async function press(name: string, choice: string): Promise<Seen> {
  const { person } = it.person(name);
  const [round] = await query<{ id: string; sessionId: string }>(
    `SELECT r.id, r."sessionId" FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" ORDER BY s.position DESC, r.number DESC LIMIT 1`,
  );
  const payload = { sessionId: round?.sessionId ?? '', roundId: round?.id ?? '', choice };
  const value = createSeal(it.world.connection.appSecret).seal(bind(castBallot, payload), `person:${person.openId}`, it.clock.now());
  const { chatId } = it.world.store.directChat(person.openId);
  const message = it.world.store.messagesOf(chatId).findLast(({ msgType }) => msgType === 'interactive');
  const { seen } = await it.acts.forgesClick(person.openId, message?.messageId ?? '', { tag: 'button', value });
  return seen;
}
