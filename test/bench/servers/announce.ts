import type { Server } from 'node:http';

/** 报到 — one line that tells the orchestrator where the server listens. */
export function announce(server: Server): void {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
}

/** 固定的答复 — the bytes of an answer of ours, so that every server sends as much. */
export function constantReply(): string {
  return process.env.BENCH_REPLY ?? '{"toast":{"type":"success","content":"已提交"}}';
}
