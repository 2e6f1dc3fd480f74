import { direct } from '#db/fit-server';
import { MigrationError } from '#db/migrate';
import { PlatformError } from '#platform/errors';
import { ForeignDatabase } from '#runtime/installation/claim';
import { ConfigError } from './config.ts';

const connecting = '请核对 DATABASE_URL、数据库是否在运行、网络通不通';
const writable = '请让运行程序的用户可以写它';

/** 系统错误的说法；`place`：哪个端口、哪个文件 */
const systemWords: Readonly<Record<string, (place: string) => string>> = {
  'listen EADDRINUSE': (place) =>
    `${place} 已被占用。多半是已有一个在运行，打开它的地址就行；是别的程序，请换一个 PORT（演示的网页是 EMULATOR_PORT）`,
  'listen EACCES': (place) => `没有权限监听 ${place}，请换一个 1024 以上的 PORT`,
  'listen EADDRNOTAVAIL': (place) => `${place} 不是本机的地址，请核对 HOST`,
  ECONNREFUSED: (place) => `连不上数据库：${place} 没有程序在听。${connecting}`,
  ENOTFOUND: (place) => `连不上数据库：找不到 ${place} 这台机器。${connecting}`,
  ETIMEDOUT: (place) => `连不上数据库：${place} 没有应答。${connecting}`,
  EHOSTUNREACH: (place) => `连不上数据库：到不了 ${place}。${connecting}`,
  P1001: () => `连不上数据库。${connecting}`,
  P1000: () => '数据库不认这个用户名或口令，请核对 DATABASE_URL',
  P1003: () => '数据库服务器上没有这个库，请先建好，或核对 DATABASE_URL',
  P2021: () => '数据库还没有应用迁移，请运行 npm run cli -- migrate，或启动程序一次',
  EACCES: (place) => `没有权限读写 ${place}，${writable}`,
  EPERM: (place) => `没有权限读写 ${place}，${writable}`,
  EROFS: (place) => `${place} 是只读的，${writable}`,
  'mkdir ENOTDIR': (place) => `${place} 建不了，上面有一级不是文件夹，请核对 DATA_DIR`,
  'mkdir EEXIST': (place) => `${place} 不是文件夹，请核对 DATA_DIR`,
  ENOSPC: () => '磁盘满了，请先腾出空间',
  '28P01': () => '数据库不认这个用户名或口令，请核对 DATABASE_URL',
  '28000': () => '数据库不许这个用户从这里连接，请核对 DATABASE_URL 和数据库的 pg_hba.conf',
  '3D000': () => '数据库服务器上没有这个库，请先建好，或核对 DATABASE_URL',
  '42501': () => '数据库用户没有建表的权限，请把库的属主给它',
  '08P01': () => `数据库不认程序的连接设置：DATABASE_URL 多半指着数据库前面的连接池，${direct}`,
  '25006': () => '数据库是只读的：多半连到了备库，请连主库',
  '53300': () => '数据库的连接用完了，请调大 max_connections 或调小 DATABASE_POOL',
};

interface SystemError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly address?: unknown;
  readonly hostname?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
  /** 经 Prisma 来的：它自己的号说不出缘由，数据库的在这里 */
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: { readonly originalCode?: string } } };
}

/**
 * 说清没有办成的缘由 — for whoever starts the program or types a command: what it was and what to do.
 * @param deed what has not come about, the beginning of the sentence; our own errors say it themselves
 * @returns null: not one of the usual causes, so that only the stack helps
 */
export function explainFailure(error: unknown, deed: '没有启动' | '没有办成'): string | null {
  if (error instanceof ConfigError || error instanceof MigrationError || error instanceof ForeignDatabase) return error.message;
  const usual = usualCause(error);
  return usual === null ? null : `${deed}：${usual}。`;
}

function usualCause(error: unknown): string | null {
  for (let current = error; current instanceof Error; current = current.cause) {
    // 往里是同样的系统错误，说的却不是数据库。
    if (current instanceof PlatformError) return current.reached ? null : '连不上飞书，请核对网络、FEISHU_DOMAIN 和 FEISHU_PROXY';
    const { code, syscall, address, hostname, port, path, meta } = current as SystemError;
    if (typeof code !== 'string') continue;
    const words = systemWords[`${String(syscall)} ${code}`] ?? systemWords[meta?.driverAdapterError?.cause?.originalCode ?? code];
    const host = [hostname ?? address, port].filter((part) => part !== undefined).join(':');
    if (words) return words(typeof path === 'string' ? path : host);
  }
  return null;
}
