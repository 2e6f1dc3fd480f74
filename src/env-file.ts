import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigError } from './config.ts';

/**
 * 读 .env — what the environment says already stays. Files from a Windows editor are read as well: a mark at the beginning would else
 * become part of the first name, and that line would be lost without a word.
 * @param file path; none is fine, everything has a default
 * @throws ConfigError when it is not UTF-8 text
 */
export function readEnvFile(file: string, env: NodeJS.ProcessEnv): void {
  if (!existsSync(file)) return;
  for (const [name, value] of Object.entries(parseEnv(textOf(file)))) env[name] ??= value;
}

/** 记事本的“Unicode”每个字母带一个零，“ANSI”的汉字不成 UTF-8；开头的记号解码时去掉。 */
function textOf(file: string): string {
  const bytes = readFileSync(file);
  try {
    if (!bytes.includes(0)) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // 与存成“Unicode”的一样说。
  }
  throw new ConfigError(`配置有误，未能启动：\n  ${file} 不是 UTF-8 文本（多半存成了“Unicode”或“ANSI”），请用记事本另存为 UTF-8。`);
}
