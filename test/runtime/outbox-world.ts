import { TestClock } from '#core/clock';
import type { Outbox } from '#core/outbox';
import { type Database, openDatabase } from '#db/client';
import type { Message } from '#platform/emulator/model';
import type { ChatWriter } from '#platform/port';
import { createDeliver } from '#runtime/outbox/deliver';
import { throttled } from '#runtime/outbox/throttle';
import { createOutboxWorker, type OutboxWorker } from '#runtime/outbox/worker';
import { createSeal } from '#runtime/seal';
import { asSystem, furnish } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { connectEmulator, type EmulatorWorld } from '../../src/connect-emulator.ts';
import { systemCards } from '../../src/district.ts';
import { createLog } from '../../src/log.ts';
import { watchBreaches } from '../breaches.ts';
import { createTestDatabase } from '../database.ts';
import { followClock } from '../simulation/database-clock.ts';
import { createVirtualTime } from './virtual-time.ts';

/** 到了平台的一次调用 */
export interface Arrival {
  readonly at: number;
  readonly api: keyof ChatWriter;
  /** whose share of each second it takes; '' — nobody's */
  readonly target: string;
  readonly uuid: string | null;
}

/** 一份程序里的发件工人 */
export interface Instance {
  readonly worker: OutboxWorker;
  /** It dies at its next call of the platform: before it leaves, or after it was carried out and before the answer is heard. */
  diesAtNextCall(when: 'before' | 'after'): void;
  readonly isDead: boolean;
}

/** 发件箱的天地 — the real outbox over PostgreSQL and the emulated platform; several programs share them, and time moves only when all are quiet. */
export interface OutboxWorld {
  readonly emulator: EmulatorWorld;
  readonly people: readonly string[];
  readonly breaches: readonly string[];
  readonly arrivals: readonly Arrival[];
  now(): number;
  sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  queue(work: (outbox: Outbox) => void): Promise<void>;
  instances(): readonly Instance[];
  start(): Promise<void>;
  /** 正常停下 */
  stop(instance: Instance): Promise<void>;
  kill(instance: Instance): Promise<void>;
  advance(ms: number): Promise<void>;
  messages(): readonly Message[];
  close(): Promise<void>;
}

const began = new Date('2026-09-15T01:00:00Z');
const never = (): Promise<never> => new Promise(() => undefined);

/** 开天地 @param people how many accounts there are, each with a direct chat */
export async function openOutboxWorld(people: number): Promise<OutboxWorld> {
  const testDatabase = await createTestDatabase();
  const office = openDatabase(testDatabase.url, { poolMax: 2 });
  const sql: OutboxWorld['sql'] = async (text, values = []) => (await office.pool.query(text, [...values])).rows as never;
  const clock = new TestClock(await followClock(office.pool, { databaseUrl: testDatabase.url, at: began }));
  // 换了 search_path，旧连接看不到：办事的另开一个。
  const desk = openDatabase(testDatabase.url, { poolMax: 2 });
  const time = createVirtualTime(clock, (at) => sql('UPDATE simulated.clock SET at = $1', [at]));
  const emulator = connectEmulator({ clock, monotonicMs: () => clock.now().getTime() });
  const openIds = Array.from({ length: people }, (_, index) => emulator.store.addPerson({ name: `收件人${index}`, openId: `ou_${index}` }).openId);
  const breaches = watchBreaches(emulator.store);
  const config = readConfig({ NODE_ENV: 'test' }, () => '');
  const atDesk = furnish(desk, config);
  const log = createLog('silent', () => undefined);
  const arrivals: Arrival[] = [];
  let instances: (Instance & { readonly database: Database; die(): void })[] = [];

  const open = (): (typeof instances)[number] => {
    const database = openDatabase(testDatabase.url, { poolMax: 6 });
    const { registry, around } = furnish(database, config);
    let dead = false;
    let dies: 'before' | 'after' | undefined;
    const die = (): void => {
      dead = true;
      void worker.stop();
      // 再也拿不到连接：与断了电一样，什么也写不进。
      database.pool.connect = never as typeof database.pool.connect;
    };
    const through = (arrival: Omit<Arrival, 'at'>, call: () => Promise<unknown>): Promise<never> =>
      time
        .during(async () => {
          if (dies === 'before') die();
          if (dead) return { hangs: true };
          arrivals.push({ ...arrival, at: clock.now().getTime() });
          const outcome = await call().then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          );
          if (dies === 'after') die();
          return dead ? { hangs: true } : outcome;
        })
        .then((outcome) => {
          if ('hangs' in outcome) return never();
          if ('error' in outcome) throw outcome.error;
          return outcome.value as never;
        });
    const { writer, reader } = emulator.connection.platform;
    const chatOf = (messageId: string): string => {
      const chat = emulator.store.chat(emulator.store.message(messageId)?.chatId ?? '');
      return `person:${chat?.members[0] ?? ''}`;
    };
    const watched: ChatWriter = {
      send: (to, content, uuid) =>
        through({ api: 'send', target: 'person' in to ? `person:${to.person}` : `chat:${to.chat}`, uuid }, () => writer.send(to, content, uuid)),
      reply: (messageId, content, uuid) => through({ api: 'reply', target: chatOf(messageId), uuid }, () => writer.reply(messageId, content, uuid)),
      update: (messageId, card) => through({ api: 'update', target: `message:${messageId}`, uuid: null }, () => writer.update(messageId, card)),
      urge: (messageId, who) => through({ api: 'urge', target: '', uuid: null }, () => writer.urge(messageId, who)),
      uploadFile: (name, content) => through({ api: 'uploadFile', target: '', uuid: null }, () => writer.uploadFile(name, content)),
    };
    const deliver = createDeliver({
      ...around,
      clock,
      log,
      seal: createSeal('model'),
      writer: throttled(watched, time.throttleTime),
      reader,
      runJob: () => Promise.resolve(),
      findCard: registry.card,
      botLink: undefined,
      notice: systemCards.notice,
    });
    const worker = createOutboxWorker({ ...around, clock, log, deliver, pace: time.pace });
    time.follow(database.pool);
    return {
      worker,
      database,
      die,
      diesAtNextCall: (when) => {
        dies = when;
      },
      get isDead() {
        return dead;
      },
    };
  };
  /** 死了的收走，它在数据库里的连接也断开 */
  const bury = async (): Promise<void> => {
    const gone = instances.filter(({ isDead }) => isDead);
    instances = instances.filter(({ isDead }) => !isDead);
    for (const { database } of gone) {
      time.forget(database.pool);
      await database.close();
    }
  };
  const world: OutboxWorld = {
    emulator,
    people: openIds,
    breaches,
    arrivals,
    now: () => clock.now().getTime(),
    sql,
    queue: (work) =>
      asSystem(atDesk, clock.now(), (ctx) => {
        work(ctx.outbox);
        return Promise.resolve();
      }),
    instances: () => instances,
    start: async () => {
      const instance = open();
      instances = [...instances, instance];
      instance.worker.start();
      await time.quiet();
      await bury();
    },
    stop: async (instance) => {
      const held = instances.find((candidate) => candidate === instance);
      if (!held) return;
      let stopped = false;
      const stopping = held.worker.stop().then(() => {
        stopped = true;
      });
      // 在途的还在门口等着轮到：钟走着，它们才走得完。
      for (await time.quiet(); !stopped && !held.isDead; ) await time.advance(100);
      if (held.isDead) return bury();
      await stopping;
      instances = instances.filter((candidate) => candidate !== held);
      time.forget(held.database.pool);
      await held.database.close();
    },
    kill: async (instance) => {
      instances.find((candidate) => candidate === instance)?.die();
      await time.quiet();
      await bury();
    },
    advance: async (ms) => {
      await time.advance(ms);
      await bury();
    },
    messages: () => emulator.store.chats().flatMap(({ chatId }) => emulator.store.messagesOf(chatId).filter(({ sender }) => sender.kind === 'bot')),
    close: async () => {
      for (const instance of [...instances]) await world.stop(instance);
      await desk.close();
      await office.close();
      await testDatabase.close();
    },
  };
  return world;
}
