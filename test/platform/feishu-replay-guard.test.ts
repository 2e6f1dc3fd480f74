import { expect, test } from 'vitest';
import { TestClock } from '#core/clock';
import { createDoor } from '#platform/feishu/door';
import { createReplayGuard } from '#platform/feishu/replay-guard';
import { fc } from '../fast-check.ts';
import { appId, clickEvent, encryptKey, envelope, sealed, startedAt, tenantKey, verificationToken } from '../http/webhook-bench.ts';

const lifeMs = 600_000;
const after = (ms: number): Date => new Date(startedAt.getTime() + ms);

/** 在这些毫秒上送同一个签名了的点击：收下了，还是因何不收 */
function sends(signedMs: number, times: readonly number[]): string[] {
  const clock = new TestClock(startedAt);
  const door = createDoor({ encryptKeys: [encryptKey], verificationToken, appId, tenantKey, clock });
  const { body, headers } = sealed(envelope('card.action.trigger', clickEvent()), { at: after(signedMs) });
  return times.map((ms) => {
    clock.set(after(ms));
    const opened = door(headers, Buffer.from(body));
    return opened.kind === 'refused' ? opened.reason : opened.kind;
  });
}

test('签名的时刻与此刻相差三百秒以内的点击才收，差一毫秒也不收', () => {
  expect([-300_000, 300_000].flatMap((ms) => sends(ms, [0]))).toEqual(['event', 'event']);
  expect(sends(0, [300_001])).toEqual(['outside-window']);
  expect(sends(300_000, [-1])).toEqual(['outside-window']);
});

test('同一个签名在它还进得了门的十分钟里，哪一秒再来都不收：最后一秒、换代之后都一样', () => {
  expect(sends(300_000, [0, 1, 299_000, 599_000, 600_000, 600_001])).toEqual(['event', ...Array<string>(4).fill('replayed'), 'outside-window']);
});

test('任意的先后和间隔：十分钟之内见过的不收，没见过的都收', () => {
  const step = fc.record({ wait: fc.oneof(fc.constantFrom(0, 1, 599_999, 600_000, 600_001), fc.nat(400_000)), which: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const guard = createReplayGuard(lifeMs);
      const seen = new Map<number, number>();
      let now = startedAt.getTime();
      for (const { wait, which } of steps) {
        now += wait;
        const admitted = guard.admit(`${which}`.repeat(64), now);
        const before = seen.get(which);
        if (before === undefined) expect(admitted).toBe(true);
        else if (now - before <= lifeMs) expect(admitted).toBe(false);
        if (admitted) seen.set(which, now);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('没办成的一次可以忘掉，忘掉之后照收', () => {
  const guard = createReplayGuard(lifeMs);
  const signature = 'a'.repeat(64);
  expect(guard.admit(signature, 0)).toBe(true);
  // 换了一代，旧的一代里也忘得掉。
  expect(guard.admit('b'.repeat(64), lifeMs)).toBe(true);
  expect(guard.admit(signature, lifeMs)).toBe(false);
  guard.forget(signature);
  expect(guard.admit(signature, lifeMs)).toBe(true);
});
