import { webcrypto } from 'node:crypto';
import { RSABSSA } from '@cloudflare/blindrsa-ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blindSign, makeTokenKeys, tokenHandle } from '#domain/ballots/blind/tokens';
import { defaultGrades } from '#domain/ballots/model';
import { closeVote, openVote } from '#domain/review/stage';
import { asSystem } from '../../src/app.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { seeded } from '../simulation/chance.ts';
import { addSlot, press, say, seedHall } from './ballots-given.ts';

// 攻击者拿着一切——数据库、日志、导出的票面、各人按下的先后，还有除四张以外的每一张票——来猜这四张是谁的。
// 平时十场；夜里用 SECRECY_ELECTIONS=1000。各场谁选什么、谁先谁后由种子定下；打乱用的偶然是数据库的，不能定。
const elections = Number(process.env['SECRECY_ELECTIONS'] ?? 10);
const patienceMs = 600_000 + elections * 3_000;
const chance = seeded(6, 'secrecy');
const voters = 9;
const hidden = 4;
const grades = defaultGrades.map(({ name }) => name);

/** 一场：谁选了什么（事实），攻击者的各种排法 */
interface Election {
  /** by voter, as they really chose */
  readonly truth: readonly string[];
  /** voters in the order in which they pressed, which everybody in the hall could see */
  readonly pressed: readonly number[];
}

/** 按行的先后对人的先后：每一行归给同一位次的人，已知的票先划去。 */
function guess({ truth, pressed }: Election, rows: readonly string[], line: readonly number[]): { hits: number; expected: number; variance: number } {
  const unknown = pressed.slice(0, hidden);
  const left = rows.map((choice, place) => ({ choice, place }));
  for (const voter of line) {
    if (unknown.includes(voter)) continue;
    // 已知的一张：划去与他的位次最近的同样的一行
    const place = line.indexOf(voter);
    const same = left.filter(({ choice }) => choice === truth[voter]).sort((a, b) => Math.abs(a.place - place) - Math.abs(b.place - place));
    left.splice(left.indexOf(same[0] ?? { choice: '', place: 0 }), 1);
  }
  const inLine = line.filter((voter) => unknown.includes(voter));
  const own = inLine.map((voter) => truth[voter] ?? '');
  const hits = own.filter((choice, index) => left[index]?.choice === choice).length;
  const outcomes = permutations(left.map(({ choice }) => choice)).map((order) => own.filter((choice, index) => order[index] === choice).length);
  const expected = outcomes.reduce((all, one) => all + one, 0) / outcomes.length;
  return { hits, expected, variance: outcomes.reduce((all, one) => all + (one - expected) ** 2, 0) / outcomes.length };
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutations(items.filter((_, at) => at !== index)).map((rest) => [item, ...rest]));
}

/** 比乱猜好多少个标准差 */
class Score {
  #hits = 0;
  #expected = 0;
  #variance = 0;

  add({ hits, expected, variance }: { hits: number; expected: number; variance: number }): void {
    this.#hits += hits;
    this.#expected += expected;
    this.#variance += variance;
  }

  get sigmas(): number {
    return (this.#hits - this.#expected) / Math.sqrt(Math.max(this.#variance, 1e-9));
  }
}

const everyone = Array.from({ length: voters }, (_, index) => index);
const drawElection = (): Election => ({
  truth: everyone.map(() => chance.pick(grades)),
  pressed: chance.shuffled(everyone),
});
/** 五个标准差：平时几十种排法一起看，十万次里误报不到一次 */
const byChance = 5;

interface Kept {
  readonly it: TestApp;
  readonly query: <Row>(sql: string, values?: unknown[]) => Promise<Row[]>;
  readonly open: (slotId: string) => Promise<string>;
  readonly close: (roundId: string) => Promise<void>;
}

async function hallOf(secrecy: 'simple' | 'blind'): Promise<Kept> {
  const it = await startTestApp({ at: '2026-12-18 14:44', roster: false });
  const { pool } = it.app.database;
  await seedHall(pool, { voters, secrecy });
  return {
    it,
    query: async <Row>(sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows as Row[],
    open: async (slotId) => {
      await addSlot(pool, slotId);
      const { rounds } = await asSystem(it.app, it.clock.now(), (ctx) => openVote(ctx, { sessionId: 's', slotId }));
      return rounds[0]?.id ?? '';
    },
    close: async (roundId) => {
      const { faults } = await asSystem(it.app, it.clock.now(), (ctx) => closeVote(ctx, { sessionId: 's', roundId }));
      expect(faults).toEqual([]);
    },
  };
}

const rowsInOrder = (order: string): string => `SELECT choice FROM "Ballot" WHERE "roundId" = $1 ORDER BY ${order}`;

describe('简易模式：拿着一切来猜', () => {
  let hall: Kept;
  beforeAll(async () => {
    hall = await hallOf('simple');
  });
  afterAll(() => hall.it.close());

  test('关闭之后，按存放的先后、写入的先后、编号、票面文件去对各人按下的先后和名册的先后，都不比乱猜好；开着的箱子则一对一个准', {
    timeout: patienceMs,
  }, async () => {
    const { it, query } = hall;
    const scores = new Map<string, Score>();
    const control = new Score();
    const commentControl = new Score();
    const note = (name: string, result: ReturnType<typeof guess>): void => {
      const score = scores.get(name) ?? new Score();
      scores.set(name, score);
      score.add(result);
    };
    for (let number = 0; number < elections; number += 1) {
      const election = drawElection();
      const roundId = await hall.open(`slot-${number}`);
      // 一个一个按：每张票自己一个事务，这是攻击者最好的情形。
      for (const voter of election.pressed) {
        const said = await press(
          { url: `http://127.0.0.1:${it.app.port}`, connection: it.world.connection, now: it.clock.now() },
          { voter: voter + 1, roundId, choice: election.truth[voter] ?? '' },
        );
        expect(said).toBe('已投票');
        // 各人随票写一条评语，写的就是他的选择：评语对得上人，票也就对上了。
        const hallNow = { url: `http://127.0.0.1:${it.app.port}`, connection: it.world.connection, now: it.clock.now() };
        if (voter === 0) expect(await say(hallNow, { voter: 1, roundId, comment: '写错了' })).toBe('评语已收下，不署名');
        const wrote = await say(hallNow, { voter: voter + 1, roundId, comment: election.truth[voter] ?? '' });
        expect(wrote).toBe('评语已收下，不署名');
      }
      const read = async (order: string): Promise<string[]> =>
        (await query<{ choice: string }>(rowsInOrder(order), [roundId])).map(({ choice }) => choice);
      const readComments = async (order: string): Promise<string[]> =>
        (await query<{ body: string }>(`SELECT body FROM "BallotComment" WHERE "roundId" = $1 ORDER BY ${order}`, [roundId])).map(({ body }) => body);
      control.add(guess(election, await read('xmin::text::bigint'), election.pressed));
      // 重写的换掉自己那一条，不多一条。
      expect((await readComments('body')).sort()).toEqual([...election.truth].sort());
      commentControl.add(guess(election, await readComments('xmin::text::bigint'), election.pressed));
      await hall.close(roundId);
      expect(await query(`SELECT 1 FROM "BallotRound" WHERE id = $1 AND ("commentKey" IS NOT NULL OR "roundKey" IS NOT NULL)`, [roundId])).toEqual(
        [],
      );
      const marks = await query<{ holder: string }>(`SELECT holder FROM "BallotMark" WHERE "roundId" = $1 ORDER BY ctid`, [roundId]);
      const marked = marks.map(({ holder }) => Number(holder.slice(1)) - 1);
      for (const order of ['ctid', 'xmin::text::bigint, ctid', 'id', 'choice']) {
        const rows = await read(order);
        note(`${order} 对按下的先后`, guess(election, rows, election.pressed));
        note(`${order} 对名册的先后`, guess(election, rows, everyone));
        note(`${order} 对记号的先后`, guess(election, rows, marked));
      }
      for (const order of ['ctid', 'id']) {
        const rows = await readComments(order);
        note(`评语 ${order} 对按下的先后`, guess(election, rows, election.pressed));
        note(`评语 ${order} 对名册的先后`, guess(election, rows, everyone));
        note(`评语 ${order} 对记号的先后`, guess(election, rows, marked));
      }
    }
    // 对照：还没有封的箱子，写入的先后就是按下的先后，同一个攻击者赢。没有它，上面的“猜不中”说明不了什么。
    expect(control.sigmas).toBeGreaterThan(byChance);
    expect(commentControl.sigmas).toBeGreaterThan(byChance);
    const better = [...scores].filter(([, { sigmas }]) => sigmas > byChance).map(([name, { sigmas }]) => `${name}：${sigmas.toFixed(1)}`);
    expect(better).toEqual([]);
    if (process.env['SECRECY_ELECTIONS']) console.info([...scores].map(([name, { sigmas }]) => `${name} ${sigmas.toFixed(2)}σ`).join('\n'));
  });

  test('密封的动作不留下人和票：收件记录只有事件号，日志、留痕、发件箱里没有一个字', async () => {
    const { it, query } = hall;
    expect(await query(`SELECT 1 FROM "InboundEvent" WHERE reply IS NOT NULL`)).toEqual([]);
    expect(it.logLines.filter((line) => grades.some((grade) => line.includes(grade)) || /ou_voter/.test(line))).toEqual([]);
    expect(
      await query(`SELECT 1 FROM "AuditEntry" WHERE event ILIKE '%cast%' OR "actorName" LIKE '测评人%' OR detail::text LIKE '%choice%'`),
    ).toEqual([]);
    expect(await query(`SELECT 1 FROM "OutboxEntry" WHERE payload::text LIKE '%ou_voter%'`)).toEqual([]);
    expect(await query(`SELECT 1 FROM "AuditEntry" WHERE event ILIKE '%comment%'`)).toEqual([]);
    expect(await query(`SELECT 1 FROM "BallotComment" WHERE handle IS NOT NULL`)).toEqual([]);
    expect(await query(`SELECT 1 FROM "BallotRound" WHERE "commentKey" IS NOT NULL`)).toEqual([]);
  });
});

describe('可证明匿名模式：拿着服务器的全部往来记录来猜', () => {
  const suite = RSABSSA.SHA384.PSS.Randomized();
  let hall: Kept;
  beforeAll(async () => {
    hall = await hallOf('blind');
  });
  afterAll(() => hall.it.close());

  test('服务器的盲签与 RFC 9474 的库逐字节相同；揭开之后是普通的签名；改一个字就不认', async () => {
    const keys = await makeTokenKeys();
    const publicKey = await webcrypto.subtle.importKey('spki', Buffer.from(keys.publicKey, 'base64'), { name: 'RSA-PSS', hash: 'SHA-384' }, true, [
      'verify',
    ]);
    const privateKey = await webcrypto.subtle.importKey('pkcs8', Buffer.from(keys.privateKey, 'base64'), { name: 'RSA-PSS', hash: 'SHA-384' }, true, [
      'sign',
    ]);
    const token = suite.prepare(webcrypto.getRandomValues(new Uint8Array(32)));
    const { blindedMsg, inv } = await suite.blind(publicKey, token);
    const ours = Buffer.from(blindSign(keys, Buffer.from(blindedMsg).toString('base64url')), 'base64url');
    expect(ours.equals(Buffer.from(await suite.blindSign(privateKey, blindedMsg)))).toBe(true);
    const signature = Buffer.from(await suite.finalize(publicKey, token, ours, inv)).toString('base64url');
    const text = Buffer.from(token).toString('base64url');
    expect(tokenHandle(keys.publicKey, { token: text, signature })).toMatch(/^[0-9a-f]{64}$/);
    const other = Buffer.from(token);
    other[40] = (other[40] ?? 0) ^ 1;
    expect(tokenHandle(keys.publicKey, { token: other.toString('base64url'), signature })).toBeNull();
    expect(tokenHandle((await makeTokenKeys()).publicKey, { token: text, signature })).toBeNull();
    for (const hostile of ['', 'AAAA', Buffer.alloc(256, 255).toString('base64url')])
      expect(() => blindSign(keys, hostile)).toThrow('领票的内容不完整');
  });

  test('把领票的先后、大小与投票的先后、大小、签名、库里的行去对，都不比乱猜好；没有遮住的票则一对一个准', { timeout: patienceMs }, async () => {
    const { it, query } = hall;
    const url = `http://127.0.0.1:${it.app.port}`;
    const passes = await passesOf(hall);
    const scores = new Map<string, Score>();
    const control = new Score();
    const note = (name: string, result: ReturnType<typeof guess>): void => {
      const score = scores.get(name) ?? new Score();
      scores.set(name, score);
      score.add(result);
    };
    const post = async <Answer>(path: string, form: Record<string, string>): Promise<Answer> =>
      (await (await fetch(`${url}${path}`, { method: 'POST', body: new URLSearchParams(form) })).json()) as Answer;
    for (let number = 0; number < elections; number += 1) {
      const election = drawElection();
      const roundId = await hall.open(`slot-${number}`);
      const now = (await (await fetch(`${url}/p/now/${passes[0]}`)).json()) as { opening: { id: string; keys: { publicKey: string }[] } };
      const spki = Buffer.from(now.opening.keys[0]?.publicKey ?? '', 'base64');
      const publicKey = await webcrypto.subtle.importKey('spki', spki, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
      const issued: { voter: number; blinded: string; signed: string }[] = [];
      const tickets = new Map<number, { token: string; signature: string }>();
      for (const voter of chance.shuffled(everyone)) {
        const token = suite.prepare(webcrypto.getRandomValues(new Uint8Array(32)));
        const { blindedMsg, inv } = await suite.blind(publicKey, token);
        const blinded = hex(blindedMsg);
        const { signature } = await post<{ signature: string }>(`/p/issue/${passes[voter]}`, {
          opening: now.opening.id,
          blinded: Buffer.from(blindedMsg).toString('base64url'),
        });
        const bare = await suite.finalize(publicKey, token, Buffer.from(signature, 'base64url'), inv);
        issued.push({ voter, blinded, signed: hex(Buffer.from(signature, 'base64url')) });
        tickets.set(voter, { token: Buffer.from(token).toString('base64url'), signature: Buffer.from(bare).toString('base64url') });
      }
      const castings: { choice: string; token: string; signature: string }[] = [];
      for (const voter of election.pressed) {
        const ticket = tickets.get(voter);
        if (!ticket) throw new Error('没有票');
        const choice = election.truth[voter] ?? '';
        const said = await post<{ words: string }>('/p/cast', { opening: now.opening.id, class: '领导', ...ticket, [`choice-${roundId}`]: choice });
        expect(said.words).toBe('已投票，谢谢。');
        castings.push({ choice, token: hex(Buffer.from(ticket.token, 'base64url')), signature: hex(Buffer.from(ticket.signature, 'base64url')) });
      }
      await hall.close(roundId);
      const lines = {
        领票的先后: issued.map(({ voter }) => voter),
        遮住的大小: [...issued].sort((a, b) => compare(a.blinded, b.blinded)).map(({ voter }) => voter),
        盲签的大小: [...issued].sort((a, b) => compare(a.signed, b.signed)).map(({ voter }) => voter),
        记领票的行: (await query<{ holder: string }>(`SELECT holder FROM "BallotIssue" WHERE "openingId" = $1 ORDER BY ctid`, [now.opening.id])).map(
          ({ holder }) => Number(holder.slice(1)) - 1,
        ),
      };
      const rows = {
        投票的先后: castings.map(({ choice }) => choice),
        票的大小: [...castings].sort((a, b) => compare(a.token, b.token)).map(({ choice }) => choice),
        签名的大小: [...castings].sort((a, b) => compare(a.signature, b.signature)).map(({ choice }) => choice),
        库里的行: (await query<{ choice: string }>(rowsInOrder('ctid'), [roundId])).map(({ choice }) => choice),
      };
      for (const [line, order] of Object.entries(lines))
        for (const [row, list] of Object.entries(rows)) note(`${line}对${row}`, guess(election, list, order));
      // 对照：领票时若看得见票，按票排队就对上了。
      const seen = everyone.map((voter) => ({ voter, token: tickets.get(voter)?.token ?? '' })).sort((a, b) => compare(a.token, b.token));
      control.add(
        guess(
          election,
          seen.map(({ voter }) => election.truth[voter] ?? ''),
          seen.map(({ voter }) => voter),
        ),
      );
    }
    expect(control.sigmas).toBeGreaterThan(byChance);
    const better = [...scores].filter(([, { sigmas }]) => sigmas > byChance).map(([name, { sigmas }]) => `${name}：${sigmas.toFixed(1)}`);
    expect(better).toEqual([]);
    if (process.env['SECRECY_ELECTIONS']) console.info([...scores].map(([name, { sigmas }]) => `${name} ${sigmas.toFixed(2)}σ`).join('\n'));
  });

  test('两张表没有共同的键：票上没有人，领票的记录里没有票；谁领过，密封之后仍看得到', async () => {
    const columns = async (table: string): Promise<string[]> =>
      (
        await hall.query<{ name: string }>(
          `SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position`,
          [table],
        )
      ).map(({ name }) => name);
    expect(await columns('Ballot')).toEqual(['id', 'roundId', 'voterClass', 'choice', 'handle']);
    expect(await columns('BallotIssue')).toEqual(['openingId', 'holder', 'voterClass', 'requestHash']);
    expect(await hall.query(`SELECT 1 FROM "BallotIssue"`)).toHaveLength(elections * voters);
    expect(await hall.query(`SELECT 1 FROM "BallotKey"`)).toEqual([]);
    expect(await hall.query(`SELECT 1 FROM "BallotMark"`)).toEqual([]);
    expect(await hall.query(`SELECT 1 FROM "Ballot" WHERE handle IS NOT NULL`)).toEqual([]);
  });

  test('不是凭匿名票投进箱里的：领票的人数够也认得出，关闭时当即作废', async () => {
    const roundId = await hall.open('slot-stuffed');
    await hall.query(
      `INSERT INTO "BallotIssue" ("openingId", holder, "voterClass") SELECT "openingId", 'v1', '领导' FROM "BallotRound" WHERE id = $1`,
      [roundId],
    );
    await hall.query(`INSERT INTO "Ballot" (id, "roundId", "voterClass", choice) VALUES ('stuffed', $1, '领导', '优秀')`, [roundId]);
    const { faults, round } = await asSystem(hall.it.app, hall.it.clock.now(), (ctx) => closeVote(ctx, { sessionId: 's', roundId }));
    expect([faults, round.state]).toEqual([['领导记着投过0票，箱里1票'], 'voided']);
  });
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const compare = (left: string, right: string): number => (left < right ? -1 : 1);

/** 每人一把投票页的钥匙，由本人从卡片上要 */
async function passesOf({ it, query }: Kept): Promise<string[]> {
  const { slipHash } = await import('#domain/review/slips');
  const keys = everyone.map((voter) => Buffer.from(`pass-of-voter-${voter}-`).toString('base64url'));
  for (const [voter, key] of keys.entries())
    await query(`INSERT INTO "BallotPass" ("keyHash", "sessionId", "voterId") VALUES ($1, 's', $2)`, [slipHash(key), `v${voter + 1}`]);
  expect(it.app.port).toBeGreaterThan(0);
  return keys;
}
