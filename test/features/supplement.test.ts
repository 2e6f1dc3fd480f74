import { afterAll, beforeAll, expect, test } from 'vitest';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { type TestApp, textOfCard } from '../harness.ts';
import { startWithBooks } from './given-books.ts';

const heading = '序号,类别,任务名称,牵头单位,完成时限,专题\n';
const workbook = (from: number): Buffer =>
  Buffer.from(
    heading +
      Array.from({ length: 8 }, (_, index) => `管-${from + index},经济运行,稳经济事项${index + 1},发展和财政局,2026-12-18,稳住外贸\n`).join(''),
  );

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
}, 120_000);
afterAll(() => it.close());

const books = (where: object) =>
  withTransaction(it.app.database, (tx) => rows(tx).taskBook.findMany({ where, include: { items: { select: { code: true } } } }));

test('发展和财政局的任务书20项：党6、管14', async () => {
  const [book] = it
    .person('许蓉')
    .cards()
    .filter((card) => textOfCard(card).includes('重点工作任务书'));
  const codes = [...new Set([...JSON.stringify(book).matchAll(/"code":"?[^}]*?([党管])-\d{3}/g)].map(([match]) => match.slice(-5)))];
  expect(codes.filter((code) => code.startsWith('党'))).toHaveLength(6);
  expect(codes.filter((code) => code.startsWith('管'))).toHaveLength(14);
  expect(textOfCard(book)).toContain('20项');
});

test('专题“经济稳住”恰好是管-001到管-008这8项；别的单位看不到', async () => {
  const liaison = it.person('许蓉');
  await liaison.says('经济稳住');
  expect(textOfCard(liaison.lastCard())).toContain('2026年专题8项，已办结0项');
  const codes = [...JSON.stringify(liaison.lastCard()).matchAll(/"item":[^}]*?(管-\d{3})/g)].map(([, code]) => code);
  expect(codes).toEqual(['管-001', '管-002', '管-003', '管-004', '管-005', '管-006', '管-007', '管-008']);
  await it.person('曾小雨').says('经济稳住');
  expect(textOfCard(it.person('曾小雨').lastCard())).toContain('您无权查看该事项');
});

test('增补的编号与已有的相同：不写，说出下一个可用的编号', async () => {
  const lin = it.person('林晓');
  await lin.sendsFile('2026年经济稳住专题-重号.csv', workbook(150));
  const text = textOfCard(lin.lastCard());
  for (const words of ['可导入6｜需修改2', '2026年已有管-150', '增补的事项请从管-152往下编']) expect(text).toContain(words);
  expect(text).not.toContain('确认导入');
  expect(await books({ kind: 'supplementary' })).toEqual([]);
});

test('只有一个专题的表也能导入：编号接着往下，成为一本增补任务书', async () => {
  const lin = it.person('林晓');
  await lin.sendsFile('2026年稳住外贸专题.csv', workbook(152));
  expect(await lin.clicks('确认导入')).toMatchObject({ toast: { content: expect.stringContaining('已导入8项，生成1份任务书') } });
  const [book, ...rest] = await books({ kind: 'supplementary' });
  expect(rest).toEqual([]);
  expect(book).toMatchObject({ unitCode: 'U05', year: 2026, itemCount: 8 });
  expect(book?.items.map(({ code }) => code).sort()).toEqual(['管-152', '管-153', '管-154', '管-155', '管-156', '管-157', '管-158', '管-159']);
  expect(await books({ kind: 'annual' })).toHaveLength(31);
});

test('增补任务书审定、下达：单位收到的卡片写明增补和编号从哪里到哪里，签收之后与年度的各算各的', async () => {
  const zhou = it.person('周启明');
  await zhou.clicks('审定');
  await zhou.clicks('下达');
  const liaison = it.person('许蓉');
  const text = textOfCard(liaison.lastCard());
  for (const words of ['重点工作任务书（增补）', '8项（增补，编号接着往下：管-152至管-159）', '待签收']) expect(text).toContain(words);
  await liaison.clicks('签收');
  expect(textOfCard(liaison.lastCard())).toContain('已签收');
  expect((await books({ kind: 'supplementary' }))[0]).toMatchObject({ status: 'acknowledged' });
  expect((await books({ kind: 'annual', unitCode: 'U05' }))[0]?.status).not.toBe('acknowledged');
});

test('没有账号的人一处也不漏：下达前后都列在审定卡上，责任人的列在签收后的任务书上；休假的，委托的人也收到一张', async () => {
  const yuan = it.person('袁梦洁');
  await yuan.says('委托');
  await yuan.clicks('提交委托', { form: { person: '朱天佑（综合科科员）', fromOn: '2026-05-29', toOn: '2026-06-05', reason: '年休假' } });
  await withTransaction(it.app.database, (tx) => rows(tx).person.updateMany({ where: { name: '马景行' }, data: { openId: null } }));
  const more =
    '序号,类别,任务名称,牵头单位,责任人,完成时限\n管-160,经济运行,边界巡查,东湾办,余宏斌,2026-12-18\n管-161,生态环境,岸线监测,生态局,蒋秋萍,2026-12-18\n';
  await it.person('林晓').sendsFile('2026年增补.csv', Buffer.from(more));
  await it.person('林晓').clicks('确认导入');
  const zhou = it.person('周启明');
  const lost = ['收不到的1处，请另行通知', '东湾：单位主要负责人马景行没有飞书账号'];
  for (const words of lost) expect(textOfCard(zhou.lastCard())).toContain(words);
  await zhou.clicks('审定');
  await zhou.clicks('下达');
  for (const words of lost) expect(textOfCard(zhou.lastCard())).toContain(words);
  const copies = (words: string): string[] =>
    it.world.store
      .chats()
      .filter(({ chatId }) => it.world.store.messagesOf(chatId).some(({ content }) => content.includes(words)))
      .map(
        ({ chatId, name }) =>
          name || it.world.store.people().find(({ openId }) => it.world.store.findDirectChat(openId)?.chatId === chatId)?.name || '',
      );
  expect(copies('边界巡查').toSorted()).toEqual(['东湾办督办工作群', '周宏斌'].toSorted());
  expect(copies('岸线监测').toSorted()).toEqual(['朱天佑', '王浩然', '生态局督办工作群', '袁梦洁'].toSorted());
  await it.person('周宏斌').clicks('签收', { card: '（增补）' });
  expect(textOfCard(it.person('周宏斌').lastCard())).toContain('责任人没有飞书账号或岗位空缺、收不到卡片：余宏斌（管-160），请当面告知。');
});
