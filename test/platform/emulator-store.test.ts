import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '#core/clock';
import { assertLoopback } from '#platform/emulator/loopback';
import { createRateLimits, perTarget, tier4 } from '#platform/emulator/rate-limits';
import { EmulatorStore } from '#platform/emulator/store';
import { cardWith, createScene, words } from './emulator-scene.ts';

describe('重启后什么都在', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'emulator-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const liveThrough = (journal: string): EmulatorStore => {
    const { store, zhang, lin, group, clock } = createScene({ journal });
    const direct = store.directChat(zhang.openId);
    const sent = store.post({
      chatId: direct.chatId,
      sender: { kind: 'bot' },
      msgType: 'interactive',
      content: JSON.stringify(cardWith([words('一')])),
      uuid: 'u1',
    });
    clock.set(new Date('2026-05-29T09:00:00+08:00'));
    store.replaceCard(sent.messageId, JSON.stringify(cardWith([words('二')])));
    store.replaceCard(sent.messageId, JSON.stringify(cardWith([words('三')])), { onlyFor: zhang.openId });
    store.post({
      chatId: group.chatId,
      sender: { kind: 'person', openId: lin.openId },
      msgType: 'text',
      content: '{"text":"收到"}',
      parentId: sent.messageId,
    });
    store.markRead(zhang.openId, direct.chatId);
    store.addFile({ kind: 'file', type: 'xls', name: '台账.xlsx', owner: 'bot' }, Buffer.from('字节'));
    store.addToken({ token: 't-1', expiresAt: 1 });
    store.changePerson(lin.openId, { resigned: true });
    store.changeApp({ menu: [{ key: 'mine', name: '我的任务' }] });
    store.recordGap('GET', '/open-apis/x');
    store.recordGap('GET', '/open-apis/x');
    store.saveDelivery({ eventId: 'e1', kind: 'event', eventType: 'x', body: {}, attempts: [], state: 'waiting', nextAttemptAt: 5, signedAt: 1 });
    store.recall(sent.messageId);
    return store;
  };
  const reopen = (journal: string): EmulatorStore => new EmulatorStore({ clock: new TestClock(new Date('2026-06-01T09:00:00+08:00')), journal });

  test('重放流水得到的状态与当时的一模一样，文件字节也在', () => {
    const journal = join(folder, 'journal.jsonl');
    const live = liveThrough(journal);
    const replayed = reopen(journal);
    expect(replayed.snapshot()).toEqual(live.snapshot());
    const [file] = replayed.snapshot().files;
    expect(Buffer.from(replayed.fileBytes(file?.fileKey ?? '') ?? []).toString()).toBe('字节');
    expect(replayed.messageByUuid('u1')?.revision).toBe(3);
  });

  test('写到一半就断电：丢掉那半行，其余照旧，并可继续写', () => {
    const journal = join(folder, 'journal.jsonl');
    const live = liveThrough(journal);
    appendFileSync(journal, '{"kind":"message","mess');
    const replayed = reopen(journal);
    expect(replayed.snapshot()).toEqual(live.snapshot());
    replayed.addPerson({ name: '王五' });
    expect(reopen(journal).snapshot()).toEqual(replayed.snapshot());
  });

  test('中间一行坏了就不启动，并说清是哪一行', () => {
    const journal = join(folder, 'journal.jsonl');
    liveThrough(journal);
    appendFileSync(journal, 'garbage\n{"kind":"gap","method":"GET","path":"/"}\n');
    expect(() => reopen(journal)).toThrow(/第 \d+ 行已损坏/);
  });

  test('流水太长时改写成一份快照，状态不变', () => {
    const journal = join(folder, 'journal.jsonl');
    const live = liveThrough(journal);
    for (let index = 0; index < 2_100; index += 1) live.recordGap('GET', '/open-apis/many');
    expect(reopen(journal).snapshot()).toEqual(live.snapshot());
    expect(readFileSync(journal, 'utf8').split('\n')).toHaveLength(2);
    expect(reopen(journal).snapshot()).toEqual(live.snapshot());
  });
});

describe('会话和未读', () => {
  test('单聊在第一次用到时才有；最近说过话的会话排在前面', () => {
    const { store, zhang, group, clock } = createScene();
    expect(store.findDirectChat(zhang.openId)).toBeUndefined();
    const direct = store.directChat(zhang.openId);
    expect(store.directChat(zhang.openId)).toEqual(direct);
    clock.set(new Date('2026-05-28T16:00:00+08:00'));
    store.post({ chatId: group.chatId, sender: { kind: 'bot' }, msgType: 'text', content: '{"text":"通知"}' });
    expect(store.chatsOf(zhang.openId).map(({ chatId }) => chatId)).toEqual([group.chatId, direct.chatId]);
    expect(store.unreadOf(zhang.openId, group.chatId)).toBe(1);
    store.markRead(zhang.openId, group.chatId);
    expect(store.unreadOf(zhang.openId, group.chatId)).toBe(0);
  });

  test('每次变更都告诉关注的人，版本号只增不减', () => {
    const { store } = createScene();
    const kinds: string[] = [];
    const before = store.revision;
    const stop = store.onChange(({ kind }) => kinds.push(kind));
    store.addPerson({ name: '王五' });
    stop();
    store.addPerson({ name: '赵六' });
    expect(kinds).toEqual(['person']);
    expect(store.revision).toBe(before + 2);
  });
});

test('限频窗口：一秒五次，第六次说明何时再来，过后放行', () => {
  let now = 0;
  const limits = createRateLimits(() => now);
  for (let index = 0; index < 5; index += 1) expect(limits.take('k', perTarget)).toBeNull();
  now = 400;
  expect(limits.take('k', perTarget)).toEqual({ limit: 5, resetSeconds: 1 });
  expect(limits.take('other', perTarget)).toBeNull();
  now = 1_000;
  expect(limits.take('k', perTarget)).toBeNull();
});

test('限频窗口：每秒 50 次以内，一分钟也不得超过 1000 次', () => {
  let now = 0;
  const limits = createRateLimits(() => now);
  for (let second = 0; second < 20; second += 1) {
    now = second * 1_000;
    for (let index = 0; index < 50; index += 1) expect(limits.take('api', tier4)).toBeNull();
  }
  now = 20_000;
  expect(limits.take('api', tier4)).toEqual({ limit: 1_000, resetSeconds: 40 });
});

test('模拟平台只肯绑定本机地址', () => {
  expect(() => assertLoopback('0.0.0.0')).toThrow(/本机/);
  expect(() => assertLoopback('10.0.0.8')).toThrow();
  expect(() => assertLoopback('127.0.0.1')).not.toThrow();
});
