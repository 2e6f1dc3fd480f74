import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { chatOf } from '#domain/roster/store';
import { startTestApp, type TestApp, type TestPerson, textOfCard } from '../harness.ts';

let it: TestApp;
let lin: TestPerson;

beforeAll(async () => {
  it = await startTestApp({ at: '2026-05-28 15:10' });
  lin = it.person('林晓');
});
afterAll(() => it.close());

const chatFor = (purpose: string): Promise<string | null> => withTransaction(it.app.database, (tx) => chatOf(tx, purpose));
const trail = () =>
  withTransaction(it.app.database, (tx) =>
    rows(tx).auditEntry.findMany({
      where: { subjectType: 'chat' },
      orderBy: { seq: 'asc' },
      select: { actorName: true, event: true, before: true, after: true },
    }),
  );
/** 新建一个群，机器人在里面 */
const newGroup = (name: string, { botIn = true } = {}): string => it.world.store.addGroup({ name, members: [lin.person.openId], botIn }).chatId;
const saysIn = async (chatId: string, text: string, person = lin): Promise<string> => {
  await person.says(text, { chatId }, { mentionsBot: true });
  return lastIn(chatId);
};
const wordsIn = (chatId: string): string[] =>
  it.world.store.messagesOf(chatId).map(({ content }) => (content.startsWith('{"schema"') ? textOfCard(JSON.parse(content)) : content));
const lastIn = (chatId: string): string => wordsIn(chatId).at(-1) ?? '';
const allIn = (chatId: string): string => wordsIn(chatId).join('\n');

describe('按群名绑定', () => {
  test('导入花名册时，机器人已在、名字对得上的39个群都绑好了', async () => {
    const bound = await withTransaction(it.app.database, (tx) => rows(tx).chatBinding.count({ where: { chatId: { not: null }, lostAt: null } }));
    expect(bound).toBe(39);
    expect(await chatFor('unit:U09')).toBe(it.group('住建局督办工作群').chatId);
  });

  test('被移出群，绑定失效；重新拉进来，自己认出来并说一声', async () => {
    const { chatId } = it.group('住建局督办工作群');
    await it.acts.removesBot(lin.person.openId, chatId);
    await it.settled();
    expect(await chatFor('unit:U09')).toBeNull();
    await it.acts.addsBot(lin.person.openId, chatId);
    await it.settled();
    expect(await chatFor('unit:U09')).toBe(chatId);
    expect(allIn(chatId)).toContain('按群名认出这是“住建局督办工作群”');
    expect((await trail()).slice(-2).map(({ event, before, after }) => [event, before ?? after])).toEqual([
      ['lose', 'unit:U09'],
      ['bind', 'unit:U09'],
    ]);
  });

  test('拉进一个名字不认识的群：不发内容，只说怎么绑定', async () => {
    const chatId = newGroup('住建督办', { botIn: false });
    await it.acts.addsBot(lin.person.openId, chatId);
    await it.settled();
    expect(allIn(chatId)).toContain('绑定本群 U09');
    expect(await chatFor('unit:U09')).not.toBe(chatId);
  });
});

describe('绑定本群', () => {
  test('单位代码、名称、简称、小写和全角都认；换了群，旧群不再收', async () => {
    const former = await chatFor('unit:U09');
    for (const [word, purpose] of [
      ['绑定本群 U09', 'unit:U09'],
      ['绑定本群u09', 'unit:U09'],
      ['/绑定本群 Ｕ０９', 'unit:U09'],
      ['绑定本群 住房和建设局', 'unit:U09'],
      ['bind 住建局', 'unit:U09'],
    ] as const) {
      const chatId = newGroup(`测试 ${word}`);
      expect([word, await saysIn(chatId, word)]).toEqual([word, expect.stringContaining('本群用途：住房和建设局工作群')]);
      expect([word, await chatFor(purpose)]).toEqual([word, chatId]);
    }
    expect(await chatFor('unit:U09')).not.toBe(former);
  });

  test('总群、监督员群、场务群、分管领域的群也可以', async () => {
    for (const [word, purpose] of [
      ['总群', 'district'],
      ['监督员群', 'observers'],
      ['场次群', 'session'],
      ['城建口', 'field:城建口'],
    ] as const) {
      const chatId = newGroup(`新的${word}`);
      expect(await saysIn(chatId, `绑定本群 ${word}`)).toContain('已绑定本群');
      expect([word, await chatFor(purpose)]).toEqual([word, chatId]);
    }
  });

  test('一个群只有一个用途：改绑到别的单位，原来的用途就空着', async () => {
    const chatId = newGroup('先城管后应急');
    await saysIn(chatId, '绑定本群 U10');
    await saysIn(chatId, '绑定本群 U11');
    expect([await chatFor('unit:U10'), await chatFor('unit:U11')]).toEqual([null, chatId]);
  });

  test('说错单位给出建议，没说单位告诉怎么说，都不改绑定', async () => {
    const chatId = newGroup('说错的群');
    const before = await trail();
    expect(await saysIn(chatId, '绑定本群 海洋局(筹)')).toContain('是否为“海洋产业促进中心（U24）”？');
    expect(await saysIn(chatId, '绑定本群')).toContain('请写明本群是哪个单位的');
    expect(await saysIn(chatId, '绑定本群 U99')).toContain('花名册里没有“U99”');
    expect(await trail()).toEqual(before);
  });

  test('在单聊里说：请到群里说', async () => {
    await lin.says('绑定本群 U09');
    expect(textOfCard(lin.lastCard())).toContain('请在要绑定的群里@我发送');
  });

  test('群里别的人说，不绑；没有@机器人的话，听不见', async () => {
    const chatId = newGroup('没有权的群');
    const liaison = it.person('丁一凡');
    it.world.store.changeChat(chatId, { members: [lin.person.openId, liaison.person.openId] });
    const bound = await chatFor('unit:U09');
    expect(await saysIn(chatId, '绑定本群 U09', liaison)).toContain('您无权绑定工作群，请联系系统管理员或督查室');
    const heard = it.world.store.messagesOf(chatId).filter(({ sender }) => sender.kind === 'bot').length;
    await lin.says('绑定本群 U09', { chatId });
    expect(it.world.store.messagesOf(chatId).filter(({ sender }) => sender.kind === 'bot')).toHaveLength(heard);
    expect(await chatFor('unit:U09')).toBe(bound);
  });

  test('每次绑定都留痕，写着谁、哪个用途', async () => {
    const chatId = newGroup('留痕的群');
    await saysIn(chatId, '绑定本群 U31');
    expect((await trail()).at(-1)).toEqual({ actorName: '林晓', event: 'bind', before: null, after: 'unit:U31' });
  });

  test('每天清早的重新匹配不动手工绑定的群；失去的群按名字找回', async () => {
    const chosen = await chatFor('unit:U31');
    const { chatId: named } = it.group('南屿办督办工作群');
    expect(chosen).not.toBe(named);
    await it.moveTo('2026-05-29 06:30');
    expect(await chatFor('unit:U31')).toBe(chosen);
    await it.acts.removesBot(lin.person.openId, chosen ?? '');
    await it.settled();
    await it.moveTo('2026-05-30 06:30');
    expect(await chatFor('unit:U31')).toBe(named);
  });
});
