import { type ActionValue, bind } from '#cards/kit/action';
import { castBallot, castForm, openVote, writeComment } from '#cards/review/actions';
import type { World } from './hall-given.ts';
import { grades, type Shape, slips } from './hall-people.ts';
import { Phone } from './hall-phone.ts';
import { countPosts, type Post, plainOf, postsSince } from './hall-post.ts';
import type { Answer, At, Entry } from './hall-rounds.ts';

interface Entries {
  readonly roundId: string;
  readonly choice: string | null;
  readonly comment?: string | undefined;
}

/** 台前：主持台、大屏 */
export interface Front {
  readonly desk: string;
  readonly screen: string;
}

/** 一场 — what people do in it, and what can be seen of it. */
export class RealHall {
  readonly world: World;
  readonly id: string;
  readonly shape: Shape;
  /** 来宾的票、各人的投票页：地址就是钥匙 */
  readonly #keys: Map<string, string>;
  /** 开始之前各处已有几条消息 */
  readonly #former: ReadonlyMap<string, number>;
  /** 重新印过的票，按编号 */
  readonly #printed = new Map<string, string>();
  readonly #phones = new Map<string, Phone>();
  /** 封存的轮次、场面，看过一遍的 */
  readonly sealedSeen = new Set<string>();
  readonly scenesSeen = new Set<string>();
  #trial: string | null = null;
  /** 摆好的时刻 */
  readonly #since: Date;

  constructor(world: World, { id, keys, shape }: { id: string; keys: Map<string, string>; shape: Shape }) {
    this.world = world;
    this.id = id;
    this.shape = shape;
    this.#keys = keys;
    this.#former = countPosts(world.it.world.store);
    this.#since = world.it.clock.now();
  }

  /** 存下的编号是谁、是哪一张票 */
  nameOf = (id: string): string => this.#printed.get(id) ?? id.slice(this.id.length + 1);
  slotId = (slot: number): string => `${this.id}-${slot}`;
  /** 第几轮的编号；没有这一轮，就拿着一张认不出的旧卡片 */
  async roundId({ slot, number }: At): Promise<string> {
    const [found] = await this.world.query<{ id: string }>(`SELECT id FROM "BallotRound" WHERE "slotId" = $1 AND number = $2`, [
      this.slotId(slot),
      number,
    ]);
    return found?.id ?? 'none';
  }
  /** 第几秒是几点几分几秒 */
  clockAt(second: number): string {
    return new Date(this.#since.getTime() + second * 1000 + 8 * 3_600_000).toISOString().slice(11, 19);
  }
  get url(): string {
    return `http://127.0.0.1:${this.world.it.app.port}`;
  }
  keyOf = (who: string): string => this.#keys.get(who) ?? 'nobody';

  /** 按一下 @returns the answer, and all that came with it */
  async presses(who: string, button: ActionValue, form?: Readonly<Record<string, unknown>>): Promise<{ answer: Answer; text: string; body: string }> {
    return this.world.presses(who, button, form);
  }

  async #page(path: string, form?: Readonly<Record<string, string>>): Promise<string> {
    const answer = await fetch(`${this.url}${path}`, form ? { method: 'POST', body: new URLSearchParams(form) } : {});
    if (answer.status !== 200) throw new Error(`${path} ${answer.status}`);
    return answer.text();
  }

  async #entriesOf(entries: readonly Entry[]): Promise<Entries[]> {
    return Promise.all(entries.map(async ({ at, ...entry }) => ({ ...entry, roundId: await this.roundId(at) })));
  }

  /** 在卡片上投：一家等次是一按，别的是一张单子；不填即弃权 */
  async votesByCard(who: string, entries: readonly Entry[]): Promise<Answer> {
    const { id: sessionId, shape } = this;
    const own = await this.#entriesOf(entries);
    const [only] = own;
    if (shape.scale === 'grades' && own.length === 1 && only) {
      const { roundId, choice } = only;
      return (await this.presses(who, bind(castBallot, { sessionId, roundId, ...(choice === null ? {} : { choice }) }))).answer;
    }
    const placeOf = (choice: string): string => String((grades as readonly string[]).indexOf(choice) + 1 || 9);
    const form = own.flatMap(({ choice }, index): [string, string][] =>
      choice === null ? [] : [[`s${index + 1}`, shape.scale === 'scores' ? choice : placeOf(choice)]],
    );
    const rounds = own.map(({ roundId }) => roundId);
    return (await this.presses(who, bind(castForm, { sessionId, rounds }), Object.fromEntries(form))).answer;
  }

  /** 来宾在网页上投一张单子，看页面怎样说；打分不填即弃权 */
  async votesBySlip(slip: string, entries: readonly Entries[]): Promise<string> {
    const blank = this.shape.scale === 'scores' ? '' : 'abstain';
    const form = entries.flatMap(({ roundId, choice, comment }): [string, string][] => [
      ['round', roundId],
      [`choice-${roundId}`, choice ?? blank],
      ...(comment === undefined ? [] : [[`comment-${roundId}`, comment] as [string, string]]),
    ]);
    return this.#page(`/p/ballot/${this.keyOf(slip)}`, Object.fromEntries(form));
  }

  /** 来宾投一张单子，投上了没有 */
  async votesOnPage(slip: string, entries: readonly Entry[]): Promise<Answer> {
    const page = await this.votesBySlip(slip, await this.#entriesOf(entries));
    if (page.includes('其中有的已经关闭')) return 'partly';
    return /已投票，谢谢|已改投/.test(page) ? 'done' : 'refused';
  }

  /** 这个人的这部手机 */
  phoneOf(who: string, name: string): Phone {
    const key = `${who}/${name}`;
    const phone = this.#phones.get(key) ?? new Phone(this, who);
    this.#phones.set(key, phone);
    return phone;
  }

  /** 写评语给单子上的第几家 */
  async comments(who: string, { paper, about, words }: { paper: readonly At[]; about: number; words: string }): Promise<Answer> {
    const rounds = await Promise.all(paper.map((at) => this.roundId(at)));
    const form = { comment: words, ...(rounds.length > 1 ? { about: String(about + 1) } : {}) };
    return (await this.presses(who, bind(writeComment, { sessionId: this.id, rounds }), form)).answer;
  }

  /** 布置到正在测评第一家：都到会了，开着一轮 */
  async openRound(): Promise<string> {
    const { world, id } = this;
    await world.query(`UPDATE "ReviewSession" SET state = 'inSession' WHERE id = $1`, [id]);
    await world.query(`UPDATE "ReviewVoter" SET present = true WHERE "sessionId" = $1`, [id]);
    await world.query(`UPDATE "ReviewSlot" SET state = 'questioning' WHERE id = $1`, [this.slotId(0)]);
    await world.presses('c1', bind(openVote, { sessionId: id, slotId: this.slotId(0) }));
    return this.roundId({ slot: 0, number: 1 });
  }

  /** 旁边的试测变了没有 — null: it is as it was. */
  async trial(): Promise<string | null> {
    const now = await this.world.trialOf(this.id);
    this.#trial ??= now;
    return now === this.#trial ? null : now;
  }
  /** 各人、各群收到的，照现在的样子 */
  posts(): Post[] {
    return postsSince(this.world.it.world.store, this.#former);
  }
  /** 大屏 */
  screen(): Promise<string> {
    return this.#page(`/p/screen/${this.id}`);
  }
  /** 排着队的这一问 */
  async questionId(slot: number, text: string | undefined): Promise<string> {
    const sql = `SELECT id FROM "ReviewQuestion" WHERE "slotId" = $1 AND text = $2 AND state = 'queued'`;
    return (await this.world.query<{ id: string }>(sql, [this.slotId(slot), text ?? '']))[0]?.id ?? 'none';
  }
  /** 印一批票：地址只能用一次，先前的票当即作废 */
  async prints(who: string): Promise<Answer> {
    const [path] = /\/p\/print\/[\w-]+/.exec(await this.world.says(who, '述职 打印票')) ?? [];
    if (path === undefined) return 'refused';
    const page = await this.#page(path, {});
    const tokens = [...page.matchAll(/\/p\/ballot\/([\w-]+)/g)].map(([, token = '']) => token);
    const again = await fetch(`${this.url}${path}`, { method: 'POST', body: new URLSearchParams() });
    const former = await fetch(`${this.url}/p/ballot/${this.keyOf(slips[0] ?? '')}`);
    const spares = page.match(/（备用）/g)?.length;
    if (tokens.length !== slips.length || spares !== 2 || again.status === 200 || former.status === 200)
      throw new Error(`印出${tokens.length}张，备用${spares}张；再印一次${again.status}，先前的票${former.status}`);
    const stored = await this.world.query<{ id: string }>(`SELECT id FROM "BallotSlip" WHERE "sessionId" = $1 ORDER BY serial`, [this.id]);
    for (const [index, slip] of slips.entries()) {
      this.#keys.set(slip, tokens[index] ?? '');
      this.#printed.set(stored[index]?.id ?? '', slip);
    }
    return 'done';
  }

  /** 主持台和大屏 */
  async front(console: ActionValue): Promise<Front> {
    const [{ body: desk }, screen] = await Promise.all([this.presses('c1', console), this.screen()]);
    return { desk, screen };
  }
  /** 看得到的一切：主持台、大屏、测评卡、来宾的网页、各人的投票页 — `ballot` is the action that shows his card to a voter. */
  async everythingVisible({ desk, screen }: Front, ballot: ActionValue): Promise<string> {
    const seen = await Promise.all([
      ...[desk, screen],
      ...[this.presses('l1', ballot), this.presses('d1', ballot)].map((one) => one.then(({ body }) => body)),
      this.#page(`/p/ballot/${this.keyOf('s1')}`),
      ...(this.shape.secrecy === 'blind' ? ['s1', 'd1'].map((who) => this.#page(`/p/now/${this.keyOf(who)}`)) : []),
    ]);
    return plainOf(seen.join('\n'));
  }

  /** 审看评语，一页一页看完 @returns refused: there was nothing to read, or he may not */
  async judges(who: string, holds: (words: string) => boolean): Promise<Answer> {
    let answer: Answer = 'refused';
    for (;;) {
      const page = await this.world.says(who, `述职 评语 ${this.id}`);
      if (!page.includes('放行其余各条')) return answer;
      const lines = [...page.matchAll(/评语\w+写的\d+/g)].map(([line]) => line);
      const held = [...new Set(lines)].flatMap((line, index) => (holds(line) ? [String(index + 1)] : []));
      await this.world.it.person(who).clicks('放行其余各条', { form: { held } });
      answer = 'done';
    }
  }

  /** 排着队要发的和发出去的 @returns what may be read of comments goes by itself: to whom, and what */
  async everythingSent(): Promise<{ readonly said: string; readonly toJudge: readonly { readonly to: string | null; readonly text: string }[] }> {
    const rows = await this.world.query<{ to: string | null; key: string | null; text: string }>(
      `SELECT recipient AS to, "cardKey" AS key, payload::text AS text FROM "OutboxEntry" WHERE payload::text LIKE $1 OR "dedupeKey" ~ $2`,
      [`%"${this.id}"%`, `\\m${this.id}\\M`],
    );
    const forJudging = (key: string | null): boolean => key === `review-comments:${this.id}`;
    return {
      said: plainOf(rows.flatMap(({ key, text }) => (forJudging(key) ? [] : [text])).join('\n')),
      toJudge: rows.filter(({ key }) => forJudging(key)).map(({ to, text }) => ({ to, text: plainOf(text) })),
    };
  }
}
