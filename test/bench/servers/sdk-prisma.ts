// (d) 官方快速上手加 Prisma：每个回调 create() 一行再答复。
import { createServer } from 'node:http';
import Router from '@koa/router';
import * as lark from '@larksuiteoapi/node-sdk';
import Koa from 'koa';
import { openDatabase } from '#db/client';
import { secrets } from '../requests.ts';
import { announce, constantReply } from './announce.ts';

const database = openDatabase(process.env.BENCH_DATABASE_URL ?? '', { poolMax: 10 });
const reply = JSON.parse(constantReply()) as object;
const quiet = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined, trace: () => undefined };
const dispatcher = new lark.EventDispatcher({ encryptKey: secrets.encryptKey, verificationToken: secrets.verificationToken, logger: quiet }).register(
  {
    'card.action.trigger': async (event: { event_id: string; action: { value: { p: { itemId: string } }; form_value: object } }) => {
      await database.prisma.inboundEvent.create({
        data: { key: event.event_id, receivedAt: new Date(), reply: { item: event.action.value.p.itemId, form: event.action.form_value } },
      });
      return reply;
    },
  } as never,
);
const koa = new Koa();
const router = new Router();
router.post('/webhook/card', lark.adaptKoaRouter(dispatcher, { autoChallenge: true }));
koa.use(router.routes() as never);
const server = createServer(koa.callback());
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => announce(server));
