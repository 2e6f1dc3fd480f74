import { noticeCard } from '#cards/system/notice.card';
import type { Priority } from '#core/outbox';
import { priorities } from '#core/outbox';
import type { FaultKind } from '#platform/emulator/faults';
import { fc } from '../fast-check.ts';
import { bulk, checkStep, type Model } from './outbox-model.ts';
import type { OutboxWorld } from './outbox-world.ts';

type Command = fc.AsyncCommand<Model, OutboxWorld>;

/** 一步 — does something to both, then looks at both. */
function step(name: string, run: (model: Model, world: OutboxWorld) => Promise<void>): Command {
  return {
    check: () => true,
    run: async (model, world) => {
      await run(model, world);
      const problems = await checkStep(model, world);
      if (problems.length > 0) throw new Error(problems.slice(0, 5).join('\n'));
    },
    toString: () => name,
  };
}

/** 坏了路，顺畅要从好了之后重新数 */
const rough = (model: Model): void => {
  model.smoothSince = null;
};
export const smooth = (model: Model, world: OutboxWorld): void => {
  const runs = world.instances().some(({ isDead }) => !isDead);
  const whole = world.emulator.faults.armed().length === 0;
  model.smoothSince = runs && whole ? (model.smoothSince ?? world.now()) : null;
};

const personAt = (world: OutboxWorld, index: number): string => world.people[index % world.people.length] ?? '';
const nextKey = (model: Model, kind: string): string => {
  model.serial += 1;
  return `${kind}${String(model.serial).padStart(5, '0')}。`;
};

/** 排几条文字 */
export async function queueTexts(model: Model, world: OutboxWorld, people: readonly number[], priority: Priority): Promise<void> {
  await world.queue((outbox) => {
    for (const index of people) {
      const [key, person] = [nextKey(model, '文字'), personAt(world, index)];
      outbox.sendText({ to: { person }, text: key, dedupeKey: key, priority });
      model.sends.set(key, { to: person, lane: key, nth: model.serial, says: key });
    }
  });
}

/** 发一张卡片；同一把卡片键给同一个人的，走同一条车道 */
export async function queueCard(model: Model, world: OutboxWorld, { card, person, priority }: { card: number; person: number; priority: Priority }) {
  const [key, cardKey, openId] = [nextKey(model, '卡片'), `卡片键${card}`, personAt(world, person)];
  const draft = (model.drafts.get(cardKey) ?? 0) + 1;
  model.drafts.set(cardKey, draft);
  await world.queue((outbox) => {
    outbox.sendCard({ to: { person: openId }, cardKey, card: cardOn(cardKey, key, draft), dedupeKey: key, priority });
    // 后来的一稿，先前的几张也换成它。
    outbox.updateCard({ cardKey, card: cardOn(cardKey, key, draft) });
  });
  model.sends.set(key, { to: openId, lane: `${cardKey}|${openId}`, nth: model.serial, says: cardKey });
}

/** 标题各不相同：停机久了，会话历史里凭它认得出是哪一张 */
const cardOn = (cardKey: string, title: string, draft: number) =>
  noticeCard({ title: `${title}${cardKey}`, text: `${cardKey}。第${draft}稿`, tone: 'info' });

const person = fc.nat(59);
const priority = fc.constantFrom(...(Object.keys(priorities) as Priority[]));
const faults: readonly FaultKind[] = ['rate-limited', 'rate-limited-400', 'server-error', 'error-in-200', 'bad-json', 'timeout', 'lost-answer'];

const advance = (ms: number): Command =>
  step(`钟走${ms}毫秒`, async (model, world) => {
    smooth(model, world);
    await world.advance(ms);
    smooth(model, world);
  });

const sendCard: fc.Arbitrary<Command> = fc
  .record({ card: fc.nat(4), person: fc.nat(7), priority })
  .map((given) => step(`卡片键${given.card}的一张给${given.person}（${given.priority}）`, (model, world) => queueCard(model, world, given)));
const updateCard: fc.Arbitrary<Command> = fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 3 })).map(([card, times]) =>
  step(`卡片键${card}更新${times}次`, async (model, world) => {
    const cardKey = `卡片键${card}`;
    for (let time = 0; time < times && model.drafts.has(cardKey); time += 1) {
      const draft = (model.drafts.get(cardKey) ?? 0) + 1;
      model.drafts.set(cardKey, draft);
      await world.queue((outbox) => outbox.updateCard({ cardKey, card: cardOn(cardKey, '更新', draft) }));
    }
  }),
);

/** 各样举动 */
export const commands: readonly fc.Arbitrary<Command>[] = [
  fc
    .tuple(fc.array(person, { minLength: 1, maxLength: 6 }), priority)
    .map(([people, urgency]) => step(`${urgency}的文字给${people.join('、')}`, (model, world) => queueTexts(model, world, people, urgency))),
  fc.tuple(fc.integer({ min: 20, max: 90 }), fc.constantFrom(...bulk)).map(([count, urgency]) =>
    step(`成批的${count}条（${urgency}）`, (model, world) =>
      queueTexts(
        model,
        world,
        Array.from({ length: count }, (_, index) => index),
        urgency,
      ),
    ),
  ),
  // 一个人的一大堆，不该挡着后面的人。
  fc.tuple(person, fc.integer({ min: 66, max: 80 }), fc.constantFrom(...bulk)).map(([to, count, urgency]) =>
    step(`给${to}一个人${count}条（${urgency}），给别人一条`, async (model, world) => {
      await queueTexts(model, world, Array<number>(count).fill(to), urgency);
      await queueTexts(model, world, [to + 1], urgency);
    }),
  ),
  // 卡片的发送与更新最容易乱，多来几次。
  ...[sendCard, sendCard, updateCard, updateCard],
  fc.nat(1_000).map((nth) =>
    step('同一把钥匙再排一次', async (model, world) => {
      const [key, send] = [...model.sends][nth % Math.max(1, model.sends.size)] ?? [];
      if (key === undefined || !send) return;
      await world.queue((outbox) => outbox.sendText({ to: { person: send.to }, text: `${key}又一次`, dedupeKey: key, priority: 'task' }));
    }),
  ),
  fc.integer({ min: 0, max: 2_000 }).map(advance),
  fc.integer({ min: 2_000, max: 20_000 }).map(advance),
  fc.constant(advance(70_000)),
  fc.tuple(fc.constantFrom(...faults), fc.integer({ min: 1, max: 6 })).map(([kind, times]) =>
    step(`平台${kind}${times}次`, async (model, world) => {
      rough(model);
      world.emulator.faults.arm(kind, { times });
    }),
  ),
  // 别的程序用掉了一份：额度忽然少了。
  fc.tuple(fc.integer({ min: 100, max: 700 }), fc.boolean()).map(([count, interactive]) =>
    step(`别处用掉“发送”${count}次${interactive ? '，有人等着' : ''}`, async (_, world) => {
      await world.sql(`INSERT INTO "ApiCall" (api, target, interactive, at) SELECT 'create', '', $2, $3 FROM generate_series(1, $1)`, [
        ...[count, interactive],
        new Date(world.now()),
      ]);
    }),
  ),
  fc.tuple(fc.nat(2), fc.constantFrom('before', 'after', 'now')).map(([nth, when]) =>
    step(`第${nth}个程序${when === 'now' ? '当即断电' : `在下一次调用${when === 'before' ? '之前' : '之后'}断电`}`, async (model, world) => {
      const instance = world.instances()[nth];
      if (!instance) return;
      rough(model);
      if (when === 'now') await world.kill(instance);
      else instance.diesAtNextCall(when === 'before' ? 'before' : 'after');
    }),
  ),
  fc.constant(
    step('再起一个程序', async (model, world) => {
      if (world.instances().length >= 3) return;
      await world.start();
      smooth(model, world);
    }),
  ),
  fc.nat(2).map((nth) =>
    step(`第${nth}个程序正常停下`, async (model, world) => {
      const instance = world.instances()[nth];
      if (instance) await world.stop(instance);
      if (world.instances().length === 0) rough(model);
    }),
  ),
  fc.constantFrom(5, 125).map((minutes) =>
    step(`全部断电，停机${minutes}分钟，再起`, async (model, world) => {
      rough(model);
      for (const instance of [...world.instances()]) await world.kill(instance);
      await world.advance(minutes * 60_000);
      await world.start();
    }),
  ),
];
