// 抽签的算法，另写一遍：只用浏览器自带的 SHA-256 和 HMAC，不用服务器的一行，人人可以对着读。

/** 公布的四样 */
export interface Published {
  readonly drawId: string;
  /** 64 hexadecimal digits */
  readonly secret: string;
  readonly items: readonly string[];
  readonly inputs: readonly string[];
}

/** 重算 — what anybody gets from what was published. */
export async function recompute({
  drawId,
  secret,
  items,
  inputs,
}: Published): Promise<{ listHash: string; commitment: string; seed: string; order: string[] }> {
  const seed = await hmac(fromHex(secret), utf8(`${drawId}|${inputs.join('|')}`));
  return {
    listHash: await sha256(items.join('\n')),
    commitment: await sha256(`DRAW-V1\n${drawId}\n${secret}\n${items.join('\n')}`),
    seed: toHex(seed),
    order: await shuffled(items, seed),
  };
}

async function shuffled(items: readonly string[], seed: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const order = [...items];
  const numbers: number[] = [];
  let block = 0;
  const next = async (): Promise<number> => {
    if (numbers.length === 0) {
      const counter = new Uint8Array(4);
      new DataView(counter.buffer).setUint32(0, block);
      block += 1;
      const bytes = new DataView((await hmac(seed, counter)).buffer);
      for (let at = 0; at < 32; at += 4) numbers.push(bytes.getUint32(at));
    }
    return numbers.shift() ?? 0;
  };
  for (let last = order.length - 1; last >= 1; last -= 1) {
    const choices = last + 1;
    const limit = Math.floor(2 ** 32 / choices) * choices;
    let value = await next();
    while (value >= limit) value = await next();
    const chosen = value % choices;
    [order[last], order[chosen]] = [order[chosen] ?? '', order[last] ?? ''];
  }
  return order;
}

async function hmac(key: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message));
}

async function sha256(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))));
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const fromHex = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
