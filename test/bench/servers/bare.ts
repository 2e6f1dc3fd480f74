// (a) 物理极限：node:http + 验签 + 解密 + 解析，什么也不存。
import { createServer } from 'node:http';
import { decrypt, isSignedBy } from '#platform/feishu/webhook-crypto';
import { secrets } from '../requests.ts';
import { announce, constantReply } from './announce.ts';

const reply = constantReply();
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const { headers } = request;
    const parts = {
      encryptKey: secrets.encryptKey,
      timestamp: String(headers['x-lark-request-timestamp']),
      nonce: String(headers['x-lark-request-nonce']),
    };
    if (!isSignedBy(body, String(headers['x-lark-signature']), parts)) {
      response.writeHead(401).end();
      return;
    }
    const { encrypt } = JSON.parse(body.toString()) as { encrypt: string };
    JSON.parse(decrypt(encrypt, secrets.encryptKey) ?? '');
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) }).end(reply);
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => announce(server));
