// Probot：照说明书的 Node 中间件，带密钥验签，一个什么也不做的处理。
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { open, peer } from './peers.mjs';

const { createNodeMiddleware, createProbot } = peer('probot');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const probot = createProbot({
  overrides: {
    appId: 1,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }),
    secret: process.env.BENCH_SECRET,
    logLevel: 'fatal',
  },
});
const middleware = await createNodeMiddleware(
  (app) => {
    app.on('issue_comment.created', () => undefined);
  },
  { probot },
);
open(createServer((request, response) => middleware(request, response, () => response.writeHead(404).end())));
