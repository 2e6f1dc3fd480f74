// Koishi 和它的飞书适配器：验签、解密、派发，没有人听，答一个空对象，什么也不存。

import { once } from 'node:events';
import { createServer } from 'node:http';
import { open, peer } from './peers.mjs';

const { Context, Logger } = peer('koishi');
const { default: http } = peer('@koishijs/plugin-http');
const { default: server } = peer('@koishijs/plugin-server');
const { default: lark } = peer('@satorijs/adapter-lark');
Logger.targets.splice(0);

// 适配器起动时要令牌和机器人的资料：在这里答它，不联网。
const answer = JSON.stringify({ code: 0, msg: 'ok', expire: 7_200, tenant_access_token: 't-bench', bot: { open_id: 'ou_bench', app_name: '书令' } });
const platform = createServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(answer));
platform.listen(0, '127.0.0.1');
await once(platform, 'listening');

const ctx = new Context();
ctx.plugin(http);
ctx.plugin(server, { host: '127.0.0.1' });
ctx.plugin(lark, {
  platform: 'feishu',
  protocol: 'http',
  endpoint: `http://127.0.0.1:${platform.address().port}/open-apis`,
  path: '/webhook/card',
  appId: process.env.BENCH_APP_ID,
  appSecret: process.env.BENCH_APP_SECRET,
  encryptKey: process.env.BENCH_SECRET,
  verificationToken: process.env.BENCH_TOKEN,
  verifyToken: true,
  verifySignature: true,
});
await ctx.start();
open(ctx.server._http);
