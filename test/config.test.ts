import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const noFile = (): string => {
  throw new Error('不该读文件');
};
const credentials = {
  FEISHU_APP_ID: 'cli_a1b2c3',
  FEISHU_APP_SECRET: 'secret-secret-secret',
  FEISHU_ENCRYPT_KEY: 'encrypt-key-of-32-characters-long',
  FEISHU_VERIFICATION_TOKEN: 'verification-token',
  PUBLIC_URL: 'https://duban.example.gov.cn',
};

describe('配置', () => {
  test('什么都不填：用模拟平台，只绑定本机', () => {
    const config = readConfig({}, noFile);
    expect(config.feishu).toBeUndefined();
    expect(config.emulator).toBeDefined();
    expect(config.host).toBe('127.0.0.1');
    expect(config.databaseUrl).toBeUndefined();
    expect([config.clicksPerTenSeconds, config.uploadsPerMinute]).toEqual([10, 3]);
  });

  test('填了飞书凭证：接真平台，模拟平台不启动', () => {
    const config = readConfig(
      { ...credentials, FEISHU_DOMAIN: 'https://feishu.example.gov.cn/', FEISHU_ENCRYPT_KEY_PREVIOUS: 'the-key-before-the-rotation-key' },
      noFile,
    );
    expect(config.emulator).toBeUndefined();
    expect(config.feishu).toMatchObject({ appId: 'cli_a1b2c3', domain: 'https://feishu.example.gov.cn' });
    expect(config.feishu?.encryptKeys).toEqual([credentials.FEISHU_ENCRYPT_KEY, 'the-key-before-the-rotation-key']);
    expect(config.host).toBe('0.0.0.0');
    expect(config.feishu?.proxy).toBeUndefined();
    expect(readConfig({ ...credentials, FEISHU_PROXY: 'http://10.0.0.1:8080' }, noFile).feishu?.proxy).toBe('http://10.0.0.1:8080');
  });

  test('限次可以改，也可以不限；测试里不限', () => {
    const limits = (env: Record<string, string>): number[] => {
      const { clicksPerTenSeconds, uploadsPerMinute } = readConfig(env, noFile);
      return [clicksPerTenSeconds, uploadsPerMinute];
    };
    expect(limits({ CLICKS_PER_TEN_SECONDS: '20', UPLOADS_PER_MINUTE: '0' })).toEqual([20, 0]);
    expect(limits({ ...credentials, NODE_ENV: 'production' })).toEqual([10, 3]);
    expect(limits({ NODE_ENV: 'test' })).toEqual([0, 0]);
  });

  test('密钥可以放在文件里（容器的 secrets）', () => {
    const { FEISHU_APP_SECRET, ...rest } = credentials;
    const config = readConfig({ ...rest, FEISHU_APP_SECRET_FILE: '/run/secrets/app' }, (path) =>
      path === '/run/secrets/app' ? `${FEISHU_APP_SECRET}\n` : '',
    );
    expect(config.feishu?.appSecret).toBe(FEISHU_APP_SECRET);
  });

  test.each([
    ['凭证只填了一部分', { FEISHU_APP_ID: 'cli_a' }, /飞书凭证不全，缺少 FEISHU_APP_SECRET、FEISHU_ENCRYPT_KEY、FEISHU_VERIFICATION_TOKEN/],
    ['生产环境没有凭证', { NODE_ENV: 'production' }, /模拟平台拒绝启动/],
    ['加密键太短', { ...credentials, FEISHU_ENCRYPT_KEY: 'short' }, /FEISHU_ENCRYPT_KEY：至少 16 个字符/],
    [
      '旧的加密键太短',
      { ...credentials, FEISHU_ENCRYPT_KEY_PREVIOUS: 'fifteen-letters' },
      /FEISHU_ENCRYPT_KEY_PREVIOUS：至少 16 个字符；.*请删去这一项/,
    ],
    ['印章的密钥太短', { SEAL_KEY: 'x'.repeat(31) }, /SEAL_KEY：至少 32 个字符，可用 openssl rand -hex 32 生成/],
    ['印章的密钥就是加密键', { ...credentials, SEAL_KEY: credentials.FEISHU_ENCRYPT_KEY }, /SEAL_KEY：不能与 Encrypt Key/],
    [
      '印章的密钥就是旧的加密键',
      { ...credentials, FEISHU_ENCRYPT_KEY_PREVIOUS: 'p'.repeat(32), SEAL_KEY: 'p'.repeat(32) },
      /SEAL_KEY：不能与 Encrypt Key/,
    ],
    ['应用密钥抄成了加密键', { ...credentials, FEISHU_APP_SECRET: credentials.FEISHU_ENCRYPT_KEY }, /FEISHU_APP_SECRET：不能与 Encrypt Key 相同/],
    ...[
      'duban.example.gov.cn',
      'https://www.example.gov.cn/duban',
      'https://duban.example.gov.cn/webhook/event',
      'https://督办.example 。cn',
      'https://duban.example.gov.cn:port',
    ].map(
      (address) =>
        [`对外网址写成${address}`, { ...credentials, PUBLIC_URL: address }, /PUBLIC_URL：应为形如 .*不带路径/] as [
          string,
          Record<string, string>,
          RegExp,
        ],
    ),
    ['没有对外网址', { ...credentials, PUBLIC_URL: '' }, /PUBLIC_URL：使用飞书时必填/],
    ['私有部署地址写错', { ...credentials, FEISHU_DOMAIN: 'feishu/api' }, /FEISHU_DOMAIN/],
    ['代理的地址写错', { ...credentials, FEISHU_PROXY: '10.0.0.1:8080' }, /FEISHU_PROXY：应为形如/],
    ['端口不是数', { PORT: '八千' }, /PORT：/],
    ['文号格式缺序号', { DOCUMENT_NUMBER_PATTERN: '湾督〔{year}〕' }, /文号格式须含/],
    ['演示时间写错', { DEMO_START: '五月' }, /DEMO_START/],
  ])('%s：说明哪一项、怎么改，用中文', (_what, env, words) => {
    expect(() => readConfig(env, noFile)).toThrow(ConfigError);
    expect(() => readConfig(env, noFile)).toThrow(words);
    expect(() => readConfig(env, noFile)).toThrow(/未能启动/);
  });
});
