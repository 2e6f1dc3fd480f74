import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardJson } from '#cards/kit/card';
import { TestClock } from '#core/clock';
import { instantAt } from '#core/dates';
import { BusyError } from '#core/errors';
import type { Acts, Place, Speech } from '#platform/emulator/act';
import type { Click, Seen } from '#platform/emulator/click';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { cardOf, type Message, type Person } from '#platform/emulator/model';
import { createOpenApi } from '#platform/emulator/open-api';
import { type App, moveClockTo, type PlatformConnection, setClockTo, startApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { connectEmulator, type EmulatorWorld } from '../src/connect-emulator.ts';
import { connectFeishu } from '../src/connect-feishu.ts';
import { demoAdministrator, importDemoRoster, populateEmulator, readDemoRoster } from '../src/demo.ts';
import { createLog } from '../src/log.ts';
import { watchBreaches } from './breaches.ts';
import { expectNoSecrets } from './canaries.ts';
import { createTestDatabase } from './database.ts';
import { copyPlatform, type Stage } from './stage.ts';

/** 一个人在测试里能做的事 */
export interface TestPerson {
  readonly person: Person;
  says(text: string, place?: Place, speech?: Speech): Promise<void>;
  sendsFile(name: string, bytes: Uint8Array, place?: Place): Promise<void>;
  /** Clicks a button of the newest card that has it. */
  clicks(button: string, click?: Omit<Click, 'button'> & { readonly card?: string }): Promise<Seen>;
  /** the cards in the direct chat with the bot, oldest first, as they look now */
  cards(): readonly CardJson[];
  lastCard(): CardJson;
  texts(): readonly string[];
}

export interface TestApp {
  readonly app: App;
  readonly world: EmulatorWorld;
  readonly acts: Acts;
  readonly clock: TestClock;
  readonly logLines: readonly string[];
  /** what the platform turned away for being too many (I9), a line each; a story that leaves one can't close */
  readonly breaches: readonly string[];
  person(name: string): TestPerson;
  group(name: string): { readonly chatId: string; messages(): readonly Message[] };
  settled(): Promise<void>;
  /** @param at `2026-05-29 09:05`, Beijing time */
  moveTo(at: string): Promise<void>;
  /** As if the program had been off until then: of each schedule only the newest missed slot runs. */
  skipTo(at: string): Promise<void>;
  /** Ends everything; @throws when the log of the story holds a secret, see `canaries.ts`. */
  close(): Promise<void>;
}

/** 判的是办得对不对；三秒之内答不答得上，由说三秒的测试去看。 */
const patienceMs = 25_000;
/** 看指标的口令 */
export const metricsToken = 'canary-metrics-token-000';
const busy = new BusyError().publicMessage;
const instant = (text: string): Date => instantAt(text.slice(0, 10), text.slice(11) || '00:00');

export interface TestOptions {
  /** `2026-05-28 15:10`, Beijing time */
  readonly at?: string;
  readonly roster?: boolean;
  readonly databaseUrl?: string;
  /** true: through the real SDK over HTTP instead of the adapter */
  readonly overHttp?: boolean;
  /** where a story left off; with it comes its instant */
  readonly stage?: Stage;
  /** folder for the emulator's journal; without one it is forgotten */
  readonly platformDir?: string;
  /** true: whoever clicks waits three seconds, as on the platform; else as long as a crowded machine takes */
  readonly hasty?: boolean;
  /** true: papers are converted to PDF where there is LibreOffice; slow, so only on request */
  readonly pdf?: boolean;
  /** true: the scheduler and the readiness look by themselves each real minute, as they do in service */
  readonly alarm?: boolean;
  /** another application than the emulator's own */
  readonly application?: { readonly appId: string; readonly appSecret: string };
}

/** 一个工人只读一遍花名册：每读一遍是一个读表的进程。 */
let demoSheets: ReturnType<typeof readDemoRoster> | undefined;
const demoRoster = (): ReturnType<typeof readDemoRoster> => {
  demoSheets ??= readDemoRoster();
  return demoSheets;
};

/** 起一个真的程序 — the real app, the real webhook, the emulator and a database of its own; the clock stands still until it is moved. */
export async function startTestApp(options: TestOptions = {}): Promise<TestApp> {
  const {
    at = '2026-05-28 15:10',
    stage,
    roster = stage === undefined,
    databaseUrl,
    overHttp = false,
    pdf = false,
    hasty = false,
    alarm = false,
    application = {},
  } = options;
  const database = databaseUrl === undefined ? await createTestDatabase(stage?.template) : { url: databaseUrl, close: () => Promise.resolve() };
  const dataDir = mkdtempSync(join(tmpdir(), 'shuling-app-'));
  if (stage) copyPlatform(stage, dataDir);
  const platformDir = options.platformDir ?? (stage ? dataDir : undefined);
  const clock = new TestClock(stage?.at ?? instant(at));
  const logLines: string[] = [];
  const log = createLog('info', (line) => logLines.push(line));
  const config = readConfig(
    {
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      ADMIN_MOBILES: demoAdministrator.mobile,
      METRICS_TOKEN: metricsToken,
      ...(pdf ? {} : { SOFFICE_PATH: 'none' }),
    },
    () => '',
  );
  const world = connectEmulator({ clock, app: application, ...(platformDir === undefined ? {} : { journal: join(platformDir, 'emulator.jsonl') }) });
  const breaches = watchBreaches(world.store);
  const sheets = await demoRoster();
  populateEmulator(world.store, sheets);
  const http = overHttp ? await listenOnLoopback(createOpenApi(world.api)) : undefined;
  const connection = http
    ? { ...world.connection, ...platformOf(connectFeishu({ ...feishuConfig(world), domain: http.url }, log, clock)) }
    : world.connection;
  const app = await startApp({
    config,
    databaseUrl: database.url,
    clock,
    log,
    connection,
    alarm,
    ...(hasty ? {} : { answerWithinMs: patienceMs }),
  });
  if (roster) await importDemoRoster(app, clock.now(), sheets);
  const acts = world.actsFor(`http://127.0.0.1:${app.port}`, hasty ? undefined : patienceMs);
  return {
    app,
    world,
    acts,
    clock,
    logLines,
    breaches,
    person: (name) => testPerson({ app, world, acts }, name),
    group: (name) => {
      const chat = world.store.chats().find((candidate) => candidate.name === name);
      if (!chat) throw new Error(`没有群 ${name}`);
      return { chatId: chat.chatId, messages: () => world.store.messagesOf(chat.chatId) };
    },
    settled: app.settled,
    moveTo: (to) => moveClockTo(app, clock, instant(to)),
    skipTo: (to) => setClockTo(app, clock, instant(to)),
    close: async () => {
      await app.close();
      await http?.close();
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
      if (breaches.length > 0) throw new Error(`平台嫌多，退回了${breaches.length}次：\n${breaches.join('\n')}`);
      expectNoSecrets(logLines.join('\n'), world, [metricsToken]);
    },
  };
}

function feishuConfig({ connection }: EmulatorWorld) {
  const { appId, appSecret, encryptKeys, verificationToken, tenantKey } = connection;
  return { appId, appSecret, encryptKeys, verificationToken, tenantKey };
}

function platformOf({ platform, probe, fastMs, onDoubt }: PlatformConnection): Partial<PlatformConnection> {
  return { platform, probe, fastMs, onDoubt };
}

function testPerson({ app, world, acts }: Pick<TestApp, 'app' | 'world' | 'acts'>, name: string): TestPerson {
  const person = world.store.people().find((candidate) => candidate.name === name);
  if (!person) throw new Error(`没有 ${name} 这个人`);
  const messages = (): readonly Message[] => {
    const chat = world.store.findDirectChat(person.openId);
    return chat ? world.store.messagesOf(chat.chatId).filter(({ sender }) => sender.kind === 'bot') : [];
  };
  const cards = (): CardJson[] => messages().flatMap((message) => cardOf(message, person.openId) ?? []);
  const lastCard = (): CardJson => {
    const card = cards().at(-1);
    if (!card) throw new Error(`${name} 没有收到卡片`);
    return card;
  };
  return {
    person,
    cards,
    lastCard,
    texts: () => messages().flatMap(({ msgType, content }) => (msgType === 'text' ? [(JSON.parse(content) as { text: string }).text] : [])),
    says: async (text, place = 'bot', speech = {}) => {
      await acts.says(person.openId, place, text, speech);
      await app.settled();
    },
    sendsFile: async (fileName, bytes, place = 'bot') => {
      await acts.sendsFile(person.openId, place, { name: fileName, bytes });
      await app.settled();
    },
    clicks: async (button, { card, ...click } = {}) => {
      const has = (message: Message): boolean => {
        const json = JSON.stringify(cardOf(message, person.openId) ?? {});
        return json.includes(`"content":"${button}"`) && (card === undefined || json.includes(card));
      };
      const message = [...messages()].reverse().find(has);
      if (!message) throw new Error(`${name} 的卡片上没有“${button}”`);
      for (let press = 1; ; press += 1) {
        const { seen } = await acts.clicks(person.openId, message.messageId, { button, ...click });
        await app.settled();
        // 机器忙时答复请人再点一次，就再点一次。
        if (press === 10 || (seen as { toast?: { content?: string } }).toast?.content !== busy) return seen;
      }
    },
  };
}

/** 卡片上的全部文字 — for expectations. */
export function textOfCard(card: unknown): string {
  if (Array.isArray(card)) return card.map(textOfCard).join('\n');
  if (typeof card !== 'object' || card === null) return '';
  return Object.entries(card)
    .flatMap(([key, value]) => (typeof value === 'string' ? (key === 'content' ? [decode(value)] : []) : [textOfCard(value)]))
    .filter((text) => text !== '')
    .join('\n');
}

function decode(text: string): string {
  return text.replace(/<[^>]+>/g, '').replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
