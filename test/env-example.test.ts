import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, variableNames } from '../src/config.ts';

const lines = readFileSync(new URL('../.env.example', import.meta.url), 'utf8').split('\n');
const assignment = /^([A-Z_]+)=(.*)$/;
const names = lines.flatMap((line) => assignment.exec(line)?.[1] ?? []);

describe('.env.example', () => {
  test('每个变量都在，次序与 src/config.ts 相同，没有多出来的', () => {
    expect(names).toEqual(variableNames);
  });

  test('每个变量上面有一行说明', () => {
    for (const [index, line] of lines.entries()) if (assignment.test(line)) expect(lines[index - 1], line).toMatch(/^# [^─]/);
  });

  test('照抄就能用：模拟平台、自带的数据库', () => {
    const values = Object.fromEntries(lines.flatMap((line) => (assignment.test(line) ? [line.split('=') as [string, string]] : [])));
    const config = readConfig(values, () => '');
    expect(config).toMatchObject({ environment: 'development', host: '127.0.0.1', port: 3000, databaseUrl: undefined, feishu: undefined });
    expect(config.emulator).toMatchObject({ port: 3001 });
  });
});

describe('配置', () => {
  const feishu = {
    FEISHU_APP_ID: 'cli_a',
    FEISHU_APP_SECRET: 'secret',
    FEISHU_ENCRYPT_KEY: '0123456789abcdef',
    FEISHU_VERIFICATION_TOKEN: 'token',
    PUBLIC_URL: 'https://duban.example.gov.cn/',
  };
  const read = (env: Record<string, string>) => readConfig(env, (path) => readFileSync(path, 'utf8'));

  test('凭证写全就用飞书，模拟平台不启动，监听所有网卡', () => {
    const config = read(feishu);
    expect(config).toMatchObject({ emulator: undefined, host: '0.0.0.0', publicUrl: 'https://duban.example.gov.cn' });
    expect(config.feishu).toMatchObject({ appId: 'cli_a', domain: 'https://open.feishu.cn' });
  });

  test('凭证不全、Encrypt Key 太短、缺公网地址、生产环境没有凭证：都不启动，说明是哪一项', () => {
    const refusals: [Record<string, string>, string][] = [
      [{ FEISHU_APP_ID: 'cli_a' }, 'FEISHU_APP_SECRET、FEISHU_ENCRYPT_KEY、FEISHU_VERIFICATION_TOKEN'],
      [{ ...feishu, FEISHU_ENCRYPT_KEY: 'short' }, '至少 16 个字符'],
      [{ ...feishu, PUBLIC_URL: '' }, 'PUBLIC_URL'],
      [{ ...feishu, FEISHU_DOMAIN: 'open.feishu.cn/x' }, 'FEISHU_DOMAIN'],
      [{ NODE_ENV: 'production' }, '模拟平台拒绝启动'],
      [{ PORT: '99999' }, 'PORT'],
      [{ DOCUMENT_NUMBER_PATTERN: '湾督' }, '文号格式须含'],
    ];
    for (const [env, words] of refusals) {
      expect(() => read(env), words).toThrow(ConfigError);
      expect(() => read(env), words).toThrow(words);
    }
  });

  test('变量名加 _FILE 从文件里读', () => {
    const folder = mkdtempSync(join(tmpdir(), 'shuling-env-'));
    try {
      writeFileSync(join(folder, 'key'), '0123456789abcdef-from-file\n');
      const { FEISHU_ENCRYPT_KEY: _, ...rest } = feishu;
      expect(read({ ...rest, FEISHU_ENCRYPT_KEY_FILE: join(folder, 'key') }).feishu?.encryptKeys).toEqual(['0123456789abcdef-from-file']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
