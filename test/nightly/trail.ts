import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '#db/client';
import { startEmbedded } from '#db/embedded';
import { migrate } from '#db/migrate';
import { withTransaction } from '#db/transaction';
import type { AuditLine } from '#domain/audit/model';
import { appendAudit } from '#domain/audit/store';
import { verifyAudit } from '#domain/audit/verify';
import type { Nightly } from './main.ts';

/** seconds for a million lines, quality S18 */
const secondsMax = 10;
const batch = 20_000;

const line = (n: number): AuditLine => ({
  at: new Date(Date.UTC(2026, 0, 4) + n * 30_000),
  actorId: `person-${n % 312}`,
  actorName: '林晓',
  subject: { type: 'workItem', id: `item-${n % 254}` },
  event: 'report',
  before: 'inProgress',
  after: 'inProgress',
  detail: { percent: n % 100, note: '每月反馈', round: n },
  sourceEventId: `event-${n}`,
});

/** 校验一百万行留痕 — written by the product's own hand, then read and hashed from the first line to the last, three times. */
export const nightlyTrail: Nightly = async (say) => {
  const wanted = Number(process.env.TRAIL_LINES ?? 1_000_000);
  const dataDir = mkdtempSync(join(tmpdir(), 'shuling-trail-'));
  // 以 root 运行时，数据库用户也要进得来。
  chmodSync(dataDir, 0o755);
  const server = await startEmbedded({ dataDir, log: () => undefined });
  try {
    await migrate(server.url, { log: () => undefined });
    const database = openDatabase(server.url, { poolMax: 4 });
    try {
      for (let from = 0; from < wanted; from += batch) {
        const lines = Array.from({ length: Math.min(batch, wanted - from) }, (_, index) => line(from + index));
        await withTransaction(database, (tx) => appendAudit(tx, lines), 120_000);
      }
      say(`写好${wanted}行`);
      const taken: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const startedMs = performance.now();
        const { checked, fault } = await verifyAudit((work) => withTransaction(database, work));
        taken.push((performance.now() - startedMs) / 1_000);
        if (fault || checked !== wanted) throw new Error(`校验了${checked}行：${fault?.finding ?? '没有校验完'}`);
        say(`${taken.at(-1)?.toFixed(1)}秒`);
      }
      const median = [...taken].sort((left, right) => left - right)[1] ?? Number.NaN;
      const told = `${wanted}行，校验 ${taken.map((seconds) => seconds.toFixed(1)).join('、')}秒（要求一百万行${secondsMax}秒以内）`;
      if (median > (secondsMax * wanted) / 1_000_000) throw new Error(told);
      return told;
    } finally {
      await database.close();
    }
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
};
