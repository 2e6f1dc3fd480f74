import { randomInt } from 'node:crypto';
import { encrypt } from '#platform/feishu/webhook-crypto';
import { clickEvent, encryptKey, envelope, sealed, sign, startBench } from '../http/webhook-bench.ts';
import type { Nightly } from './main.ts';

/** ms, quality S1 */
const apartMax = 1;

interface Try {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** 三种拒绝，长短相同：答得一样，也要答得一样快 */
const kinds: Readonly<Record<string, () => Try>> = {
  签名不对: () => {
    const { body, headers } = sealed(envelope('card.action.trigger', clickEvent()));
    return { body, headers: { ...headers, 'x-lark-signature': 'f'.repeat(64) } };
  },
  填充不对: () => {
    const encrypted = Buffer.from(encrypt(JSON.stringify(envelope('card.action.trigger', clickEvent())), encryptKey), 'base64');
    encrypted.fill(9, encrypted.length - 32);
    const body = JSON.stringify({ encrypt: encrypted.toString('base64') });
    return { body, headers: sign(body) };
  },
  不是JSON: () => {
    const body = JSON.stringify({ encrypt: encrypt(JSON.stringify(envelope('card.action.trigger', clickEvent())).replace('{', '['), encryptKey) });
    return { body, headers: sign(body) };
  },
};

function shuffled(names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, lot: randomInt(2 ** 32) }))
    .sort((left, right) => left.lot - right.lot)
    .map(({ name }) => name);
}

/** 拒绝的快慢 — what takes longer to refuse tells at which step it was refused. Interleaved, so that the machine's moods fall on all alike. */
export const nightlyDoorTiming: Nightly = async (say) => {
  const tries = Number(process.env.DOOR_TRIES ?? 10_000);
  const bench = await startBench();
  const names = Object.keys(kinds);
  const total = new Map(names.map((name) => [name, 0]));
  try {
    const warm = Math.ceil(tries / 20);
    for (let nth = -warm; nth < tries; nth += 1) {
      // 谁先谁后抽签：跟在谁后面，也会快一点慢一点。
      for (const name of shuffled(names)) {
        const { body, headers } = (kinds[name] as () => Try)();
        const startedMs = performance.now();
        const { status, text } = await bench.post(body, headers);
        const tookMs = performance.now() - startedMs;
        if (status !== 401 || text !== '') throw new Error(`${name}：答了 ${status} “${text}”`);
        if (nth >= 0) total.set(name, (total.get(name) ?? 0) + tookMs);
      }
      bench.logged.length = 0;
    }
  } finally {
    await bench.close();
  }
  const means = names.map((name) => (total.get(name) ?? 0) / tries);
  const words = names.map((name, at) => `${name}${means[at]?.toFixed(3)}毫秒`).join('，');
  say(words);
  const apart = Math.max(...means) - Math.min(...means);
  if (apart > apartMax) throw new Error(`拒绝的快慢相差${apart.toFixed(3)}毫秒：${words}`);
  return `各${tries}次，平均 ${words}，相差${apart.toFixed(3)}毫秒（要求${apartMax}毫秒以内）`;
};
