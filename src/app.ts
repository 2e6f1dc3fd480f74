import type { Server } from 'node:http';
import type { Clock } from '#core/clock';
import { type Context, type Settings, systemActor } from '#core/context';
import type { HealthResult } from '#core/health';
import { type Database, openDatabase } from '#db/client';
import { withStatements, withTransaction } from '#db/transaction';
import { features } from '#features/index';
import { createFeaturePages } from '#http/feature-pages';
import { createPages } from '#http/pages';
import { close, createHttpServer, listen } from '#http/server';
import { createWebhook } from '#http/webhook';
import { createDoor } from '#platform/feishu/door';
import { normalize } from '#platform/feishu/normalize';
import { measured } from '#platform/measured';
import type { ChatPlatform, ChatReader } from '#platform/port';
import { createPdfMaker, findSoffice } from '#runtime/documents/pdf';
import { createTypesetter, type Typesetter } from '#runtime/documents/typesetter';
import { createDispatch, type Dispatch } from '#runtime/inbound/dispatch';
import { createIntakeJob } from '#runtime/inbound/intake';
import { createPace } from '#runtime/inbound/pace';
import { claimDatabase } from '#runtime/installation/claim';
import { createJobRunner } from '#runtime/jobs';
import type { Log } from '#runtime/log';
import { createMetrics, type Metrics } from '#runtime/metrics';
import { operationsOf } from '#runtime/operations';
import { windowsMs } from '#runtime/outbox/budget';
import { forgetCalls } from '#runtime/outbox/claims/store';
import { createDeliver } from '#runtime/outbox/deliver';
import { outboxState } from '#runtime/outbox/store';
import { throttled, throttledReader, waitingFor } from '#runtime/outbox/throttle';
import { createOutboxWorker, type OutboxWorker, type Pace } from '#runtime/outbox/worker';
import { syncPanel } from '#runtime/panel/sync';
import { createReadiness, type Readiness } from '#runtime/readiness';
import { createRegistry, type Registry } from '#runtime/registry';
import { createScheduler, type Scheduler } from '#runtime/schedule/scheduler';
import { createSeal, type Seal } from '#runtime/seal';
import { performAlone, performForVisitor, type Surroundings } from '#runtime/unit-of-work';
import type { Config } from './config.ts';
import { engines, prepareDistrict, systemCards } from './district.ts';

/** 平台 — which platform the product talks to, and the secrets of its webhook. */
export interface PlatformConnection {
  readonly platform: ChatPlatform;
  readonly appId: string;
  readonly appSecret: string;
  readonly encryptKeys: readonly string[];
  readonly verificationToken: string;
  readonly tenantKey: string | undefined;
  /** where a text that stands in for a card points to */
  readonly botLink: string | undefined;
  /** what only the platform can tell: credentials, scopes */
  readonly probe: () => Promise<readonly (HealthResult & { readonly name: string })[]>;
  /** ms by which our clock is fast, as the platform's answers tell, null: not heard yet; undefined: the clock is the platform's own */
  readonly fastMs: (() => number | null) | undefined;
  /** a signed request came outside the window: the clocks should be compared again */
  readonly onDoubt: (() => void) | undefined;
  /** milliseconds that only grow, by which it counts its rate windows */
  readonly elapsedMs: () => number;
}

/** 程序 — everything that runs, and the few handles that the entry point, the tests and the emulator need. */
export interface App {
  readonly port: number;
  readonly database: Database;
  readonly registry: Registry;
  readonly around: Surroundings;
  readonly reader: ChatReader;
  readonly metrics: Metrics;
  readonly dispatch: Dispatch;
  readonly outbox: OutboxWorker;
  readonly scheduler: Scheduler;
  /** Nothing is due, nothing is under way. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface AppParts {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly connection: PlatformConnection;
  /** false: no slot runs and nothing is checked by itself, only when asked; for tests and simulations, whose minutes are not the real ones */
  readonly alarm?: boolean;
  /** the outbox's own pace; simulations set another */
  readonly pace?: Pace;
  /** real ms until a callback that is still under way is answered with that */
  readonly answerWithinMs?: number;
}

const shutdownGraceMs = 8_000;

/** 启动 — the one place that knows every part. The database is migrated before; the platform is given. */
export async function startApp(parts: AppParts): Promise<App> {
  const { config, clock, log, connection, alarm = true } = parts;
  const seal = createSeal(config.sealKey ?? connection.appSecret);
  const { database, sealedFrom } = await openOwnDatabase(parts, seal);
  const metrics = createMetrics();
  const platform = measured(connection.platform, (api, code) => metrics.apiCalls.inc({ api, code }));
  // 自己拨钟的，按自己的钟守限额。
  const waiting = waitingFor(connection.elapsedMs);
  const { reader, writer } = parts.pace
    ? platform
    : { reader: throttledReader(platform.reader, waiting), writer: throttled(platform.writer, waiting) };
  const { registry, around } = furnish(database, config);
  const intake = createIntakeJob(registry.contributions, systemCards);
  const findJob: typeof registry.job = (name) => (name === intake.name ? (intake as unknown as ReturnType<typeof registry.job>) : registry.job(name));
  const typesetter = createTypesetter();
  const pdfMaker = createPdfMaker({ soffice: findSoffice(config.sofficePath), log });
  const runJob = createJobRunner({ ...around, clock, log, reader, probe: connection.probe, typesetter, pdfMaker, findJob });
  const deliver = createDeliver({
    ...around,
    clock,
    log,
    seal,
    writer,
    reader,
    runJob,
    findCard: registry.card,
    botLink: connection.botLink,
    notice: systemCards.notice,
  });
  const expectsBulk = (now: Date): boolean => scheduler.expectsBulk(now);
  const crowded = (): boolean => dispatch.crowded();
  const outbox = createOutboxWorker({ ...around, clock, log, deliver, expectsBulk, crowded, ...(parts.pace ? { pace: parts.pace } : {}) });
  const scheduler = createScheduler({ ...around, clock, log, schedules: registry.schedules, afterRun: outbox.wake, alarm });
  const pace = {
    actions: createPace({ max: config.clicksPerTenSeconds, perMs: 10_000 }),
    uploads: createPace({ max: config.uploadsPerMinute, perMs: 60_000 }),
    told: createPace({ max: 1, perMs: 10_000 }),
  };
  const dispatch = createDispatch({ ...around, registry, seal, sealedFrom, clock, log, systemCards, pace });
  const door = createDoor({ ...connection, tenantKey: connection.tenantKey, clock });
  const webhook = createWebhook({
    door,
    normalize,
    dispatch,
    metrics,
    log,
    afterReply: outbox.wake,
    ...(parts.answerWithinMs === undefined ? {} : { deadlineMs: parts.answerWithinMs }),
  });
  const readiness = createReadiness({ database, clock, log, checks: registry.contributions.checks.filter(({ critical }) => critical) });
  const pages = createPages({
    metrics,
    metricsToken: config.metricsToken,
    refreshMetrics: () => refreshMetrics(database, clock, { metrics, fastMs: connection.fastMs?.() ?? null }),
    readiness: readiness.current,
  });
  const asVisitor = <T>(work: (ctx: Context) => Promise<T>): Promise<T> => performForVisitor(around, clock.now(), work);
  const featurePages = createFeaturePages({
    pages: registry.pages,
    liveViews: registry.liveViews,
    scripts: registry.pageScripts,
    open: (page, request) => asVisitor((ctx) => page.handle(ctx, request)).finally(outbox.wake),
    look: (view, params) => asVisitor((ctx) => view.look(ctx, params)),
    log,
  });
  const server = createHttpServer({ webhook, pages, featurePages, log });
  await prepareDistrict(around, { clock, reader, config, log });
  const port = await listen(server, { host: config.host, port: config.port });
  // 先补错过的一格，再开始发：停机期间的答复和补发的提醒，一起按优先级走。
  await scheduler.start();
  outbox.start();
  if (alarm) readiness.start();
  // 不挡着开门：平台慢、没有权限，都不耽误办事。
  const panelSynced = syncPanel({ database, panel: platform.panel, commands: registry.contributions.commands, log });
  const settled = async (): Promise<void> => {
    await panelSynced;
    await dispatch.idle();
    await outbox.settled();
  };
  return {
    port,
    database,
    registry,
    around,
    reader,
    metrics,
    dispatch,
    outbox,
    scheduler,
    settled,
    close: () => panelSynced.then(() => shutDown({ server, readiness, scheduler, dispatch, outbox, typesetter, database })),
  };
}

/** 开自己的数据库 @throws ForeignDatabase when it is another application's, or the demo's */
async function openOwnDatabase({ config, databaseUrl, connection, clock, log }: AppParts, { mark: sealMark }: Seal) {
  const database = openDatabase(databaseUrl, { poolMax: config.databasePool });
  try {
    const application = { appId: connection.appId, demo: config.feishu === undefined };
    return { database, sealedFrom: await claimDatabase(database, { application, sealMark, now: clock.now(), log }) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** 备料 — the features' contributions and what every unit of work is given; the command line needs them without a running program. */
export function furnish(database: Database, config: Config): { readonly registry: Registry; readonly around: Surroundings } {
  const registry = createRegistry([...features, operationsOf(features)]);
  return { registry, around: { database, engines, contributions: registry.contributions, settings: settingsOf(config) } };
}

/** 停 — first no new work, then what is under way, the database last. */
async function shutDown(parts: {
  server: Server;
  readiness: Readiness;
  scheduler: Scheduler;
  dispatch: Dispatch;
  outbox: OutboxWorker;
  typesetter: Typesetter;
  database: Database;
}): Promise<void> {
  parts.readiness.stop();
  await parts.scheduler.stop();
  await close(parts.server, shutdownGraceMs);
  await parts.dispatch.idle();
  await parts.outbox.stop();
  await parts.typesetter.close();
  await parts.database.close();
}

/** 拨钟到 — runs every slot on the way, in order, and lets the outbox come to rest at each. */
export async function moveClockTo(app: App, clock: { now(): Date; set(at: Date): void }, at: Date): Promise<void> {
  for (let slot = app.scheduler.nextSlot(clock.now(), at); slot; slot = app.scheduler.nextSlot(clock.now(), at)) await setClockTo(app, clock, slot);
  await setClockTo(app, clock, at);
}

/** 拨到一刻 — as if nothing had run until then: of the slots in between each schedule runs its newest. What the platform counted in its last minute is past. */
export async function setClockTo(app: App, clock: { now(): Date; set(at: Date): void }, at: Date): Promise<void> {
  await app.settled();
  if (at.getTime() - clock.now().getTime() >= windowsMs.minuteMs) await withStatements(app.database, (tx) => forgetCalls(tx, null));
  clock.set(at);
  await app.scheduler.tick();
  app.outbox.wake();
  await app.settled();
}

/** 以系统身份办一件事 — for the command line and for tests. */
export function asSystem<T>(app: Pick<App, 'around'>, now: Date, work: Parameters<typeof performAlone<T>>[1]['work']): Promise<T> {
  return performAlone<T>(app.around, { now, eventKey: null, actor: () => Promise.resolve(systemActor), work }).then((done) => {
    if (done.kind === 'seen') throw new Error('work without an event key was seen before');
    return done.value;
  });
}

function settingsOf(config: Config): Settings {
  const { districtName, publicUrl, botName, documentNumberPattern } = config;
  const { acknowledgeWithinDays, declineWithinDays, cancelImportWithinMinutes, orderReceiptWithinDays, orderReplyWithinDays } = config;
  return {
    ...{ districtName, publicUrl, botName, documentNumberPattern },
    ...{ acknowledgeWithinDays, declineWithinDays, cancelImportWithinMinutes, orderReceiptWithinDays, orderReplyWithinDays },
  };
}

async function refreshMetrics(database: Database, clock: Clock, { metrics, fastMs }: { metrics: Metrics; fastMs: number | null }): Promise<void> {
  const state = await withTransaction(database, (tx) => outboxState(tx, clock.now()));
  metrics.outboxDue.set(state.due);
  metrics.outboxDead.set(state.dead);
  metrics.outboxOldestSeconds.set(state.oldestDueMs / 1000);
  if (fastMs !== null) metrics.clockFastSeconds.set(fastMs / 1000);
}
