// (d) 官方快速上手加 Prisma，照常见的写法投票：一票一个事务，查轮次、记谁投过、写票、计数加一。
import { createServer } from 'node:http';
import Router from '@koa/router';
import * as lark from '@larksuiteoapi/node-sdk';
import Koa from 'koa';
import { openPlain, plainVote } from '../plain-vote.ts';
import { secrets } from '../requests.ts';
import { announce, constantReply } from './announce.ts';

const database = openPlain(process.env.BENCH_DATABASE_URL ?? '');
const reply = JSON.parse(constantReply()) as object;
const quiet = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined, trace: () => undefined };
interface Press {
  readonly open_id?: string;
  readonly operator?: { readonly open_id: string };
  readonly action: { readonly value: { readonly p: { readonly roundId: string; readonly choice: string } } };
}
const dispatcher = new lark.EventDispatcher({ encryptKey: secrets.encryptKey, verificationToken: secrets.verificationToken, logger: quiet }).register(
  {
    'card.action.trigger': async ({ operator, open_id: openId, action }: Press) => {
      const { roundId, choice } = action.value.p;
      await plainVote(database, { roundId, holder: (operator?.open_id ?? openId ?? '').replace('ou_voter', 'v'), choice });
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
