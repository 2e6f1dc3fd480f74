import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '#db/embedded';
import { migrate } from '#db/migrate';
import type { ClickOn } from './requests.ts';

/** 压测用的新区 — 31 units with a head and a liaison each, and as many items in progress as there will be clicks. Commits reach the disk. */
export interface BenchWorld {
  readonly url: string;
  readonly dataDir: string;
  readonly postmaster: number;
  readonly people: readonly string[];
  /** the next n clicks, each on an item of its own */
  take(n: number): ClickOn[];
  /** 清空积压 — what the platform's limit of 50 a second leaves waiting would otherwise burden the slices of the others; and the heads have signed, as they would have long before a unit had a thousand reports waiting. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** 单位数 */
export const unitCount = 31;

/** 建压测用的新区 @param items how many @param options.only the migrations that a former version had; left out: all */
export async function buildWorld(items: number, options: { readonly only?: readonly string[] } = {}): Promise<BenchWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shuling-bench-'));
  // 以 root 运行时，数据库用户也要进得来。
  chmodSync(dataDir, 0o755);
  const server = await startEmbedded({ dataDir, log: () => undefined });
  await migrate(server.url, { log: () => undefined, ...options });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(seed, []);
  await client.query(
    `INSERT INTO "WorkItem" (id, year, code, series, number, kind, status, title, category, goal, measures, "leadUnit", "supportingUnits", "liaisonPostId", "dueOn", "originalDueOn", "feedbackPeriod", metrics)
     SELECT 'i' || n, 2026, '测-' || n, '测', n, 'keyTask', 'inProgress', '渔排清退协商签约', '民生社会', '全部签约', '逐户上门', 'B' || (1 + n % ${unitCount}), '{}', 'liaison-' || (1 + n % ${unitCount}), '2026-12-31', '2026-12-31', 'monthly', '[]'
     FROM generate_series(1, $1::int) n`,
    [items],
  );
  await client.query('VACUUM ANALYZE');
  await client.end();
  let taken = 0;
  return {
    url: server.url,
    dataDir,
    postmaster: Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]),
    people: Array.from({ length: unitCount }, (_, index) => [`ou_head${index + 1}`, `ou_liaison${index + 1}`]).flat(),
    take: (n) =>
      Array.from({ length: n }, () => {
        taken += 1;
        if (taken > items) throw new Error('事项用完了：请加大 buildWorld 的数目');
        return { openId: `ou_liaison${1 + (taken % unitCount)}`, itemId: `i${taken}` };
      }),
    drain: async () => {
      const drainer = new pg.Client({ connectionString: server.url });
      await drainer.connect();
      // 工人还在办的不等它：互相等着，就是死锁。
      await drainer.query(
        `DELETE FROM "OutboxEntry" WHERE id IN (SELECT id FROM "OutboxEntry" WHERE state <> 'sending' ORDER BY seq FOR UPDATE SKIP LOCKED)`,
      );
      await drainer.query(`UPDATE "ProgressReport" SET status = 'adopted' WHERE status = 'submitted'`);
      await drainer.query('VACUUM ANALYZE');
      await drainer.end();
    },
    close: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const seed = `
  INSERT INTO "Unit" (code, name, "shortName", aliases, kind, position) SELECT 'B' || n, '单位' || n, '单位' || n, '{}', '', n FROM generate_series(1, ${unitCount}) n;
  INSERT INTO "Person" (id, name, mobile, "openId") SELECT 'head-' || n, '主要负责人' || n, '1990000' || lpad(n::text, 4, '0'), 'ou_head' || n FROM generate_series(1, ${unitCount}) n;
  INSERT INTO "Person" (id, name, mobile, "openId") SELECT 'liaison-' || n, '联络员' || n, '1990001' || lpad(n::text, 4, '0'), 'ou_liaison' || n FROM generate_series(1, ${unitCount}) n;
  INSERT INTO "Post" (id, "unitCode", title, role, position) SELECT 'head-' || n, 'B' || n, '局长', 'unitHead', n FROM generate_series(1, ${unitCount}) n;
  INSERT INTO "Post" (id, "unitCode", title, role, position) SELECT 'liaison-' || n, 'B' || n, '科长', 'liaison', n FROM generate_series(1, ${unitCount}) n;
  INSERT INTO "PostHolding" (id, "postId", "personId", "fromOn") SELECT id, id, id, '2000-01-01' FROM "Post";
`;
