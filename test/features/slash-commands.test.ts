import { afterAll, beforeAll, expect, test } from 'vitest';
import { panelCommands, syncPanel } from '#runtime/panel/sync';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp();
  await it.settled();
});
afterAll(() => it.close());

const listed = () => it.world.store.app().commands;
const calls = () => it.world.store.apiCalls().filter(({ path, method }) => path.includes('app_slash_commands') && method !== 'GET');
const sync = (commands = it.app.registry.contributions.commands) =>
  syncPanel({
    database: it.app.database,
    panel: it.world.connection.platform.panel,
    commands,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined } as never,
  });

test('启动时把口令登记成输入“/”时列出的指令：英文名，说明以中文口令开头；凡在帮助里的都有', async () => {
  const { commands } = it.app.registry.contributions;
  expect(listed()).toContainEqual(expect.objectContaining({ name: 'my', description: expect.stringMatching(/^我的任务：/) as string }));
  const hidden = commands.filter(({ words }) => !panelCommands(commands).some(({ description }) => description.startsWith(`${words[0]}：`)));
  expect(hidden.map(({ words }) => words[0])).toEqual(['收到']);
  expect(new Set(listed().map(({ name }) => name)).size).toBe(commands.length - 1);
});

test('点了“/digest”发出去，与打“简报”一样；菜单里有投诉建议', async () => {
  const lin = it.person('林晓');
  await lin.says('/help');
  expect(textOfCard(lin.lastCard())).toContain('能办的事');
  await lin.says('／帮助');
  expect(textOfCard(lin.lastCard())).toContain('能办的事');
  expect(it.world.store.app().menu.map(({ key }) => key)).toContain('投诉建议');
  await it.acts.choosesMenu(lin.person.openId, '投诉建议');
  await it.settled();
  expect(`${lin.texts().at(-1) ?? ''}${textOfCard(lin.lastCard())}`).toContain('投诉建议');
});

test('说惯了的话都听得懂，不必记住正名', async () => {
  const lin = it.person('林晓');
  const spoken = [
    '帮助',
    '我的任务',
    '任务 管-063',
    '填报 管-063',
    '延期 管-063',
    '催办 管-063',
    '督办令',
    '台账',
    '导出',
    '日报',
    '导入',
    '花名册',
    '设置',
    '免打扰',
    '撤销',
    '诊断',
  ];
  for (const words of spoken) {
    await lin.says(words);
    expect([words, textOfCard(lin.lastCard())]).toEqual([words, expect.not.stringContaining('没听懂这句话')]);
  }
});

test('导入、花名册、设置、撤销：各说清自己的事', async () => {
  const [lin, ding] = [it.person('林晓'), it.person('丁一凡')];
  const answer = async (who: typeof lin, words: string): Promise<string> => {
    await who.says(words);
    return textOfCard(who.lastCard());
  };
  expect(await answer(lin, '导入')).toMatch(/年度重点工作任务表[\s\S]*点“确认导入”之前，什么都不写入/);
  expect(await answer(it.person('马骁'), '导入')).toContain('您没有可以导入的表');
  expect(await answer(ding, '花名册')).toMatch(/住房和建设局[\s\S]*单位主要负责人：罗志远[\s\S]*联络员：丁一凡/);
  expect(await answer(ding, '花名册 南屿')).toContain('您无权查看这个单位的台账');
  expect(await answer(it.person('江岩'), '花名册')).toMatch(/全区31个单位、\d+人；没有飞书账号的\d+人/);
  expect(await answer(ding, '设置')).toMatch(/提前7、3、1个工作日和当天，09:05[\s\S]*每人每天至多一张提醒卡，连同简报不超过2条/);
  expect(await answer(lin, '撤销')).toContain('10分钟之内您没有确认过导入');
});

test('再同步一次什么也不写；说明变了的改，不再有的删，别人登记的不动', async () => {
  const before = calls().length;
  await sync();
  expect(calls()).toHaveLength(before);
  await it.world.connection.platform.panel.add({ name: 'weather', description: '天气' });
  await it.world.connection.platform.panel.add({ name: 'lunch', description: '别人的午餐' });
  const commands = it.app.registry.contributions.commands;
  const changed = commands
    .filter(({ words }) => !words.includes('rules'))
    .map((command) => (command.words.includes('my') ? { ...command, summary: '新的说明' } : command));
  const [first] = commands;
  const lunch = first ? [{ ...first, words: ['午餐', 'lunch'] as const, summary: '我们的午餐' }] : [];
  await sync([...changed, ...lunch]);
  const now = new Map(listed().map(({ name, description }) => [name, description]));
  expect([now.get('my'), now.has('rules'), now.get('weather'), now.get('lunch')]).toEqual(['我的任务：新的说明', false, '天气', '别人的午餐']);
});

test('没有权限：只是没有列表，打字照样能用；有了权限，下次启动补上', async () => {
  const { scopes } = it.world.store.app();
  it.world.store.changeApp({ commands: [], scopes: scopes.filter((scope) => !scope.includes('slash')) });
  await sync();
  expect(listed()).toEqual([]);
  it.world.store.changeApp({ scopes });
  // 登记也有每秒的限额，这一秒里别的测试已经用了一些：没登记上的，下一次补。
  const again = (): Promise<number> => sync().then(() => listed().length);
  await expect.poll(again, { timeout: 30_000, interval: 300 }).toBe(it.app.registry.contributions.commands.length - 1);
});
