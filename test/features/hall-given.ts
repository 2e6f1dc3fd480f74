import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActionValue, bind } from '#cards/kit/action';
import { openVote } from '#cards/review/actions';
import { localDateOf, localTimeOf } from '#core/dates';
import { BusyError } from '#core/errors';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { press } from '../faults/press.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import { type Answer, cardVoters, classes, classOf, grades, guests, observers, slips, staff } from './hall-model.ts';

const busy = new BusyError().publicMessage;
type Row = Readonly<Record<string, unknown>>;

/** 真的程序 — with a database and a platform that outlive its restarts; one hall after another is set up in it. */
export class World {
  it: TestApp;
  readonly database: TestDatabase;
  readonly #folder: string;
  halls = 0;
  #people = 0;

  private constructor(it: TestApp, database: TestDatabase, folder: string) {
    this.it = it;
    this.database = database;
    this.#folder = folder;
  }

  static async open(): Promise<World> {
    const database = await createTestDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'shuling-hall-'));
    const it = await startTestApp({ at: '2026-12-18 10:00', databaseUrl: database.url, platformDir: folder, roster: false });
    const world = new World(it, database, folder);
    await world.#furnish();
    return world;
  }

  /** 重启 — in good order; whatever is not in the database or on the platform is forgotten. */
  async restart(): Promise<void> {
    const at = this.it.clock.now();
    await this.it.close();
    const restarted = { databaseUrl: this.database.url, platformDir: this.#folder, roster: false };
    this.it = await startTestApp({ ...restarted, at: `${localDateOf(at)} ${localTimeOf(at)}` });
    // 起动只认到分：钟接着走，不倒回去。
    this.it.clock.set(at);
  }

  async close(): Promise<void> {
    await this.it.close();
    await this.database.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  query<Found = Row>(sql: string, values: readonly unknown[] = []): Promise<Found[]> {
    return this.it.app.database.pool.query(sql, [...values]).then(({ rows }) => rows as Found[]);
  }

  /** 按一下 — the callback as the platform sends it, signed and encrypted; the words of the answer and the card that comes with it. */
  async presses(
    who: string,
    { action, payload }: ActionValue,
    form?: Readonly<Record<string, unknown>>,
  ): Promise<{ answer: Answer; text: string; body: string }> {
    const given = { openId: openIdOf(who), action, payload, ...(form === undefined ? {} : { form }) };
    for (let presses = 1; ; presses += 1) {
      const { status, type, text, body } = await press(`http://127.0.0.1:${this.it.app.port}`, this.it.world.connection, this.it.clock.now(), given);
      if (status !== 200 || body.includes('编号 ')) throw new Error(`${who} ${action} ${status} ${body}`);
      // 关闭也算办成了，只是当即作废：收回的多于发出的。
      if (text !== busy || presses === 10) return { answer: type === 'success' || text === '票数异常，本轮作废' ? 'done' : 'refused', text, body };
    }
  }

  /** 加一个人，任这些岗位 */
  async addPerson(who: string, posts: readonly { role: string; unitCode?: string }[]): Promise<void> {
    this.#people += 1;
    const mobile = String(17_700_020_000 + this.#people);
    this.it.world.store.addPerson({ openId: openIdOf(who), name: who, mobile, unit: '', title: '' });
    await this.query(`INSERT INTO "Person" (id, name, mobile, "openId") VALUES ($1, $1, $2, $3)`, [who, mobile, openIdOf(who)]);
    for (const { role, unitCode = null } of posts) {
      const post = `${who}-${role}`;
      await this.query(`INSERT INTO "Post" (id, title, role, position, "unitCode") VALUES ($1, $2, $2, $3, $4)`, [
        post,
        role,
        this.#people,
        unitCode,
      ]);
      await this.query(`INSERT INTO "PostHolding" (id, "postId", "personId", "fromOn") VALUES ($1, $1, $2, '2026-01-01')`, [post, who]);
    }
  }

  /** 人和岗位：平台上有账号，花名册里有岗 */
  async #furnish(): Promise<void> {
    const roles: Readonly<Record<string, readonly string[]>> = {
      ...{
        c1: ['sessionSecretary'],
        c2: ['sessionSecretary', 'observer'],
        o1: ['observer'],
        o2: ['observer'],
        o3: ['observer'],
        boss: ['chiefInspector'],
      },
    };
    for (const who of [...cardVoters, ...staff])
      await this.addPerson(
        who,
        (roles[who] ?? []).map((role) => ({ role })),
      );
  }

  /** 摆好一场：抽过签，还没有开始签到；之前的都归档 */
  async hall(rules: { press: 'first' | 'last'; show: 'immediate' | 'delayed' }): Promise<RealHall> {
    this.halls += 1;
    const id = `hall-${this.halls}`;
    const units = ['应急管理局', '公共事业局'].map((unitName, index) => ({ unitCode: `U${index}`, unitName, presenter: `述职人${index + 1}` }));
    const plan = {
      ...{ number: id, title: '述职测评', heldOn: '2026-12-18', startsAt: '10:00', place: '报告厅', trial: false, drawId: id, method: 'each' },
      ...{ reportMinutes: 8, questionMinutes: 6, voteSeconds: 90, secrecy: 'simple', comments: false, quorum: 'half', ...rules },
      rules: {
        ...{ method: 'grades', grades: grades.map((name, index) => ({ name, points: 100 - index * 20 })), trimFrom: null, emptyClass: 'renormalise' },
        ...{ smallClass: 5, classes: classes.map(({ name, weight }) => ({ name, weight: String(weight) })) },
      },
      ...{ observers, observerIds: observers, onStage: units, written: [], voters: [] },
    };
    await this.query(`UPDATE "ReviewSession" SET state = 'archived'`);
    await this.query(`UPDATE "BallotRound" SET state = 'voided' WHERE state = 'open'`);
    await this.query(
      `INSERT INTO "ReviewSession" (id, number, title, "heldOn", "startsAt", place, state, trial, plan, "fileName", "blobId", "createdById", "createdAt", "confirmedBy")
       VALUES ($1, $1, '述职测评', '2026-12-18', '10:00', '', 'drawn', false, $2, '', '', '', $3, '{}')`,
      [id, JSON.stringify(plan), this.it.clock.now()],
    );
    for (const [index, { unitCode, unitName, presenter }] of units.entries())
      await this.query(
        `INSERT INTO "ReviewSlot" (id, "sessionId", "unitCode", "unitName", presenter, position, state) VALUES ($1, $2, $3, $4, $5, $6, 'waiting')`,
        [`${id}-${index}`, id, unitCode, unitName, presenter, index + 1],
      );
    for (const [index, who] of [...cardVoters, ...guests].entries()) {
      const person = guests.includes(who) ? null : who;
      await this.query(
        `INSERT INTO "ReviewVoter" (id, "sessionId", "voterClass", name, identity, workplace, "personId", channel, position) VALUES ($1, $2, $3, $4, '', '', $5, $6, $7)`,
        [`${id}-${who}`, id, classOf(who), who, person, person === null ? 'slip' : 'card', index],
      );
    }
    const tokens = new Map(slips.map((slip) => [slip, randomBytes(16).toString('base64url')]));
    for (const [index, [slip, token]] of [...tokens].entries())
      await this.query(`INSERT INTO "BallotSlip" (id, "sessionId", "voterClass", serial, "tokenHash", state) VALUES ($1, $2, $3, $4, $5, $6)`, [
        `${id}-${slip}`,
        id,
        classOf(slip),
        index + 1,
        createHash('sha256').update(token).digest('hex'),
        index < guests.length ? 'valid' : 'spare',
      ]);
    await this.query(`INSERT INTO "ReviewLink" (key, "sessionId", kind, "validUntil") VALUES ($1, $1, 'screen', '2027-12-31')`, [id]);
    return new RealHall(this, { id, tokens });
  }
}

const openIdOf = (who: string): string => `ou_hall_${who}`;

/** 一场 — what people do in it, and what can be seen of it. */
export class RealHall {
  readonly world: World;
  readonly id: string;
  readonly #tokens: ReadonlyMap<string, string>;
  /** 封存的轮次，看过一遍的 */
  readonly sealedSeen = new Set<string>();

  constructor(world: World, { id, tokens }: { id: string; tokens: ReadonlyMap<string, string> }) {
    this.world = world;
    this.id = id;
    this.#tokens = tokens;
  }

  slotId = (slot: number): string => `${this.id}-${slot}`;
  /** 第几轮的编号；没有这一轮，就拿着一张认不出的旧卡片 */
  async roundId({ slot, number }: { slot: number; number: number }): Promise<string> {
    const [found] = await this.world.query<{ id: string }>(`SELECT id FROM "BallotRound" WHERE "slotId" = $1 AND number = $2`, [
      this.slotId(slot),
      number,
    ]);
    return found?.id ?? 'none';
  }
  get #url(): string {
    return `http://127.0.0.1:${this.world.it.app.port}`;
  }

  /** 按一下 @returns the answer, and all that came with it */
  async presses(who: string, button: ActionValue, form?: Readonly<Record<string, unknown>>): Promise<{ answer: Answer; text: string; body: string }> {
    return this.world.presses(who, button, form);
  }

  async #page(path: string, form?: Readonly<Record<string, string>>): Promise<string> {
    const answer = await fetch(`${this.#url}${path}`, form ? { method: 'POST', body: new URLSearchParams(form) } : {});
    if (answer.status !== 200) throw new Error(`${path} ${answer.status}`);
    return answer.text();
  }

  /** 来宾在网页上投一票，看页面怎样说 */
  votesBySlip(slip: string, { roundId, choice }: { roundId: string; choice: string | null }): Promise<string> {
    return this.#page(`/p/ballot/${this.#tokens.get(slip)}`, { round: roundId, [`choice-${roundId}`]: choice ?? 'abstain' });
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

  /** 看得到的一切：主持台、测评卡、大屏、来宾的网页 — `console` and `ballot` are the actions that show them. */
  async everythingVisible(console: ActionValue, ballot: ActionValue): Promise<string> {
    const seen = await Promise.all([
      ...[this.presses('c1', console), this.presses('l1', ballot), this.presses('d1', ballot)].map((one) => one.then(({ body }) => body)),
      this.#page(`/p/screen/${this.id}`),
      this.#page(`/p/ballot/${this.#tokens.get('s1')}`),
    ]);
    return seen.join('\n');
  }

  /** 排着队要发的和发出去的 */
  async everythingSent(): Promise<string> {
    const rows = await this.world.query<{ payload: string }>(`SELECT payload::text FROM "OutboxEntry" WHERE payload::text LIKE $1`, [
      `%"${this.id}"%`,
    ]);
    return rows.map(({ payload }) => payload).join('\n');
  }
}
