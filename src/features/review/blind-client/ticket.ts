import { RSABSSA } from '@cloudflare/blindrsa-ts';
import type { OpeningNow } from './desk-now.ts';
import { post } from './net.ts';

const suite = RSABSSA.SHA384.PSS.Randomized();

/** 匿名票 — lives on this phone only. `signature` is there once it has been uncovered; a cast ticket keeps nothing that could show it. */
interface Ticket {
  token: string;
  blinded: string;
  inv: string;
  signature: string;
  cast: boolean;
}

/** 存不下（无痕浏览）时，至少记在这一页里 */
const memory = new Map<string, string>();

function load(place: string): Ticket | null {
  const text = memory.get(place) ?? read(place);
  return text === null ? null : (JSON.parse(text) as Ticket);
}

function read(place: string): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

function save(place: string, ticket: Ticket): void {
  const text = JSON.stringify(ticket);
  memory.set(place, text);
  try {
    localStorage.setItem(place, text);
  } catch {
    // 只记在这一页里
  }
}

/** 手机里的一张匿名票 */
export class Wallet {
  readonly #key: string;
  readonly #opening: OpeningNow;

  constructor(key: string, opening: OpeningNow) {
    this.#key = key;
    this.#opening = opening;
  }

  get #place(): string {
    return `shuling-ticket:${this.#opening.id}:${this.#key.slice(0, 8)}`;
  }

  /** 投过了 */
  get cast(): boolean {
    return load(this.#place)?.cast ?? false;
  }

  /**
   * 领票 — a random token is covered up here, signed there, uncovered here. What was covered is kept first, so that a lost answer or
   * a reload asks for the same signature again and not for another ticket.
   */
  async draw(): Promise<void> {
    const kept = load(this.#place);
    if (kept?.signature || kept?.cast) return;
    const publicKey = await this.#publicKey();
    const ticket = kept ?? (await this.#cover(publicKey));
    const { signature } = await post<{ signature: string }>(`/p/issue/${this.#key}`, { opening: this.#opening.id, blinded: ticket.blinded });
    const bare = await suite.finalize(publicKey, toBytes(ticket.token), toBytes(signature), toBytes(ticket.inv));
    save(this.#place, { ...ticket, inv: '', blinded: '', signature: toText(bare) });
  }

  /** 投出 — with the token and nothing else: no key, no cookie, no address of the page. */
  async send(choices: Readonly<Record<string, string>>): Promise<string> {
    const ticket = load(this.#place);
    if (!ticket?.signature) return '还没有取得匿名票，请稍候再投。';
    const { id, voterClass, press } = this.#opening;
    const { token, signature } = ticket;
    const { words } = await post<{ words: string }>('/p/cast', { opening: id, class: voterClass, token, signature, ...choices });
    // 首次有效的，投出就把票毁掉：手机里也不留能证明投了什么的东西。
    save(this.#place, press === 'first' ? { token: '', blinded: '', inv: '', signature: '', cast: true } : { ...ticket, cast: true });
    return words;
  }

  #publicKey(): Promise<CryptoKey> {
    const { keys, voterClass } = this.#opening;
    const own = keys.find((each) => each.voterClass === voterClass)?.publicKey ?? '';
    return crypto.subtle.importKey('spki', toBytes(own), { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
  }

  async #cover(publicKey: CryptoKey): Promise<Ticket> {
    const token = suite.prepare(crypto.getRandomValues(new Uint8Array(32)));
    const { blindedMsg, inv } = await suite.blind(publicKey, token);
    const ticket = { token: toText(token), blinded: toText(blindedMsg), inv: toText(inv), signature: '', cast: false };
    save(this.#place, ticket);
    return ticket;
  }
}

/** 用过的票都毁掉 — a ticket of an opening that is over is of no use to anybody but a buyer. */
export function forgetOthers(openingId: string | null): void {
  try {
    const places = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '');
    for (const place of places)
      if (place.startsWith('shuling-ticket:') && (openingId === null || !place.startsWith(`shuling-ticket:${openingId}:`)))
        localStorage.removeItem(place);
  } catch {
    // 没有存东西的地方
  }
}

/** 核对码 — as in domain/ballots/blind/tokens.ts; reckoned here from what this phone was given. */
export async function codeOf(keys: OpeningNow['keys']): Promise<string> {
  const lines = keys.map(({ voterClass, publicKey }) => `${voterClass} ${publicKey}`).sort((left, right) => (left < right ? -1 : 1));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines.join('\n'))));
  const hex = Array.from(digest.slice(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 4)} ${hex.slice(4)}`;
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function toText(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
