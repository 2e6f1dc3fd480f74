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
