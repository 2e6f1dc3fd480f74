import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { openHall } from './review-hall.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-18 14:00' });
  await openHall(it, { units: 2, guests: 3 });
}, 120_000);
afterAll(() => it.close());

const secretary = () => it.person('沈澄');
/** 主持台现在的样子 */
const desk = (): string =>
  textOfCard(
    secretary()
      .cards()
      .findLast((card) => textOfCard(card).includes('述职主持台')),
  );
const toast = (content: string) => ({ toast: { content } });
const query = async <Row extends object>(sql: string): Promise<Row[]> => (await it.app.database.pool.query<Row>(sql)).rows;
const slots = (): Promise<{ unitName: string; presenter: string; state: string }[]> =>
  query('SELECT "unitName", presenter, state FROM "ReviewSlot" ORDER BY position');
const screen = async (): Promise<string> => {
  await secretary().says('述职 大屏');
  const [path = ''] = /\/p\/screen\/[\w-]+/.exec(secretary().texts().at(-1) ?? '') ?? [];
  return (await (await fetch(`http://127.0.0.1:${it.app.port}${path}`)).text()).replace(/<[^>]+>/g, ' ');
};
/** 在场的领导 */
const leaders = async (): Promise<string[]> =>
  (await query<{ name: string }>(`SELECT name FROM "ReviewVoter" WHERE present AND "voterClass" = '领导' ORDER BY position`)).map(({ name }) => name);
const sessionState = async (): Promise<string> => (await query<{ state: string }>('SELECT state FROM "ReviewSession"'))[0]?.state ?? '';
/** 台上的一家从开始述职到测评关闭 */
async function heardAndVoted(): Promise<void> {
  for (const step of ['开始述职', '开始问答', '开放测评']) await secretary().clicks(step);
  for (const { name } of await query<{ name: string }>(`SELECT name FROM "ReviewVoter" WHERE present AND channel = 'card'`))
    await it.person(name).clicks('优秀');
  await secretary().clicks('关闭测评');
}

test('第一家的述职人没有来：记缺席，先请下一家；各人的测评卡、大屏都换成下一家；最后一家不能也记缺席', async () => {
  const [first, second] = await slots();
  // 签到之后、没有投过一票就走的：哪一轮在场的人里都没有他，纪要里仍算到过会。
  await secretary().says(`述职 离会 ${(await leaders()).at(-1)}`);
  expect(desk()).toContain(first?.unitName);
  expect(await secretary().clicks('记缺席')).toMatchObject(toast(`已记${first?.unitName}缺席`));
  expect(desk()).toContain(`第2/2家　${second?.unitName}`);
  expect(desk()).toContain(`缺席的到了，用“述职 补述 ${first?.unitName}”`);
  expect(textOfCard(it.person('陈建业').lastCard())).toContain(second?.unitName);
  expect(await screen()).toMatch(new RegExp(`${first?.unitName}　缺席`));
  expect(await secretary().clicks('记缺席')).toMatchObject(toast('其余各家都缺席，不能再记缺席；整场改期的，请另发方案'));
  expect((await slots()).map(({ state }) => state)).toEqual(['absent', 'waiting']);
});

test('别人不能记；单位写错、没写，说清怎么写', async () => {
  expect(await secretary().clicks('刷新')).toMatchObject({ kind: 'answered' });
  await it.person('陈建业').says('述职 补述 应急管理局');
  expect(textOfCard(it.person('陈建业').cards()) + it.person('陈建业').texts().join()).toContain('您无权');
  const said = async (words: string): Promise<string> => {
    await secretary().says(words);
    return textOfCard(secretary().lastCard()) + secretary().texts().at(-1);
  };
  expect(await said('述职 补述')).toContain('请写明单位');
  expect(await said('述职 补述 没有的局')).toContain('没有记缺席的这一家');
});

test('第二家测评关闭，全场即告完毕；这时第一家到了，补述，述完照样测评', async () => {
  await heardAndVoted();
  expect(await sessionState()).toBe('voted');
  const [first] = await slots();
  await secretary().says(`述职 补述 ${first?.unitName}`);
  expect(secretary().texts().at(-1)).toContain(`${first?.unitName}已改为待述`);
  expect(await sessionState()).toBe('inSession');
  await secretary().says('述职');
  expect(desk()).toContain(`第1/2家　${first?.unitName}`);
  // 等不及又走了。
  await secretary().clicks('记缺席');
  expect(await sessionState()).toBe('voted');
});

test('计票只算述过的一家；票数核对、结果、纪要都写明谁缺席；计票之后不能再补述，不能再登记离会；先走的，投没投过票，纪要里都算到过会', async () => {
  const [first, second] = await slots();
  const here = await leaders();
  const leaves = async (name: string): Promise<string> => {
    await secretary().says(`述职 离会 ${name}`);
    return textOfCard(secretary().lastCard()) + secretary().texts().at(-1);
  };
  expect(await leaves(here[0] ?? '')).toContain(`已登记${here[0]}离会`);
  expect(await secretary().clicks('计票')).toMatchObject(toast('已计票，等监督员确认票数'));
  await secretary().says(`述职 补述 ${first?.unitName}`);
  expect(textOfCard(secretary().lastCard()) + secretary().texts().at(-1)).toContain('已经计票，不能再补述');
  expect(await leaves(here[1] ?? '')).toContain('已经计票，到会的人数不再改');
  for (const name of ['罗静', '白露', '石磊']) await it.person(name).clicks('确认票数');
  const [leader] = await query<{ name: string }>(
    `SELECT p.name FROM "PostHolding" h JOIN "Post" post ON post.id = h."postId" AND post.role = 'chiefInspector' JOIN "Person" p ON p.id = h."personId" WHERE p."openId" IS NOT NULL LIMIT 1`,
  );
  const chief = it.person(leader?.name ?? '');
  const result = textOfCard(chief.lastCard());
  expect(result).toContain(`1家，第1名${second?.unitName}`);
  expect(result).toContain(`${first?.unitName}${first?.presenter}缺席，没有述职，不测评、不排名`);
  for (const level of ['放行：仅领导', '放行：参会者']) await chief.clicks(level);
  const minutes = it.world.store
    .messagesOf(it.world.store.directChat(secretary().person.openId).chatId)
    .filter(({ msgType }) => msgType === 'file')
    .map(({ content }) => JSON.parse(content) as { file_key: string; file_name?: string })
    .flatMap(({ file_key: key }) => (it.world.store.file(key)?.name.endsWith('.docx') ? [it.world.store.fileBytes(key) ?? new Uint8Array()] : []))
    .map((bytes) => strFromU8(unzipSync(bytes)['word/document.xml'] ?? new Uint8Array()).replace(/<[^>]+>/g, ''));
  expect(minutes.join()).toContain('缺席，没有述职，未作测评');
  expect(minutes.join()).toContain(`领导50%${here.length + 1}${here.length + 1}`);
});
