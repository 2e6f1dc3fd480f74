import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { propose } from '#domain/orders/propose';
import { asSystem } from '../../src/app.ts';
import { onOrderDue } from '../../src/features/orders/draft.ts';
import { sendProposal } from '../../src/features/orders/propose.ts';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks } from './given-books.ts';

let it: TestApp;
/** 各人的账号，收走之前 */
const accounts = new Map<string, string>();
beforeAll(async () => {
  it = await startWithBooks();
  await it.person('曾小雨').clicks('签收');
}, 120_000);
afterAll(() => it.close());

const said = (name: string): string => textOfCard(it.person(name).lastCard());
/** 收走账号：名册里有这个人，平台上没有匹配 */
const takeAccounts = (...names: string[]) =>
  inDatabase(it, async (db) => {
    for (const name of names) {
      const { openId } = it.person(name).person;
      const { id } = await db.person.findUniqueOrThrow({ where: { openId } });
      accounts.set(name, id);
      await db.person.update({ where: { id }, data: { openId: null } });
    }
  });
const giveAccounts = (...names: string[]) =>
  inDatabase(it, async (db) => {
    for (const name of names) await db.person.update({ where: { id: accounts.get(name) ?? '' }, data: { openId: it.person(name).person.openId } });
  });
const head = '单位主要负责人梁海生没有飞书账号，收不到，请当面告知';

describe('轮到的人没有账号：办的人当场知道，不是悄悄没有人收到', () => {
  test('反馈、申请办结，单位主要负责人没有账号：提示和卡片都说出是谁', async () => {
    await takeAccounts('梁海生');
    const fang = it.person('方伟');
    await fang.says('管-063 209户');
    expect(await fang.clicks('提交反馈')).toMatchObject({ toast: { type: 'warning', content: `已提交；${head}` } });
    expect(said('方伟')).toContain(`${head}。`);
    await fang.says('管-063');
    await fang.clicks('申请办结');
    expect(await fang.clicks('提交申请', { form: { result: '218户全部签约' } })).toMatchObject({
      toast: { type: 'warning', content: `已申请办结；${head}` },
    });
    expect(said('方伟')).toContain(`${head}。`);
  });

  test('请配合单位反馈，有一家的联络员没有账号：说出是哪一家', async () => {
    await takeAccounts('袁梦洁');
    const fang = it.person('方伟');
    await fang.says('管-063');
    await fang.clicks('请配合单位反馈');
    const form = { unit: 'all', dueOn: '2026-06-02', words: '各自承担部分的进度' };
    expect(await fang.clicks('发送', { card: '请配合单位反馈', form })).toMatchObject({
      toast: { type: 'warning', content: '已请3个配合单位；生态环境管理局的联络员收不到（没有飞书账号或岗位空缺），请另行联系' },
    });
    await giveAccounts('袁梦洁');
  });

  test('下一个工作日清早匹配上了账号：等他办的两件九点过后都到了他手里，接着就办', async () => {
    const liang = it.person('梁海生');
    const before = liang.cards().length;
    await it.skipTo('2026-06-01 06:17');
    expect(liang.cards()).toHaveLength(before);
    await it.moveTo('2026-06-01 09:10');
    const arrived = textOfCard(liang.cards().slice(before));
    for (const words of ['待审签1件', '申请办结｜待单位审签']) expect(arrived).toContain(words);
    expect(await liang.clicks('审签', { card: '待审签1件' })).toMatchObject({ toast: { content: '已审签，转督查室' } });
  });

  test('督查员都没有账号：审签、退件的人知道；主任没有账号：导入的人知道', async () => {
    await takeAccounts('林晓', '何俊', '周启明');
    const liang = it.person('梁海生');
    expect(await liang.clicks('审签', { card: '申请办结' })).toMatchObject({
      toast: { type: 'warning', content: expect.stringMatching(/^已审签；督查员.*林晓.*没有飞书账号，收不到，请当面告知$/) },
    });
    await liang.says('任务书');
    await liang.clicks('退件');
    const form = { item: '党-020', unit: '海洋产业促进中心', reason: '以海洋产业为主' };
    const { code, title } = await itemOf(it, '党-020');
    expect(await liang.clicks('提交退件', { form: { ...form, item: `${code} ${title}` } })).toMatchObject({
      toast: { type: 'warning', content: expect.stringContaining('已退件；督查员') },
    });
    expect(said('曾小雨')).toContain('没有飞书账号，收不到，请当面告知。');
    await giveAccounts('林晓');
    const lin = it.person('林晓');
    await lin.sendsFile('2026年增补.csv', Buffer.from('序号,类别,任务名称,牵头单位,完成时限\n管-152,生态环境,岸线监测,生态局,2026-12-18\n'));
    await lin.clicks('确认导入');
    expect(said('林晓')).toContain('督查室主任周启明没有飞书账号，收不到，请当面告知。');
    await giveAccounts('何俊', '周启明');
  });

  test('裁定退件，原单位和新单位都没有人收得到：主任当场知道是哪两家、哪些人，不写“已通知”', async () => {
    const zeng = it.person('曾小雨');
    const { code, title } = await itemOf(it, '党-064');
    await zeng.says('任务书');
    await zeng.clicks('退件');
    await zeng.clicks('提交退件', { form: { item: `${code} ${title}`, unit: '海洋产业促进中心', reason: '以海洋产业为主' } });
    await it.person('何俊').clicks('提出意见');
    const desks = await inDatabase(it, (db) =>
      db.postHolding.findMany({
        where: { post: { role: { in: ['unitHead', 'liaison'] }, backup: false }, toOn: null },
        include: { person: true, post: { include: { unit: true } } },
        orderBy: { post: { position: 'asc' } },
      }),
    );
    const namesIn = (unit: string): string[] => desks.filter(({ post }) => post.unit?.name === unit).map(({ person }) => person.name);
    const [former, next] = [namesIn('南屿办事处'), namesIn('海洋产业促进中心')];
    expect([former.length, next.length]).toEqual([2, 2]);
    await takeAccounts(...former, ...next);
    const reply = await it.person('周启明').clicks('裁定');
    const told = (unit: string, names: readonly string[]): string => `${unit}的主要负责人、联络员${names.join('、')}没有飞书账号，收不到，请当面告知`;
    const both = `${told('南屿办事处', former)}；${told('海洋产业促进中心', next)}`;
    expect(reply).toMatchObject({ toast: { type: 'warning', content: `已裁定；${both}` } });
    expect(textOfCard(it.person('周启明').cards())).toContain(both);
    await giveAccounts(...former, ...next);
  });

  test('系统拟的督办令、约谈建议，没有人点过什么：该收的收不到，督查室别的人和管理员知道，同一件只说一次', async () => {
    const { id } = await itemOf(it, '党-031');
    // 今天正好逾期5个工作日：拟督办令的一步到了。
    await inDatabase(it, (db) => db.workItem.update({ where: { id }, data: { dueOn: '2026-05-25', originalDueOn: '2026-05-25' } }));
    await takeAccounts('林晓', '何俊');
    for (let twice = 0; twice < 2; twice += 1) await asSystem(it.app, it.clock.now(), (ctx) => onOrderDue(ctx, [id]));
    await it.settled();
    const words = /^系统已拟1份督办令（党-031），待核稿；督查员.*没有飞书账号，收不到，请当面告知。$/;
    const told = (name: string): string[] =>
      it
        .person(name)
        .texts()
        .filter((text) => words.test(text));
    expect(told('周启明')).toHaveLength(1);
    await giveAccounts('林晓', '何俊');
    await takeAccounts('周启明');
    const content = { orderIds: [], heading: '住房和建设局没有按时回复', lines: ['管-063'] };
    await asSystem(it.app, it.clock.now(), async (ctx) => {
      const proposal = await propose(ctx, { kind: 'interview', occasion: 'interview:unheard', content });
      if (proposal) await sendProposal(ctx, proposal);
    });
    await it.settled();
    expect(it.person('林晓').texts().at(-1)).toBe(
      '约谈建议单待督查室主任决定：住房和建设局没有按时回复；督查室主任周启明没有飞书账号，收不到，请当面告知。',
    );
  });

  test('投诉建议：主任没有账号，转系统管理员；都收不到的，写的人知道，意见留在留痕里', async () => {
    const ding = it.person('丁一凡');
    await ding.says('投诉建议');
    expect(await ding.clicks('提交意见', { form: { words: '一周被要求报了三次' } })).toMatchObject({ toast: { content: '已转系统管理员' } });
    expect(said('丁一凡')).toContain('已转系统管理员。');
    await inDatabase(it, (db) => db.postHolding.updateMany({ where: { post: { role: 'administrator' } }, data: { toOn: '2026-01-01' } }));
    await ding.says('投诉建议');
    const told = '已记下；督查室主任周启明没有飞书账号，收不到，请当面告知';
    expect(await ding.clicks('提交意见', { form: { words: '多头催报' } })).toMatchObject({ toast: { type: 'warning', content: told } });
    expect(said('丁一凡')).toContain(`${told}。`);
    await giveAccounts('周启明');
  });
});
