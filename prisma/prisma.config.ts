// Prisma 命令行的配置（以 --config 指定，使根目录保持清爽）。
// 内网装机时下载不到引擎：generate 只要求变量指向一个存在的文件，而 migrate 由 schema-engine.mjs 代答。
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= here('./schema-engine.mjs');

export default defineConfig({
  schema: here('.'),
  migrations: { path: here('./migrations') },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://localhost/shuling' },
});
