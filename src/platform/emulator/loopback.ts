import { createServer, type RequestListener, type Server } from 'node:http';

const loopbackHosts = ['127.0.0.1', '::1', 'localhost'];

/** 只许本机 — the emulator lets anybody be anybody; it must never be reachable from outside. @throws Error */
export function assertLoopback(host: string): void {
  if (!loopbackHosts.includes(host)) throw new Error(`模拟平台只能绑定本机地址，不能绑定 ${host}`);
}

/** 在本机监听 @param port 0 for any free one @throws Error when the host is not this machine */
export async function listenOnLoopback(
  listener: RequestListener,
  { port = 0, host = '127.0.0.1' }: { port?: number; host?: string } = {},
): Promise<{ port: number; url: string; server: Server; close(): Promise<void> }> {
  assertLoopback(host);
  // 比调用方的空闲连接活得久，免得人家正要复用时被我们关掉。
  const server = createServer({ keepAliveTimeout: 65_000 }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    port: bound,
    url: `http://${host === '::1' ? '[::1]' : host}:${bound}`,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
