import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** 门口 */
export interface Room {
  /** a request has come on this connection, with its headers complete */
  readonly serves: (response: ServerResponse) => void;
}

/** 一条连接 */
interface Guest {
  /** null: no request yet */
  response: ServerResponse | null;
  /** ms, when it connected or began its present request */
  since: number;
}

/** 这么久还没说完的，先让位；刚来的等得起 */
const graceMs = 500;
/** 记一次日志的间隔：让出这么多条 */
const logEvery = 1_000;

/**
 * 留出门口 — at most `max` connections are open. When one more comes, the oldest that takes long over its request must go, then the oldest
 * that asks for nothing, then the oldest that is unfinished; only when all are being answered is the newcomer turned away. Whoever holds
 * connections open and says little (quality L7) makes room for those who speak: a genuine callback says all it has within milliseconds.
 */
export function keepRoom(server: Server, { max, onDropped }: { max: number; onDropped: (dropped: number) => void }): Room {
  /** in the order in which they came */
  const open = new Map<Socket, Guest>();
  let dropped = 0;
  server.on('connection', (socket: Socket) => {
    const since = performance.now();
    if (open.size >= max) {
      const leaver = leaverOf(open, since) ?? socket;
      open.delete(leaver);
      leaver.destroy();
      if (dropped % logEvery === 0) onDropped(dropped + 1);
      dropped += 1;
      if (leaver === socket) return;
    }
    open.set(socket, { response: null, since });
    socket.once('close', () => open.delete(socket));
  });
  return {
    serves: (response) => {
      const guest = response.socket && open.get(response.socket);
      if (guest) Object.assign(guest, { response, since: performance.now() });
    },
  };
}

function leaverOf(open: ReadonlyMap<Socket, Guest>, nowMs: number): Socket | undefined {
  let idle: Socket | undefined;
  let unfinished: Socket | undefined;
  for (const [socket, { response, since }] of open) {
    if (response === null || !response.req.complete) {
      if (nowMs - since >= graceMs) return socket;
      unfinished ??= socket;
    } else if (response.writableFinished) idle ??= socket;
  }
  return idle ?? unfinished;
}
