import { expect, test } from 'vitest';
import { createLog } from '../src/log.ts';
import { expectNoSecrets } from './canaries.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog('info', (line) => lines.push(line)));
  return lines.join('');
}

test('日志里没有密钥：按名字隐去，深两层也一样', () => {
  const text = logged((log) => log.info({ appSecret: 'AAA', config: { encryptKey: 'BBB', inner: { token: 'CCC' } }, databaseUrl: 'DDD' }, '启动'));
  for (const secret of ['AAA', 'BBB', 'CCC', 'DDD']) expect(text).not.toContain(secret);
  expect(text).toContain('[已隐去]');
});

test('日志里没有手机号：在字段、消息、错误里都遮住中间四位', () => {
  const text = logged((log) =>
    log.error({ person: { mobile: '13812345678' }, err: new Error('找不到 199-0000-0862') }, '给 13912345678 和 199 0000 1904 的消息没有发出'),
  );
  for (const mobile of ['13812345678', '13912345678', '199-0000-0862', '199 0000 1904']) expect(text).not.toContain(mobile);
  expect(text).toContain('138****5678');
});

test('长编号和时间戳不当作手机号', () => {
  expect(logged((log) => log.info({ at: 1748329200000, id: '202613812345678901' }, '事件'))).toContain('202613812345678901');
});

test('连接串里的密码遮住，主机还看得见', () => {
  const text = logged((log) => log.warn({ err: new Error('cannot reach postgresql://shuling:p4ss@db:5432/shuling') }, '数据库'));
  expect(text).not.toContain('p4ss');
  expect(text).toContain('postgresql://shuling:***@db:5432');
});

test('每个故事收场时看的日志：秘密换成哪种写法、前后连着什么字，都认得出来', () => {
  const secret = 'canary+secret/00000000';
  const connection = { appSecret: secret, encryptKeys: ['canary-encrypt-key'], verificationToken: 'canary-verification' };
  const store = { tokens: () => [{ token: 't-g1aaaaaaaaaaaaaaaa' }], people: () => [{ mobile: '13812345678' }] };
  const look = (log: string) => () =>
    expectNoSecrets(log, { connection, store } as unknown as Parameters<typeof expectNoSecrets>[1], ['metrics-token']);
  const base64 = (before: string): string => Buffer.from(`${before}${secret}"}`).toString('base64');
  const leaks = [
    `"${secret}"`,
    encodeURIComponent(secret),
    base64(''),
    base64('{'),
    base64('{"'),
    base64('{"a'),
    'canary-encrypt-key',
    'canary-verification',
  ];
  const more = ['metrics-token', 't-g1aaaaaaaaaaaaaaaa', `c-${'0f'.repeat(16)}`, '/p/vote/AbCdEfGhIjKlMnOpQrStUv', '138 1234 5678', '13812345678'];
  for (const leak of [...leaks, ...more]) expect(look(`{"msg":"${leak}"}`), leak).toThrow('日志里的秘密');
  expect(look('{"page":"/p/live.js","mobile":"138****5678","eventId":"oc-00000000000000000000","at":1748329200000}')).not.toThrow();
});
