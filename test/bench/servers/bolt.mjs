// Slack 的 Bolt：自带的 HTTPReceiver 验签，按钮一按只答应一声，什么也不存。
import { createServer } from 'node:http';
import { open, peer } from './peers.mjs';

const { App, HTTPReceiver } = peer('@slack/bolt');
const none = () => undefined;
const quiet = { debug: none, info: none, warn: none, error: none, setLevel: none, getLevel: () => 'error', setName: none };
const receiver = new HTTPReceiver({ signingSecret: process.env.BENCH_SECRET, logger: quiet });
const app = new App({
  receiver,
  logger: quiet,
  // 令牌现成：不联网去认。
  authorize: () => Promise.resolve({ botToken: 'xoxb-bench', botId: 'B0BENCH', botUserId: 'U0BENCH' }),
});
app.action('report', ({ ack }) => ack());
open(createServer(receiver.requestListener));
