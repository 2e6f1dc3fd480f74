import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { TestClock } from '#core/clock';
import type { Acts } from '#platform/emulator/act';
import { type Component, callbackValue, componentsOf, isJson } from '#platform/emulator/components';
import type { ApiFault } from '#platform/emulator/faults';
import { cardOf, type Message } from '#platform/emulator/model';
import { type App, startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { connectEmulator, type EmulatorWorld } from '../../src/connect-emulator.ts';
import { drawFrom } from '../../src/core/chance.ts';
import { demoAdministrator, importDemoRoster, populateEmulator, readDemoRoster } from '../../src/demo.ts';
import { createLog } from '../../src/log.ts';
import type { Pace } from '../../src/runtime/outbox/worker.ts';
import { watchBreaches } from '../breaches.ts';
import { gated, openRelay } from './border.ts';
import { seeded } from './chance.ts';
import { followClock } from './database-clock.ts';
import { layWire, takeUpWire, type Wire } from './wire.ts';

/** 按钮 — where it is, and what it would carry. */
export interface Found {
  readonly message: Message;
  readonly component: Component;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** 点了以后 — what the person knows: an answer, or nothing because the answer was lost. */
export interface Answer {
  /** done: success; refused: the product or the client said no; lost: nobody knows */
  readonly kind: 'done' | 'refused' | 'lost';
  readonly words: string;
  /** the instant at which it was carried out */
  readonly at: Date;
  /** false: no answer came; the rest is what the office knows, not the person */
  readonly heard: boolean;
  /** of the toast */
  readonly tone?: string;
  /** what the second tap of a double tap was told, where it did something too */
  readonly again?: Answer;
}

/** 次数 */
export interface Counts {
  clicks: number;
  said: number;
  messages: number;
  crashes: number;
  outages: number;
  lostAnswers: number;
  doubleTaps: number;
  repeatedEvents: number;
  faults: number;
  intruders: number;
}

/** 天地 — the whole program, the platform, the clock and the database's clock, under one seed; one thing happens at a time. */
export interface World {
  readonly counts: Counts;
  readonly slowestMs: () => number;
  readonly emulator: EmulatorWorld;
  readonly acts: Acts;
  readonly wire: Wire;
  readonly app: () => App;
  readonly logLines: readonly string[];
  /** what the platform turned away for being too many */
  readonly breaches: readonly string[];
  readonly sql: <Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
  now(): Date;
  /** Only forward. */
  setClock(at: Date): Promise<void>;
  settle(): Promise<void>;
  tick(): Promise<void>;
  /** `m` minutes of the day at which something is scheduled, Beijing time */
  slots(): readonly number[];
  crashAt(nth: number, when: 'before' | 'after'): void;
  /** 停机 — the program is stopped in good order; the platform goes on. */
  goDown(): Promise<void>;
  comeUp(): Promise<void>;
  isUp(): boolean;
  fault(kind: ApiFault): void;
  says(openId: string, text: string): Promise<void>;
  find(openId: string, action: string, fits?: (payload: Found['payload']) => boolean): Found | null;
  click(openId: string, found: Found, form?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** One press, and nothing else: what it set going is still under way. */
  press(openId: string, found: Found, form?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** Replaces the program for as long as its line is cut. */
  reborn(): Promise<void>;
  trace(line: string): void;
  hash(): string;
  close(): Promise<void>;
}

const jumpMsMax = 5_000;
/** 机器忙时也不因真时间而答得不同。 */
const patienceMs = 120_000;

export interface WorldOptions {
  readonly seed: number;
  readonly databaseUrl: string;
  readonly at: Date;
  /** path of the emulator's journal; without one it is forgotten */
  readonly journal?: string;
  /** told each line of the trace, to see where two runs part */
  readonly onTrace?: (line: string) => void;
}

/** 开天地 @param databaseUrl a migrated database of its own @param at Beijing midnight of the first day */
export async function openWorld({ seed, databaseUrl, at, journal, onTrace }: WorldOptions): Promise<World> {
  const ids = seeded(seed, 'ids');
  const jitter = seeded(seed, 'jitter');
  drawFrom({ uuid: ids.uuid, fraction: jitter.fraction });
  const taps = seeded(seed, 'taps');
  const platformIds = seeded(seed, 'platform');
  const admin = new pg.Client({ connectionString: databaseUrl, application_name: 'simulation' });
  await admin.connect();
  const sql: World['sql'] = async (text, values = []) => (await admin.query(text, [...values])).rows;
  const clock = new TestClock(await followClock(admin, { databaseUrl, at }));
  const setClock = async (to: Date): Promise<void> => {
    if (to <= clock.now()) return;
    clock.set(to);
    await admin.query('UPDATE simulated.clock SET at = $1', [to]);
  };
  const wire = layWire(async (names) => {
    const [row] = await sql<{ count: number }>('SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = ANY($1)', [names]);
    return row?.count ?? 0;
  });
  const emulator = connectEmulator({
    clock,
    ids: platformIds.uuid,
    monotonicMs: () => clock.now().getTime(),
    ...(journal === undefined ? {} : { journal }),
  });
  const breaches = watchBreaches(emulator.store);
  const sheets = emulator.store.people().length > 0 ? null : await readDemoRoster();
  if (sheets) populateEmulator(emulator.store, sheets);
  const dataDir = mkdtempSync(join(tmpdir(), 'shuling-simulation-'));
  const logLines: string[] = [];
  const log = createLog('warn', (line) => logLines.push(line));
  const config = readConfig(
    { NODE_ENV: 'test', HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir, ADMIN_MOBILES: demoAdministrator.mobile, SOFFICE_PATH: 'none' },
    () => '',
  );
  const counts: Counts = {
    ...{ clicks: 0, said: 0, messages: 0, crashes: 0, outages: 0, lostAnswers: 0, doubleTaps: 0, repeatedEvents: 0, faults: 0, intruders: 0 },
  };
  const digest = createHash('sha256');
  const note = (line: string): void => {
    digest.update(`${line}\n`);
    onTrace?.(line);
  };
  let slowestMs = 0;
  let app: App | undefined;
  const pace = createPace(clock, setClock);
  const start = async (): Promise<void> => {
    app = await startApp({
      config,
      databaseUrl,
      clock,
      log,
      connection: { ...emulator.connection, platform: gated(emulator.connection.platform, wire) },
      pace,
      alarm: false,
      answerWithinMs: patienceMs,
    });
    await app.outbox.stop();
  };
  const current = (): App => {
    if (!app) throw new Error('the program is down');
    return app;
  };
  /** 再起 — the dead one is cleared away and a new one takes its place; that one may die too. */
  const reborn = async (): Promise<void> => {
    while (wire.isCut) {
      counts.crashes += 1;
      note(`crash at write ${wire.writes}`);
      await app?.close().catch(() => undefined);
      app = undefined;
      await wire.mended();
      await setClock(new Date(clock.now().getTime() + 2_000));
      await start().catch((error: unknown) => {
        if (!wire.isCut) throw error;
      });
    }
  };
  const alive = async (work: () => Promise<unknown>): Promise<void> => {
    await Promise.race([work().catch((error: unknown) => (wire.isCut ? undefined : Promise.reject(error))), wire.whenCut()]);
    await reborn();
  };
  const settle = async (): Promise<void> => {
    if (!app) return;
    for (let done = false; !done; ) {
      current().outbox.start();
      await Promise.race([current().settled(), wire.whenCut()]);
      done = !wire.isCut;
      if (done) await current().outbox.stop();
      else await reborn();
    }
  };
  const relay = await openRelay(() => app?.port ?? null, wire);
  const acts = emulator.actsFor(`http://127.0.0.1:${(relay.address() as AddressInfo).port}`, patienceMs);
  await start();
  if (sheets) await importDemoRoster(current(), clock.now(), sheets);
  await settle();

  const outcomeOf = async (eventId: string | undefined, words: string): Promise<Answer> => {
    const at = clock.now();
    const [kept] = await sql<{ reply: { toast?: { type?: string; text?: string } } | null }>('SELECT reply FROM "InboundEvent" WHERE key = $1', [
      eventId ?? '',
    ]);
    counts.lostAnswers += 1;
    const toast = kept?.reply?.toast;
    if (!kept) return { kind: 'lost', words, at, heard: false };
    return { kind: (toast?.type ?? 'success') === 'success' ? 'done' : 'refused', words: toast?.text ?? '', at, heard: false };
  };
  const pressOnce = async (openId: string, { message, component }: Found, form: Readonly<Record<string, unknown>> | undefined): Promise<Answer> => {
    const began = performance.now();
    const at = clock.now();
    const { seen, delivery } = await acts.clicks(openId, message.messageId, { button: component.path, ...(form ? { form } : {}) });
    counts.clicks += 1;
    const dead = wire.isCut;
    if (!dead) slowestMs = Math.max(slowestMs, performance.now() - began);
    await reborn();
    switch (seen.kind) {
      case 'answered': {
        const type = seen.toast?.type ?? 'success';
        return { kind: type === 'success' ? 'done' : 'refused', words: seen.toast?.content ?? '', at, heard: true, tone: type };
      }
      case 'failed':
        return { ...(await outcomeOf(delivery?.eventId, seen.words)), at };
      case 'refused':
        return { kind: 'refused', words: seen.words, at, heard: true };
      case 'link':
        return { kind: 'refused', words: 'link', at, heard: true };
    }
  };
  const world: World = {
    counts,
    slowestMs: () => slowestMs,
    emulator,
    acts,
    wire,
    app: current,
    logLines,
    breaches,
    sql,
    now: () => clock.now(),
    setClock,
    settle,
    tick: async () => {
      if (!app) return;
      await alive(() => current().scheduler.tick());
      await settle();
    },
    slots: () => slotMinutes(current()),
    crashAt: (nth, when) => wire.arm(nth, when),
    goDown: async () => {
      wire.disarm();
      await app?.close();
      app = undefined;
      counts.outages += 1;
    },
    comeUp: async () => {
      if (app) return;
      await start().catch((error: unknown) => {
        if (!wire.isCut) throw error;
      });
      await reborn();
      await settle();
    },
    isUp: () => app !== undefined,
    fault: (kind) => {
      counts.faults += 1;
      emulator.faults.arm(kind, { times: 1 });
    },
    says: async (openId, text) => {
      counts.said += 1;
      if (taps.happens(0.04)) {
        counts.repeatedEvents += 1;
        emulator.faults.arm(taps.pick(['duplicate', 'duplicate-new-id', 'reorder'] as const), { times: 1 });
      }
      world.trace(`${openId} says ${text}`);
      await acts.says(openId, 'bot', text);
      await reborn();
      await acts.runRetries(clock.now());
      await reborn();
      await settle();
    },
    find: (openId, action, fits = () => true) => findButton(emulator, openId, { action, fits }),
    click: async (openId, found, form) => {
      const twice = taps.happens(0.05);
      const first = await pressOnce(openId, found, form);
      world.trace(`${openId} clicks ${found.action} ${JSON.stringify(found.payload)} → ${first.kind} ${first.words}`);
      if (twice && first.kind !== 'lost' && isStillThere(emulator, openId, found)) {
        counts.doubleTaps += 1;
        const second = await pressOnce(openId, found, form);
        world.trace(`again → ${second.kind} ${second.words}`);
        await settle();
        // 第一下没办成的，第二下才算。
        if (first.kind === 'done' && second.kind === 'done') return { ...first, again: second };
        return first.kind === 'done' || second.kind !== 'done' ? first : second;
      }
      await settle();
      return first;
    },
    press: (openId, found, form) => pressOnce(openId, found, form),
    reborn,
    trace: (line) => note(`${clock.now().toISOString()} ${line}`),
    hash: () => digest.copy().digest('hex'),
    close: async () => {
      wire.disarm();
      await app?.close();
      takeUpWire();
      await new Promise((resolve) => relay.close(resolve));
      await admin.end();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return world;
}

/** 步调 — one row at a time; when the outbox can only wait, the clock goes forward, in longer steps the longer it waits. */
function createPace(clock: TestClock, setClock: (at: Date) => Promise<void>): Pace {
  let jumpMs = 100;
  let waiting: { wake: () => void }[] = [];
  return {
    deliveriesMax: 1,
    jobsMax: 1,
    oneByOne: true,
    pause(_ms, why, wake) {
      if (why === 'news') return () => undefined;
      if (why === 'work') {
        jumpMs = 100;
        return () => undefined;
      }
      const entry = { wake };
      if (waiting.length === 0) {
        setImmediate(async () => {
          await setClock(new Date(clock.now().getTime() + jumpMs));
          jumpMs = Math.min(jumpMsMax, jumpMs * 2);
          const due = waiting;
          waiting = [];
          for (const one of due) one.wake();
        });
      }
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
  };
}

function slotMinutes(app: App): number[] {
  const minutes = app.registry.schedules.flatMap(({ cron }) => {
    const [minute = '', hours = ''] = cron.split(' ');
    return hours.split(',').map((hour) => Number(hour) * 60 + Number(minute));
  });
  return [...new Set(minutes)].sort((left, right) => left - right);
}

const lookBackMax = 60;

function findButton(
  { store }: EmulatorWorld,
  openId: string,
  { action, fits }: { action: string; fits: (payload: Found['payload']) => boolean },
): Found | null {
  const chat = store.findDirectChat(openId);
  const messages = chat ? store.messagesOf(chat.chatId).slice(-lookBackMax) : [];
  for (const message of messages.reverse()) {
    const text = message.views[openId] ?? message.content;
    if (message.msgType !== 'interactive' || message.recalled || !text.includes(`"a":"${action}"`)) continue;
    const card = cardOf(message, openId);
    for (const component of card ? componentsOf(card) : []) {
      const found = asFound(message, component);
      if (found?.action === action && fits(found.payload)) return found;
    }
  }
  return null;
}

/** 按钮还在不在手指底下 — a card that was redrawn may have another one there. */
function isStillThere({ store }: EmulatorWorld, openId: string, { message, component, payload }: Found): boolean {
  const now = store.message(message.messageId);
  const card = now ? cardOf(now, openId) : null;
  return (
    card !== null &&
    componentsOf(card).some((other) => other.path === component.path && JSON.stringify(asFound(message, other)?.payload) === JSON.stringify(payload))
  );
}

function asFound(message: Message, component: Component): Found | null {
  const value = callbackValue(component.json);
  if (!isJson(value) || typeof value['a'] !== 'string' || !isJson(value['p'])) return null;
  return { message, component, action: value['a'], payload: value['p'] };
}
