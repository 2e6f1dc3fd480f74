import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { newId } from '#core/ids';
import { PrismaClient } from '#prisma';

/** 数据库 — the client, and the pool under it. */
export interface Database {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  /** 本进程在数据库里的名字：连接还在，进程就还在 */
  readonly processName: string;
  close(): Promise<void>;
}

const statementTimeoutMs = 15_000;
/** 数据库那头没了声息（半开的连接）时，这头也不再等 */
const queryTimeoutMs = 20_000;
const idleInTransactionMs = 30_000;
/** 闲着的连接留这么久：新开一条，认证、把语句重新解析一遍，头一批点击要多等两三百毫秒 */
const idleMs = 30 * 60_000;

/** 连数据库 @param poolMax connections at most */
export function openDatabase(url: string, { poolMax }: { poolMax: number }): Database {
  const processName = `shuling ${newId()}`;
  const pool = new pg.Pool({
    connectionString: url,
    max: poolMax,
    application_name: processName,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: idleMs,
    keepAliveInitialDelayMillis: 10_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: queryTimeoutMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    // 后一句不等前一句的回话就发得出去：批的开头搭着头一句走，少等一个来回（transaction.ts）。
    pipeline: true,
  });
  // 闲着的连接断了，池子会换一条；没有这一行，进程会因此退出。
  pool.on('error', () => undefined);
  // 借出去的也一样：断在两句之间，下一句自会得到错误，事务重来；没有人听，进程也会因此退出。
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    asWeWrite(client);
  });
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false, statementNameGenerator: namesOfStatements() }) });
  return {
    prisma,
    pool,
    processName,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/**
 * 照我们的写法 — whatever the server, the database or the role is set to. Prisma's adapter writes times without their zone and reads them as UTC:
 * on a server that stands in Asia/Shanghai, as any does that was set up on a machine there, what it wrote and what `pg` wrote would be eight
 * hours apart. Times are read in the ISO form alone. And no JIT: our statements take milliseconds. A server with LLVM (Debian's, the official
 * image) would compile each of them first: batches forbid sequential scans, which makes every plan look dear, and a click would take half a
 * second instead of ten milliseconds.
 * 每条连接上的头一句，排在别人之前；没有办成就是连接断了，下一句自会得到错误。
 */
function asWeWrite(client: pg.PoolClient): void {
  client.query('SET timezone = UTC; SET datestyle = ISO; SET jit = off').catch(() => undefined);
}

/** 有名字的语句至多这么多：名字在连接上一直留着 */
const namedMax = 1_000;

/** 语句的名字 — what is asked again is parsed and planned once for each connection. Lists of changing length make ever new texts: past the limit they stay nameless. */
function namesOfStatements(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined || names.size >= namedMax) return known ?? '';
    const name = `p${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
