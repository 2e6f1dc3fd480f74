#!/usr/bin/env node
// Prisma 的迁移引擎本要联网下载；内网装机时由这个脚本代答：命令行经标准输入说 JSON-RPC，
// 这里把每个请求交给 npm 包里的 WebAssembly 引擎，引擎再经 pg 驱动去碰数据库。
// 没有办成的事一律有错误应答：引擎不答而退，命令行会当作办成了。
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

// 系统表里的 "char" 类型（OID 18）适配器不认得：先充作 text（OID 25）让它放行，再把列标回单个字符。
const charOid = 18;
const textOid = 25;

// PostgreSQL 的错误码 → Prisma 的：库不存在、口令不对、没有权限、库已存在。
const prismaCodes = { '3D000': 'P1003', '28P01': 'P1000', 28000: 'P1010', 42501: 'P1010', '42P04': 'P1009' };

const shadows = new Set();
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const { url } = JSON.parse(option('--datasource') ?? '{}');

const factory = new PrismaPg({ connectionString: url });
factory.connect = () => connect(url);
factory.connectToShadowDb = connectToShadow;
const adapters = bindMigrationAwareSqlAdapterFactory(factory);

const subcommand = option('cli');
await (subcommand === undefined ? answerRequests() : runSubcommand(subcommand));
await leave(0);

/** 逐行应答 — one JSON-RPC request a line, until the command line closes our standard input. */
async function answerRequests() {
  const engine = loadEngine();
  // 装不上引擎（多半是连不上数据库）由每个请求的应答来说；没有人等的失败不算意外。
  engine.catch(() => undefined);
  let awaited;
  const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const refuse = (message, error) => {
    const data = { is_panic: false, message, meta: error.meta ?? null, error_code: error.code ?? null };
    write({ id: awaited, error: { code: 4466, message, data } });
  };
  // 引擎崩溃时先留下遗言，再抛出一个说不清缘由的错误，而且不落在请求的 await 上。
  let lastWords;
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => (lastWords = message) };
  process.on('uncaughtException', (error) => {
    refuse(lastWords ?? describe(error), error);
    void leave(1);
  });
  process.on('SIGTERM', () => void leave(143));
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, method, params } = line.trim() === '' ? {} : JSON.parse(line);
    // 没有 method 的一行是对下面那种通知的回执。
    if (method === undefined) continue;
    awaited = id;
    try {
      const result = await perform(await engine, method, params);
      // 差异的正文走通知，与原引擎一样。
      if (method === 'diff' && result?.stdout) write({ id: 0, method: 'print', params: { content: result.stdout } });
      write({ id, result });
    } catch (error) {
      refuse(lastWords ?? explain(error), error);
    }
  }
}

async function perform(engine, method, params) {
  const name = method === 'getDatabaseVersion' ? 'version' : method;
  if (typeof engine[name] !== 'function') throw new Error(`the schema engine has no method ${method}`);
  return (await engine[name](params)) ?? null;
}

async function loadEngine() {
  const background = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const file = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    .replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': background });
  background.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return background.SchemaEngine.new({ datamodels: undefined }, () => undefined, adapters);
}

/** 说明错误 — the engine names an error of our own side only by its number in the registry. */
function explain(error) {
  const number = /External error id#(\d+)/.exec(error.message)?.[1];
  return describe((number && adapters.errorRegistry.consumeError(Number(number))?.error) || error);
}

/** 连库 — the adapter, with two things mended that it cannot do for the engine: "char" columns, and scripts as one piece. */
async function connect(target) {
  const pool = new pg.Pool({ connectionString: target });
  const query = pool.query.bind(pool);
  const charColumns = new WeakMap();
  pool.query = async (request) => {
    const result = await query(request);
    const chars = result.fields.filter(({ dataTypeID }) => dataTypeID === charOid);
    charColumns.set(
      result.rows,
      chars.map((field) => result.fields.indexOf(field)),
    );
    for (const field of chars) field.dataTypeID = textOid;
    return result;
  };
  const schema = new URL(target).searchParams.get('schema') ?? undefined;
  const adapter = await new PrismaPg(pool, { disposeExternalPool: true, schema }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (request) => {
    const result = await queryRaw(request);
    for (const index of charColumns.get(result.rows)) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  // 适配器按分号切开脚本，函数体会被切断；原引擎把脚本整个交给数据库，这里也一样。
  adapter.executeScript = async (script) => {
    await query(script).catch((error) => adapter.onError(error));
  };
  return adapter;
}

/** 影子库 — an empty database of its own on the same server, dropped when the engine is done with it. */
async function connectToShadow() {
  const name = `prisma_migrate_shadow_db_${randomUUID()}`;
  await onServer(url, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  shadows.add(name);
  const shadow = new URL(url);
  shadow.pathname = `/${name}`;
  const adapter = await connect(shadow.href);
  const close = adapter.dispose.bind(adapter);
  adapter.dispose = async () => {
    await close();
    await dropShadows();
  };
  return adapter;
}

async function dropShadows() {
  for (const name of shadows) {
    shadows.delete(name);
    await onServer(url, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
  }
}

async function onServer(target, sql) {
  const client = new pg.Client({ connectionString: target });
  // 连接断开的错误由正在等的那一步报告。
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** 库在不在、建库 — asked as commands of their own; why one failed goes to standard error as JSON, of which the first line is skipped. */
async function runSubcommand(name) {
  try {
    if (name === 'can-connect-to-database') await onServer(url, 'SELECT 1');
    else if (name === 'create-database') await createDatabase();
    else throw new Error(`the schema engine has no subcommand ${name}`);
  } catch (error) {
    const fields = { error_code: prismaCodes[error.code] ?? 'P1001', message: describe(error) };
    process.stderr.write(`schema-engine\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}`);
    process.exit(1);
  }
}

async function createDatabase() {
  const server = new URL(url);
  const database = decodeURIComponent(server.pathname.slice(1));
  server.pathname = '/postgres';
  await onServer(server.href, `CREATE DATABASE ${pg.escapeIdentifier(database)}`);
}

/** 退出 — without leaving a shadow database behind. */
async function leave(code) {
  await dropShadows().catch(() => undefined);
  process.exit(code);
}

/** Several refused addresses come as one error without words of its own. */
function describe(error) {
  return error.message || error.errors?.map(({ message }) => message).join('; ') || String(error.code ?? error);
}
