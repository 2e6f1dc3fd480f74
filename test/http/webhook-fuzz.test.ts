import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestClock } from '#core/clock';
import { createDoor } from '#platform/feishu/door';
import { encryptBody } from '#platform/feishu/webhook-crypto';
import { fc } from '../fast-check.ts';
import {
  appId,
  clickEvent,
  encryptKey,
  envelope,
  sealed,
  sign,
  startBench,
  startedAt,
  tenantKey,
  textEvent,
  verificationToken,
  type WebhookBench,
} from './webhook-bench.ts';

let bench: WebhookBench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

// 夜里 FUZZ_RUNS=20000。
const runs = Number(process.env.FUZZ_RUNS ?? 2_000);

/** 各得了什么答复、因何被拒，印成一行；合起来一个不少 */
function report(name: string, counts: ReadonlyMap<number, number>, total: number): Record<string, number> {
  const reasons: Record<string, number> = {};
  for (const { fields } of bench.logged) {
    const { reason } = fields as { reason?: string };
    if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  process.stdout.write(`${name}：${total}个，${JSON.stringify(Object.fromEntries(counts))}，${JSON.stringify(reasons)}\n`);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
  expect(sum([...counts.values()])).toBe(total);
  expect(sum(Object.values(reasons))).toBe(total - (counts.get(200) ?? 0));
  return reasons;
}

const anyBody = fc.oneof(
  fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((json) => Buffer.from(json)),
  fc.base64String({ maxLength: 600 }).map((encrypted) => Buffer.from(JSON.stringify({ encrypt: encrypted }))),
  fc.json().map((json) => Buffer.from(encryptBody(json, 'somebody-elses-key-000'))),
  fc.constant(envelope('card.action.trigger', clickEvent())).map((genuine) => Buffer.from(JSON.stringify(genuine))),
);
const anyHeaders = fc.oneof(
  fc.constant({}),
  fc.record(
    {
      'x-lark-request-timestamp': fc.oneof(fc.constant(String(startedAt.getTime() / 1000)), fc.stringMatching(/^[0-9a-z-]{0,20}$/)),
      'x-lark-request-nonce': fc.stringMatching(/^[0-9a-z]{0,20}$/),
      'x-lark-signature': fc.stringMatching(/^[0-9a-f]{64}$|^[0-9a-z]{0,10}$/),
    },
    { requiredKeys: [] },
  ),
);

test('两千个没有我们的键的请求：没有一个 5xx，没有一个办理', { timeout: 600_000 }, async () => {
  bench.logged.length = 0;
  const counts = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(anyBody, anyHeaders, async (body, headers) => {
      const { status } = await bench.post(body, headers);
      counts.set(status, (counts.get(status) ?? 0) + 1);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }),
    { numRuns: runs },
  );
  const reasons = report('没有我们的键的请求', counts, runs);
  for (const reason of ['unsigned', 'bad-signature']) expect(reasons[reason]).toBeGreaterThan(50);
  expect(bench.events).toEqual([]);
});

/** 在真信封里任意改动：换值、删键、加键，深处浅处都有 */
const mutation = fc.record({
  path: fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }),
  value: fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant(undefined), fc.string({ unit: 'binary', maxLength: 40 })),
});
const genuine = fc.constantFrom(
  () =>
    envelope(
      'card.action.trigger',
      clickEvent({ action: { value: { a: 1 }, tag: 'button', name: 'b', form_value: { text: '有', many: ['甲', '乙'] } } }),
    ),
  () => envelope('im.message.receive_v1', textEvent('@_user_1 任务')),
  () => envelope('im.chat.member.bot.added_v1', { chat_id: 'oc_1', name: '群', operator_id: { open_id: 'ou_1' } }),
  () => envelope('application.bot.menu_v6', { event_key: 'help', operator: { operator_id: { open_id: 'ou_1' } } }),
);

test('两千个改坏了的真事件：没有一个 5xx，交出去的都成样子', { timeout: 600_000 }, async () => {
  bench.events.length = 0;
  bench.logged.length = 0;
  const counts = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(genuine, fc.array(mutation, { minLength: 1, maxLength: 4 }), async (make, mutations) => {
      const { body, headers } = sealed(mutations.reduce(mutate, make()));
      const { status } = await bench.post(body, headers);
      expect([200, 400, 401]).toContain(status);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }),
    { numRuns: runs },
  );
  const reasons = report('改坏了的真事件', counts, runs);
  for (const reason of ['malformed', 'wrong-token', 'wrong-app', 'wrong-tenant']) expect(reasons[reason]).toBeGreaterThan(5);
  expect(counts.get(200) ?? 0).toBeGreaterThan(50);
  for (const { event } of bench.events) {
    expect(event.eventId).toMatch(/^[\x21-\x7e]{1,200}$/);
    expect(Number.isNaN(event.at.getTime())).toBe(false);
    expect(JSON.stringify(event)).not.toContain('\\u0000');
  }
});

test('两千个地址验证与事件的混合体，一件事也办不成', () => {
  const clock = new TestClock(startedAt);
  const door = createDoor({ encryptKeys: [encryptKey], verificationToken, appId, tenantKey, clock });
  const challenge = fc.oneof(fc.string({ maxLength: 300 }), fc.jsonValue({ maxDepth: 2 }));
  const mixed = fc.record(
    {
      type: fc.oneof({ weight: 4, arbitrary: fc.constant('url_verification') }, { weight: 1, arbitrary: fc.constant('event_callback') }),
      token: fc.oneof({ weight: 4, arbitrary: fc.constant(verificationToken) }, { weight: 1, arbitrary: fc.string() }),
      challenge,
      schema: fc.constant('2.0'),
      header: fc.constant(envelope('card.action.trigger', {})['header']),
      event: fc.constant(clickEvent()),
    },
    { requiredKeys: [] },
  );
  const echoed = { count: 0 };
  fc.assert(
    fc.property(mixed, fc.boolean(), (body, encrypted) => {
      clock.set(new Date(clock.now().getTime() + 10_000));
      const json = JSON.stringify(body);
      const opened = door({}, Buffer.from(encrypted ? encryptBody(json, encryptKey) : json));
      expect(opened.kind).not.toBe('event');
      if (opened.kind !== 'challenge') return;
      echoed.count += 1;
      expect(opened.challenge).toBe(body.challenge);
      expect(encrypted && body.type === 'url_verification' && body.token === verificationToken && opened.challenge.length <= 256).toBe(true);
    }),
    { numRuns: runs },
  );
  expect(echoed.count).toBeGreaterThan(50);
});

test('签了名的地址验证，也只是地址验证', () => {
  const door = createDoor({ encryptKeys: [encryptKey], verificationToken, appId, tenantKey, clock: new TestClock(startedAt) });
  const body = encryptBody(
    JSON.stringify({ ...envelope('card.action.trigger', clickEvent()), type: 'url_verification', token: verificationToken, challenge: 'x' }),
    encryptKey,
  );
  expect(door(sign(body), Buffer.from(body))).toEqual({ kind: 'challenge', challenge: 'x' });
});

function mutate(target: Record<string, unknown>, { path, value }: { path: readonly number[]; value: unknown }): Record<string, unknown> {
  const [first = 0, ...rest] = path;
  const keys = Object.keys(target);
  const key = keys[first % (keys.length + 1)] ?? 'added';
  const current = target[key];
  if (rest.length === 0 || typeof current !== 'object' || current === null) return { ...target, [key]: value };
  return { ...target, [key]: mutate(current as Record<string, unknown>, { path: rest, value }) };
}
