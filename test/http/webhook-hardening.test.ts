import { createCipheriv, createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encrypt, encryptBody } from '#platform/feishu/webhook-crypto';
import {
  clickEvent,
  encryptKey,
  envelope,
  membershipEvent,
  previousKey,
  sealed,
  sign,
  startBench,
  startedAt,
  tenantKey,
  textEvent,
  verificationToken,
  type WebhookBench,
} from './webhook-bench.ts';

const click = (): Record<string, unknown> => envelope('card.action.trigger', clickEvent());
const minutes = (count: number): Date => new Date(startedAt.getTime() + count * 60_000);

let bench: WebhookBench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.events.length = 0;
  bench.logged.length = 0;
});

interface Sent {
  readonly body: Buffer | string;
  readonly headers?: Record<string, string>;
}
const sealedBytes = (bytes: Buffer): Sent => {
  const iv = Buffer.alloc(16, 3);
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(encryptKey).digest(), iv);
  const body = JSON.stringify({ encrypt: Buffer.concat([iv, cipher.update(bytes), cipher.final()]).toString('base64') });
  return { body, headers: sign(body) };
};
const signed = (body: string): Sent => ({ body, headers: sign(body) });
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

const hostile: readonly (readonly [name: string, status: number, reason: string, make: () => Sent])[] = [
  ['空的请求体', 401, 'unsigned', () => ({ body: '' })],
  ['没有签名的明文事件', 401, 'unsigned', () => ({ body: JSON.stringify(click()) })],
  ['没有签名的密文事件', 401, 'unsigned', () => ({ body: sealed(click()).body })],
  ['签名是空的', 401, 'bad-signature', () => ({ ...sealed(click()), headers: { ...sign(''), 'x-lark-signature': '' } })],
  ['有签名而没有时间戳', 401, 'unsigned', () => dropHeader(sealed(click()), 'x-lark-request-timestamp')],
  ['有时间戳而没有签名', 401, 'unsigned', () => dropHeader(sealed(click()), 'x-lark-signature')],
  ['签名改了一位', 401, 'bad-signature', () => changeSignature(sealed(click()))],
  [
    '用别的键签名',
    401,
    'bad-signature',
    () => ({ body: encryptBody(JSON.stringify(click()), encryptKey), headers: sealed(click(), { key: 'other' }).headers }),
  ],
  ['用别的键加密和签名', 401, 'bad-signature', () => sealed(click(), { key: 'other-encrypt-key-00000' })],
  ['用我们的键签名、用别的键加密', 401, 'unreadable', () => signed(encryptBody(JSON.stringify(click()), 'other-encrypt-key-00000'))],
  ['签名之后改了正文', 401, 'bad-signature', () => ({ ...sealed(click()), body: sealed(click()).body })],
  ['签名之后重排了空格', 401, 'bad-signature', () => respace(sealed(click()))],
  ['明文事件，即使签了名', 401, 'unreadable', () => signed(JSON.stringify(click()))],
  ['一小时前的点击', 401, 'outside-window', () => sealed(click(), { at: minutes(-60) })],
  ['三十天前的事件', 401, 'outside-window', () => sealed(envelope('im.message.receive_v1', textEvent('帮助')), { at: minutes(-30 * 24 * 60) })],
  ['三百零一秒前的点击', 401, 'outside-window', () => sealed(click(), { at: minutes(-301 / 60) })],
  ['三百零一秒后的点击', 401, 'outside-window', () => sealed(click(), { at: minutes(301 / 60) })],
  ['时间戳不是数字', 401, 'outside-window', () => sealed(click(), { timestamp: 'NaN' })],
  ['时间戳的位数不对', 401, 'outside-window', () => sealed(click(), { timestamp: '17' })],
  ['别的应用', 401, 'wrong-app', () => sealed(envelope('card.action.trigger', clickEvent(), { app_id: 'cli_foreign' }))],
  ['别的验证令牌', 401, 'wrong-token', () => sealed(envelope('card.action.trigger', clickEvent(), { token: 'guess' }))],
  ['别的租户', 401, 'wrong-tenant', () => sealed(envelope('card.action.trigger', clickEvent(), { tenant_key: 'foreign' }))],
  [
    '外部群里的客人',
    401,
    'outsider',
    () => sealed(envelope('card.action.trigger', clickEvent({ operator: { tenant_key: 'foreign', open_id: 'ou_guest' } }))),
  ],
  ['外部群里的客人说的话', 401, 'outsider', () => sealed(envelope('im.message.receive_v1', textEvent('帮助', 'foreign')))],
  ['客人把机器人拉进群', 401, 'outsider', () => sealed(envelope('im.chat.member.bot.added_v1', membershipEvent('foreign')))],
  [
    '密文外面另有字段',
    401,
    'unreadable',
    () => signed(JSON.stringify({ encrypt: encrypt(JSON.stringify(click()), encryptKey), event: clickEvent() })),
  ],
  ['没有 event', 400, 'malformed', () => sealed({ ...click(), event: undefined })],
  ['没有 header', 400, 'malformed', () => sealed({ ...click(), header: undefined })],
  ['event 是数组', 400, 'malformed', () => sealed({ ...click(), event: [] })],
  ['密文被截断', 401, 'unreadable', () => signed(JSON.stringify({ encrypt: encrypt('{}', encryptKey).slice(0, -8) }))],
  ['填充不对', 401, 'unreadable', () => signed(JSON.stringify({ encrypt: Buffer.alloc(64, 9).toString('base64') }))],
  ['解出来不是 JSON', 401, 'unreadable', () => sealed('督查督办')],
  ['解出来不是对象', 401, 'unreadable', () => sealed('[1,2,3]')],
  ['解出来不是 UTF-8', 401, 'unreadable', () => sealedBytes(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xe7, 0x9d]), Buffer.from('"}')]))],
  ['请求体不是 UTF-8', 401, 'unreadable', () => ({ body: Buffer.from([0xff, 0xfe, 0x7b]), headers: sign(Buffer.from([0xff, 0xfe, 0x7b])) })],
  ['套了三十三层', 400, 'too-complex', () => sealed(`{"schema":"2.0","event":${nested(33)}}`)],
  ['套了三万层', 400, 'too-complex', () => sealed(`{"schema":"2.0","event":${nested(30_000)}}`)],
  [
    '一千零一个键',
    400,
    'too-complex',
    () => sealed({ ...click(), many: Object.fromEntries(Array.from({ length: 1_001 }, (_, nth) => [`k${nth}`, 1])) }),
  ],
  [
    '__proto__',
    400,
    'too-complex',
    () => sealed(JSON.stringify(click()).replace('"event":{', '"event":{"__proto__":{"operator":{"open_id":"ou_boss"}},')),
  ],
  ['点击没有操作者', 400, 'malformed', () => sealed(envelope('card.action.trigger', clickEvent({ operator: undefined })))],
  ['点击的操作者编号里有换行', 400, 'malformed', () => sealed(envelope('card.action.trigger', clickEvent({ operator: { open_id: 'ou_1\nou_2' } })))],
  [
    '消息内容不是 JSON',
    400,
    'malformed',
    () =>
      sealed(
        envelope('im.message.receive_v1', {
          ...textEvent(''),
          message: { message_id: 'om_1', chat_id: 'oc_1', chat_type: 'p2p', message_type: 'text', content: '{' },
        }),
      ),
  ],
  ['明文的地址验证', 401, 'unsigned', () => ({ body: JSON.stringify({ type: 'url_verification', token: verificationToken, challenge: 'x' }) })],
  [
    '地址验证，令牌不对',
    401,
    'unsigned',
    () => ({ body: encryptBody(JSON.stringify({ type: 'url_verification', token: 'guess', challenge: 'x' }), encryptKey) }),
  ],
  [
    '地址验证，口令过长',
    401,
    'unsigned',
    () => ({ body: encryptBody(JSON.stringify({ type: 'url_verification', token: verificationToken, challenge: 'x'.repeat(257) }), encryptKey) }),
  ],
  ['声明长度超过 256 KB', 413, 'too-large', () => ({ body: Buffer.alloc(256 * 1024 + 1, 0x20) })],
];

describe('不是平台发来的，一律拒绝：不办理、不解释、不倒下', () => {
  test.each(hostile)('%s', async (_name, status, reason, make) => {
    const { body, headers } = make();
    const before = await refusals(bench);
    const answered = await bench.post(body, headers);
    expect(answered).toEqual({ status, text: '' });
    expect(bench.events).toEqual([]);
    expect(await refusals(bench)).toBe(before + 1);
    expect(bench.logged).toMatchObject([{ message: 'webhook: refused', fields: { status, reason } }]);
    await stillAlive(bench);
  });

  test('同一个请求再来一次', async () => {
    const { body, headers } = sealed(click());
    expect(await bench.post(body, headers)).toEqual({ status: 200, text: '{}' });
    expect((await bench.post(body, headers)).status).toBe(401);
    expect(bench.events).toHaveLength(1);
  });

  test('同时来的二十个相同请求，只有一个算数', async () => {
    const { body, headers } = sealed(click());
    const answers = await Promise.all(Array.from({ length: 20 }, () => bench.post(body, headers)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(bench.events).toHaveLength(1);
  });

  test('日志里没有请求的内容、令牌和键', async () => {
    await bench.post(sealed(envelope('card.action.trigger', clickEvent(), { token: 'guess' })).body, sign('x'));
    await bench.post(encryptBody(JSON.stringify({ type: 'url_verification', token: 'guess', challenge: 'x' }), encryptKey));
    const text = JSON.stringify(bench.logged);
    for (const secret of [encryptKey, previousKey, verificationToken, 'guess', 'ou_zhang', 'encrypt"']) expect(text).not.toContain(secret);
  });

  test.each(['GET', 'PUT', 'DELETE', 'HEAD'])('%s 不是投递', async (method) => {
    const response = await fetch(`http://127.0.0.1:${bench.port}/webhook/event`, { method });
    expect(response.status).toBe(405);
    expect(bench.events).toEqual([]);
  });

  test('别的地址不归这里管', async () => {
    expect((await bench.post('{}', {}, '/webhook/other')).status).toBe(404);
  });
});

describe('平台发来的，怎么写都认得', () => {
  test('平常的写法', async () => {
    const { body, headers } = sealed(click());
    expect(await bench.post(body, headers)).toEqual({ status: 200, text: '{}' });
    expect(bench.events).toMatchObject([{ late: false, event: { kind: 'cardAction', operatorOpenId: 'ou_zhang', messageId: 'om_1' } }]);
  });

  test.each([['/webhook/card'], ['/webhook/event?x=1'], ['/webhook/card?x=1']])('%s 也是同一扇门', async (path) => {
    const { body, headers } = sealed(click());
    expect((await bench.post(body, headers, path)).status).toBe(200);
    expect(bench.events).toHaveLength(1);
  });

  test('外层多了空格和换行', async () => {
    const encrypted = encrypt(JSON.stringify(click()), encryptKey);
    const body = `{\n  "encrypt" : "${encrypted}"\n}\n`;
    expect((await bench.post(body, sign(body))).status).toBe(200);
    expect(bench.events).toHaveLength(1);
  });

  test('外层用 \\u 转义', async () => {
    const encrypted = encrypt(JSON.stringify(click()), encryptKey);
    const body = `{"\\u0065ncrypt":"${[...encrypted].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"}`;
    expect((await bench.post(body, sign(body))).status).toBe(200);
    expect(bench.events).toHaveLength(1);
  });

  test('里层排了版、用了 \\u 转义', async () => {
    const json = JSON.stringify(envelope('im.message.receive_v1', textEvent('任务 管-063')), null, 2).replace(
      /[\u4e00-\u9fff]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16)}`,
    );
    const { body, headers } = sealed(json);
    expect((await bench.post(body, headers)).status).toBe(200);
    expect(bench.events).toMatchObject([{ event: { kind: 'message', text: '任务 管-063' } }]);
  });

  test('正文切在汉字中间，一个字节一个字节地来', async () => {
    const encrypted = encrypt(JSON.stringify(envelope('im.message.receive_v1', textEvent('督查督办'))), encryptKey);
    const body = Buffer.from(`{"encrypt":"${encrypted}"}`);
    const answered = await bench.raw([head(body, sign(body)), ...Array.from(body, (byte) => Buffer.from([byte]))]);
    expect(answered).toContain('HTTP/1.1 200');
    expect(bench.events).toMatchObject([{ event: { text: '督查督办' } }]);
  });

  test('外层若有汉字，切在汉字中间也不坏', async () => {
    const body = Buffer.from(JSON.stringify({ encrypt: '督查督办' }));
    const answered = await bench.raw([head(body, sign(body)), ...Array.from(body, (byte) => Buffer.from([byte]))]);
    expect(answered).toContain('HTTP/1.1 401');
    expect(bench.logged).toMatchObject([{ fields: { reason: 'unreadable' } }]);
  });

  test('轮换期间，旧键也认', async () => {
    const { body, headers } = sealed(click(), { key: previousKey });
    expect((await bench.post(body, headers)).status).toBe(200);
    expect(bench.events).toHaveLength(1);
  });

  test('时钟差五分钟以内，正好五分钟也在内，都认', async () => {
    for (const minute of [-5, 5]) {
      const { body, headers } = sealed(click(), { at: minutes(minute) });
      expect((await bench.post(body, headers)).status).toBe(200);
    }
  });

  test('时间戳写成毫秒或微秒，也认', async () => {
    for (const digits of ['000', '000000']) {
      const { body, headers } = sealed(click(), { timestamp: `${startedAt.getTime() / 1000}${digits}` });
      expect((await bench.post(body, headers)).status).toBe(200);
    }
  });

  test('七小时十分之内重送的事件，作为迟到的收下；多一秒就不收', async () => {
    const late = sealed(envelope('im.message.receive_v1', textEvent('帮助')), { at: minutes(-7 * 60 - 10) });
    expect((await bench.post(late.body, late.headers)).status).toBe(200);
    expect(bench.events).toMatchObject([{ late: true }]);
    const tooLate = sealed(envelope('im.message.receive_v1', textEvent('帮助')), { at: minutes(-7 * 60 - 10 - 1 / 60) });
    expect((await bench.post(tooLate.body, tooLate.headers)).status).toBe(401);
  });

  test('别的租户的人把机器人移出群，是已成的事，照样知道', async () => {
    const { body, headers } = sealed(envelope('im.chat.member.bot.deleted_v1', membershipEvent('foreign')));
    expect((await bench.post(body, headers)).status).toBe(200);
    expect(bench.events).toMatchObject([{ event: { notice: { kind: 'botRemoved', chatId: 'oc_1' } } }]);
  });

  test('用不上的事件应答了事，平台不必重送', async () => {
    const { body, headers } = sealed(envelope('im.chat.updated_v1', { chat_id: 'oc_1' }));
    expect((await bench.post(body, headers)).status).toBe(200);
    expect(bench.events).toMatchObject([{ event: { kind: 'ignored', eventType: 'im.chat.updated_v1' } }]);
  });
});

test('没有填租户：装了这个应用的租户都收，各租户只收自己的人；点击、说话、拉机器人进群的客人照样不收', async () => {
  const open = await startBench({}, { tenantKey: undefined });
  const elsewhere = (tenant: string) => [
    envelope('card.action.trigger', clickEvent({ operator: { tenant_key: tenant, open_id: 'ou_1' } }), { tenant_key: 'other' }),
    envelope('im.message.receive_v1', textEvent('帮助', tenant), { tenant_key: 'other' }),
    envelope('im.chat.member.bot.added_v1', membershipEvent(tenant), { tenant_key: 'other' }),
  ];
  try {
    for (const { body, headers } of elsewhere('other').map((event) => sealed(event))) expect((await open.post(body, headers)).status).toBe(200);
    expect(open.events).toHaveLength(3);
    for (const { body, headers } of elsewhere(tenantKey).map((event) => sealed(event))) expect((await open.post(body, headers)).status).toBe(401);
    expect(open.events).toHaveLength(3);
    expect(open.logged.map(({ fields }) => fields)).toMatchObject(Array.from({ length: 3 }, () => ({ status: 401, reason: 'outsider' })));
  } finally {
    await open.close();
  }
});

function dropHeader({ body, headers = {} }: Sent, name: string): Sent {
  const { [name]: _dropped, ...rest } = headers;
  return { body, headers: rest };
}

function changeSignature({ body, headers = {} }: Sent): Sent {
  const { 'x-lark-signature': signature = '' } = headers;
  return { body, headers: { ...headers, 'x-lark-signature': `${signature.startsWith('0') ? '1' : '0'}${signature.slice(1)}` } };
}

function respace({ body, headers = {} }: Sent): Sent {
  return { body: String(body).replace(':', ': '), headers };
}

function head(body: Buffer, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: 'x', connection: 'close', 'content-length': String(body.length), ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `POST /webhook/event HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

async function refusals({ metrics }: WebhookBench): Promise<number> {
  return (await metrics.refused.get()).values.reduce((sum, { value }) => sum + value, 0);
}

async function stillAlive({ post, events }: WebhookBench): Promise<void> {
  const { body, headers } = sealed(click());
  expect((await post(body, headers)).status).toBe(200);
  events.length = 0;
}
