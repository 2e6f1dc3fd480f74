import type { Tx } from '#core/context';
import type { Database } from '#db/client';
import { withTransaction } from '#db/transaction';
import type { Log } from '../log.ts';
import { findInstallation, type InstallationRow, isClaimable, saveInstallation } from './store.ts';

/** 哪个应用 — `demo`: the emulator's, because no credentials are configured */
export interface Application {
  readonly appId: string;
  readonly demo: boolean;
}

/** 数据库是别人的 — nothing was read from it or written; the message says what to do. */
export class ForeignDatabase extends Error {
  override readonly name = 'ForeignDatabase';
}

/**
 * 认领数据库 — the first program that starts on it owns it; afterwards no other application does, and the demo never gets into real data
 * or the other way round. Notices, too, that the buttons are sealed with another secret than before.
 * @returns from when on the seals are this secret's; null: always
 * @throws ForeignDatabase
 */
export async function claimDatabase(
  database: Database,
  { application, sealMark, now, log }: { application: Application; sealMark: string; now: Date; log: Log },
): Promise<Date | null> {
  return withTransaction(database, async (tx) => {
    const known = await findInstallation(tx);
    refuseForeign(known, application);
    if (known?.sealMark === sealMark) return known.sealedFrom;
    const sealedFrom = known ? now : null;
    if (known)
      log.warn({ since: known.claimedAt }, 'the buttons are sealed with another secret than before: cards sent until now are sent anew when clicked');
    await saveInstallation(tx, { ...application, claimedAt: known?.claimedAt ?? now, sealMark, sealedFrom });
    return sealedFrom;
  });
}

/** 改归属 — from now on the database is that application's; the seal is looked at when the program starts. */
export async function moveDatabase(tx: Tx, { application, now }: { application: Application; now: Date }): Promise<void> {
  const known = await findInstallation(tx);
  await saveInstallation(tx, { sealMark: '', sealedFrom: null, ...known, ...application, claimedAt: now });
}

/** 核对归属 — for whoever works beside the program; a database without tables is nobody's. @throws ForeignDatabase */
export async function assertOurs(database: Database, application: Application): Promise<void> {
  const known = await withTransaction(database, async (tx) => ((await isClaimable(tx)) ? findInstallation(tx) : null));
  refuseForeign(known, application);
}

function refuseForeign(known: InstallationRow | null, { appId, demo }: Application): void {
  if (known === null || known.appId === appId) return;
  throw new ForeignDatabase(wordsFor(known, { appId, demo }));
}

function wordsFor(known: InstallationRow, { appId, demo }: Application): string {
  const separate = '换一个 DATA_DIR（自带的数据库）或 DATABASE_URL';
  if (known.demo)
    return `没有启动：这个数据库里是演示数据，不能用于正式的应用 ${appId}。\n  请${separate}，从空的开始；演示的留在原处，不要了就删掉。`;
  if (demo)
    return `没有启动：这个数据库是正式的（应用 ${known.appId}），而配置里没有飞书的凭证，演示的人员会装进正式的数据里。\n  多半是没有读到 .env：请在它所在的目录里启动。要看演示，请${separate}。`;
  return `没有启动：这个数据库属于应用 ${known.appId}，配置里是 ${appId}；各人的账号、发出的卡片，新应用都认不得。\n  抄错了，改回 FEISHU_APP_ID；真的换了应用，停下程序、做好备份，运行 npm run cli -- change-app。`;
}
