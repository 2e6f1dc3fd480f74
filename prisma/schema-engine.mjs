#!/usr/bin/env node
// Prisma 的迁移引擎本要联网下载；内网装机时由这个脚本代答：命令行经标准输入说 JSON-RPC，
// 这里把每个请求交给 npm 包里的 WebAssembly 引擎，引擎再经 pg 驱动去碰数据库。
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const require = createRequire(import.meta.url);

async function loadEngine() {
  const background = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const file = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': background });
  background.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return background.SchemaEngine;
}

function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** 分开写的连接参数：给整串地址时，适配器会把影子库也连到主库上。 */
function connection(url) {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username) || undefined,
    password: decodeURIComponent(password) || undefined,
    database: pathname.slice(1),
  };
}

const { url } = JSON.parse(option('--datasource') ?? '{}');
const SchemaEngine = await loadEngine();
const quiet = () => undefined;
const engine = await SchemaEngine.new(
  { datamodels: undefined },
  quiet,
  bindMigrationAwareSqlAdapterFactory(new PrismaPg(connection(url ?? 'postgresql://localhost/shuling'))),
);
const answer = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  const { id, method, params } = JSON.parse(line);
  try {
    const name = method === 'getDatabaseVersion' ? 'version' : method;
    if (typeof engine[name] !== 'function') throw new Error(`the schema engine has no method ${method}`);
    const result = (await engine[name](params)) ?? null;
    // 打印类的结果（如 migrate diff --script）走通知，与原引擎一样。
    if (method === 'diff' && result?.stdout) answer({ id: 0, method: 'print', params: { content: result.stdout } });
    answer({ id, result });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    answer({ id, error: { code: 4466, message, data: { is_panic: false, message, meta: error?.meta ?? null, error_code: error?.code ?? null } } });
  }
}
process.exit(0);
