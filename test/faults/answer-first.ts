import { once } from 'node:events';
import { createServer } from 'node:http';

/** 先答再办的对照 — what most bots do; whatever has not been passed on when the program dies is lost. */
export async function answerFirst(target: string, words: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ toast: { type: 'success', content: words } }));
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name.startsWith('x-lark') || name === 'content-type'));
      fetch(`${target}${request.url ?? ''}`, { method: 'POST', body: Buffer.concat(chunks), headers: headers as Record<string, string> }).catch(
        () => undefined,
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
