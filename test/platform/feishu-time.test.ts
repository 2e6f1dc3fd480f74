import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TestClock } from '#core/clock';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { createDoor, type DoorConfig } from '#platform/feishu/door';
import { connectFeishu } from '../../src/connect-feishu.ts';
import { appId, clickEvent, encryptKey, envelope, sealed, tenantKey, verificationToken } from '../http/webhook-bench.ts';
import { createScene, type Scene } from './emulator-scene.ts';

/** 服务器的钟不准：按钮照样点得了，诊断说得出差多少（F9）。 */
let scene: Scene;
let ours: TestClock;
let close: () => Promise<void>;
let connection: ReturnType<typeof connectFeishu>;
let said: string[];
let clicks: number;
beforeEach(async () => {
  scene = createScene();
  said = [];
  clicks = 0;
  ours = new TestClock(scene.clock.now());
  const open = await listenOnLoopback(createOpenApi(scene.api));
  close = open.close;
  const { appSecret, appId: id } = scene.store.app();
  const write = (_fields: object, message: string): void => void said.push(message);
  const log = { debug: write, info: write, warn: write, error: write };
  connection = connectFeishu(
    { appId: id, appSecret, domain: open.url, encryptKeys: [encryptKey], verificationToken, tenantKey: undefined },
    log,
    ours,
  );
});
afterEach(() => close());

const minute = 60_000;
const hour = 60 * minute;
const lines = [
  ['快六分', 6 * minute, '比飞书快6分'],
  ['慢六分十二秒', -(6 * minute + 11_600), '比飞书慢6分12秒'],
  ['快三天零二小时', 74 * hour + 5_000, '比飞书快3天2小时'],
  ['慢八小时', -8 * hour, '比飞书慢8小时'],
] as const;

/** 我们的钟比平台的快这么多 */
const set = (fastMs: number): void => ours.set(new Date(scene.clock.now().getTime() + fastMs));

/** 门此刻看这一下点击：平台此刻签的，或那时签的 */
function click(door: ReturnType<typeof createDoor>, at = scene.clock.now()): string {
  clicks += 1;
  const { body, headers } = sealed(envelope('card.action.trigger', clickEvent(), { event_id: `event-${clicks}` }), { at });
  const opened = door(headers, Buffer.from(body));
  return opened.kind === 'refused' ? opened.reason : opened.kind;
}

const doorOf = (more: Partial<DoorConfig> = {}): ReturnType<typeof createDoor> =>
  createDoor({ ...connection, appId, tenantKey, clock: ours, ...more });

test.each(lines)('服务器的钟%s：平台答过一句话，点击就照收；诊断说出差多少，日志记一行', async (_name, fastMs, finding) => {
  set(fastMs);
  const door = doorOf();
  await connection.platform.reader.getBot();
  expect(click(door)).toBe('event');
  expect(await connection.probe()).toContainEqual(expect.objectContaining({ name: '服务器时钟', status: 'fail', finding }));
  expect(said).toEqual(['feishu: our clock is wrong']);
  // 校准之后。
  set(0);
  expect(await connection.probe()).toContainEqual({ name: '服务器时钟', status: 'pass', finding: '与飞书一致' });
  expect(said).toEqual(['feishu: our clock is wrong', 'feishu: our clock is right again']);
  expect(click(door)).toBe('event');
});

test.each(lines)('服务器的钟%s：时间窗也不因此变宽——按平台的钟过了五分钟的不收，同一个签名不收第二次', async (_name, fastMs) => {
  set(fastMs);
  const door = doorOf();
  await connection.platform.reader.getBot();
  const now = scene.clock.now().getTime();
  expect(click(door, new Date(now - 5 * minute - 2_000))).toBe('outside-window');
  expect(click(door, new Date(now + 5 * minute + 2_000))).toBe('outside-window');
  const { body, headers } = sealed(envelope('card.action.trigger', clickEvent()), { at: scene.clock.now() });
  expect([1, 2].map(() => door(headers, Buffer.from(body))).map((opened) => (opened.kind === 'refused' ? opened.reason : opened.kind))).toEqual([
    'event',
    'replayed',
  ]);
});

test('差在一分钟之内算准的：只按自己的钟，时间窗一毫秒不宽', async () => {
  set(59_000);
  await connection.platform.reader.getBot();
  const door = doorOf();
  const mine = ours.now().getTime();
  expect(click(door, new Date(mine - 5 * minute))).toBe('event');
  expect(click(door, new Date(mine - 5 * minute - 1))).toBe('outside-window');
  expect(await connection.probe()).toContainEqual({ name: '服务器时钟', status: 'pass', finding: '与飞书一致' });
});

test.each([
  ['跳了', 0, hour],
  ['校准了', hour, 0],
])('钟忽然%s，平台还没有再答过话：第一下不收，随即去问，下一下就收；一分钟至多问一次', async (_name, from, to) => {
  set(from);
  await connection.platform.reader.getBot();
  const door = doorOf();
  const asked = (): number => scene.store.apiCalls().filter(({ path }) => path.includes('/bot/v3/info')).length;
  set(to);
  const before = asked();
  expect([click(door), click(door), click(door)]).toEqual(['outside-window', 'outside-window', 'outside-window']);
  await vi.waitFor(() => expect(Math.abs((connection.fastMs?.() ?? 0) - to)).toBeLessThan(2_000));
  expect(asked() - before).toBe(1);
  expect(click(door)).toBe('event');
});

test('平台的答复里没有时间，或者写得不像时间：当作没有听过，门照旧', async () => {
  set(hour);
  expect(connection.fastMs?.()).toBeNull();
  const door = doorOf({ onDoubt: undefined });
  expect(click(door)).toBe('outside-window');
  expect(click(door, ours.now())).toBe('event');
});
