import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fc } from '../fast-check.ts';
import { commands, queueCard, queueTexts, smooth } from './outbox-commands.ts';
import { checkEnd, checkStep, draftOn, type Model, newModel } from './outbox-model.ts';
import { type OutboxWorld, openOutboxWorld } from './outbox-world.ts';

/** 平时几段，夜里 `npm run nightly -- 发件` */
const runs = Number(process.env.OUTBOX_RUNS ?? 2);
const lengthMax = Number(process.env.OUTBOX_LENGTH ?? 24);
vi.setConfig({ testTimeout: 120_000 + runs * 60_000 });

const people = 60;
let world: OutboxWorld;
let model: Model;
/** 各条消息依次改成的稿次 */
const drafts = new Map<string, number[]>();

beforeAll(async () => {
  world = await openOutboxWorld(people);
  world.emulator.store.onChange((change) => {
    if (change.kind !== 'messagePatched') return;
    const message = world.emulator.store.message(change.messageId);
    if (message?.msgType === 'interactive') drafts.set(change.messageId, [...(drafts.get(change.messageId) ?? []), draftOn(message)]);
  });
  model = newModel();
  await world.start();
  // 人人手上先有一张：停机久了，发过没有，查得到会话。
  for (let person = 0; person < people; person += 1) await queueCard(model, world, { card: 100 + person, person, priority: 'order' });
  await comeToRest();
});
afterAll(() => world.close());

/** 平台好了，程序也在：钟走到没有什么可发 */
async function comeToRest(): Promise<void> {
  world.emulator.faults.clear();
  if (world.instances().length === 0) await world.start();
  for (let round = 0; round < 120; round += 1) {
    const [row] = await world.sql<{ left: number }>(`SELECT count(*)::int AS left FROM "OutboxEntry" WHERE state IN ('pending', 'sending')`);
    if (row?.left === 0) return;
    await world.advance(10_000);
    if (world.instances().length === 0) await world.start();
  }
}

const backwards = (): string[] =>
  [...drafts].flatMap(([messageId, shown]) =>
    shown.some((draft, index) => draft < (shown[index - 1] ?? 0)) ? [`${messageId}退回旧稿：${shown.join('、')}`] : [],
  );

test('不论次序、限频、出错、丢应答、断电、几个程序：一把钥匙恰好一条，车道有先后，卡片停在最后一稿，平台从不嫌多，急的先走，谁也不饿着', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands([...commands], { maxCommands: lengthMax, size: 'max' }), async (acts) => {
      await fc.asyncModelRun(() => ({ model, real: world }), acts);
      await expectSound();
    }),
    // 天地只有一个，缩短了重来也不是原来的样子：报出种子和走过的步就够了。
    { numRuns: runs, endOnFailure: true },
  );
});

const stateOf = async (key: string | undefined): Promise<string | undefined> =>
  (await world.sql<{ state: string }>(`SELECT state FROM "OutboxEntry" WHERE "dedupeKey" = $1`, [key]))[0]?.state;
const lastKey = (): string | undefined => [...model.sends.keys()].at(-1);
const expectSound = async (): Promise<void> => {
  await comeToRest();
  expect([...(await checkStep(model, world)), ...(await checkEnd(model, world)), ...backwards()]).toEqual([]);
};

test('成批的几百条排在前面，后来的一件急的，一秒之内先走', async () => {
  await queueTexts(
    model,
    world,
    Array.from({ length: 150 }, (_, index) => index),
    'digest',
  );
  await world.advance(1_500);
  await queueTexts(model, world, [59], 'order');
  const urgent = lastKey();
  await world.advance(1_000);
  expect(await stateOf(urgent)).toBe('sent');
  expect(await world.sql(`SELECT 1 FROM "OutboxEntry" WHERE state = 'pending' AND priority = 4 LIMIT 1`)).toHaveLength(1);
  await expectSound();
});

test('同一车道上前一张出了错要重试，后一张等着它', async () => {
  const lane = { card: 50, person: 9, priority: 'task' } as const;
  world.emulator.faults.arm('error-in-200', { times: 1, operation: 'message.create' });
  await queueCard(model, world, lane);
  await queueCard(model, world, lane);
  await world.advance(5_000);
  expect(world.emulator.faults.armed()).toEqual([]);
  await expectSound();
});

test('一个人名下积着一百多条，别人的那一条不跟着等', async () => {
  smooth(model, world);
  await queueTexts(model, world, Array<number>(130).fill(3), 'digest');
  await queueTexts(model, world, [4], 'digest');
  const other = lastKey();
  await world.advance(5_000);
  expect(await stateOf(other)).toBe('sent');
  await expectSound();
});
