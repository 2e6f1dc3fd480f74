import { createServer, request as requestHttp, type Server } from 'node:http';
import type { ChatPlatform } from '#platform/port';
import type { Wire } from './wire.ts';

/** 死了的程序什么也发不出去。 */
export function gated({ reader, writer, panel }: ChatPlatform, wire: Wire): ChatPlatform {
  const dead = (): Error => new Error('the program is dead');
  const gate =
    <Given extends readonly unknown[], Answered>(call: (...given: Given) => Promise<Answered>) =>
    async (...given: Given): Promise<Answered> => {
      if (wire.isCut) throw dead();
      return call(...given);
    };
  // 要平台办事的，出门之前、办成之后各有一个断点。
  const step = <Given extends readonly unknown[], Answered>(what: string, call: (...given: Given) => Promise<Answered>) =>
    gate(async (...given: Given): Promise<Answered> => {
      const fate = wire.reach({ kind: 'call', what });
      if (fate === 'pass') return call(...given);
      if (fate === 'after') await call(...given).catch(() => undefined);
      wire.cut();
      throw dead();
    });
  return {
    reader: {
      downloadFile: gate(reader.downloadFile),
      findAccounts: gate(reader.findAccounts),
      listChats: gate(reader.listChats),
      findSaid: gate(reader.findSaid),
      getBot: gate(reader.getBot),
    },
    // 登记指令与别的事并行，一次只办一件的世界里先不登记。
    panel: { ...panel, list: () => Promise.reject(new Error('no slash commands in a simulation')) },
    writer: {
      send: step('send', writer.send),
      reply: step('reply', writer.reply),
      update: step('update', writer.update),
      urge: step('urge', writer.urge),
      uploadFile: step('uploadFile', writer.uploadFile),
    },
  };
}

/** 中继 — the address that the platform knows; what a dead program would answer is not passed on. */
export function openRelay(portOf: () => number | null, wire: Wire): Promise<Server> {
  const relay = createServer((incoming, answer) => {
    const port = portOf();
    if (port === null || wire.isCut) {
      incoming.socket.destroy();
      return;
    }
    let answered = false;
    const lost = (): unknown => answered || incoming.socket.destroy();
    const onward = requestHttp(
      { port, host: '127.0.0.1', method: incoming.method, path: incoming.url, headers: incoming.headers, agent: false },
      (got) => {
        const chunks: Buffer[] = [];
        got.on('data', (chunk: Buffer) => chunks.push(chunk));
        got.on('error', lost);
        got.on('end', () => {
          const fate = wire.isCut ? 'before' : wire.reach({ kind: 'answer', what: incoming.url ?? '' });
          if (fate !== 'before') {
            answered = true;
            answer.writeHead(got.statusCode ?? 502, got.headers).end(Buffer.concat(chunks));
          }
          if (fate === 'pass') return;
          if (!wire.isCut) wire.cut();
          lost();
        });
      },
    );
    onward.on('error', lost);
    incoming.pipe(onward);
    void wire.whenCut().then(lost);
  });
  return new Promise((resolve) => relay.listen(0, '127.0.0.1', () => resolve(relay)));
}
