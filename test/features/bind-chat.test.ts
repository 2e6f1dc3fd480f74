import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ListedChat } from '#core/job';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { verifyAudit } from '#domain/audit/verify';
import type { RosterResult } from '#domain/roster/apply-roster';
import { chatOf, listChatBindings } from '#domain/roster/store';
import { importRoster } from '#features/roster/import';
import { asSystem } from '../../src/app.ts';
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
/** 有人把机器人拉进这个群，机器人在群里说过的话 */
const addsBotTo = async (chatId: string, { person }: Pick<TestPerson, 'person'>): Promise<string> => {
  await it.acts.addsBot(person.openId, chatId);
  await it.settled();
  return allIn(chatId);
};
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
    expect(await addsBotTo(chatId, lin)).toContain('请系统管理员或督查室在本群@我发送“绑定本群 U09”');
    expect(await chatFor('unit:U09')).not.toBe(chatId);
  });

  test('没有权的人，群名一字不差也绑不上，答他的话与不认识的群一样；过了一夜还是没有绑', async () => {
    await it.acts.removesBot(lin.person.openId, it.group('述职测评监督员群').chatId);
    await it.settled();
    const before = await trail();
    const unknown = newGroup('不认识的群', { botIn: false });
    const saidToUnknown = await addsBotTo(unknown, it.person('丁一凡'));
    const stranger = it.world.store.addPerson({ name: '来路不明', mobile: '19900009999' });
    for (const person of [it.person('丁一凡').person, stranger]) {
      const chatId = newGroup('述职测评监督员群', { botIn: false });
      expect(await addsBotTo(chatId, { person })).toBe(saidToUnknown);
    }
    await it.moveTo('2026-05-29 06:30');
    expect(await chatFor('observers')).toBeNull();
    expect(await trail()).toEqual(before);
  });

  test('还没有绑的，有权的人把机器人拉进来就绑好；绑好之后，再来一个同名的群换不了它', async () => {
    const right = newGroup(' 述职测评监督员群', { botIn: false });
    expect(await addsBotTo(right, lin)).toContain('按群名认出这是“述职测评监督员群”');
    expect(await chatFor('observers')).toBe(right);
    const before = await trail();
    const second = newGroup('述职测评监督员群', { botIn: false });
    expect(await addsBotTo(second, lin)).toContain('已绑定另一个群，没有改动。确要改到本群，请在本群@我发送“绑定本群 监督员群”');
    expect([await chatFor('observers'), await trail()]).toEqual([right, before]);
    expect(await saysIn(second, '绑定本群 监督员群')).toContain('已绑定本群');
    expect(await chatFor('observers')).toBe(second);
  });

  test('手工绑过的群，有权的人移出再拉回来，还是原来的用途，不看群名', async () => {
    const chatId = newGroup('没有规矩的名字');
    await saysIn(chatId, '绑定本群 U13');
    await it.acts.removesBot(lin.person.openId, chatId);
    await addsBotTo(chatId, lin);
    expect(await chatFor('unit:U13')).toBe(chatId);
  });
});

describe('再次导入花名册', () => {
  /** 群还是那些名字；机器人所在的群，就这些。人和单位不在这里的话题之内。 */
  const imports = (...chats: readonly Partial<ListedChat>[]): Promise<RosterResult> => {
    const listed = chats.map((chat, nth) => ({ chatId: `oc_${nth}`, name: '', ownerOpenId: null, external: false, ...chat }));
    return asSystem(it.app, it.clock.now(), async (ctx) => {
      const parsed = { units: [], posts: [], chats: await listChatBindings(ctx.tx), problems: [] };
      return importRoster(ctx, { parsed, accounts: new Map(), chats: listed });
    });
  };
  const frees = async (...names: string[]): Promise<void> => {
    for (const name of names) await it.acts.removesBot(lin.person.openId, it.group(name).chatId);
    await it.settled();
  };

  test('绑着的群不动；没有绑的按群名绑上，列出来连同群主，请人核对', async () => {
    await frees('城管局督办工作群', '应急局督办工作群');
    const bound = await chatFor('unit:U09');
    const { boundChats, withoutChat } = await imports(
      { chatId: 'oc_other', name: '住建局督办工作群', ownerOpenId: lin.person.openId },
      { chatId: 'oc_u10', name: '城管局督办工作群', ownerOpenId: lin.person.openId },
      { chatId: 'oc_u11', name: '应急局督办工作群', ownerOpenId: 'ou_stranger' },
    );
    expect(await chatFor('unit:U09')).toBe(bound);
    expect(boundChats).toEqual([
      { chatName: '城管局督办工作群', ownerName: '林晓' },
      { chatName: '应急局督办工作群', ownerName: null },
    ]);
    expect([await chatFor('unit:U10'), await chatFor('unit:U11'), withoutChat]).toEqual(['oc_u10', 'oc_u11', []]);
    const [written] = await withTransaction(it.app.database, (tx) =>
      rows(tx).auditEntry.findMany({ where: { subjectType: 'roster' }, orderBy: { seq: 'desc' }, take: 1 }),
    );
    expect(written?.detail).toMatchObject({ boundChats: { 'unit:U10': 'oc_u10', 'unit:U11': 'oc_u11' } });
  });

  test('分不清的一个不绑，说明缘由：同名的不止一个、有外单位的人、另有用途、没有这样的群', async () => {
    const purposes = ['unit:U14', 'unit:U15', 'unit:U16', 'unit:U17'];
    const names = await withTransaction(it.app.database, async (tx) => {
      await rows(tx).chatBinding.updateMany({ where: { purpose: { in: purposes } }, data: { lostAt: it.clock.now() } });
      return (await rows(tx).chatBinding.findMany({ where: { purpose: { in: purposes } }, orderBy: { purpose: 'asc' } })).map(
        ({ chatName }) => chatName,
      );
    });
    const elsewhere = (await chatFor('unit:U09')) ?? '';
    const { boundChats, withoutChat } = await imports(
      ...[names[0], names[0]].map((name, nth) => ({ chatId: `oc_same${nth}`, name: name ?? '' })),
      { name: names[1] ?? '', external: true },
      { name: names[2] ?? '', chatId: elsewhere },
    );
    expect(boundChats).toEqual([]);
    expect(withoutChat).toEqual(['sameName', 'external', 'taken', 'absent'].map((reason, nth) => ({ chatName: names[nth], reason })));
    for (const purpose of purposes) expect([purpose, await chatFor(purpose)]).toEqual([purpose, null]);
    expect(await chatFor('unit:U09')).toBe(elsewhere);
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

  test('每天清早的重新匹配不绑群：手工绑定的不动，失去的也不按名字去找', async () => {
    const chosen = await chatFor('unit:U31');
    expect(chosen).not.toBe(it.group('南屿办督办工作群').chatId);
    await it.moveTo('2026-05-30 06:30');
    expect(await chatFor('unit:U31')).toBe(chosen);
    await it.acts.removesBot(lin.person.openId, chosen ?? '');
    await it.settled();
    await it.moveTo('2026-05-31 06:30');
    expect(await chatFor('unit:U31')).toBeNull();
  });
});

describe('存证群', () => {
  test('绑定之后，每个工作日8:30一条锚，周末没有；照这条锚核对，之前的留痕一条没动，改了链头就对不上', async () => {
    const chatId = newGroup('留痕存证');
    const anchors = () => wordsIn(chatId).flatMap((text) => /--anchor (\d+):([0-9a-f]{64})/.exec(text)?.slice(1, 3) ?? []);
    const at = (time: string): Promise<void> => it.moveTo(`2026-06-${time}`);
    await at('04 08:29');
    expect(await saysIn(chatId, '绑定本群 存证群')).toContain('每个工作日一条留痕的校验值会发到这里');
    await at('04 08:31');
    await at('05 08:31');
    await at('07 23:00');
    expect(anchors()).toHaveLength(4);
    const [, , seq = '', hash = ''] = anchors();
    const check = (anchor: { seq: bigint; hash: string }) =>
      verifyAudit((work) => withTransaction(it.app.database, work), { anchors: [anchor] }).then(({ fault }) => fault?.kind ?? null);
    expect(await check({ seq: BigInt(seq), hash })).toBeNull();
    expect(await check({ seq: BigInt(seq), hash: hash.replace(/^./, (first) => (first === '0' ? '1' : '0')) })).toBe('anchorBroken');
  });
});
