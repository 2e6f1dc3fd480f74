import { createServer, type Server } from 'node:http';
import Koa, { type Middleware } from 'koa';
import type { Log } from '#runtime/log';
import { handleErrors } from './error-handler.ts';

/** 建 HTTP 服务 — the webhook comes first: it is the busy path and needs nothing of what follows. */
export function createHttpServer({
  webhook,
  pages,
  featurePages,
  log,
}: {
  webhook: Middleware;
  pages: Middleware;
  featurePages?: Middleware;
  log: Log;
}): Server {
  const koa = new Koa();
  koa.silent = true;
  koa.on('error', (error: unknown) => {
    // 对方先挂断不算故障。
    const { code } = error as { code?: string };
    const hungUp = code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code?.startsWith('HPE_');
    if (!hungUp) log.error({ err: error }, 'http: unexpected error');
  });
  koa.use(webhook);
  koa.use(handleErrors(log));
  koa.use(pages);
  if (featurePages) koa.use(featurePages);
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 5_000, headersTimeout: 5_000, keepAliveTimeout: 65_000 }, koa.callback());
  server.maxConnections = 2_048;
  return server;
}

/** 监听 — resolves with the port in use. @param backlog a full hall clicks at one instant; the default of 511 makes SYNs wait a second */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4_096 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** 停止监听 — answers what is under way, closes idle connections, cuts what is left after `graceMs`. */
export async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}
