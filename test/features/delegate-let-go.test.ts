import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, textOfCard } from '../harness.ts';
import { startWithBooks } from './given-books.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
}, 120_000);
afterAll(() => it.close());

const signable = (name: string): number =>
  it
    .person(name)
    .cards()
    .filter((card) => JSON.stringify(card).includes('task-books.acknowledge')).length;
const says = async (who: string, words: string): Promise<string> => {
  await it.person(who).says(words);
  return textOfCard(it.person(who).lastCard());
};

test('梁海生委托方伟代办，随后岗位移交给周碧云：两人手上等签收的都收起，写明由谁接手，接任的有一份', async () => {
  await says('梁海生', '委托');
  const today = { fromOn: '2026-05-29', toOn: '2026-06-02' };
  const delegated = await it.person('梁海生').clicks('提交委托', { form: { person: '方伟（渔业办负责人）', ...today } });
  expect(JSON.stringify(delegated)).toContain('success');
  expect([signable('梁海生'), signable('方伟')]).toEqual([1, 1]);
  await says('林晓', '移交 梁海生');
  expect(await it.person('林晓').clicks('办理移交', { form: { person: '周碧云（副主任）' } })).toMatchObject({ toast: { content: '已移交' } });
  expect([signable('梁海生'), signable('方伟'), signable('周碧云')]).toEqual([0, 0, 1]);
  const closed = it
    .person('方伟')
    .cards()
    .map((card) => textOfCard(card))
    .filter((text) => text.includes('已由周碧云接手'));
  expect(closed).toHaveLength(1);
});
