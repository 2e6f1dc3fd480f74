import { webcrypto } from 'node:crypto';
import { RSABSSA } from '@cloudflare/blindrsa-ts';
import { classOf } from './hall-people.ts';
import type { RealHall } from './hall-real.ts';
import type { Answer, At, Entry } from './hall-rounds.ts';

const suite = RSABSSA.SHA384.PSS.Randomized();
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** 手机里的一张匿名票 @property signature 揭开遮挡之后才有 */
interface Ticket {
  readonly publicKey: CryptoKey;
  readonly token: Uint8Array;
  readonly blinded: Uint8Array;
  readonly inv: Uint8Array;
  signature: string;
}

interface Opening {
  readonly id: string;
  /** base64；关闭之后没有了 */
  readonly key: string | null;
}

/** 投票人的一部手机 — covers its ticket, fetches and casts it, as features/review/blind-client does in the browser. */
export class Phone {
  readonly #hall: RealHall;
  readonly #who: string;
  readonly #tickets = new Map<string, Promise<Ticket>>();

  constructor(hall: RealHall, who: string) {
    this.#hall = hall;
    this.#who = who;
  }

  /** 领票：遮住的是同一张，断了线再来也一样 */
  async fetches(paper: readonly At[]): Promise<Answer> {
    const { id, key } = await this.#openingOf(paper);
    if (key !== null && !this.#tickets.has(id)) this.#tickets.set(id, cover(key));
    const ticket = await this.#tickets.get(id);
    const blinded = ticket ? textOf(ticket.blinded) : 'AAAA';
    const { signature } = await this.#post(`/p/issue/${this.#hall.keyOf(this.#who)}`, { opening: id, blinded });
    if (!ticket || signature === undefined) return 'refused';
    ticket.signature = textOf(await suite.finalize(ticket.publicKey, ticket.token, Buffer.from(signature, 'base64url'), ticket.inv));
    return 'done';
  }

  /** 投出：只带着票 */
  async casts(entries: readonly Entry[]): Promise<Answer> {
    const { id } = await this.#openingOf(entries.map(({ at }) => at));
    const ticket = await this.#tickets.get(id);
    if (!ticket?.signature) return 'refused';
    const filled = await Promise.all(
      entries.map(async ({ at, choice, comment }) => {
        const roundId = await this.#hall.roundId(at);
        return [[`choice-${roundId}`, choice ?? 'abstain'], ...(comment === undefined ? [] : [[`comment-${roundId}`, comment]])];
      }),
    );
    const { token, signature } = ticket;
    const given = { opening: id, class: classOf(this.#who), token: textOf(token), signature, ...Object.fromEntries(filled.flat()) };
    const { words = '' } = await this.#post('/p/cast', given);
    if (words.includes('其中有的已经关闭')) return 'partly';
    return /^已投票，谢谢|^已改投/.test(words) ? 'done' : 'refused';
  }

  async #openingOf(paper: readonly At[]): Promise<Opening> {
    const roundId = await this.#hall.roundId(paper[0] ?? { slot: 0, number: 1 });
    const [found] = await this.#hall.world.query<Opening>(
      `SELECT r."openingId" AS id, k."publicKey" AS key FROM "BallotRound" r LEFT JOIN "BallotKey" k ON k."openingId" = r."openingId" AND k."voterClass" = $2
       WHERE r.id = $1 AND r."openingId" IS NOT NULL`,
      [roundId, classOf(this.#who)],
    );
    return found ?? { id: 'none', key: null };
  }

  async #post(path: string, form: Readonly<Record<string, string>>): Promise<{ signature?: string; words?: string }> {
    const answer = await fetch(`${this.#hall.url}${path}`, { method: 'POST', body: new URLSearchParams(form) });
    if (answer.status >= 500) throw new Error(`${path} ${answer.status}`);
    return (await answer.json()) as { signature?: string; words?: string };
  }
}

async function cover(key: string): Promise<Ticket> {
  const publicKey = await webcrypto.subtle.importKey('spki', Buffer.from(key, 'base64'), { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
  const token = suite.prepare(webcrypto.getRandomValues(new Uint8Array(32)));
  const { blindedMsg, inv } = await suite.blind(publicKey, token);
  return { publicKey, token, blinded: blindedMsg, inv, signature: '' };
}
