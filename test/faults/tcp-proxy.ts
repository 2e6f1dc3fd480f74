import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type Readable, Transform } from 'node:stream';

/** 数据库前面的一段线 — it can be cut, go dead without a word, or be slow. */
export interface Line {
  /** the same address, through this line */
  readonly url: string;
  /** refuses, and ends what is open */
  cut(): void;
  /** takes everything and passes nothing on: a half-open connection */
  hang(): void;
  /** passes everything on, this much later */
  slow(ms: number): void;
  mend(): void;
  close(): Promise<void>;
}

/** 接一段线 */
export async function openLine(databaseUrl: string): Promise<Line> {
  const target = new URL(databaseUrl);
  let mode: 'open' | 'cut' | 'hang' = 'open';
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const mended = (): Promise<void> => (mode === 'hang' ? new Promise((resolve) => waiting.add(resolve)) : Promise.resolve());
  const gate = (): Transform =>
    new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        const pass = (): void => void mended().then(() => done(null, chunk));
        if (delayMs > 0) setTimeout(pass, delayMs);
        else pass();
      },
    });
  const server = createServer((near) => {
    if (mode === 'cut') {
      near.destroy();
      return;
    }
    const far = connect({ host: target.hostname, port: Number(target.port) });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    (near as Readable).pipe(gate()).pipe(far);
    (far as Readable).pipe(gate()).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  // 本机套接字绕得过这段线。
  url.searchParams.delete('host');
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  return {
    url: url.href,
    cut: () => {
      mode = 'cut';
      drop();
    },
    hang: () => {
      mode = 'hang';
    },
    slow: (ms) => {
      delayMs = ms;
    },
    mend: () => {
      mode = 'open';
      delayMs = 0;
      for (const go of waiting) go();
      waiting.clear();
    },
    close: async () => {
      drop();
      server.close();
      await once(server, 'close');
    },
  };
}
