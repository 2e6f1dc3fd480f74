import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encryptBody, signRequest } from '#platform/feishu/webhook-crypto';
import { formsOf } from '../canaries.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { metricsToken, startTestApp, type TestApp } from '../harness.ts';
import { furnishUnits } from './district.ts';
import { press } from './press.ts';

// 真的官方 SDK 经 HTTP 说话：连到哪里去，看套接字；说了什么，看日志、库和网页。
let it: TestApp;
let database: TestDatabase;
/** 各单位的联络员轮着来：都由一个人发，给他的答复就要按每秒五条等上半分钟 */
let liaisons: readonly string[];
const connected: string[] = [];
const connect = net.Socket.prototype.connect;

beforeAll(async () => {
  database = await createTestDatabase();
  it = await startTestApp({ at: '2026-09-15 10:00', databaseUrl: database.url, overHttp: true });
  liaisons = (await furnishUnits(query, 31)).map(({ liaison }) => liaison);
  net.Socket.prototype.connect = function (this: net.Socket, ...given: unknown[]) {
    connected.push(whereTo(given));
    return (connect as (...all: unknown[]) => net.Socket).apply(this, given);
  } as typeof connect;
}, 120_000);
afterAll(async () => {
  net.Socket.prototype.connect = connect;
  await it.close();
  await database.close();
});

const query = async <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];

function whereTo(given: readonly unknown[]): string {
  const [first, second] = Array.isArray(given[0]) ? (given[0] as unknown[]) : given;
  if (typeof first === 'object' && first !== null) {
    const { host, port, path } = first as { host?: string; port?: number | string; path?: string };
    return path ?? `${host ?? 'localhost'}:${port ?? ''}`;
  }
  return `${typeof second === 'string' ? second : 'localhost'}:${String(first)}`;
}

/** 引人去连的地址：十进制、八进制、映射的 IPv6、云的元数据、别的协议、骗人的域名 */
const hostileHosts = [
  ...['2130706433', '017700000001', '0x7f000001', '127.1', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]', '[fe80::1%25eth0]', '0'],
  ...['169.254.169.254', '100.100.100.200', 'metadata.google.internal', 'localhost', 'localtest.me', '127.0.0.1.nip.io', 'a.rebind.example'],
  ...['open.feishu.cn@evil.example', 'open.feishu.cn.evil.example', 'evil.example#open.feishu.cn', 'evil.example?x=open.feishu.cn', 'ⓔvil.example'],
  ...['evil.example%2f@open.feishu.cn', 'open.feishu.cn:25', '10.0.0.1', '192.168.0.1', '172.16.0.1', '224.0.0.1', '255.255.255.255'],
];
const hostileUrls = [
  ...hostileHosts.flatMap((host) => [`http://${host}/`, `https://${host}/open-apis/x`]),
  ...[
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    'ftp://evil.example/x',
    'dict://127.0.0.1:11211/',
    'jar:http://evil.example!/',
    'data:text/html,x',
  ],
  ...['//evil.example/x', '\\\\evil.example\\x', 'http:evil.example', 'javascript:fetch("http://evil.example")', '../../../../im/v1/messages?x='],
];

/** 平台签了名的事件，里面的编号是引诱 */
async function delivers(type: string, event: unknown): Promise<number> {
  const { appId, encryptKeys, verificationToken, tenantKey } = it.world.connection;
  const [encryptKey = ''] = encryptKeys;
  const now = it.clock.now().getTime();
  const header = {
    event_id: randomBytes(8).toString('hex'),
    token: verificationToken,
    create_time: `${now}`,
    event_type: type,
    tenant_key: tenantKey,
    app_id: appId,
  };
  const body = encryptBody(JSON.stringify({ schema: '2.0', header, event }), encryptKey);
  const signed = signRequest(body, { timestamp: String(Math.floor(now / 1000)), nonce: randomBytes(8).toString('hex'), encryptKey });
  const answer = await fetch(`http://127.0.0.1:${it.app.port}/webhook/event`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...signed },
  });
  await answer.text();
  return answer.status;
}

test('六十多个引人去连的地址，写在消息、文件编号、文件名、表单和群名里：除了平台和数据库，一处也不连', { timeout: 120_000 }, async () => {
  expect(hostileUrls.length).toBeGreaterThanOrEqual(50);
  const liaisonAt = (index: number): string => liaisons[index % liaisons.length] ?? '';
  const messageOf = (index: number, message_type: string, content: unknown) => ({
    sender: { sender_id: { open_id: liaisonAt(index) }, sender_type: 'user', tenant_key: it.world.connection.tenantKey },
    message: {
      message_id: `om_leak${index}`,
      create_time: `${it.clock.now().getTime()}`,
      chat_id: 'oc_leak',
      chat_type: 'p2p',
      message_type,
      content: JSON.stringify(content),
    },
  });
  for (const [index, url] of hostileUrls.entries()) {
    const key = url.replace(/[^\x21-\x7e]/g, '');
    expect(await delivers('im.message.receive_v1', messageOf(index, 'file', { file_key: key, file_name: `${url}.xlsx` }))).toBe(200);
  }
  for (let from = 0; from < hostileUrls.length; from += 8) {
    const some = hostileUrls.slice(from, from + 8);
    const text = some.join(' ');
    await delivers('im.message.receive_v1', messageOf(1_000 + from, 'text', { text }));
    await delivers('im.message.receive_v1', messageOf(2_000 + from, 'image', { image_key: some[0]?.replace(/[^\x21-\x7e]/g, '') }));
    await delivers('im.chat.member.bot.added_v1', { chat_id: `oc_${from}`, name: text, operator_id: { open_id: liaisonAt(from) } });
    await press(`http://127.0.0.1:${it.app.port}`, it.world.connection, it.clock.now(), {
      ...{ openId: liaisonAt(0), action: 'progress.report', payload: { itemId: 'item0', round: 1 } },
      form: { percent: '10', content: text, difficulties: text, evidence: text },
    });
  }
  await it.settled();
  // 编号里的地址只作为路径的一段、转义之后，问过平台，一个不漏。
  const fetched = it.world.store.apiCalls().filter(({ path }) => path.includes('/resources/'));
  expect(fetched.length).toBeGreaterThanOrEqual(hostileUrls.length);
  const foreign = connected.filter((place) => !/^(127\.0\.0\.1|localhost):(\d+|\/.*\/\.s\.PGSQL\.\d+)$/.test(place));
  expect([...new Set(foreign)]).toEqual([]);
  const ports = new Set(connected.map((place) => place.split(':').at(-1)));
  // 数据库、平台、我们自己的入口（测试来敲的）：三个端口，再没有别的。
  expect(ports.size).toBeLessThanOrEqual(3);
  // 对照：真有人去连别处，这里看得见。
  await fetch('http://127.0.0.2:59999/').catch(() => undefined);
  expect(connected).toContain('127.0.0.2:59999');
});

test('密钥、令牌、手机号和姓名：日志、库、网页里一处也没有，原样、base64、转义的都没有', { timeout: 60_000 }, async () => {
  const { appSecret, encryptKeys, verificationToken } = it.world.connection;
  // 让能出错的都出一遍错：平台拒绝、断线、回坏的，签名不对，没有的页。
  for (const kind of ['server-error', 'bad-json', 'token-expired', 'rate-limited'] as const) {
    it.world.faults.arm(kind, { times: 1 });
    await it.person('林晓').says('台账');
  }
  const url = `http://127.0.0.1:${it.app.port}`;
  const said: string[] = [];
  for (const path of ['/metrics', '/readyz', '/livez', '/p/order/x', '/p/none', '/webhook/event'])
    for (const token of [metricsToken, 'x']) said.push(await (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).text());
  expect(said.some((text) => text.includes('shuling_') || text.includes('# HELP'))).toBe(true);
  for (const body of ['{', '{"encrypt":"x"}', JSON.stringify({ encrypt: verificationToken })])
    said.push(await (await fetch(`${url}/webhook/event`, { method: 'POST', body })).text());
  const tables = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  for (const { name } of tables)
    said.push((await query<{ all: string | null }>(`SELECT string_agg(t::text, ' ') AS all FROM "${name}" t`))[0]?.all ?? '');
  expect(tables.length).toBeGreaterThan(40);
  const password = new URL(database.url).password;
  const secrets = [appSecret, verificationToken, password, metricsToken, ...encryptKeys, ...it.world.store.tokens().map(({ token }) => token)];
  expect(secrets.length).toBeGreaterThanOrEqual(6);
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThanOrEqual(12);
    for (const form of formsOf(secret)) for (const text of [...said, ...it.logLines]) expect(text).not.toContain(form);
  }
  expect(it.logLines.length).toBeGreaterThan(5);
  const people = it.world.store.people();
  const log = it.logLines.join('\n');
  for (const { name, mobile } of people) {
    if (mobile) expect(log).not.toContain(mobile);
    expect(log).not.toContain(`"${name}"`);
  }
});
