import { afterAll, beforeAll, expect, test } from 'vitest';
import { bind } from '#cards/kit/action';
import { signOrder } from '#cards/orders/actions';
import { createSeal } from '#runtime/seal';
import { giveCheckedOrders } from '../domain/orders-given.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { inDatabase } from './given-books.ts';

let it: TestApp;
let ids: string[];
beforeAll(async () => {
  it = await startTestApp({ at: '2026-09-22 16:20' });
  ids = await giveCheckedOrders(it.app.database, 60);
}, 120_000);
afterAll(() => it.close());

/** 周启明点一道令的“签发”，答复的那句话 */
async function presses(orderId: string, round: number): Promise<string> {
  const { openId } = it.person('周启明').person;
  const at = it.clock.now();
  const value = createSeal(it.world.connection.appSecret).seal(bind(signOrder, { orderId }), `person:${openId}`, at);
  const { body } = await it.app.dispatch({
    ...{ kind: 'cardAction', eventId: `sign-${orderId}-${round}`, at, operatorOpenId: openId, operatorUserId: null },
    ...{ messageId: null, chatId: null, value, name: null, form: {}, tag: 'button' },
  });
  return (JSON.parse(body) as { toast: { content: string } }).toast.content;
}

test('六十道令同一秒签发：每一下不是签成了，就是明说正忙、什么都没办；再点的都签成，号不断不重', async () => {
  const answers = new Map<string, string>();
  let left = ids;
  // 机器再忙，一轮也总有签成的。
  for (let round = 1; left.length > 0 && round <= 20; round += 1) {
    const said = await Promise.all(left.map(async (id) => [id, await presses(id, round)] as const));
    for (const [, answer] of said) expect(answer).toMatch(/^已签发：湾督〔2026〕\d+号，正在下达$|^现在办的人多，这一下还没有办，请稍等再点一次$/);
    for (const [id, answer] of said) if (answer.startsWith('已签发')) answers.set(id, answer);
    left = left.filter((id) => !answers.has(id));
  }
  const numbers = await inDatabase(it, (db) => db.documentNumber.findMany({ orderBy: { number: 'asc' } }));
  expect(numbers.map(({ number }) => number)).toEqual(ids.map((_, index) => index + 1));
  for (const { subjectId, text } of numbers) expect(answers.get(subjectId)).toBe(`已签发：${text}，正在下达`);
}, 120_000);
