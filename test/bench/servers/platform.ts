// 平台的替身：每次发送都答应，别的什么也不做，免得量到它。
import { createServer } from 'node:http';
import { announce } from './announce.ts';

const answers = {
  token: JSON.stringify({ code: 0, msg: 'ok', tenant_access_token: `t-${'x'.repeat(40)}`, expire: 7_200 }),
  sent: JSON.stringify({ code: 0, msg: 'success', data: { message_id: `om_${'x'.repeat(32)}`, chat_id: `oc_${'x'.repeat(32)}` } }),
};
const server = createServer((request, response) => {
  request.resume().once('end', () => {
    const answer = request.url?.includes('/auth/') ? answers.token : answers.sent;
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(answer) }).end(answer);
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => announce(server));
