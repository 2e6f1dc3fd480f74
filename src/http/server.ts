import { createServer, type Server } from 'node:http';
import Koa, { type Middleware } from 'koa';
import type { Log } from '#runtime/log';
import { handleErrors } from './error-handler.ts';
import { keepRoom } from './room.ts';

/** 连接的上限（quality S17） */
export interface ConnectionLimits {
  readonly headerBytesMax: number;
  /** for the whole of a request: its headers, its body */
  readonly requestMs: number;
  /** how often Node looks whose time is up; its default of half a minute would let a slow request live as long */
  readonly checkEveryMs: number;
  readonly connectionsMax: number;
}

/**
 * 默认上限 — a full hall presses at one instant, and the platform brings every press on a connection of its own (quality L1: a thousand,
 * cold): 512 would turn away half of them. What slow clients can hold is bounded by `keepRoom` instead.
 */
export const connectionLimits: ConnectionLimits = { headerBytesMax: 16 * 1024, requestMs: 5_000, checkEveryMs: 500, connectionsMax: 2_048 };

/** 建 HTTP 服务 — the webhook comes first: it is the busy path and needs nothing of what follows. */
export function createHttpServer({
  webhook,
  pages,
  featurePages,
  log,
  limits = connectionLimits,
}: {
  webhook: Middleware;
  pages: Middleware;
  featurePages?: Middleware;
  log: Log;
  limits?: ConnectionLimits;
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
  const { headerBytesMax, requestMs, checkEveryMs, connectionsMax } = limits;
  const times = { requestTimeout: requestMs, headersTimeout: requestMs, connectionsCheckingInterval: checkEveryMs, keepAliveTimeout: 65_000 };
  const handle = koa.callback();
  const server = createServer({ maxHeaderSize: headerBytesMax, ...times }, (request, response) => {
    room.serves(response);
    return handle(request, response);
  });
  const onDropped = (dropped: number): void => log.warn({ dropped, connectionsMax }, 'http: too many connections, unfinished ones make room');
  const room = keepRoom(server, { max: connectionsMax, onDropped });
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
