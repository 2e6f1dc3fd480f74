import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionValue } from '#cards/kit/action';
import { instantAt, localDateOf, localTimeOf } from '#core/dates';
import { BusyError } from '#core/errors';
import { registerOutsideBooks } from '#domain/work-items/advance-items';
import { newItem } from '#domain/work-items/new-item';
import { asSystem } from '../../src/app.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { press } from '../faults/press.ts';
import { startTestApp, type TestApp } from '../harness.ts';
import {
  cardVoters,
  classes,
  classOf,
  grades,
  groups,
  guests,
  heads,
  heldOn,
  isOwn,
  minutes,
  observers,
  plainShape,
  type Shape,
  slips,
  staff,
  tasks,
  trimFrom,
  units,
  voteSeconds,
} from './hall-people.ts';
import { RealHall } from './hall-real.ts';
import type { Answer } from './hall-rounds.ts';

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
      if (text !== busy || presses === 10) return { answer: answerOf(type, text), text, body };
    }
  }

  /** 对机器人说一句 @returns what it has answered, card or words */
  async says(who: string, words: string): Promise<string> {
    const { acts, world, settled } = this.it;
    const { chatId } = world.store.directChat(openIdOf(who));
    const before = world.store.messagesOf(chatId).length;
    await acts.says(openIdOf(who), 'bot', words);
    await settled();
    const answers = world.store.messagesOf(chatId).slice(before);
    return answers.flatMap(({ sender, content }) => (sender.kind === 'bot' ? [content] : [])).join('\n');
  }

  /** 加一个人，任这些岗位 */
  async addPerson(who: string, posts: readonly { role: string; unitCode?: string }[]): Promise<void> {
    this.#people += 1;
    const mobile = String(17_700_020_000 + this.#people);
    this.it.world.store.addPerson({ openId: openIdOf(who), name: who, mobile, unit: '', title: '' });
    await this.query(`INSERT INTO "Person" (id, name, mobile, "openId") VALUES ($1, $1, $2, $3)`, [who, mobile, openIdOf(who)]);
    await this.addPosts(who, posts);
  }

  /** 再任几个岗位 */
  async addPosts(who: string, posts: readonly { role: string; unitCode?: string }[]): Promise<void> {
    for (const [index, { role, unitCode = null }] of posts.entries()) {
      const post = `${who}-${role}`;
      await this.query(`INSERT INTO "Post" (id, title, role, position, "unitCode") VALUES ($1, $2, $2, $3, $4)`, [
        post,
        role,
        this.#people + index,
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
        d6: ['observer'],
        o3: ['observer'],
        boss: ['chiefInspector'],
        lead: ['principalLeader'],
        aide: ['leaderInCharge'],
      },
    };
    for (const who of [...cardVoters, ...staff])
      await this.addPerson(
        who,
        (roles[who] ?? []).map((role) => ({ role })),
      );
    for (const [index, name] of units.entries()) {
      const code = `U${index}`;
      await this.query(`INSERT INTO "Unit" (code, name, "shortName", aliases, kind, position) VALUES ($1, $2, $2, '{}', 'department', $3)`, [
        code,
        name,
        index,
      ]);
      const [head, posts] = [heads[index] ?? '', [{ role: 'unitHead', unitCode: code }]];
      await (cardVoters.includes(head) ? this.addPosts(head, posts) : this.addPerson(head, posts));
    }
    for (const [purpose, name] of Object.entries(groups)) {
      const { chatId } = this.it.world.store.addGroup({ name, members: [openIdOf('x')], botIn: true });
      await this.query(`INSERT INTO "ChatBinding" (purpose, "chatName", "chatId", "boundAt") VALUES ($1, $2, $3, $4)`, [
        purpose,
        name,
        chatId,
        this.it.clock.now(),
      ]);
    }
    await this.#assignTasks();
  }

  /** 各家的任务：到期的，其中按时办结的 */
  async #assignTasks(): Promise<void> {
    const items = tasks.flatMap(({ due, onTime }, unit) => Array.from({ length: due }, (_, index) => ({ unit, isDone: index < onTime })));
    await asSystem(this.it.app, this.it.clock.now(), (ctx) => {
      const given = items.map(({ unit, isDone }, index) => {
        const dueOn = '2026-06-30';
        const done = isDone ? { status: 'completed' as const, completedAt: instantAt(dueOn, '10:00'), percent: 100 } : {};
        const code = `管-${String(index + 1).padStart(3, '0')}`;
        const about = { year: 2026, code, series: '管', number: index + 1, kind: 'keyTask', title: code, category: '经济运行' };
        return newItem(ctx, { ...about, leadUnit: `U${unit}`, dueOn, ...done });
      });
      return registerOutsideBooks(ctx, given, { right: {}, detail: {} });
    });
  }

  /** 摆好一场：抽过签，还没有开始签到；之前的都归档 */
  async hall(given: Partial<Shape> = {}): Promise<RealHall> {
    this.halls += 1;
    const id = `hall-${this.halls}`;
    const shape = { ...plainShape, ...given };
    const onStage = units.slice(0, shape.units).map((unitName, index) => ({ unitCode: `U${index}`, unitName, presenter: heads[index] ?? '' }));
    // 一场在前、一场在后，看得出先后。
    this.it.clock.set(new Date(this.it.clock.now().getTime() + 60_000));
    await this.query(`UPDATE "ReviewSession" SET state = 'archived'`);
    await this.query(`UPDATE "BallotRound" SET state = 'voided' WHERE state = 'open'`);
    // 前一场停在半路上的钟，不在这一场里响。
    await this.query(`UPDATE "ReviewSlot" SET state = 'voted' WHERE state IN ('reporting', 'questioning')`);
    await this.query(
      `INSERT INTO "ReviewSession" (id, number, title, "heldOn", "startsAt", place, state, trial, plan, "fileName", "blobId", "createdById", "createdAt", "confirmedBy")
       VALUES ($1, $1, '述职测评', '2026-12-18', '10:00', '', 'drawn', false, $2, '', '', '', $3, '{}')`,
      [id, JSON.stringify(planOf(id, shape, onStage)), this.it.clock.now()],
    );
    for (const [index, { unitCode, unitName, presenter }] of onStage.entries())
      await this.query(
        `INSERT INTO "ReviewSlot" (id, "sessionId", "unitCode", "unitName", presenter, position, state, "voterId") VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7)`,
        [
          `${id}-${index}`,
          id,
          unitCode,
          unitName,
          presenter,
          index + 1,
          cardVoters.find((who) => isOwn(shape, who, index)) ? `${id}-${presenter}` : null,
        ],
      );
    for (const [index, who] of [...cardVoters, ...guests].entries()) {
      const person = guests.includes(who) ? null : who;
      await this.query(
        `INSERT INTO "ReviewVoter" (id, "sessionId", "voterClass", name, identity, workplace, "personId", channel, position) VALUES ($1, $2, $3, $4, '', '', $5, $6, $7)`,
        [`${id}-${who}`, id, classOf(who), who, person, person === null ? 'slip' : 'card', index],
      );
    }
    const keys = new Map([...slips, ...cardVoters].map((who) => [who, randomBytes(16).toString('base64url')]));
    const hashOf = (who: string): string =>
      createHash('sha256')
        .update(keys.get(who) ?? '')
        .digest('hex');
    for (const [index, slip] of slips.entries())
      await this.query(`INSERT INTO "BallotSlip" (id, "sessionId", "voterClass", serial, "tokenHash", state) VALUES ($1, $2, $3, $4, $5, $6)`, [
        `${id}-${slip}`,
        id,
        classOf(slip),
        index + 1,
        hashOf(slip),
        index < guests.length ? 'valid' : 'spare',
      ]);
    for (const who of shape.secrecy === 'blind' ? cardVoters : [])
      await this.query(`INSERT INTO "BallotPass" ("keyHash", "sessionId", "voterId") VALUES ($1, $2, $3)`, [hashOf(who), id, `${id}-${who}`]);
    await this.query(`INSERT INTO "ReviewLink" (key, "sessionId", kind, "validUntil") VALUES ($1, $1, 'screen', '2027-12-31')`, [id]);
    if (shape.beside) await this.#leaveTrial(id);
    return new RealHall(this, { id, keys, shape });
  }

  /** 撂下一场试测 — the same hall once more, made later, left in the middle. */
  async #leaveTrial(id: string): Promise<void> {
    const copy = (table: string, changes: string): Promise<unknown> => {
      const renamed = `'id', replace(t.id, $1, $1 || '-trial')${table === 'ReviewSession' ? '' : `, 'sessionId', $1 || '-trial'`}`;
      return this.query(
        `INSERT INTO "${table}" SELECT (jsonb_populate_record(t, jsonb_build_object(${renamed}, ${changes}))).* FROM "${table}" t
         WHERE t.${table === 'ReviewSession' ? 'id' : '"sessionId"'} = $1::text`,
        [id],
      );
    };
    await copy(
      'ReviewSession',
      `'number', t.number || '-trial', 'trial', true, 'state', 'inSession', 'createdAt', t."createdAt" + interval '1 second'`,
    );
    await copy('ReviewSlot', `'state', CASE t.position WHEN 1 THEN 'absent' ELSE 'waiting' END`);
    await copy('ReviewVoter', `'present', true`);
    await copy('BallotSlip', `'tokenHash', md5(t."tokenHash")`);
  }

  /** 那一场试测的样子 — null: there is none beside. */
  async trialOf(id: string): Promise<string | null> {
    const tables = ['ReviewSlot', 'ReviewVoter', 'BallotSlip', 'ReviewQuestion', 'ReviewPromise', 'ReviewLink'];
    const rows = tables.map((table) => `SELECT t::text AS line FROM "${table}" t WHERE t."sessionId" = $1`).join(' UNION ALL ');
    const [found] = await this.query<{ digest: string | null }>(
      `SELECT md5(string_agg(line, ',' ORDER BY line)) AS digest FROM (${rows}) all_of_it`,
      [`${id}-trial`],
    );
    return found?.digest ?? null;
  }
}

/** 方案 */
function planOf(id: string, shape: Shape, onStage: readonly object[]) {
  const { press, show, method, scale, secrecy, comments, quorum, emptyClass, smallClass, taskWeight } = shape;
  const voter = (name: string) => ({
    ...{ name, voterClass: classOf(name), identity: '', workplace: '', mobile: null },
    channel: guests.includes(name) ? 'slip' : 'card',
  });
  return {
    ...{ number: id, title: '述职测评', heldOn, startsAt: '10:00', place: '报告厅', trial: false, drawId: id },
    ...{ reportMinutes: minutes.reporting, questionMinutes: minutes.questioning, voteSeconds, quorum, press, show, method, secrecy, comments },
    rules: {
      ...{ method: scale, grades: grades.map((name, index) => ({ name, points: 100 - index * 20 })), emptyClass },
      ...{
        trimFrom: scale === 'scores' ? trimFrom : null,
        ...{ smallClass, ...(taskWeight > 0 ? { taskWeight: String(taskWeight) } : {}) },
        classes: classes.map(({ name, weight }) => ({ name, weight: String(weight) })),
      },
    },
    ...{ observers, observerIds: observers, onStage, written: [], voters: [...cardVoters, ...guests].map(voter) },
  };
}

/** 答复是哪一种：关闭也算办成了，哪怕当即作废（收回的多于发出的） */
function answerOf(type: string, text: string): Answer {
  if (text.includes('其中有的已经关闭')) return 'partly';
  return type === 'success' || text === '票数异常，本轮作废' ? 'done' : 'refused';
}

const openIdOf = (who: string): string => `ou_hall_${who}`;
