import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bind } from '#cards/kit/action';
import { castBallot } from '#cards/review/actions';
import { checkDraw, type DrawProof } from '#domain/draws/draw';
import type { Seen } from '#platform/emulator/click';
import { createSeal } from '#runtime/seal';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';

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

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-16 10:00' });
});
afterAll(() => it.close());

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
async function voteAs(unit: string): Promise<void> {
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
  const [round] = await query<{ id: string }>(`SELECT id FROM "BallotRound" WHERE state = 'open'`);
  const guests = await query<{ id: string }>(`SELECT id FROM "ReviewVoter" WHERE present AND channel = 'slip'`);
  for (const { id } of guests) {
    const grade = left.get('群众代表')?.pop() || null;
    await query(`INSERT INTO "BallotMark" ("roundId", holder) VALUES ($1, $2)`, [round?.id, id]);
    await query(`INSERT INTO "Ballot" (id, "roundId", "voterClass", choice) VALUES (gen_random_uuid(), $1, '群众代表', $2)`, [round?.id, grade]);
  }
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
      '一述一评，述职8分钟、问答6分钟、测评90秒',
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
    await it.moveTo('2026-12-18 14:20');
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
    await Promise.all(roll.filter(({ name, channel }) => channel === 'card' && name !== '谢静怡').map(({ name }) => it.person(name).clicks('签到')));
    await it.person('沈澄').clicks('登记来宾');
    const away = await query<{ id: string }>(`SELECT id FROM "ReviewVoter" WHERE name = ANY($1)`, [['许庆元', '董梦洁']]);
    await it.person('沈澄').clicks('登记到会', { form: { absent: away.map(({ id }) => id) } });
    expect(consoleText()).toContain('应到44 实到41（93.18%）达到法定人数');
    expect(await it.person('沈澄').clicks('开场')).toMatchObject({ toast: { content: '已开场' } });
  });

  test('第一家：计时、提醒、开放测评；投票期间只看得到“已投几票”，到时自动关闭；名册外的人、没签到的人、重复投的都不算', async () => {
    const secretary = it.person('沈澄');
    const [first] = await query<{ unitName: string; presenter: string }>(`SELECT "unitName", presenter FROM "ReviewSlot" WHERE position = 1`);
    await secretary.clicks('开始述职');
    await it.moveTo('2026-12-18 14:36');
    expect(consoleText()).toContain('还剩2分钟');
    expect(messagesWith('述职提醒：述职还剩2分钟')).toBe(1);
    await secretary.clicks('开始问答');
    await secretary.clicks('开放测评');
    await voteAs(first?.unitName ?? '');
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

  test('名册外的人、没签到的人投不了；投过的再投，以第一次为准；关闭之后不收', async () => {
    const secretary = it.person('沈澄');
    await secretary.clicks('开始述职');
    await secretary.clicks('开始问答');
    await secretary.clicks('开放测评');
    const [slot] = await query<{ unitName: string }>(`SELECT "unitName" FROM "ReviewSlot" WHERE state = 'voting'`);
    await voteAs(slot?.unitName ?? '');
    expect(await press('陈建业', '较差')).toMatchObject({ toast: { content: '您已投票，以第一次为准' } });
    expect(await press('谢静怡', '优秀')).toMatchObject({ toast: { content: '您还没有签到，请先签到再投票' } });
    expect(await press('曾小雨', '优秀')).toMatchObject({ toast: { content: expect.stringContaining('您无权在这一场投票') } });
    await secretary.clicks('关闭测评');
    expect(await press('陈建业', '较差')).toMatchObject({ toast: { content: '测评已关闭，这一票没有计入' } });
  });

  test('16:10迟到的委员签到：此后的分母是42；其余各家投完，计票、三位监督员确认、逐级放行，总分一位不差', { timeout: 90_000 }, async () => {
    const secretary = it.person('沈澄');
    for (let position = 3; position <= 8; position += 1) {
      if (position === 6) {
        await it.moveTo('2026-12-18 16:10');
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
    const leader = it.person('陈建业');
    expect(await leader.clicks('放行：仅领导').catch(String)).toContain('没有“放行：仅领导”');
    for (const name of observers) expect(await it.person(name).clicks('确认票数')).toMatchObject({ toast: { content: '已确认' } });
    await it.moveTo('2026-12-18 17:02');
    expect(await leader.clicks('放行：仅领导')).toMatchObject({ toast: { content: '已放行' } });
    await leader.clicks('放行：参会者');
    for (const [unit, total] of expected) expect(rowOf(leader.lastCard(), unit)).toContain(total);
    expect(textOfCard(leader.lastCard())).toContain('领导×50%＋两代表一委员×30%＋群众代表×20%');
    expect(JSON.stringify(it.group('述职测评场务群').messages())).toContain('93.65');
    await it.moveTo('2026-12-18 17:30');
    await leader.clicks('放行：各单位');
    const sheets = messages().filter(({ content }) => content.includes('述职测评成绩单'));
    expect(sheets).toHaveLength(16);
    const own = sheets.filter(({ content }) => content.includes('许沛然'));
    expect(textOfCard(JSON.parse(own[0]?.content ?? '{}'))).toContain('有效40 弃权1');
    expect(own.some(({ content }) => content.includes('葵岭办事处'))).toBe(false);
  });
});

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
    `SELECT r.id, r."sessionId" FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" ORDER BY s.position DESC LIMIT 1`,
  );
  const payload = { sessionId: round?.sessionId ?? '', roundId: round?.id ?? '', choice };
  const value = createSeal(it.world.connection.appSecret).seal(bind(castBallot, payload), `person:${person.openId}`, it.clock.now());
  const { chatId } = it.world.store.directChat(person.openId);
  const message = it.world.store.messagesOf(chatId).findLast(({ msgType }) => msgType === 'interactive');
  const { seen } = await it.acts.forgesClick(person.openId, message?.messageId ?? '', { tag: 'button', value });
  return seen;
}
