// (b) 官方快速上手：SDK 自带的 Koa 路由，固定卡片，不接数据库。
import { createServer } from 'node:http';
import Router from '@koa/router';
import * as lark from '@larksuiteoapi/node-sdk';
import Koa from 'koa';
import { secrets } from '../requests.ts';
import { announce, constantReply } from './announce.ts';

const reply = JSON.parse(constantReply()) as object;
const quiet = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined, trace: () => undefined };
const dispatcher = new lark.EventDispatcher({ encryptKey: secrets.encryptKey, verificationToken: secrets.verificationToken, logger: quiet }).register(
  {
    'card.action.trigger': () => Promise.resolve(reply),
  } as never,
);
const koa = new Koa();
const router = new Router();
router.post('/webhook/card', lark.adaptKoaRouter(dispatcher, { autoChallenge: true }));
koa.use(router.routes() as never);
const server = createServer(koa.callback());
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => announce(server));
