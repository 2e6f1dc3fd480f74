import { existsSync } from 'node:fs';
import { formatInstant } from '#cards/kit/format';
import { systemClock } from '#core/clock';
import { InvalidError } from '#core/errors';
import { backUp } from '#db/backup';
import { BackupError } from '#db/backup-format';
import { openDatabase } from '#db/client';
import { restore } from '#db/restore';
import { withTransaction } from '#db/transaction';
import { verifyAudit } from '#domain/audit/verify';
import { namesOf } from '#domain/roster/store';
import { exitCodes, type Shell } from './shell.ts';
import { openDatabaseServer, readShellConfig } from './workplace.ts';

/** 备份 — everything in the database at one moment, into a file that only its owner may read. @throws InvalidError */
export async function backUpTo(shell: Shell, file: string): Promise<number> {
  if (existsSync(file)) throw new InvalidError(`文件 ${file} 已经存在，请换一个名字`);
  const server = await openDatabaseServer(shell, readShellConfig(shell));
  try {
    const { head, end } = await explained(() => backUp(server.url, { file, now: systemClock.now() }));
    const rows = Object.values(end.rows).reduce((all, count) => all + count, 0);
    shell.out(`已备份${Object.keys(end.rows).length}张表、${rows}行：${file}`);
    shell.out(`迁移到 ${head.migrations.at(-1) ?? ''}，内容的 SHA-256 ${end.sha256}`);
    shell.out(`锚 ${head.audit.seq}:${head.audit.hash}（请抄存，恢复之后用 audit verify --anchor 核对）`);
    return exitCodes.done;
  } finally {
    await server.stop();
  }
}

/** 恢复 — into an empty database; the trail is verified afterwards. @throws InvalidError when the file or the database is not fit for it */
export async function restoreFrom(shell: Shell, file: string): Promise<number> {
  const server = await openDatabaseServer(shell, readShellConfig(shell));
  try {
    const now = systemClock.now();
    const { head, end, migrated, held } = await explained(() => restore(server.url, { file, now, log: (message) => shell.out(message) }));
    const rows = Object.values(end.rows).reduce((all, count) => all + count, 0);
    shell.out(`已恢复${Object.keys(end.rows).length}张表、${rows}行，是${formatInstant(new Date(head.takenAt))}的备份`);
    if (migrated.length > 0) shell.out(`备份之后的迁移${migrated.length}个也已应用`);
    if (held.length > 0) for (const line of await heldLines(server.url, held)) shell.out(line);
    return await verifyRestored(shell, server.url, { seq: BigInt(head.audit.seq), hash: head.audit.hash });
  } finally {
    await server.stop();
  }
}

/** 押下没发的 — how many to whom, and what to do about it. */
async function heldLines(url: string, held: readonly string[]): Promise<string[]> {
  const ids = held.map((recipient) => recipient.slice(recipient.indexOf(':') + 1));
  const database = openDatabase(url, { poolMax: 1 });
  try {
    const names = await withTransaction(database, (tx) => namesOf(tx, ids));
    const counts = new Map<string, number>();
    for (const id of ids) {
      const name = names.get(id) ?? '不在花名册的';
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return [
      `备份时等着发的${held.length}件没有再发：备份已超过一小时，平台分不清是不是已发过。发给：`,
      ...[...counts].map(([name, count]) => `  ${name}${count}件`),
      '请他们发送“我的任务”“待审签”“待采纳”查看要办的；没有送到的任务书重新下达，别的由督查室催办。“诊断”里也记着件数。',
    ];
  } finally {
    await database.close();
  }
}

async function verifyRestored(shell: Shell, url: string, anchor: { seq: bigint; hash: string }): Promise<number> {
  const database = openDatabase(url, { poolMax: 2 });
  try {
    const { checked, fault } = await verifyAudit((work) => withTransaction(database, work), { anchors: anchor.seq === 0n ? [] : [anchor] });
    shell.out(fault ? `留痕不符：${fault.finding}。请勿启用这个数据库，并联系技术人员。` : `留痕${checked}条，逐条相符，与备份时的锚相符`);
    return fault ? exitCodes.refused : exitCodes.done;
  } finally {
    await database.close();
  }
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupError) throw new InvalidError(error.message);
    throw error;
  }
}
