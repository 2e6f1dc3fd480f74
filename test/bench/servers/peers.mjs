// 同行装在临时目录里，不是我们的依赖：从那里取，报到的写法与别的服务器一样。
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** 取同行的包 — a package of the temporary folder that the bench installed. */
export const peer = createRequire(join(process.env.BENCH_PEERS ?? '', 'package.json'));

/** 开门并报到 — on loopback, with as long a queue as the other servers have. */
export function open(server) {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
    process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
  });
}
