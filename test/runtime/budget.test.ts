import { describe, expect, test } from 'vitest';
import { PlatformError } from '#platform/errors';
import { exhaustedTargets, pickWithin } from '#runtime/outbox/budget';
import type { Candidate } from '#runtime/outbox/claims/store';
import { endOf, OutcomeUnknown } from '#runtime/outbox/retry';
import { fc } from '../fast-check.ts';

const candidate = (id: number, more: Partial<Candidate> = {}): Candidate => ({
  id: `e${id}`,
  kind: 'sendText',
  priority: 3,
  recipient: `person:ou_${id}`,
  replyTo: null,
  messageIds: [],
  lastMessageId: null,
  ...more,
});
const many = (count: number, more: Partial<Candidate> = {}): Candidate[] => Array.from({ length: count }, (_, index) => candidate(index, more));
const spent = (minute: number, waitedFor: boolean) => ({ apis: [{ api: 'create', burst: 0, second: 0, minute, waitedFor }], targets: [] });

describe('限额', () => {
  test('有人等着用过的接口，成批的用到四分之三为止；没有人等的可以用足；有人等着的一直用得到', () => {
    expect(pickWithin(many(10), spent(749, true), 10).picked).toHaveLength(1);
    expect(pickWithin(many(10), spent(749, false), 10).picked).toHaveLength(10);
    expect(pickWithin(many(10), spent(999, false), 10).picked).toHaveLength(1);
    expect(pickWithin(many(10, { priority: 0 }), spent(900, true), 10).picked).toHaveLength(10);
    expect(pickWithin(many(10, { priority: 0 }), spent(1_000, true), 10)).toMatchObject({ picked: [], againMs: expect.any(Number) });
  });

  test('这一分钟发满了：成批的改为回复各人手上的卡片，用到四分之三；手上没有的、试过的等下一分钟；有人等着的照样回复', () => {
    const full = (reply: number) => ({
      apis: ['create', 'reply'].map((api) => ({ api, burst: 0, second: 0, minute: api === 'create' ? 1_000 : reply, waitedFor: false })),
      targets: [],
    });
    const held = many(3, { lastMessageId: 'om_last' });
    expect(pickWithin([...held, ...many(1)], full(0), 24)).toMatchObject({
      replies: held.map(({ id }) => ({ id, messageId: 'om_last' })),
      uses: held.map(({ recipient }) => ({ api: 'reply', target: recipient })),
      againMs: expect.any(Number),
    });
    expect(pickWithin(held, full(749), 24).picked).toHaveLength(1);
    expect(pickWithin(held, full(750), 24).picked).toHaveLength(0);
    expect(pickWithin([...many(3, { priority: 0, lastMessageId: 'om_last' }), ...held], full(750), 24).picked).toHaveLength(3);
    expect(pickWithin(held, spent(0, false), 24).replies).toEqual([]);
    // 一分钟之内就要发一大批：现在发的算在那一批的额度里，所以也改为回复。
    const waiting = many(1, { priority: 0, lastMessageId: 'om_last' });
    expect(pickWithin(waiting, spent(0, false), 24).replies).toEqual([]);
    expect(pickWithin(waiting, spent(0, false), 24, true).replies).toHaveLength(1);
    expect(pickWithin(many(1, { priority: 0 }), spent(0, false), 24, true)).toMatchObject({ replies: [], uses: [{ api: 'create' }] });
    // 成批的刚发完，“发送”还满着：等着的人不等满一分钟。
    expect(pickWithin(many(1, { priority: 0, lastMessageId: 'om_last' }), full(0), 24).replies).toHaveLength(1);
  });

  test('同一个人、同一个群、同一条消息：先前认领的也算，成批的用到每秒4次，有人等着的用到5次；满了的不再去找，别人的照发', () => {
    const used = (target: string, count: number) => ({ apis: [], targets: [{ target, count }] });
    for (const recipient of ['person:ou_a', 'chat:oc_a']) {
      const picked = (count: number, priority: number): number =>
        pickWithin(many(8, { recipient, priority }), used(recipient, count), 24).picked.length;
      expect([0, 3, 4, 5].map((count) => picked(count, 3))).toEqual([4, 1, 0, 0]);
      expect([0, 3, 4, 5].map((count) => picked(count, 0))).toEqual([5, 2, 1, 0]);
      expect(pickWithin(many(8, { recipient }), used(recipient, 4), 24).againMs).toBeLessThan(1_000);
      expect(pickWithin(many(8), used(recipient, 5), 24).picked).toHaveLength(8);
      const exhausted = (count: number) => exhaustedTargets(used(recipient, count));
      expect([3, 4, 5].map((count) => exhausted(count).forAll)).toEqual([[], [], [recipient]]);
      expect([3, 4, 5].map((count) => exhausted(count).forBulk)).toEqual([[], [recipient], [recipient]]);
    }
    const update = many(1, { kind: 'updateCard', recipient: null, messageIds: ['om_a'] });
    expect([3, 4].map((count) => pickWithin(update, used('message:om_a', count), 24).picked.length)).toEqual([1, 0]);
  });

  test.each<[string, { burst?: number; second?: number; minute?: number; waitedFor?: boolean }, number, number, number]>([
    ['什么也没用过：五分之一秒里的12次', {}, 12, 12, 30],
    ['五分之一秒里用了10次', { burst: 10 }, 2, 2, 30],
    ['一秒里用了40次：成批的到48，有人等着的到49', { second: 40 }, 8, 9, 60],
    ['一秒里用了34次，近来有人等着用过：成批的到四分之三的36', { second: 34, waitedFor: true }, 2, 12, 60],
    ['五分之一秒的四分之三是9', { waitedFor: true }, 9, 12, 30],
    ['一分钟里用了995次', { minute: 995 }, 5, 5, 500],
    ['一分钟里用了745次，近来有人等着用过：成批的到750', { minute: 745, waitedFor: true }, 5, 12, 500],
  ])('%s', (_, used, bulk, waiting, againMs) => {
    const ledger = { apis: [{ api: 'create', burst: 0, second: 0, minute: 0, waitedFor: false, ...used }], targets: [] };
    const fresh = Object.keys(used).length === 0 ? { apis: [], targets: [] } : ledger;
    const picked = pickWithin(many(20), fresh, 24);
    expect([picked.picked.length, picked.againMs]).toEqual([bulk, againMs]);
    expect(pickWithin(many(20, { priority: 0 }), fresh, 24).picked).toHaveLength(waiting);
  });

  test('没有用过的人也照限：成批的4次，有人等着的5次；加急、上传不算在谁的头上；认领满了就停，剩下的不算放不下', () => {
    const nobody = { apis: [], targets: [] };
    expect(pickWithin(many(8, { recipient: 'person:ou_a' }), nobody, 24)).toMatchObject({ picked: { length: 4 }, againMs: 120 });
    expect(pickWithin(many(8, { recipient: 'person:ou_a', priority: 0 }), nobody, 24).picked).toHaveLength(5);
    expect(pickWithin(many(8, { kind: 'urgent', recipient: 'person:ou_a' }), nobody, 24).picked).toHaveLength(8);
    expect(pickWithin(many(8), nobody, 3)).toMatchObject({ picked: { length: 3 }, againMs: null });
    // 放不下的缘由不止一个：照最早的再看。
    const crowded = [...many(5, { recipient: 'person:ou_a' }), ...many(20)];
    expect(pickWithin(crowded, nobody, 24).againMs).toBe(30);
    const stuck = {
      apis: [{ api: 'create', burst: 0, second: 0, minute: 1_000, waitedFor: false }],
      targets: [{ target: 'message:om_a', count: 5 }],
    };
    const [update, send] = [candidate(1, { kind: 'updateCard', messageIds: ['om_a'] }), candidate(2)];
    for (const order of [
      [update, send],
      [send, update],
    ])
      expect(pickWithin(order, stuck, 24)).toMatchObject({ picked: [], againMs: 120 });
    // 一张卡片发给了十二个人，更新一次就是十二次。
    const shared = (copies: number) => candidate(1, { kind: 'updateCard', messageIds: Array.from({ length: copies }, (_, index) => `om_${index}`) });
    expect([12, 13].map((copies) => pickWithin([shared(copies)], nobody, 24).picked.length)).toEqual([1, 0]);
  });

  test('成批的在“发送”，有人等着的才改走回复：只更新、只回复、只有他自己，都不必', () => {
    const waiting = candidate(0, { priority: 0, lastMessageId: 'om_last' });
    const repliesOf = (...others: readonly Candidate[]) => pickWithin([waiting, ...others], { apis: [], targets: [] }, 24).replies.length;
    expect(repliesOf()).toBe(0);
    expect(repliesOf(candidate(1, { priority: 0 }))).toBe(0);
    expect(repliesOf(candidate(1, { kind: 'updateCard', messageIds: ['om_a'] }))).toBe(0);
    expect(repliesOf(candidate(1, { replyTo: 'om_b' }))).toBe(0);
    expect(repliesOf(candidate(1, { kind: 'sendFile' }))).toBe(1);
    expect(repliesOf(candidate(1), candidate(2, { kind: 'updateCard', messageIds: ['om_a'] }))).toBe(1);
  });

  test('走哪个接口、算不算有人等着用：能改走回复的不为他预留；这一次认领里刚用过的也算', () => {
    const usesOf = (more: Partial<Candidate>) =>
      pickWithin([candidate(0, more)], { apis: [], targets: [] }, 24).uses.map(({ api, interactive }) => [api, interactive]);
    expect(usesOf({ priority: 0 })).toEqual([['create', true]]);
    expect(usesOf({ priority: 0, lastMessageId: 'om_last' })).toEqual([['create', false]]);
    expect(usesOf({ priority: 3 })).toEqual([['create', false]]);
    expect(usesOf({ replyTo: 'om_b' })).toEqual([['reply', false]]);
    expect(usesOf({ kind: 'sendFile' })).toEqual([
      ['upload', false],
      ['create', false],
    ]);
    const near = { apis: [{ api: 'create', burst: 0, second: 36, minute: 36, waitedFor: false }], targets: [] };
    expect(pickWithin([candidate(1)], near, 24).picked).toHaveLength(1);
    expect(pickWithin([candidate(0, { priority: 0 }), candidate(1)], near, 24).picked.map(({ id }) => id)).toEqual(['e0']);
  });

  test('任何积压：一次认领的从不超过五分之一秒12次、每个对象每秒5次，次序不乱', () => {
    const anyCandidates = fc.array(fc.record({ priority: fc.integer({ min: 0, max: 4 }), person: fc.integer({ min: 0, max: 6 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(anyCandidates, fc.integer({ min: 0, max: 49 }), (given, second) => {
        const candidates = given.map(({ priority, person }, index) => candidate(index, { priority, recipient: `person:${person}` }));
        const { picked } = pickWithin(candidates, { apis: [{ api: 'create', burst: 0, second, minute: second, waitedFor: false }], targets: [] }, 24);
        expect(picked.length).toBeLessThanOrEqual(12);
        expect(picked.length + second).toBeLessThanOrEqual(Math.max(49, second));
        for (const person of new Set(picked.map(({ recipient }) => recipient)))
          expect(picked.filter(({ recipient }) => recipient === person).length).toBeLessThanOrEqual(5);
        expect(picked.map(({ id }) => id)).toEqual(candidates.filter((one) => picked.includes(one)).map(({ id }) => id));
      }),
      { numRuns: 500 },
    );
  });
});

describe('重试', () => {
  const entry = { attempts: 3, tryingMs: 56 * 60_000 };
  const unknown = new PlatformError('unknown', 'no answer');

  test('结果不明的再发，停多久都一样；查不出送没送到的，停下来让人看见', () => {
    expect(endOf(entry, unknown)).toMatchObject({ state: 'pending' });
    expect(endOf(entry, new OutcomeUnknown('没有权限'))).toMatchObject({ state: 'dead', error: expect.stringContaining('发送结果不明') });
  });

  test('没有到过平台的，停多久都再发；先前有过结果不明的，一小时照旧算', () => {
    const absent = new PlatformError('unknown', 'refused', { reached: false });
    expect(endOf({ ...entry, attempts: 90, tryingMs: 0.2 }, absent)).toMatchObject({ state: 'pending', untried: true });
    expect(endOf({ ...entry, attempts: 90, tryingMs: 90 * 60_000 }, absent)).toMatchObject({ state: 'pending', untried: false });
    for (let attempts = 1; attempts < 50; attempts += 1) expect(endOf({ ...entry, attempts }, absent).retryInMs).toBeLessThanOrEqual(40_000);
  });

  test('限频听平台的，不算一次；平台连不上不放弃，一分钟之内必再试', () => {
    const limited = endOf({ ...entry, attempts: 900 }, new PlatformError('rate-limited', '429', { retryAfterMs: 7_000 }));
    expect(limited).toMatchObject({ state: 'pending', refundAttempt: true });
    expect(limited.retryInMs).toBeGreaterThanOrEqual(7_000);
    for (let attempts = 1; attempts < 200; attempts += 1) {
      const { state, retryInMs = 0 } = endOf({ attempts, tryingMs: 1_000 }, unknown);
      expect(state).toBe('pending');
      expect(retryInMs).toBeLessThanOrEqual(75_000);
    }
  });
});
