import { createHash, createHmac } from 'node:crypto';
import { InvalidError } from '#core/errors';

/** 抽签 — what is known before the observers speak: the frozen list and the secret that was committed to. */
export interface DrawList {
  readonly drawId: string;
  /** 64 hexadecimal digits; nobody but the program knows it before the draw is opened */
  readonly secret: string;
  /** `U06 科技创新和经济服务局`, sorted: see `canonicalList` */
  readonly items: readonly string[];
}

/** 抽签证明 — everything that is published; anybody can recompute the order from it. */
export interface DrawProof extends DrawList {
  readonly version: 'DRAW-V1';
  /** the observers' numbers, in the order in which the observers are listed */
  readonly inputs: readonly string[];
  readonly listHash: string;
  readonly commitment: string;
  readonly seed: string;
  readonly order: readonly string[];
}

const version = 'DRAW-V1';

/** 名单的定本 — one line for each, sorted by code, so that the same units give the same text everywhere. */
export function canonicalList(units: readonly { readonly code: string; readonly name: string }[]): string[] {
  return units.map(({ code, name }) => `${code} ${name}`).sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}

/** 名单的指纹 */
function listHash(items: readonly string[]): string {
  return sha256(items.join('\n'));
}

/** 承诺 — published before anybody gives a number: neither the list nor the secret can be changed afterwards. */
export function commitmentOf({ drawId, secret, items }: DrawList): string {
  return sha256(`${version}\n${drawId}\n${secret}\n${items.join('\n')}`);
}

/** 摇号 — opens the draw: the committed secret and the observers' numbers together give the order. */
export function openDraw(list: DrawList, inputs: readonly string[]): DrawProof {
  const { drawId, secret, items } = list;
  const seed = hmac(Buffer.from(secret, 'hex'), `${drawId}|${inputs.join('|')}`);
  return {
    version,
    drawId,
    secret,
    items: [...items],
    inputs: [...inputs],
    listHash: listHash(items),
    commitment: commitmentOf(list),
    seed: seed.toString('hex'),
    order: shuffled(items, seed),
  };
}

/** 核对抽签 — recomputes every published value. Empty: all agree. @param commitment as it was posted before the draw, if known */
export function checkDraw(proof: DrawProof, commitment: string = proof.commitment): string[] {
  const again = openDraw(proof, proof.inputs);
  const sorted = [...proof.items].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  return [
    ...(sorted.join('\n') === proof.items.join('\n') ? [] : ['名单没有按代码排序']),
    ...(new Set(proof.items).size === proof.items.length ? [] : ['名单里有重复的']),
    ...(again.listHash === proof.listHash ? [] : ['名单的指纹不符']),
    ...(again.commitment === commitment && commitment === proof.commitment ? [] : ['承诺不符：名单或密数与事先公布的不一样']),
    ...(again.seed === proof.seed ? [] : ['种子不符：取数与公布的不一样']),
    ...(again.order.join('\n') === proof.order.join('\n') ? [] : ['次序不符']),
  ];
}

/** 监督员的数 — six digits, as spoken or typed. @throws InvalidError */
export function readObserverNumber(text: string): string {
  const digits = text.normalize('NFKC').replace(/\s/g, '');
  if (!/^\d{6}$/.test(digits)) throw new InvalidError('请填写6位数字，例如 084415');
  return digits;
}

/** 洗牌 — Fisher–Yates from the end; a value that would favour the small remainders is passed over. */
function shuffled(items: readonly string[], seed: Buffer): string[] {
  const order = [...items];
  const next = streamOf(seed);
  for (let index = order.length - 1; index >= 1; index -= 1) {
    const choices = index + 1;
    const limit = Math.floor(0x1_0000_0000 / choices) * choices;
    let value = next();
    while (value >= limit) value = next();
    const chosen = value % choices;
    [order[index], order[chosen]] = [order[chosen] as string, order[index] as string];
  }
  return order;
}

/** 数流 — HMAC(seed, 0), HMAC(seed, 1) …, read as big-endian 32-bit numbers. */
function streamOf(seed: Buffer): () => number {
  let block = Buffer.alloc(0);
  let [counter, offset] = [0, 0];
  return () => {
    if (offset >= block.length) {
      const message = Buffer.alloc(4);
      message.writeUInt32BE(counter);
      block = hmac(seed, message);
      counter += 1;
      offset = 0;
    }
    const value = block.readUInt32BE(offset);
    offset += 4;
    return value;
  };
}

function hmac(key: Buffer, message: string | Buffer): Buffer<ArrayBuffer> {
  return Buffer.from(createHmac('sha256', key).update(message).digest());
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
