import { afterEach, describe, expect, test } from 'vitest';
import { withTransaction } from '#db/transaction';
import { startTestApp, type TestApp, type TestPerson, textOfCard } from '../harness.ts';
import { startWithBooks } from './given-books.ts';

let it: TestApp;
afterEach(() => it.close());

const said = (person: TestPerson): string => person.cards().map(textOfCard).join('\n---\n');
const forget = (name: string) =>
  it.app.database.pool.query('UPDATE "Person" SET "openId" = NULL, "unionId" = NULL, "userId" = NULL WHERE name = $1', [name]);

describe('认不出的账号', () => {
  test('花名册里没有的人问“我的任务”：不说“没有您负责的”，说清账号没有登记、找谁；一天只说一次', async () => {
    it = await startTestApp();
    it.world.store.addPerson({ name: '新来的', mobile: '13900001111' });
    const fresh = it.person('新来的');
    await fresh.says('我的任务');
    expect(said(fresh)).toContain('还没有认出您的账号');
    expect(said(fresh)).toContain('花名册里没有您这个账号，看不到您的任务；请联系系统管理员核对手机号');
    expect(said(fresh)).not.toContain('目前没有您负责的');
    expect(JSON.stringify(fresh.cards())).toContain(`<at id=${it.person('江岩').person.openId}></at>`);
    await fresh.says('帮助');
    await it.moveTo('2026-05-29 09:05');
    await fresh.says('帮助');
    expect(said(fresh).split('还没有认出您的账号')).toHaveLength(3);
  });

  test('打开单聊就说，不先请他看“我的任务”；认得的人照旧是欢迎', async () => {
    it = await startTestApp();
    const { openId } = it.world.store.addPerson({ name: '新来的', mobile: '13900001111' });
    await it.acts.opensChat(openId);
    await it.settled();
    expect(it.person('新来的').cards().map(textOfCard)).toEqual([expect.stringContaining('还没有认出您的账号')]);
    await it.acts.opensChat(it.person('曾小雨').person.openId);
    await it.settled();
    expect(said(it.person('曾小雨'))).toContain('曾小雨，您好。');
    expect(said(it.person('曾小雨'))).not.toContain('认出');
  });

  test('导入花名册时没匹配上的，本人一开口就再匹配，不等明早：当场告诉他是谁，接着看得到自己的任务', async () => {
    it = await startWithBooks();
    await forget('曾小雨');
    const zeng = it.person('曾小雨');
    const before = zeng.cards().length;
    await zeng.says('你好');
    await it.settled();
    const heard = zeng.cards().slice(before).map(textOfCard);
    expect(heard.join('\n')).toContain('已认出您');
    expect(heard.join('\n')).toContain('曾小雨，您的账号已匹配：南屿办事处 党政办主任');
    expect(heard.filter((text) => text.includes('还没有认出您的账号'))).toEqual([expect.stringContaining('已更新，请看新卡片')]);
    await zeng.says('我的任务');
    expect(textOfCard(zeng.lastCard())).toContain('曾小雨');
    expect(textOfCard(zeng.lastCard())).not.toContain('花名册里没有您');
  });

  test('别人的账号开口，匹配的是别人：他自己仍不认得，不会说“已认出您”；十分钟内再开口不再去查', async () => {
    it = await startTestApp();
    await forget('曾小雨');
    it.world.store.addPerson({ name: '新来的', mobile: '13900001111' });
    const fresh = it.person('新来的');
    await fresh.says('你好');
    await fresh.says('你好');
    await it.settled();
    expect(said(fresh)).not.toContain('已认出您');
    const { rows } = await it.app.database.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM "OutboxEntry" WHERE "dedupeKey" LIKE 'roster.rebind:ou%'`,
    );
    expect(rows[0]?.n).toBe(1);
  });

  test('管理员也没匹配上（装的时候连不上平台）：诊断说清是没匹配，不叫人去填已经填了的；他一开口就好', async () => {
    it = await startTestApp({ roster: false });
    await forget('系统管理员');
    const check = it.app.registry.contributions.checks.find(({ name }) => name === '系统管理员');
    expect(await withTransaction(it.app.database, async (tx) => check?.run(tx, it.clock.now()))).toMatchObject({
      finding: '登记了1人，都没有匹配到飞书账号',
    });
    const jiang = it.person('江岩');
    await jiang.says('诊断');
    expect(said(jiang)).toContain('已认出您');
    await jiang.says('诊断');
    expect(said(jiang)).toContain('诊断结果');
  });
});

test('账号停用的人：他手上的卡片从此不再跟着变，别人办了什么不再送到那里', async () => {
  it = await startWithBooks();
  const zeng = it.person('曾小雨');
  const { openId } = zeng.person;
  const shown = () => it.world.store.messagesOf(it.world.store.directChat(openId).chatId).map(({ content }) => content);
  await it.acts.leaves(openId);
  await it.settled();
  const before = shown();
  expect(before.join('')).toContain('签收');
  expect(await it.person('梁海生').clicks('签收')).toMatchObject({ toast: { type: 'success' } });
  await it.settled();
  expect(shown()).toEqual(before);
});
