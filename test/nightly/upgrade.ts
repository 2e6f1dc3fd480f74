import pg from 'pg';
import { watchBreaches } from '../breaches.ts';
import type { ChildApp, ChildProgram } from '../child-app.ts';
import { account, buildCrashSite, type CrashSite, drained } from '../faults/crash-loop.ts';
import type { Reporters } from '../faults/reporters.ts';
import { type FormerVersion, layOutFormer } from './former-version.ts';
import type { Nightly } from './main.ts';

/** 一班八个人，按一下歇一会儿：不是要压垮它，是要一直有人在按 */
const shift = { lines: 8, restMs: 100 };
const itemsPerSecond = 100;
/** 日志里不许有的：不认得的列、表、枚举，备好的语句作废，没人接的错误 */
const complaint =
  /"level":[56]0|does not exist|invalid input value|cached plan|Inconsistent column|Unknown (arg|field)|"P20\d\d"|unhandled|uncaught/i;

/**
 * 升级与回退 — the former version works; the new one is killed in the middle of its migration, then comes up beside it, dies (back to the former
 * one alone), and comes again alone; people report all the while. `UPGRADE_SECONDS` side by side, 60 by default; `UPGRADE_FROM` names the former.
 */
export const nightlyUpgrade: Nightly = async (say) => {
  const seconds = Number(process.env.UPGRADE_SECONDS ?? 60);
  const former = layOutFormer(process.env.UPGRADE_FROM, say);
  try {
    const site = await buildCrashSite(Math.ceil(seconds * 4 + 120) * itemsPerSecond, { only: former.migrations });
    try {
      return await upgrade(site, former, { seconds, say });
    } finally {
      await site.close();
    }
  } finally {
    former.remove();
  }
};

async function upgrade(site: CrashSite, former: FormerVersion, { seconds, say }: { seconds: number; say: (line: string) => void }): Promise<string> {
  const breaches = watchBreaches(site.platform.store);
  const complaints: string[] = [];
  const program = (name: string): ChildProgram => ({
    heard: (line) => void (complaint.test(line) && complaints.push(`${name} ${line}`)),
  });
  const reporters = site.reporters();
  /** 人按的是哪几份：轮流 */
  let open: readonly ChildApp[] = [];
  let turn = 0;
  const target = (): string => {
    turn += 1;
    return open[turn % open.length]?.url ?? '';
  };
  let [answered, sinceMs] = [0, performance.now()];
  const note = (name: string): void => {
    const took = ((performance.now() - sinceMs) / 1_000).toFixed(1);
    say(`${name}：${took}秒，答应${reporters.acknowledged.size - answered}件${breaches.length > 0 ? `，至此超限${breaches.length}次` : ''}`);
    [answered, sinceMs] = [reporters.acknowledged.size, performance.now()];
  };
  const stage = async (name: string, apps: readonly ChildApp[], forSeconds: number): Promise<void> => {
    open = apps;
    await new Promise((resolve) => setTimeout(resolve, forSeconds * 1_000));
    note(name);
  };
  const begun: ChildApp[] = [];
  let stopWork = async (): Promise<void> => undefined;
  const start = async (spawned?: (pid: number) => void): Promise<ChildApp> => {
    const app = await site.start({ migrates: true }, { ...program('新版'), ...(spawned ? { spawned } : {}) });
    begun.push(app);
    return app;
  };
  try {
    const old = await site.start({}, { ...program('旧版'), root: former.root });
    begun.push(old);
    open = [old];
    stopWork = reporters.begin({ target, ...shift }).stop;
    sinceMs = performance.now();
    await stage('旧版自己', [old], seconds / 4);
    say(former.added.length > 0 ? await killHalfWay(site, start) : '没有迁移可断');
    note('旧版照办，新版断在半路');
    const fresh = await start();
    await expectLevel(site, former);
    note('旧版照办，新版迁移、起来');
    await stage('新旧一起', [old, fresh], seconds);
    const sent = { old: await sentBy(old), fresh: await sentBy(fresh) };
    open = [old];
    await fresh.kill();
    await stage('回退到旧版', [old], seconds / 4);
    const again = await start();
    open = [again];
    await old.stop();
    await stage('新版自己', [again], seconds / 4);
    await stopWork();
    await drained(site, 300_000);
    await again.stop();
    return judge(reporters, { ...(await account(site, reporters.acknowledged)), breaches, complaints, sent });
  } finally {
    // 红了也不留下没人管的进程和还在按的人；已经停了的，再停一次不算错。
    await stopWork();
    await Promise.all(begun.map((app) => app.kill().catch(() => undefined)));
  }
}

/**
 * 断在迁移的半路 — the tables are held as a backup holds them, so the migration waits in the middle; then kill -9.
 * What adds tables only waits for nobody: then there is nothing to be killed in.
 */
async function killHalfWay(site: CrashSite, start: (spawned: (pid: number) => void) => Promise<ChildApp>): Promise<string> {
  const [holder, watcher] = [new pg.Client({ connectionString: await site.url() }), new pg.Client({ connectionString: await site.url() })];
  await Promise.all([holder.connect(), watcher.connect()]);
  try {
    const { rows } = await holder.query<{ all: string }>(
      `SELECT string_agg(format('%I', tablename), ', ') AS all FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%'`,
    );
    await holder.query(`BEGIN; LOCK TABLE ${rows[0]?.all ?? ''} IN ACCESS SHARE MODE`);
    let pid = 0;
    let ended: ChildApp | Error | undefined;
    const starting = start((spawned) => {
      pid = spawned;
    }).then(
      (app) => {
        ended = app;
      },
      (error: unknown) => {
        ended = error instanceof Error ? error : new Error(String(error));
      },
    );
    const waits = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'shuling-migrate' AND wait_event_type = 'Lock' AND wait_event = 'relation'`;
    while (ended === undefined && (await watcher.query(waits)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    if (ended instanceof Error) throw ended;
    if (ended !== undefined) {
      await ended.kill();
      return '这次的迁移只添表，谁也不等：没有半路可断';
    }
    process.kill(pid, 'SIGKILL');
    await starting;
    return '迁移停在半路时 kill -9 新版一次';
  } finally {
    await Promise.all([holder.end(), watcher.end()]);
  }
}

/** 迁移做全了：断过一次，也一个不少 */
async function expectLevel(site: CrashSite, { added }: FormerVersion): Promise<void> {
  const rows = await site.query<{ name: string }>(
    `SELECT migration_name AS name FROM _prisma_migrations WHERE migration_name = ANY($1) AND finished_at IS NOT NULL ORDER BY 1`,
    [added],
  );
  if (rows.map(({ name }) => name).join() !== added.join()) throw new Error(`迁移没有做全：${rows.map(({ name }) => name).join('、')}`);
}

/** 它发了多少 — by its own metrics. */
async function sentBy({ url }: ChildApp): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(/^shuling_api_calls_total\{[^}]*code="ok"[^}]*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

type Outcome = Awaited<ReturnType<typeof account>> & {
  readonly breaches: readonly string[];
  readonly complaints: readonly string[];
  readonly sent: { readonly old: number; readonly fresh: number };
};

/** 过不过 @throws Error when one promise broke */
function judge({ seen }: Reporters, outcome: Outcome): string {
  const { acknowledged, lost, changed, doubled, sentTwice, dead, fault, breaches, complaints, sent } = outcome;
  const slowest = Math.round(seen.slowestMs);
  const told = `答应${acknowledged}件，丢${lost}件、重${doubled}件、改了字${changed}件、多发${sentTwice}条、放弃${dead}条，超限${breaches.length}次，断在途中${seen.broken}件，最慢一次答复${slowest}毫秒；一起的时候旧版调用平台${sent.old}次、新版${sent.fresh}次`;
  const wrong = [
    ...(lost + changed + doubled + sentTwice + dead > 0 || fault !== null ? [`账不平 ${fault ?? ''}`] : []),
    ...(acknowledged === 0 || sent.old === 0 || sent.fresh === 0 ? ['有一份没有干活，不算数'] : []),
    ...breaches.slice(0, 3),
    ...seen.failed.slice(0, 3),
    ...complaints.slice(0, 3),
  ];
  if (wrong.length > 0) throw new Error(`${told}\n${wrong.join('\n')}`);
  return told;
}
